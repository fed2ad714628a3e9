from __future__ import annotations

import datetime as dt
import hashlib

from assistant.citations import Numbering, marked
from assistant.types import Claim, Document, Span
from assistant.writers import Draft

TEXT = "The note was made public.\n\nIlyas said: “He has assured full support.”"
NOTE = Document(
    "note",
    "The note",
    TEXT,
    hashlib.sha256(TEXT.encode()).hexdigest(),
    publisher="P",
    published=dt.date(2026, 1, 2),
    url="u",
)
OTHER = Document("other", "Another", TEXT, "v2")
FIRST, SECOND = Span(0, 25), Span(27, 72)


def numbering() -> Numbering:
    return Numbering({"note": NOTE, "other": OTHER})


def test_a_citation_is_exact_and_carries_its_source() -> None:
    cited = numbering().cite("note", FIRST)
    assert NOTE.text[cited.start : cited.end] == cited.quote == "The note was made public."
    assert (cited.number, cited.document_id, cited.version) == (1, "note", NOTE.version)
    assert (cited.title, cited.publisher, cited.published, cited.url) == ("The note", "P", dt.date(2026, 1, 2), "u")


def test_numbers_are_given_in_order_of_first_use_and_kept() -> None:
    given = numbering()
    numbers = [
        given.cite("note", SECOND),
        given.cite("note", FIRST),
        given.cite("note", SECOND),
        given.cite("other", FIRST),
    ]
    assert [citation.number for citation in numbers] == [1, 2, 1, 3]
    assert given.citations == (numbers[0], numbers[1], numbers[3])


def test_a_claim_has_a_citation_for_each_span_in_order() -> None:
    given = numbering()
    claim = given.claim(Draft("note", "text", (SECOND, FIRST), "Ilyas", 0.7))
    assert (claim.text, claim.speaker, claim.support) == ("text", "Ilyas", 0.7)
    assert [(c.number, c.start) for c in claim.citations] == [(1, 27), (2, 0)]


def test_marks_follow_each_claim() -> None:
    given = numbering()
    one = given.claim(Draft("note", "One.", (FIRST, SECOND)))
    two = given.claim(Draft("note", "Two.", (FIRST,)))
    assert marked([one, two]) == "One. [1][2]\n\nTwo. [1]"
    assert marked([]) == ""
    assert marked([Claim("None.", ())]) == "None. "
