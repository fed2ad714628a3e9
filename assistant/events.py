"""What a document dates: sentences with the day, month or year of what they tell, absolute or "on Friday".

A relative date is read against the day the document was published, and only where that day is sure. Left out are
dates that are no event's: of a report ("NDTV reported on 2 January 2026"), of the state of knowledge ("as of"), and
relative ones in a quotation, whose day is the speaker's.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .dates import MONTHS, dates
from .quotations import Quotation, outermost
from .types import Document, Event, Span

DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
NEAREST = 150  # days: a date without a year means the nearest such day, if none is farther off than this
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_SEASON = re.compile(r"\b(?:early|mid|late|about|around|the (?:beginning|middle|end) of)[ -]\Z", re.IGNORECASE)
_RANGE = re.compile(r"\b(?P<day>[0-3]?\d)(?: to |[-–])\Z")
_SHARED = re.compile(
    rf"(?P<day>[0-3]?\d) (?P<month>{'|'.join(m.title() for m in MONTHS)})(?: to | and |, |[-–])", re.IGNORECASE
)
_YEAR = re.compile(
    r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bof )|(?<=\bearly )|(?<=\blate )|(?<=\bmid-))(?:19|20)\d\d\b(?![-–]\d)"
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<word>yesterday|today|tonight|tomorrow)|on (?P<weekday>{'|'.join(d.title() for d in DAYS)})"
    r"|(?P<shift>last|this|next) (?P<unit>month|year)|(?P<count>\w+) days ago)\b(?![’'-])",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|to be|is to|are to|is due|are due|expected|scheduled|next|until|by)\b|[’']ll\b"
)
_AS_OF = re.compile(r"\b(?:as of|consulted up to)\s+\Z", re.IGNORECASE)
_REPORTS_AFTER = re.compile(r"\s+(?:reports?|accounts?|commentary|coverage|copy|articles?)\b")
# Between the name of a newspaper and a date that is but its report's there are such words, and names.
_REPORTING = frozenset(
    """s of in on at about around early mid late the a an its that by from and with for to her his had has was were as
    them him it which who or report reports reported reporting repost reposted reposting write wrote written quoted
    quoting counted listed lists said says not described published carrying carried explained stated cited told shows
    showed dated dates relayed named called argued found account accounts copy copies page pages coverage article
    articles column snapshot edition headline preview review digest blog opinion undated agency month day phrase law
    firm statement noted both link line lines site mirror news list""".split()
)
_REPORT = re.compile(
    r"\b(?:reports?|accounts?|copy|copies|pages?|coverage|articles?|column|snapshot|edition|headline|preview|reporting|"
    r"pieces?|story|stories)\s+(?:of|from|in|on|dated)\s+(?:(?:about|early|mid|late|\d{1,2} or)[ -])*\Z",
    re.IGNORECASE,
)
_OUTLET = re.compile(
    r"\b(?:The )?(?:[A-Z][\w&.’'-]*\s)*?(?:Times|Post|Express|Hindu|Telegraph|Guardian|Tribune|Herald|Journal|Mail|News|Daily|Press"
    r"|Standard|Chronicle|Observer|Gazette|Mirror|Reuters|PTI|ANI|IANS|UNI|AFP|BBC|CNN|NDTV)\b"
)
_OF = re.compile(r"\bof\s+(?:(?:about|early|mid|late)[ -])?\Z")


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date as it stands in the text, resolved; `relative` where it had to be read against the publication."""

    span: Span
    first: dt.date
    last: dt.date
    precision: Literal["day", "month", "year"]
    relative: bool = False


def events(document: Document, sentences: Sequence[Span]) -> tuple[Event, ...]:
    """The dated events of a document, by date and then by place; one for each date that a sentence gives one."""
    text, quotes, outlets = document.text, outermost(document.text), _outlets(document)
    found = []
    for sentence in sentences:
        told = [d for d in _dated(document, sentence, quotes) if not _is_of_report(text, sentence, d.span, outlets)]
        # "The letter of 30 December was read out on 5 January": the first says which letter.
        own = [d for d in told if not _OF.search(text, sentence.start, d.span.start)]
        found += [
            Event(document.id, sentence.start, sentence.end, sentence.of(text), d.first, d.last, d.precision, d.span)
            for d in {(d.first, d.last): d for d in reversed(own or told)}.values()
        ]
    return tuple(sorted(found, key=by_date))


def by_date(event: Event) -> tuple[dt.date, dt.date, str, int, int]:
    """What events are sorted by: the first day, the last, then document and place."""
    return event.first, event.last, event.document_id, event.start, event.dated.start


def _dated(document: Document, sentence: Span, quotes: Sequence[Quotation]) -> Iterator[_Dated]:
    found = [*_absolute(document, sentence), *_relative(document, sentence, quotes)]
    yield from sorted(found, key=lambda dated: dated.span.start)


