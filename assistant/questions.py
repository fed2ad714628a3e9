"""What a question asks for: its kind, its topic words, and the people and words it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .attributions import CUES
from .dates import Date, dates
from .errors import QuestionError
from .quotations import quotations, single_quotations
from .words import content_words, idioms, tokens

Kind = Literal[
    "who", "when", "where", "how many", "how long", "how old", "why", "yes-no", "said-what", "identity", "other"
]

_DID = "did|was|were|is|are|do|does|will|had|has"
_SO = r"\A(?:so |and |but )?"
# Tried in this order; the first kind with an alternative that matches is the question's.
_KINDS: dict[Kind, tuple[str, ...]] = {
    "how old": (
        r"\bhow old\b",
        r"\bwhat age\b",
        r"\bage of\b",
        r"\bwhen\b.*\bborn\b",
        r"\b(?:birth ?day|date of birth|year of birth)\b",
    ),
    "how long": (
        r"\bhow long\b",
        r"\bhow much time\b",
        r"\bhow many (?:minutes|hours|days|weeks|months|years)\b",
        r"\bwhat length of time\b",
    ),
    "how many": (
        r"\bhow far (?:is|was|are|away|apart|from|off|out|had|have|has)\b(?!.*\b(?:got|gotten|gone|come|progressed|advanced)\b)",
        r"\bhow (?:many|much|deep|big|tall|wide|high|heavy|fast|large|often|thick|hot|cold)\b",
        r"\b(?:what|which) (?:is |was |were )?(?:the )?(?:number|percentage|share|total)\b",
        r"\bwhat'?s the (?:number|percentage|share|total)\b",
        r"\bdeath toll\b",
    ),
    "when": (
        rf"\bwhen (?:{_DID}|exactly)\b",
        rf"{_SO}when\b(?!.*,)",
        r"\b(?:on )?(?:what|which) (?:exact |precise )?(?:date|day|year|month|time|week)\b",
        r"\bsince when\b",
    ),
    "where": (
        rf"{_SO}where\b",
        rf"\bwhere (?:{_DID})\b",
        r"\b(?:what|which) (?:city|country|place|town|state|court|village|location|platform|jail|prison)\b",
    ),
    "why": (
        r"\bwhy\b",
        r"\bhow come\b",
        r"\bwhat (?:is |was |were )?(?:the )?reasons?\b",
        r"\bfor what reason\b",
    ),
    "identity": (
        rf"{_SO}who(?:'s| is| was| are| exactly is|s) "
        r"(?:(?!(?:\w+ ){0,5}(?:said|behind|accused|responsible|\w{3,}ing|\w{3,}ed)\b)[\w’'.-]+ ?){1,5}\??\Z",
        r"\bwho(?:'s| is| are) (?:he|she|they|that)\b",
    ),
    "who": (
        r"\bwho(?:m|se)?\b",
        r"\b(?:which|what) (?:\w+ ){0,3}?(?:person|people|man|woman|leaders?|politicians?|spokes\w+|officials?|ambassador|"
        r"minister|groups?|part(?:y|ies)|lawyers?|lawmakers?|congress\w+|organi[sz]ations?|judges?|mayor)\b",
        r"\bnames? of\b",
    ),
    "yes-no": (rf"{_SO}(?:{_DID}|have|can|could|would|should)\b",),
}
_COMPILED = {kind: re.compile("|".join(patterns)) for kind, patterns in _KINDS.items()}
_SAID = re.compile(
    r"\b(?:what|how) (?:exactly )?(?:did|does|do|has|have|had|was|were|is) (?P<who>.{2,60}?) (?:ha(?:s|ve) )?"
    r"(?P<verb>say|said|saying|tell|told|write|writing|written|post|tweet|think|claim|argue|call|describe|respond|reply|react|"
    r"comment|accuse|allege|suggest|mean|explain|demand|insist|promise|answer|ask|express|put|view|feel|state|reject|add)\b",
    re.IGNORECASE,
)
# "Did X respond", "has X said anything": their words are asked for.
_SPOKE = re.compile(
    r"\A\W*(?:(?:so|and|but) )?(?:did|has|have|does|do) (?P<who>.{2,60}?) (?:ever |also |yet |already )?"
    r"(?P<verb>respond|responded|repl(?:y|ied)|react|reacted|comment|commented|say|said|speak|spoken|issue|issued)\b",
    re.IGNORECASE,
)
_SPOKEN = frozenset(
    "say said saying tell told think claim argue reply respond react comment allege suggest explain insist answer state".split()
)
_WHO = r"(?P<who>(?:[\w’'-]+ ?){1,7})"
_AGENT = re.compile(rf"\b(?:why|when|where|how|what|who|whom) (?:did|does|has|had|do) {_WHO}", re.IGNORECASE)
# "Did X write the note": here too somebody named is to have done something.
_WHETHER = re.compile(rf"\A\W*(?:(?:so|and|but) )?(?:did|does|has|had|have|do)(?:n['’]t)? {_WHO}", re.IGNORECASE)
_PATIENT = re.compile(rf"\b(?:why|when|where|how|what) (?:was|were|is|are) {_WHO}", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|of|on|regarding|concerning) (?P<topic>.+)", re.IGNORECASE)
_REACTION = re.compile(r"\b(?:to|at|over|about|on) (?P<topic>.+)", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w’'])[A-ZÀ-ÖØ-Þ][\w]*(?:[-–][\w]+)*")
# What asks how things stand, not how they went.
_CURRENT = re.compile(
    r"\b(?:now|currently|today|still|yet|at present|presently|these days|at the moment|so far|any ?more|latest|status"
    r"|whereabouts|update|updates|going on)\b"
    r"|\A\W*(?:(?:so|and|but) )?(?:is|are|isn['’]?t|aren['’]?t)\b.*\b(?:out|free|jailed|imprisoned|detained|held|alive|missing"
    r"|in (?:jail|prison|custody|hospital|hiding|office|power|force|exile)|on (?:bail|parole|trial|strike|remand|the run)"
    r"|at large|behind bars|open|closed|banned)\b|\A\W*where (?:is|are)\b"
    r"|\A\W*(?:has|have|hasn['’]?t|haven['’]?t)\b.*\b(?:started|begun|ended|finished)\b"
    r"|\A\W*(?:has|have|hasn['’]?t|haven['’]?t)\b.*\bbeen (?:freed|released|decided|heard|settled)\b",
    re.IGNORECASE,
)
# Of these, what names no topic.
_NOW = re.compile(
    r"\b(?:(?:right|just|as of|until|till) now|now|nowadays|these days|at (?:the|this) (?:moment|point)|at present"
    r"|presently|currently)\b",
    re.IGNORECASE,
)
# Somebody's very words are wanted.
_EXACT = re.compile(
    r"\b(?:exact(?:ly)?|verbatim|word for word|word-for-word|precise(?:ly)?|quote|what words)\b", re.IGNORECASE
)
_MARKS = re.compile(r"(?:\s*[?!]){2,}\Z")  # the encoder reads "??" as another question than "?"
# What stands before a question and asks nothing.
_LEAD = re.compile(
    r"\A\W*(?:(?:so|ok|okay|hey|hi|hello),? )?(?:remind me(?: again)?|i(?:['’]m| am| was)? (?:just )?wonder(?:ing)?),? "
    r"(?=(?:who|what|when|where|why|how|which|whose|if|whether)\b)",
    re.IGNORECASE,
)
# How the answer is wanted, not what is asked.
_MANNER = re.compile(
    r",?\s*\b(?:in (?:a few |very )?(?:plain|simple|layman[’']?s?|lay|clear|everyday|ordinary|short|brief)"
    r"(?: (?:terms|words|english|language))?"
    r"|in (?:a nutshell|a (?:few )?(?:words?|sentences?)|one sentence)|a (?:short|brief|quick) (?:overview|summary)"
    r"|please|thanks|thank you|briefly|if (?:you (?:can|know)|possible)"
    r"|for (?:someone|somebody|people|readers|those|anyone) who "
    r"(?:missed|do(?:es)?n[’']?t know|(?:has|have) not|hasn[’']?t|haven[’']?t)\b[^?]*)"
    r"(?=[,.!?\s]*\Z)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
# Word characters there must be at least one of, so that there is something to look up.
_ASKABLE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as read.

    names: its capitalised words. quoted: what it puts between quotation marks. asked: whose words it wants ("what
    did X say"), topic: on what, speech: spoken words only, not deeds. agent: the words that begin with whoever it
    has doing something ("why did X write"), patient: who it has something done to ("when was X arrested").
    dates: the months and days it names. current: it asks how things stand now. exact: it asks for somebody's very words.
    """

    text: str
    kind: Kind
    words: tuple[str, ...]
    names: tuple[str, ...]
    quoted: tuple[str, ...]
    asked: str = ""
    topic: str = ""
    speech: bool = False
    agent: str = ""
    patient: str = ""
    dates: tuple[Date, ...] = ()
    current: bool = False
    exact: bool = False

    @property
    def name_words(self) -> frozenset[str]:
        """The words of `names`."""
        return frozenset(word for name in self.names for word in tokens(name))


