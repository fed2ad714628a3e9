"""What a question asks for: its kind, its topic words, and the people and words it names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from .attributions import CUES
from .errors import QuestionError
from .quotations import quotations, single_quotations
from .words import content_words

Kind = Literal["who", "when", "where", "how many", "how long", "how old", "why", "yes-no", "said-what", "identity", "other"]

# Tried in this order; the first that matches names the kind.
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("how old", r"\bhow old\b|\bwhat age\b|\bage of\b|\bwhen\b.*\bborn\b|\b(?:birth ?day|date of birth|year of birth)\b"),
    ("how long", r"\bhow long\b|\bhow much time\b|\bhow many (?:minutes|hours|days|weeks|months|years)\b|\bwhat length of time\b"),
    ("how many", r"\bhow (?:many|much|deep|far|big|tall|wide|high|heavy|fast|large|often|thick|hot|cold)\b|\b(?:what|which) (?:is |was |were )?(?:the )?(?:number|percentage|share|total)\b|\bwhat'?s the (?:number|percentage|share|total)\b|\bdeath toll\b"),
    ("when", r"\bwhen (?:did|was|were|is|are|do|does|will|had|has|exactly)\b|\A(?:and |so )?when\b(?!.*,)|\b(?:what|which|on what|on which) (?:exact |precise )?(?:date|day|year|month|time|week)\b|\bsince when\b"),
    ("where", r"\A(?:and |so )?where\b|\bwhere (?:did|was|were|is|are|do|does|will)\b|\b(?:in|at|to|from)? ?(?:what|which) (?:city|country|place|town|state|court|village|location|platform|jail|prison)\b"),
    ("why", r"\bwhy\b|\bhow come\b|\bwhat (?:is |was |were )?(?:the )?reasons?\b|\bfor what reason\b"),
    ("identity", r"\A(?:so |and )?who(?:'s| is| was| are| exactly is|s) (?:(?!(?:\w+ ){0,5}(?:said|behind|accused|responsible|\w{3,}ing|\w{3,}ed)\b)[\w’'.-]+ ?){1,5}\??\Z|\bwho(?:'s| is| are) (?:he|she|they)\b|\bwho'?s (?:he|she)\b"),
    ("who", r"\bwho(?:m|se)?\b|\b(?:which|what) (?:\w+ ){0,3}?(?:person|people|man|woman|leaders?|politicians?|spokes\w+|officials?|ambassador|minister|groups?|part(?:y|ies)|lawyers?|lawmakers?|congress\w+|organi[sz]ations?|judges?|mayor)\b|\bname of\b|\bnames of\b"),
    ("yes-no", r"\A(?:so |and |but )?(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b"),
)
_SAID = re.compile(
    r"\b(?:what|how) (?:exactly )?(?:did|does|do|has|have|had|was|were|is) (?P<who>.{2,60}?) (?:ha(?:s|ve) )?"
    r"(?P<verb>say|said|saying|tell|told|write|writing|written|post|tweet|think|claim|argue|call|describe|respond|reply|react|"
    r"comment|accuse|allege|suggest|mean|explain|demand|insist|promise|answer|ask|express|put|view|feel|state|reject|add)\b",
    re.IGNORECASE,
)
_AGENT = re.compile(r"\b(?:why|when|where|how|what|who|whom) (?:did|does|has|had|do) (?P<who>(?:[\w’'-]+ ?){1,4})", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w’'])[A-ZÀ-ÖØ-Þ][\w]*(?:[-–][\w]+)*")
_SPACE = re.compile(r"\s+")
# Word characters there must be at least one of, so that there is something to look up.
_ASKABLE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as read.

    names: its capitalised words. quoted: what it puts between quotation marks. asked: whose words it wants
    ("what did X say"). agent: the words that begin with whoever it has doing something ("why did X write").
    """

    text: str
    kind: Kind
    words: tuple[str, ...]
    names: tuple[str, ...]
    quoted: tuple[str, ...]
    asked: str = ""
    agent: str = ""


def clean(text: str, longest: int) -> str:
    """The question as one line of readable characters.

    Raises QuestionError for one that is empty, holds no letter or digit, or is over `longest`
    characters. Control and formatting characters (NUL, direction overrides) are dropped.
    """
    if not isinstance(text, str):
        raise QuestionError("The question is not text: pass a string.")
    plain = "".join(" " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    plain = _SPACE.sub(" ", plain).strip()
    if not plain:
        raise QuestionError("The question is empty: type one.")
    if len(plain) > longest:
        raise QuestionError(f"The question has {len(plain):,} characters, more than {longest:,}: ask a shorter one.")
    if not _ASKABLE.search(plain):
        raise QuestionError("The question holds no words: ask in words.")
    return plain


def analyse(text: str) -> Question:
    """Read a cleaned question."""
    lower = text.lower().replace("’", "'")
    kind = next((kind for kind, pattern in _KINDS if re.search(pattern, lower)), "other")
    asked = ""
    if said := _SAID.search(text):
        asked = said.group("who")
        if kind not in ("how many", "how long", "how old"):
            kind = "said-what"
    quoted = tuple(quote.inner.of(text) for quote in (quotations(text) or single_quotations(text)))
    names = tuple(dict.fromkeys(m.group().removesuffix("'s").removesuffix("’s") for m in _NAME.finditer(text) if _is_name(text, m)))
    doing = _AGENT.search(text)
    agent = doing.group("who") if doing and not asked else ""
    return Question(text, kind, tuple(dict.fromkeys(content_words(text))), names, quoted, asked, agent)


def _is_name(text: str, match: re.Match[str]) -> bool:
    """A capital says little at the start, or where everything is in capitals."""
    word = match.group()
    if word.lower() in CUES or not content_words(word):
        return False
    if text.upper() == text:
        return False
    return match.start() > 0 or word.isupper()
