from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from assistant import resources
from assistant.__main__ import main
from assistant.documents import read_corpus
from assistant.provenance import check

CORPUS = resources.path("corpus")
BRIEF, ARTICLE = "note-and-meeting", "mamdani-letter-row"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped corpus, to be damaged."""
    return Path(shutil.copytree(CORPUS, tmp_path / "corpus"))


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in check(read_corpus(folder, max_bytes=10**7))]


def replace(folder: Path, name: str, pattern: str, put: str) -> None:
    path = folder / f"{name}.md"
    text, count = re.subn(pattern, put, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1, pattern
    path.write_text(text, encoding="utf-8")


def append(folder: Path, name: str, sentence: str) -> None:
    path = folder / f"{name}.md"
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\n{sentence}\n", encoding="utf-8")


def test_the_shipped_corpus_has_no_fault() -> None:
    assert faults(CORPUS) == []


def test_the_shipped_corpus_holds_the_article_and_its_briefs() -> None:
    documents = read_corpus(CORPUS, max_bytes=10**7).documents
    kinds = [document.kind for document in documents.values()]
    assert kinds.count("article") == 1 and kinds.count("brief") >= 12
    assert {str(d.evidence_to) for d in documents.values() if d.kind == "brief"} == {"2026-05-23"}


@pytest.mark.parametrize(
    ("pattern", "put", "says"),
    [
        (r"^publisher: .*\n", "", "no publisher"),
        (r"^evidence_to: .*\n", "", "no evidence_to"),
        (r"^    url: .*\n", "", "source 1 has no url"),
        (r"^id: .*", f"id: {ARTICLE}", f"the id '{ARTICLE}' is that of"),
        (r"^facts: \[.*?,", "facts: [NOTE-99,", "fact NOTE-99 is not in facts.yaml"),
    ],
)
def test_a_fault_of_the_front_matter_is_named(folder: Path, pattern: str, put: str, says: str) -> None:
    replace(folder, BRIEF, pattern, put)
    assert any(says in fault for fault in faults(folder))


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ('NDTV reported on 2 January 2026 that Umar Khalid wrote "we never met anybody".', "in no fact listed"),
        ("NDTV reported on 31 April 2025 that the note was read out.", "there is no 31 April 2025"),
        ("NDTV reported on Monday 1 January 2026 that the note was read out.", "was a Thursday"),
        ("NDTV reported on 2 June 2026 that the note was read out.", "is after the evidence ends"),
        ("NDTV reported recently, in January 2026, that the note was read out.", "'recently' goes stale"),
        ("The mayor has a strong wish to be seen abroad.", "no source and no date"),
        ("NDTV reported on 2 January 2026 that it rained. " * 200, "words: write 400 to 1200"),
    ],
)
def test_a_fault_of_the_text_is_named_with_its_line(folder: Path, sentence: str, says: str) -> None:
    append(folder, BRIEF, sentence)
    found = [fault for fault in faults(folder) if says in fault]
    assert found and found[0].startswith(f"{BRIEF}, text line ")


def test_a_long_quotation_is_a_fault(folder: Path) -> None:
    article = (folder / f"{ARTICLE}.md").read_text(encoding="utf-8")
    words = article[article.index("Soon after taking oath") :].split('"')[0]
    append(folder, BRIEF, f'Amit Malviya wrote on X in January 2026, NDTV reported: "{words}"')
    assert [fault for fault in faults(folder) if "a quotation of" in fault]


def test_a_sentence_that_stands_in_two_documents_is_a_fault(folder: Path) -> None:
    sentence = "The Telegraph reported on 2 January 2026 that the note was read out twice in Delhi."
    append(folder, BRIEF, sentence)
    append(folder, "timeline", sentence)
    (fault,) = (fault for fault in faults(folder) if "stands here too" in fault)
    assert fault.startswith("timeline, text line ") and f"a sentence of {BRIEF}" in fault


def test_the_command_says_each_fault_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--check", "--corpus", str(folder)]) == 0
    append(folder, BRIEF, "NDTV reported on 31 April 2025 that the note was read out.")
    assert main(["sync", "--check", "--corpus", str(folder)]) == 1
    assert "there is no 31 April 2025" in capsys.readouterr().out


def test_a_ledger_that_cannot_be_read_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "facts.yaml").write_text("facts: [1, 2]", encoding="utf-8")
    assert main(["sync", "--check", "--corpus", str(folder)]) == 2
    assert "not a ledger of facts" in capsys.readouterr().err
