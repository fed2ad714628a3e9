"""A claim in a model's own words against the words it cites: each check a pure function that says why it fails, or None.

In the order of the promises: marks and markup, quotations and their speakers, numbers, dates, names and offices, negations
and modals, attributions. None trusts the model: who speaks, what is quoted and who is meant are read from the document.
"""

from __future__ import annotations

import re
import unicodedata

from .cited import Cited
from .claim_circumstances import check_causes, check_days, check_tenses
from .claim_credits import check_attributed
from .claim_deeds import check_grave, check_questions, check_relations, check_scare_quotes, check_turns, check_words
from .claim_doers import check_doers, check_owners
from .claim_figures import check_dates, check_numbers, check_shares
from .claim_names import check_names, check_offices
from .claim_pronouns import check_alone
from .claim_voices import check_given_speaker, check_quotations, check_quoted_speakers, check_voices
from .locating import folded
from .verification import marks_failure
from .words import tokens

SHORTEST = 4  # words

LONGEST = 90  # words; a claim is a sentence or two

MOST = 1000  # characters

# Marks that a claim may have of its own. Others may be markup, a quotation mark that the checks do not know, or a letter
# that only looks like another: they stand in the words cited, or the claim falls.
_MARKS = frozenset(" .,;:!?'\"“”„‟«»‘’()[]-–—−/&%$€£₹¥§°…+=")

_MARKUP = re.compile(
    r"<[a-zA-Z/!|]|\[[^\]]*\]\(|https?://|www\.|```|\*\*|^#|\{\s*[\"']|<\||&[a-z]+;|javascript:",
    re.IGNORECASE | re.MULTILINE,
)

# What speaks to a reader that is a machine: a document's words, but no report of anything.
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|passages?|rules?|prompts?|documents?|above|previous|prior|sources?)\b"
    r"|(?:\A|[\n\"“>\[(]|[.!?]\s)\s*(?:system|assistant|user|developer)\s*(?:message|prompt|note|:)"
    r"|<\|\w+\|>|\[/?INST\]|<</?SYS>>|</?(?:system|passage|instructions?|tool_call|assistant)\b"
    r"|\byou are (?:now |no longer )?(?:an?|the) (?:\w+ ){0,3}(?:ai|assistant|model|chatbot|bot|system)\b"
    r"|\bas an? (?:ai|language model)\b"
    r"|(?:\A|[.!?:;\n\"“—-]\s*|\b(?:please|now|instead|must|always|only)\s)(?:and |then |also |just |simply )?"
    r"(?:reply|respond|answer|output|print|return|say|state|repeat|claim|tell (?:the |your )?(?:readers?|users?))\b\s*"
    r"(?:only |exactly |always |back |instead )*(?:in json|with|that\b|in (?:the )?form\b|:|[\"“{])"
    r"|,\s(?:reply|respond|output|print|repeat)\b\s*(?:only |exactly |always |back |instead )*(?:in json|with|that\b|:|[\"“{])"
    r"|\b(?:ai|language) (?:models?|assistants?) (?:must|should|reading|that reads?|are)\b|\bnew (?:instructions?"
    r"|task)\b|\bjailbreak"
    r"|\"(?:claims|role|content|support)\"\s*:",
    re.IGNORECASE,
)


def failure(claim: Cited) -> str | None:
    """Why a claim may not be shown, or None: checks 1 to 4, in order."""
    for check in (
        check_plain, check_alone, check_reports, check_quotations, check_quoted_speakers, check_numbers, check_shares,
        check_dates, check_names, check_offices, check_grave, check_scare_quotes, check_questions, check_doers, check_turns,
        check_relations, check_owners, check_causes, check_tenses, check_days, check_voices, check_attributed,
        check_given_speaker, check_words,
    ):  # fmt: skip
        if reason := check(claim):
            return reason
    return None


def check_plain(claim: Cited) -> str | None:
    """It is a plain sentence: no markup, no address, no mark without its fellow, not endless."""
    if not re.search(r"[^\W\d_]{2}", claim.text):
        return "it is no sentence"
    if len(claim.text.split()) < SHORTEST:
        return "it is no sentence"
    if len(claim.text.split()) > LONGEST or len(claim.text) > MOST:
        return f"it is too long: at most {LONGEST} words and {MOST} characters"
    if claim.statement.own.rstrip(' ."”’').endswith("?") or re.search(r"\?\s", claim.statement.own):
        return "it asks, and states nothing"
    if _MARKUP.search(claim.text):
        return "it holds markup or an address"
    if speaks_to_machines(claim.text):
        return "it gives instructions"
    if odd := next(
        (c for c in unicodedata.normalize("NFC", claim.text) if not _is_plain(c) and c not in claim.words), ""
    ):
        return f"the words cited have no ‘{odd}’"
    words = tokens(claim.text)
    if len(words) > 16 and len({tuple(words[i : i + 3]) for i in range(len(words) - 2)}) < 0.7 * (len(words) - 2):
        return "it repeats itself"
    return marks_failure(claim.text)


def _is_plain(character: str) -> bool:
    """Whether a character is a Latin letter, a figure or a mark that sentences have."""
    if character.isascii() and character.isalnum():
        return True
    return character in _MARKS or unicodedata.name(character, "").startswith("LATIN ")


def check_reports(claim: Cited) -> str | None:
    """What it rests on reports something, and does not tell a machine what to do."""
    return "the words it rests on are instructions, not a report" if speaks_to_machines(claim.words) else None


def speaks_to_machines(words: str) -> bool:
    """Whether some words are addressed to a program that reads them."""
    return bool(_INSTRUCTION.search(folded(words)[0]))
