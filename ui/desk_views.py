"""What the editors' desk shows, as HTML: pure functions, everything escaped."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from . import strings as say
from .evaluation import Step
from .markup import cut, date, escape, foreign, safe_url
from .reports import Report

_SHORT = 160


class Asked(Protocol):
    """A case of the evals, as far as it is shown."""

    id: str
    category: str
    question: str
    expect: str


def queue(reports: Sequence[Report]) -> str:
    """The reports, newest first."""
    if not reports:
        return none(say.NO_REPORTS)
    rows = "".join(
        f'<tr><th scope="row"><a href="#go-report-{report.id}">{report.id}</a></th>'
        f"<td>{escape(date(report.at.date()))}</td><td>{escape(say.KINDS.get(report.kind, report.kind))}</td>"
        f"<td>{foreign(cut(report.claim_text, _SHORT))}{_line(report)}</td>"
        f"<td>{escape(report.state)}{' · ' + escape(report.case) if report.case else ''}</td></tr>"
        for report in reports
    )
    return _table(say.QUEUE_HEAD, rows)


def report(value: Report) -> str:
    """One report in full: question, answer, the claim, what it rests on."""
    answer: Mapping[str, Any] = value.given.answer
    claims = "".join(
        f'<li class="{"otr-accused" if place == value.claim else "otr-other"}">{foreign(claim["text"])}</li>'
        for place, claim in enumerate(answer["claims"])
    )
    cited = "".join(
        f'<li><blockquote>{foreign(c["quote"])}</blockquote><p class="otr-about">{foreign(c.get("title") or c["document_id"])}'
        f"{_publisher(c)}</p></li>"
        for c in value.citations
    )
    about = f"{say.REPORT_CHOSEN} {value.id} · {say.KINDS.get(value.kind, value.kind)} · {value.state}"
    reply = f'<p class="otr-reply">{foreign(value.reply)}</p>' if value.reply else ""
    versions = ", ".join(f"{name} {cut(version, 12)}" for name, version in value.versions.items())
    return (
        f'<article class="otr-report"><h2 tabindex="-1" id="otr-there">{escape(about)}</h2>{_line(value)}'
        f"<h3>{foreign(value.question)}</h3><ul>{claims or '<li>' + foreign(str(answer['text'])) + '</li>'}</ul>{reply}"
        f'<h3>{escape(say.SOURCES)}</h3><ul class="otr-plain">{cited}</ul><p class="otr-about">{escape(versions)}</p></article>'
    )


def cases(found: Iterable[Any], words: str = "") -> str:
    """The cases of a suite that hold some words."""
    wanted = words.casefold().split()
    kept = [case for case in found if all(w in f"{case.id} {case.category} {case.question}".casefold() for w in wanted)]
    rows = "".join(
        f'<tr><th scope="row">{foreign(case.id)}</th><td>{foreign(case.category)}</td><td>{foreign(case.question)}'
        f"{''.join(f'<blockquote>{foreign(gold)}</blockquote>' for gold in case.gold)}</td><td>{escape(case.expect)}</td></tr>"
        for case in kept
    )
    return _table(say.CASES_HEAD, rows) if kept else none(say.NOTHING)


def running(steps: Sequence[Step], told: str = "") -> str:
    """A run under way: how far it is, and each case that failed."""
    if not steps:
        return ""
    last = steps[-1]
    failed = [step for step in steps if not step.passed]
    rows = "".join(
        f'<tr><th scope="row">{foreign(step.case.id)}</th><td>{foreign(step.case.question)}</td>'
        f"<td>{escape(step.case.expect)}</td><td>{foreign(cut(step.given, 300))}</td></tr>"
        for step in failed
    )
    bar = f'<progress max="{last.total}" value="{last.done}" aria-label="{escape(say.SUITES)}"></progress>'
    done = f'<p role="status">{escape(told or say.RUNNING.format(done=last.done, total=last.total))} {bar}</p>'
    return done + (_table(say.FAILED_HEAD, rows) if failed else "")


def framed(run: str, page: str) -> str:
    """The report of a run, in a frame that lets no script run and nothing out."""
    title = escape(say.REPORT_TITLE.format(run=run))
    return f'<iframe class="otr-framed" title="{title}" sandbox="" srcdoc="{escape(page)}"></iframe>'


def none(text: str) -> str:
    """That there is nothing to show."""
    return f'<p class="otr-none">{escape(text)}</p>'


def changes(found: Sequence[tuple[str, str, str]], total: int) -> str:
    """Questions whose answers are others now, each with both."""
    head = f'<p role="status">{escape(say.REASK_DONE.format(changed=len(found), total=total))}</p>'
    items = "".join(
        f"<li><h3>{foreign(question)}</h3><dl><dt>{escape(say.BEFORE_NOW)}</dt><dd>{_diff(then, now, '-')}</dd>"
        f"<dt>{escape(say.NOW)}</dt><dd>{_diff(then, now, '+')}</dd></dl></li>"
        for question, then, now in found
    )
    return f'{head}<ul class="otr-plain otr-changes">{items}</ul>'


def _diff(then: str, now: str, side: str) -> str:
    """One of two texts, with the words marked that the other has not."""
    tag = "del" if side == "-" else "ins"
    before, after = then.split(), now.split()
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        words = before[a:b] if side == "-" else after[c:d]
        if words:
            text = escape(" ".join(words))
            parts.append(text if kind == "equal" else f"<{tag}>{text}</{tag}>")
    return f'<bdi dir="auto">{" ".join(parts)}</bdi>'


def _line(value: Report) -> str:
    return f'<p class="otr-said">{foreign(value.line)}</p>' if value.line else ""


def _publisher(citation: Mapping[str, Any]) -> str:
    parts = [foreign(citation["publisher"])] if citation.get("publisher") else []
    if url := safe_url(str(citation.get("url") or "")):
        parts.append(f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(say.ORIGINAL)}</a>')
    return "".join(f" · {part}" for part in parts)


def _table(names: Sequence[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f'<table class="otr-documents otr-desk"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
