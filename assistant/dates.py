"""Dates that a text names, in the forms that newspapers write."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from .types import Span

MONTHS = ("january february march april may june july august september october november december").split()
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:1[5-9]|20)\d\d)"
_FORMS = (
    r"(?P<y0>(?:1[5-9]|20)\d\d)-(?P<m0>[01]\d)-(?P<d0>[0-3]\d)",
    rf"{_DAY.format('d1')} (?:of )?{_MONTH.format('m1')}(?:,? {_YEAR.format('y1')})?",
    rf"{_MONTH.format('m2')} {_DAY.format('d2')}(?!\d)(?:,? {_YEAR.format('y2')})?",
    rf"{_MONTH.format('m3')},? (?:of )?{_YEAR.format('y3')}",
)
_DATE = re.compile(rf"(?<![\w-])(?:{'|'.join(_FORMS)})(?![\w])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Date:
    """A month, or a day of one, as a text names it; `year` is None where it leaves that out."""

    span: Span
    month: int
    year: int | None = None
    day: int | None = None

    def meets(self, other: Date) -> bool:
        """Whether both can be the same: what one leaves out, the other may say."""
        pairs = ((self.month, other.month), (self.year, other.year), (self.day, other.day))
        return all(one is None or two is None or one == two for one, two in pairs)

    def holds(self, day: dt.date) -> bool:
        """Whether `day` is it, or in it."""
        return self.meets(Date(self.span, day.month, day.year, day.day))

    @property
    def first(self) -> dt.date | None:
        """Its first day, None where the year is not given."""
        return dt.date(self.year, self.month, self.day or 1) if self.year else None

    @property
    def last(self) -> dt.date | None:
        """Its last day, None where the year is not given."""
        if not self.year:
            return None
        return dt.date(self.year, self.month, self.day or calendar.monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.day, MONTHS[self.month - 1].title(), self.year) if part)


def dates(text: str) -> list[Date]:
    """The days and months of `text`, in its order; impossible days and years alone are none."""
    found = []
    for match in _DATE.finditer(text):
        values = {name[0]: value for name, value in match.groupdict().items() if value}
        month = int(values["m"]) if values["m"].isdigit() else _number(values["m"])
        year = int(values["y"]) if "y" in values else None
        day = int(values["d"]) if "d" in values else None
        if 1 <= month <= 12 and (day is None or 1 <= day <= calendar.monthrange(year or 2024, month)[1]):
            found.append(Date(Span(*match.span()), month, year, day))
    return found


def _number(month: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(month.lower().rstrip(".")[:3]))
