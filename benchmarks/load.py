"""Many clients at once on a server that runs: ``python -m benchmarks.load URL --clients 200 --seconds 300``.

Each asks one question after the other by OpenAI's protocol, and holds every answer to its own question: what a
lone client was told for it before the burst. A client that is told 503 comes again when it was told to. Start the
server without limits on one address: ``SERVE_PER_MINUTE=0 SERVE_WAITING=200 python -m ui``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

QUESTIONS = (
    "Who made the note public?",
    "What did Mamdani write to Umar Khalid?",
    "Who is Amit Malviya?",
    "What did Gaurav Bhatia say?",
    "When was Umar Khalid arrested?",
    "How many US lawmakers signed the letter?",
    "What did the Ministry of External Affairs say?",
    "What is the capital of Bolivia?",
)
PATIENCE = 120.0


@dataclass
class Tally:
    """What the clients saw."""

    expected: dict[str, str]
    seconds: list[float] = field(default_factory=list)
    turned_away: int = 0
    lost: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)

    def take(self, question: str, status: int, answer: str, took: float) -> None:
        """Count one answer; appending is atomic, so that clients need no lock."""
        if status == 503:
            self.turned_away += 1
        elif status != 200:
            self.lost.append(f"{status}: {answer[:200]}")
        elif answer != self.expected[question]:
            self.mixed_up.append(question)
        else:
            self.seconds.append(took)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the burst and print what came of it; 1 where an answer was lost or mixed up."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=main.__doc__)
    parser.add_argument("url")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pid", type=int, help="the server's process, to read its memory")
    arguments = parser.parse_args(argv)
    tally = Tally({question: ask(arguments.url, question)[1] for question in QUESTIONS})
    before = memory(arguments.pid)
    end = time.monotonic() + arguments.seconds
    clients = [
        threading.Thread(target=client, args=(arguments.url, number, end, tally)) for number in range(arguments.clients)
    ]
    for thread in clients:
        thread.start()
    halfway = None
    while any(thread.is_alive() for thread in clients):
        time.sleep(0.5)
        if halfway is None and time.monotonic() > end - arguments.seconds / 2:
            halfway = memory(arguments.pid)
    after, began = memory(arguments.pid), time.perf_counter()
    recovered = ask(arguments.url, QUESTIONS[0])
    recovery = time.perf_counter() - began
    tally.take(QUESTIONS[0], *recovered, recovery)
    cuts = statistics.quantiles(tally.seconds, n=20)
    print(f"clients {arguments.clients}, answers {len(tally.seconds)}, told to come again {tally.turned_away}")
    print(f"lost {len(tally.lost)}, mixed up {len(tally.mixed_up)}")
    print(f"seconds: p50 {statistics.median(tally.seconds):.2f}, p95 {cuts[-1]:.2f}, max {max(tally.seconds):.2f}")
    print(f"first answer after the burst: {recovery:.2f} s")
    print(f"memory MB: before {before}, halfway {halfway}, after {after}")
    for told in (tally.lost + tally.mixed_up)[:10]:
        print(told)
    return 1 if tally.lost or tally.mixed_up else 0


def client(url: str, number: int, end: float, tally: Tally) -> None:
    """One client: a question after the other until the end."""
    turn = number
    while time.monotonic() < end:
        question = QUESTIONS[turn % len(QUESTIONS)]
        began = time.perf_counter()
        try:
            status, answer = ask(url, question)
        except (OSError, http.client.HTTPException, ValueError) as error:
            status, answer = 0, repr(error)
        tally.take(question, status, answer, time.perf_counter() - began)
        if status == 503:
            time.sleep(float(answer))
        else:
            turn += 1


def ask(url: str, question: str) -> tuple[int, str]:
    """The status, and the answer's text; of a 503 the seconds to wait."""
    body = json.dumps({"model": "on-the-record", "messages": [{"role": "user", "content": question}]})
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)) as connection:
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read().decode()
        if reply.status == 503:
            return 503, reply.getheader("Retry-After") or "1"
        return reply.status, json.loads(text)["choices"][0]["message"]["content"] if reply.status == 200 else text


def memory(pid: int | None) -> int | None:
    """A process' resident megabytes."""
    if pid is None:
        return None
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123  # not a file of ours
        kilobytes = next(line.split()[1] for line in status if line.startswith("VmRSS"))
    return int(kilobytes) // 1024


if __name__ == "__main__":
    sys.exit(main())
