"""Words, stems and stop words: the small change of lexical matching."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any

from . import resources

# Function words of English that carry no topic; question words are in it, "not" and numbers are not.
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are aren as at be because been before being below between
    both but by can cannot could couldn did didn do does doesn doing don down during each either else ever every
    few for from further get gets got had hadn has hasn have haven having he her here hers herself him himself his
    how however i if in into is isn it its itself just let ll may me might mine more most much must my myself of
    off on once one only onto or other our ours ourselves out over own please re s same shall she should shouldn
    so some such t than that the their theirs them themselves then there these they this those through to too
    under until up upon us ve very was wasn we were weren what when where which while who whom whose why will with
    within without won would wouldn yet you your yours yourself whats whos hows wheres whens d m tell know want
    besides despite earlier later dear meanwhile moreover since though although whether among amid""".split()
)
# Verbs that say too little to be looked for.
LIGHT_VERBS = frozenset(
    """do did does make made makes get got have go went gone come came take took taken takes give gave given gives put
    happen happened want wanted wants need needed needs try tried decide decided become became begin began start started
    feel felt use used keep kept let turn turned think stand stands say said says tell told like seem call called find
    found look see saw know mean meant done related""".split()
)
SHORT = 120  # characters of a text whose words are remembered
_STEMMING = threading.Lock()
# "US" in capitals is a country, not a pronoun.
_UNITED_STATES = re.compile(r"\bU\.S\.A?\.?|\bUSA?\b|\b[Uu]nited [Ss]tates(?: of [Aa]merica)?\b")
PERSONAL = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)


def tokens(text: str) -> list[str]:
    """The words of `text` in lower case, hyphenated and apostrophied parts apart, accents taken off."""
    return list(_short_tokens(text) if len(text) <= SHORT else _tokens(text))


def _tokens(text: str) -> tuple[str, ...]:
    plain = _UNITED_STATES.sub("usa", text)
    if not plain.isascii():
        plain = "".join(m for m in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(m))
    return tuple(re.findall(r"[^\W_]+", plain.lower()))


_short_tokens = lru_cache(maxsize=16384)(_tokens)  # names and questions, which are looked at for every sentence


def content_words(text: str) -> list[str]:
    """The words of `text` that carry a topic, in order."""
    return [word for word in tokens(text) if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Porter stem, as SQLite's FTS5 makes it (Porter 1980)."""
    # The stemmer keeps the word in itself while it works: two threads at once would mix theirs up.
    with _STEMMING:
        result: str = _stemmer().stemWord(word)
    return result


# Forms that the stemmer does not bring together.
_IRREGULAR = {
    form: verb
    for verb, forms in (
        ("write", "wrote written"), ("say", "said"), ("tell", "told"), ("give", "gave given"), ("make", "made"),
        ("take", "took taken"),
        ("go", "went gone"), ("meet", "met"), ("see", "saw seen"), ("hold", "held"), ("find", "found"),
        ("win", "won"), ("lose", "lost"),
        ("lead", "led"), ("leave", "left"), ("get", "got gotten"), ("seek", "sought"), ("speak", "spoke spoken"), ("put", "puts"),
        ("draw", "drew drawn"), ("bring", "brought"), ("buy", "bought"), ("think", "thought"),
        ("know", "knew known"), ("become", "became"),
        ("begin", "began begun"),
        ("swear", "swore sworn"), ("send", "sent"), ("read", "reads"), ("stand", "stood"), ("build", "built"),
        ("die", "dead death"),
    )
    for form in forms.split()
}  # fmt: skip


def root(word: str) -> str:
    """The stem, irregular verbs by their infinitive: "wrote" and "written" as "write"."""
    return stem(_IRREGULAR.get(word, word))


def stems(text: str) -> list[str]:
    """The stems of the content words, in order."""
    return [stem(word) for word in content_words(text)]


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@cache
def synonyms() -> dict[str, frozenset[str]]:
    """Stems by stem, from thesaurus.txt: what else news calls a thing."""
    groups: dict[str, set[str]] = {}
    for line in lines("thesaurus.txt"):
        group = {stem(word) for word in line.split()}
        for root in group:
            groups.setdefault(root, set()).update(group - {root})
    return {root: frozenset(others) for root, others in groups.items()}


def idioms(text: str) -> str:
    """`text` with each idiom of idioms.txt put as the one word it means: "took office" as "sworn"."""
    for pattern, word in _idioms():
        text = pattern.sub(word, text)
    return text


@cache
def _idioms() -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = (line.split(" = ") for line in lines("idioms.txt"))
    return tuple((re.compile(rf"\b{idiom}\b", re.IGNORECASE), word) for idiom, word in pairs)


def lines(name: str) -> list[str]:
    """The lines of a data file of ours, comments left out."""
    held = resources.path(name).read_text(encoding="utf-8").splitlines()
    return [line for line in held if line and not line.startswith("#")]
