"""What opens a page: an address with a link to an answer, what the browser kept, what was pressed."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from assistant import resources
from assistant.citations import marked
from assistant.documents import read_corpus
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS, REFUSAL, Answer, Citation, Claim

from . import inputs, same
from .documents import LIMIT


class ShareLinks:
    """What opens a page: an address with a link's token, what the browser kept, what was pressed."""

    name = "share-links"

    def ready(self) -> None:
        from ui.page import _opening, _texts
        from ui.reports import Reports, SharedAnswer, default_url

        self._documents = dict(read_corpus(resources.path("corpus"), max_bytes=LIMIT).documents)
        self._lookup = _texts(SimpleNamespace(documents=self._documents))
        self._reports = Reports(default_url(Path(tempfile.mkdtemp())))
        self._answers = [self._answer(Random(n)) for n in range(20)]
        self._ids = [self._reports.share(answer) for answer in self._answers]
        self._record: Callable[..., Any] = SharedAnswer
        self._open = _opening(SimpleNamespace(documents=self._documents), self._chat, self._reports)

    def _chat(self) -> Any:
        from ui.chat import Chat

        return Chat(SimpleNamespace(documents=self._documents), ("What?",), reportable=True)

    def _answer(self, draw: Random) -> Answer:
        citations = []
        for number in range(1, draw.randint(2, 6)):
            document = draw.choice(list(self._documents.values()))
            start = draw.randrange(len(document.text))
            quote = document.text[start : start + draw.randint(1, 300)]
            citations.append(
                Citation(
                    number, document.id, document.version, start, start + len(quote), quote, document.title,
                    document.publisher, document.published, document.url, document.page_at(start),
                )
            )  # fmt: skip
        claims = tuple(Claim(c.quote, (c,), draw.choice((None, "Ada", "X <b>")), 0.5, "mayor") for c in citations)
        day = max((c.published for c in citations if c.published), default=None)
        if draw.random() < 0.3:
            return Answer("Who?", "Who?", NOT_IN_DOCUMENTS, REFUSAL, (), (), tuple(citations), (), day, "quoting")
        return Answer(
            "Who?", "Who is it?", ANSWERED, marked(claims), claims, tuple(citations), (), (), day, "quoting",
            lead="As of 2 January 2026:", sides=((0, 1),) if len(claims) > 1 else (), suggestions=("Why?",), note="n",
        )  # fmt: skip

    def draw(self, draw: Random) -> bytes:
        from ui.records import plain

        value = plain(draw.choice(self._answers))
        for _ in range(draw.choice((0, 1, 1, 2))):
            value = inputs.changed(value, draw)
        token = draw.choice((*self._ids, "", inputs.strange_text(draw, 5), "x" * 70))
        token = (
            inputs.mutated(token, draw, (*inputs.STRANGE, "&answer=", "%ff", "+", "#"))
            if draw.random() < 0.4
            else token
        )
        pressed = draw.choice(("read-", "only-", "voice-", "wrong-", "documents", "")) + draw.choice(
            (*self._documents, "1-0", "1-all", "999999-999", inputs.strange_text(draw, 3))
        )
        pressed += draw.choice(("", "/0", "/10/20", "/20/10", "/9999999999/9999999999", "/٣", "-1", "/-1"))
        kept = draw.choice(([value], [value] * 20, value, [inputs.changed([value], draw)], draw.choice(inputs.VALUES)))
        return json.dumps({"answer": value, "query": token, "kept": kept, "pressed": pressed}).encode()

    def run(self, data: bytes) -> None:
        from starlette.datastructures import QueryParams

        from ui import reporting, views
        from ui.page import SHARED, _speaker
        from ui.records import plain, restored

        value = json.loads(data)
        answer = restored(value["answer"], self._lookup)
        if answer is not None:
            self._check(answer)
            same(plain(restored(plain(answer), self._lookup) or answer), plain(answer))
            json.dumps(answer.to_dict(), allow_nan=False)
        raw = f"{SHARED}={value['query']}".encode("utf-8", "surrogatepass")
        request = SimpleNamespace(query_params=QueryParams(raw))
        self._stored(value["answer"])
        shown = [self._open([], request), self._open([], SimpleNamespace(query_params={SHARED: "fuzzed"}))]
        shown.append(self._open(value["kept"], SimpleNamespace(query_params={})))
        for messages, _, chat in shown:
            if chat is None:
                continue
            for message in messages:
                _plain_html(message["content"])
            _plain_html(chat.sources)
            json.dumps(chat.kept()).encode()
            assistant = SimpleNamespace(documents=self._documents)
            for pressed in (value["pressed"], "voice-1-0", "wrong-1-0", "wrong-1-all"):
                _speaker(chat, pressed[:200])
                views.read(assistant, chat, pressed[:200])
                views.only(assistant, pressed[:200])
                reporting.opened(chat, pressed[:200])

    def _stored(self, value: Any) -> None:
        """A record as a database may hold it that something else wrote to."""
        with contextlib.suppress(UnicodeEncodeError), self._reports._session() as session:
            session.merge(self._record(id="fuzzed", at=dt.datetime(2026, 1, 2), answer=value))

    def _check(self, answer: Answer) -> None:
        cited = [c for claim in answer.claims for c in claim.citations]
        for c in (*cited, *answer.citations, *answer.nearest):
            same(self._documents[c.document_id].text[c.start : c.end], c.quote)
            same(self._documents[c.document_id].version, c.version)
        assert answer.claims or answer.status == NOT_IN_DOCUMENTS
        assert all(0 <= i < len(answer.claims) for side in answer.sides for i in side)


_TAGS = set(
    "div p bdi span a ul li ol section h2 button mark blockquote details summary small time em strong header h1".split()
)


def _plain_html(html: str) -> None:
    """Tags are our own and closed, no attribute runs anything, and no address is any but the web's or the page's."""
    found = re.findall(r"<(/?)([a-zA-Z!?][\w-]*)((?:\s[^<>]*)?)>", html)
    assert all(tag in _TAGS for _, tag, _ in found), [tag for _, tag, _ in found if tag not in _TAGS]
    same(sum(not slash for slash, _, _ in found), sum(bool(slash) for slash, _, _ in found))
    same(html.count("<"), len(found))
    for _, _, rest in found:
        assert not re.search(r"\son\w+\s*=|srcdoc|style\s*=", rest, re.IGNORECASE), rest
        for address in re.findall(r'href="([^"]*)"', rest):
            assert address.startswith(("#", "http&#58;&#47;&#47;", "https&#58;&#47;&#47;", "http://", "https://")), (
                address
            )
    html.encode()
