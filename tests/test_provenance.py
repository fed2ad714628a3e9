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
        (r"^facts: \[.*?,", "facts: [UAPA-03,", "no source of fact UAPA-03 is listed"),
        (r"^    title: \".", '    title: "Not so: ', "is not in facts.yaml as it stands here"),
        (r"^    url: .*", "    url: javascript:alert(1)", "'javascript:alert(1)' is no http or https address"),
        (r"^language: .*", "url: www.example.org/x", "'www.example.org/x' is no http or https address"),
        (r"^    date: .*", '    date: "page date not shown"', "source 1 is dated 'page date not shown'"),
    ],
)
def test_a_fault_of_the_front_matter_is_named(folder: Path, pattern: str, put: str, says: str) -> None:
    replace(folder, BRIEF, pattern, put)
    assert any(says in fault for fault in faults(folder))


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ('NDTV reported on 2 January 2026 that Umar Khalid wrote "we never met anybody".', "in no fact listed"),
        ('Ilyas "regretted that someone should be held five years", NDTV said in 2026.', "in no fact listed"),
        ('NDTV reported on 2 January 2026 that the note spoke of "bitter" things.', "in no fact listed"),
        ("NDTV reported on 31 April 2025 that the note was read out.", "there is no 31 April 2025"),
        ("NDTV reported on February 30, 2026 that the note was read out.", "there is no February 30, 2026"),
        ("NDTV reported on 3 Janury 2026 that the note was read out.", "there is no 3 Janury 2026"),
        ("NDTV reported on Monday 1 January 2026 that the note was read out.", "was a Thursday"),
        ("NDTV reported on 2 June 2026 that the note was read out.", "is after the evidence ends"),
        ("NDTV reported recently, in January 2026, that the note was read out.", "'recently' goes stale"),
        ("The mayor has a strong wish to be seen abroad.", "no source and no date"),
        ("The mint of the city had struck a medal for the mayor by 2026.", "no source and no date"),
        ("The NDTVs of this world would do well to read the note of 2026.", "no source and no date"),
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


def test_ten_faults_are_ten_lines_that_say_where_and_what(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder, "ramzi-kassem", r"^publisher: .*\n", "")
    replace(folder, "umar-khalid", r"^evidence_to: .*\n", "")
    replace(folder, "uapa-and-bail", r"^    url: .*\n", "")
    replace(folder, "whos-who", r"^id: .*", "id: timeline")
    replace(folder, BRIEF, r"^facts: \[", "facts: [NOTE-99, ")
    append(folder, BRIEF, 'NDTV reported on 2 January 2026 that Umar Khalid wrote "we never met anybody".')
    append(folder, "february-2020-riots", "NDTV reported on 31 April 2025 that the note was read out.")
    append(folder, "press-coverage", "NDTV reported on 2 June 2026 that the note was read out.")
    append(folder, "zohran-mamdani", "The mayor has a strong wish to be seen abroad.")
    append(folder, "ramzi-kassem", "NDTV reported on 2 January 2026 that the note had been read in Delhi.")
    append(folder, "timeline", "NDTV reported on 2 January 2026 that the note had been read in Delhi.")
    assert main(["sync", "--check", "--corpus", str(folder)]) == 1
    *lines, total = capsys.readouterr().out.splitlines()
    planted = [
        r"ramzi-kassem, front matter: no publisher: add it\.",
        r"umar-khalid, front matter: no evidence_to: add it\.",
        r"uapa-and-bail, front matter: source 1 has no url: add it\.",
        r"whos-who\.md, front matter: the id 'timeline' is that of timeline\.md too",
        rf"{BRIEF}, front matter: fact NOTE-99 is not in facts\.yaml: mend the id",
        rf"{BRIEF}, text line \d+: the quotation 'we never met anybody' is in no fact listed",
        r"february-2020-riots, text line \d+: there is no 31 April 2025: mend the date\.",
        r"press-coverage, text line \d+: 2 June 2026 is after the evidence ends",
        r"zohran-mamdani, text line \d+: no source and no date in 'The mayor has a strong wish",
        r"timeline, text line \d+: a sentence of ramzi-kassem stands here too: word it anew\.",
    ]
    assert len(planted) == 10
    for pattern in planted:
        assert [line for line in lines if re.match(pattern, line)], f"{pattern}\n" + "\n".join(lines)
    assert total == f"16 documents checked, {len(lines)} faults."


def test_the_command_says_each_fault_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--check", "--corpus", str(folder)]) == 0
    append(folder, BRIEF, "NDTV reported on 31 April 2025 that the note was read out.")
    assert main(["sync", "--check", "--corpus", str(folder)]) == 1
    assert "there is no 31 April 2025" in capsys.readouterr().out


def test_a_ledger_that_cannot_be_read_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for held in ("facts: [1, 2]", "[]", "facts: [{id: NOTE-01}]", "\ufffe: :", "facts: []\nsources: [1]"):
        (folder / "facts.yaml").write_text(held, encoding="utf-8")
        assert main(["sync", "--check", "--corpus", str(folder)]) == 2, held
        assert "not a ledger of facts" in capsys.readouterr().err
    (folder / "facts.yaml").write_bytes(b"facts: \xff")
    assert main(["sync", "--check", "--corpus", str(folder)]) == 2
    assert "not a ledger of facts" in capsys.readouterr().err
