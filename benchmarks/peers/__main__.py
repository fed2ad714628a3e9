"""`python -m benchmarks.peers --data FOLDER --python PEERS/bin/python`: the same documents and questions through four systems.

SQuAD 2.0's paragraphs (the half named `--half`), each a document, and its answerable questions; `--documents` adds
shuffled text of the shipped story up to so many. A hit: a passage of the right paragraph that holds an answer, among the
first five. Every system runs with the same encoder's weights and one after the other; the model that writes is a server
on loopback that answers at once, so what is measured is what each system adds. Prints Markdown, ratios to ours.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.scale import paragraphs, vary

ROOT = Path(__file__).resolve().parents[2]
SYSTEMS = ("Ours", "OursQuoting", "LangChain", "LangChainUnpadded", "LlamaIndex", "Txtai")


class Model(BaseHTTPRequestHandler):
    """Answers every chat at once with the same few words, in OpenAI's protocol."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = json.dumps({"claims": []}) if "response_format" in asked else "It is not in the documents."
        message, streamed = {"role": "assistant", "content": words}, bool(asked.get("stream"))
        choice = {"index": 0, "delta" if streamed else "message": message, "finish_reason": "stop"}
        kind = "chat.completion.chunk" if streamed else "chat.completion"
        said = json.dumps({"id": "1", "created": 1, "model": "none", "object": kind, "choices": [choice]})
        body = (f"data: {said}\n\ndata: [DONE]\n\n" if streamed else said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def laid_out(work: Path, squad: Path, documents: int, questions: int) -> None:
    """The documents and questions, as JSON."""
    held, asked = list[dict[str, str]](), list[dict[str, Any]]()
    for number, article in enumerate(json.loads(squad.read_text("utf-8"))["data"]):
        for place, paragraph in enumerate(article["paragraphs"]):
            identity = f"a{number}p{place}"
            held.append({"id": identity, "title": article["title"].replace("_", " "), "text": paragraph["context"]})
            asked += [
                {"question": qa["question"], "document": identity, "answers": [a["text"] for a in qa["answers"]]}
                for qa in paragraph["qas"] if not qa["is_impossible"]
            ]  # fmt: skip
    chance, filler = random.Random(7), paragraphs()
    while len(held) < documents:
        held.append({"id": f"f{len(held)}", "title": "Filler", "text": vary(chance, chance.choice(filler))})
    chance.shuffle(asked)
    (work / "documents.json").write_text(json.dumps(held))
    (work / "questions.json").write_text(json.dumps(asked[:questions]))
    print(f"{len(held):,} documents, {len(asked[:questions]):,} questions, {os.cpu_count()} cores\n")


def main() -> None:
    """Run each system, print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds squad2/")
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument(
        "--python", default=sys.executable, help="of an environment with requirements.txt and this project"
    )
    parser.add_argument("--documents", type=int, default=0, help="fill up to so many")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="the first is what ratios are to")
    options = parser.parse_args()
    squad = options.data / "squad2" / f"{options.half}.json"
    if not squad.exists():
        raise SystemExit(f"{squad} is not there: give the folder with the outside data by --data.")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    work, rows = Path(tempfile.mkdtemp()), []
    try:
        laid_out(work, squad, options.documents, options.questions)
        for name in options.systems.split(","):
            url = f"http://127.0.0.1:{server.server_port}/v1"
            call = [options.python, "-m", "benchmarks.peers.one", name, str(work), url]
            subprocess.run(call, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            rows.append(json.loads((work / f"{name}.json").read_text()))
    finally:
        server.shutdown()
        shutil.rmtree(work, ignore_errors=True)
    heads = (
        "system",
        "recall@1",
        "recall@5",
        "search, ms: median, 95%",
        "x ours",
        "ask, ms: median",
        "ingest, s",
        "x ours",
    )
    print(f"| {' | '.join((*heads, 'memory, MB', 'disk, MB'))} |\n|{'---|' * (len(heads) + 2)}")
    ours = rows[0]
    for row in rows:
        first, five = (statistics.mean(any(hit[:k]) for hit in row["hits"]) for k in (1, 5))
        search, ask = sorted(row["search"]), statistics.median(row["ask"])
        ratio = statistics.median(search) / statistics.median(ours["search"])
        print(
            f"| {row['name']} | {first:.1%} | {five:.1%} | {1000 * statistics.median(search):.1f}, "
            f"{1000 * search[int(0.95 * len(search))]:.1f} | {ratio:.1f} | {1000 * ask:.0f} | {row['ingest']:.1f} | "
            f"{row['ingest'] / ours['ingest']:.1f} | {row['memory']:.0f} | {row['disk']:.0f} |"
        )


if __name__ == "__main__":
    main()
