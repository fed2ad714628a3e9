"""The words that say who said something: verbs of saying, what may stand beside them, and bodies that speak."""

from __future__ import annotations

import re

# Verbs that report speech or writing, in the forms that news uses.
CUES = frozenset(
    """said says saying told tells wrote writes tweeted posted added adds asked asks argued argues claimed claims
    alleged alleges accused accuses called calls described describes confirmed confirms denied denies rejected
    rejects dismissed dismisses questioned questions urged urges demanded demands criticised criticized criticises
    condemned condemns praised praises stated states insisted insists noted notes explained explains warned warns
    suggested suggests announced announces mentioned mentions replied replies responded responds declared declares
    observed observes remarked commented claimed admitted admits acknowledged recalled recalls reported reports
    linked links targeted welcomed tweeted appealed complained countered maintained objected pledged promised
    predicted proposed quipped reiterated stressed testified thanked vowed joked conceded contended hoped believes
    believed thinks thought""".split()
)
# Nouns too: no report without a subject that is surely one.
NOUNS = frozenset("claims calls reports notes demands links states questions urges mentions".split())
PRONOUNS = frozenset(("he", "she", "they", "i", "we"))
# "saying" has no subject of its own: whoever the sentence credits before it goes on.
CUE = re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(CUES - {'saying'}, key=len, reverse=True))})(?![\w’'-])")
# What may stand between a subject and its verb.
AUXILIARY = re.compile(
    r"(?:[,\s]+(?:also|later|then|earlier|further|had|has|have|who|too|themselves|himself|herself|\w+ly))*[,\s]*\Z"
)
PASSIVE = re.compile(
    r"(?:\b(?:is|are|was|were|be|been|being|as|to|not|never)|[’'](?:s|re|m))\s+(?:(?:also|being|not|\w+ly)\s+)*\Z"
)
# The verb goes on with the subject before, or is none but a participle: "and questioned", "those accused".
GOES_ON = re.compile(
    r"(?:\A|[,;]|\b(?:and|or|but|then|also|a|an|the|this|that|those|these|his|her|its|their|of|by|in|with|has|have|had))\s*\Z",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    r"\b(?:of|to|in|on|at|by|from|with|for|about|against|between|over|under|after|before|near|than|like)\s+"
    r"(?:(?:the|his|her|its|their)\s+)?(?:(?!an?\b)[\w’'-]+\s+){0,3}\Z", re.IGNORECASE
)  # fmt: skip
RELATIVE = re.compile(r"\b(?:who|which|that)\s+(?:\w+\s+)?\Z")
ADVERB = re.compile(r"(?<=,)(?:\s+(?:also|later|then|earlier|further|had|has|have|\w+ly))+\s*\Z")
APPOSITION = re.compile(r",(?=[^,“”\"]{3,90},\s*\Z)")
ACCORDING = re.compile(r"(?:\b[Aa]ccording to|\A\s*(?:For|In the words of))\s+\Z")
COLLECTIVE = re.compile(
    r"(?:\A|(?<=[\s,(“\"]))((?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\s+(?:(?!the\b|an?\b|its\b)[\w’'.&-]+\s+){0,3}"
    r"|(?:[A-Z][\w’'.&-]*\s+){0,4}(?:[a-z]+\s+)?)"
    r"(?:lawmakers|ministry|government|court|police|party|officials?|spokespersons?|spokesman|spokeswoman|leaders?|"
    r"lawyers|prosecutors|protesters|activists|groups?|critics|supporters|authorities|council|committee|commission|"
    r"department|office|embassy|company|union|agency|residents|campaigners|parents|family|bench|judges?|minister|mayor|"
    r"president|chief|researchers|scientists|doctors|report|statement|paper|trust|service|board|club|fund|association|"
    r"authority|charity|firm|bank|university|school|newspaper|study|notice|team|speakers|witnesses|executive|director|"
    r"chair|chairman|master|headteacher|owner|secretary|manager|commissioner|governor|fishermen|workers|students))\Z"
)
NAMED_BODY = re.compile(
    r"(?:\A|(?<=[\s,(“\"]))((?:[Tt]he\s+)?[A-Z][\w’'.&-]*(?:\s+(?:of\s+|and\s+)?[A-Z][\w’'.&-]*){0,5})\Z"
)
TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december republican democratic""".split()
)
DETERMINERS = frozenset("the a an his her their its our some many several most".split())
# Words of a description before a name, besides roles and what has a capital.
DESCRIBING = DETERMINERS | frozenset(
    """former longtime top senior fellow national deputy vice chief campaign billionaire republican democratic
    presidential political running vice-presidential house party conservative liberal veteran retired acting late
    interim prominent local state""".split()
)
# What describes a name after it: "(R-Texas)", ", a lawyer in Ely".
DESCRIPTION = re.compile(
    r"(?:\s\([\w.\s-]{1,30}\))?,\s(?:an?|the|his|her|their|its|one of|[A-Z][\w.]+[’']s?|who|former|chief|co-\w+|chairman|director|president)"
    r"\s[^,;:“”\"]{2,110}(?=,|\.?\Z)"
)