def _absolute(document: Document, sentence: Span) -> Iterator[_Dated]:
    words, taken = sentence.of(document.text), list[Span]()
    for date in dates(words):
        taken.append(date.span)
        year = date.year or _year_shared(words, date.span) or _nearest_year(document.published, date.month, date.day)
        if year is None or (date.day and date.day > calendar.monthrange(year, date.month)[1]):
            continue
        start = date.span.start
        first = dt.date(year, date.month, date.day or 1)
        last = dt.date(year, date.month, date.day or calendar.monthrange(year, date.month)[1])
        if date.day and (ranged := _RANGE.search(words, 0, start)) and 1 <= int(ranged.group("day")) < date.day:
            start, first = ranged.start(), first.replace(day=int(ranged.group("day")))
        elif season := _SEASON.search(words, 0, start):
            start = season.start()
        end = date.span.end - (words[date.span.end - 1] == ".")
        span = Span(sentence.start + start, sentence.start + end)
        yield _Dated(span, first, last, "day" if date.day else "month")
    for match in _YEAR.finditer(words):
        if not any(span.start < match.end() and match.start() < span.end for span in taken):
            year = int(match.group())
            span = Span(sentence.start + match.start(), sentence.start + match.end())
            yield _Dated(span, dt.date(year, 1, 1), dt.date(year, 12, 31), "year")


def _year_shared(words: str, span: Span) -> int | None:
    """The year of "24 February and 25 February 2020", for the first of them."""
    if not _SHARED.match(words, span.start):
        return None
    following = (d for d in dates(words) if span.end < d.span.start <= span.end + 6 and d.day)
    return next((date.year for date in following), None)


def _nearest_year(published: dt.date | None, month: int, day: int | None) -> int | None:
    if published is None:
        return None
    for year in (published.year, published.year - 1, published.year + 1):
        if (day or 1) <= calendar.monthrange(year, month)[1]:
            distance = abs((dt.date(year, month, day or 15) - published).days)
            if distance <= NEAREST:
                return year
    return None


def _relative(document: Document, sentence: Span, quotes: Sequence[Quotation]) -> Iterator[_Dated]:
    published, words = document.published, sentence.of(document.text)
    # A brief is written long after what it tells: nothing in it is of the day it was published.
    if published is None or document.kind == "brief":
        return
    for match in _RELATIVE.finditer(words):
        span = Span(sentence.start + match.start(), sentence.start + match.end())
        quoted = any(quote.outer.start < span.end and span.start < quote.outer.end for quote in quotes)
        followed = dates(words[match.end() : match.end() + 24])  # "on Friday 9 January 2026" says it itself
        if quoted or (followed and followed[0].span.start <= 2):
            continue
        if days := _resolved(match, published, words):
            if match.group("weekday"):
                span = Span(span.start + len("on "), span.end)
            yield _Dated(span, *days, "month" if match.group("unit") == "month" else "year" if match.group("unit") else "day",
                         relative=True)  # fmt: skip


def _resolved(match: re.Match[str], published: dt.date, words: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day that a relative date means, None where that is not sure."""
    if word := match.group("word"):
        day = published + dt.timedelta({"yesterday": -1, "tomorrow": 1}.get(word.lower(), 0))
        return day, day
    if name := match.group("weekday"):
        back = (published.weekday() - DAYS.index(name.lower())) % 7
        if not _TO_COME.search(words):
            day = published - dt.timedelta(back)
            return day, day
        return None
    if count := match.group("count"):
        number = _NUMBERS.get(count.lower()) or (int(count) if count.isdigit() and len(count) < 3 else 0)
        day = published - dt.timedelta(number)
        return (day, day) if number else None
    shift = {"last": -1, "this": 0, "next": 1}[match.group("shift").lower()]
    if match.group("unit").lower() == "year":
        year = published.year + shift
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    months = published.year * 12 + published.month - 1 + shift
    year, month = months // 12, months % 12 + 1
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _outlets(document: Document) -> re.Pattern[str]:
    """The names under which a document cites those that report: its sources' publishers, and common newspapers'."""
    names = {document.publisher, *(str(source.get("publisher", "")) for source in document.sources)}
    parts = {part.strip() for name in names for part in re.split(r"[(),]", name)}
    plain = sorted(
        (re.escape(part) for part in parts if len(part) > 2 and (part[0].isupper() or "." in part)),
        key=len,
        reverse=True,
    )
    return re.compile("|".join([rf"\b{name}\b" for name in plain] + [_OUTLET.pattern]))


def _is_of_report(text: str, sentence: Span, dated: Span, outlets: re.Pattern[str]) -> bool:
    before = text[sentence.start : dated.start]
    if _AS_OF.search(before) or _REPORT.search(before) or _REPORTS_AFTER.match(text, dated.end, sentence.end):
        return True
    return any(_is_reporting(before[match.end() :]) for match in outlets.finditer(before))


def _is_reporting(words: str) -> bool:
    parts = re.findall(r"\w+|[.;:!?]", words)
    return all(part.lower() in _REPORTING or part[0].isupper() or part.isdigit() for part in parts)