def clean(text: str, longest: int) -> str:
    """The question as one line of readable characters.

    Raises QuestionError for one that is empty, holds no letter or digit, or is over `longest`
    characters. Control and formatting characters (NUL, direction overrides) are dropped.
    """
    if not isinstance(text, str):
        raise QuestionError("The question is not text: pass a string.")
    plain = "".join(
        " " if c in "\t\r\n" else c
        for c in text
        if c in "\t\r\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
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
    text = _stripped(text)
    lower = text.lower().replace("’", "'")
    kind: Kind = next((kind for kind, pattern in _COMPILED.items() if pattern.search(lower)), "other")
    asked = topic = ""
    speech = False
    if said := _SAID.search(text) or _SPOKE.match(text):
        asked = said.group("who")
        speech = said.group("verb").lower() in _SPOKEN
        answers = said.group("verb").lower() in ("react", "respond", "reply")
        about = (_REACTION if answers else _ABOUT).search(text, said.end())
        topic = about.group("topic") if about else ""
        if kind not in ("how many", "how long", "how old"):
            kind = "said-what"
    quoted = tuple(quote.inner.of(text) for quote in (quotations(text) or single_quotations(text)))
    names = tuple(
        dict.fromkeys(
            m.group().removesuffix("'s").removesuffix("’s") for m in _NAME.finditer(text) if _is_name(text, m)
        )
    )
    doing = _AGENT.search(text) or _WHETHER.match(text)
    agent = doing.group("who") if doing and not asked else ""
    if re.match(r"\S+['’]s\b", agent):
        agent = ""  # somebody's: not they, but theirs does it
    done = _PATIENT.search(text)
    patient = done.group("who") if done and not agent else ""
    named = tuple(dates(text))
    words = tuple(dict.fromkeys(content_words(_NOW.sub(" ", _without(idioms(text), dates(idioms(text)))))))
    names = tuple(name for name in names if not any(dates(f"{name} 1") and name in str(date) for date in named))
    current = bool(_CURRENT.search(text))
    exact = bool(asked) and bool(_EXACT.search(text))
    return Question(text, kind, words, names, quoted, asked, topic, speech, agent, patient, named, current, exact)


def _stripped(text: str) -> str:
    """Without what it says of the answer's manner, unless that is all of it; of several marks at its end one."""
    text = _LEAD.sub("", text)
    shorter = text = _MARKS.sub(lambda marks: "?" if "?" in marks.group() else marks.group()[0], text)
    while (cut := _MANNER.sub("", shorter)) != shorter and _ASKABLE.search(cut):
        shorter = cut
    return shorter


def _without(text: str, named: Sequence[Date]) -> str:
    for date in reversed(named):
        text = f"{text[: date.span.start]} {text[date.span.end :]}"
    return text


def _is_name(text: str, match: re.Match[str]) -> bool:
    """A capital says little at the start, or where everything is in capitals."""
    word = match.group()
    if word.lower() in CUES or not content_words(word):
        return False
    if text.upper() == text:
        return False
    return match.start() > 0 or word.isupper()
