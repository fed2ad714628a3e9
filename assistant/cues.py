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
# More of them, whose subject has to be plain; from the cues that PolNeAR's annotators marked in its train part.
MORE = frozenset(
    """say tell argue insist suggest warn contend believe think expressed pointed endorsed agreed cited
    cites defended concluded concludes revealed opposed hopes hoping indicated indicates blasted denounced
    blamed blames echoed mocked discussed asserted reminded voiced requested portrayed decried highlighted touted
    railed encouraged slammed boasted boasts emailed answered shouted lamented signaled disclosed retweeted quoted
    chanted assailed applauded referenced forecast cautioned recommended bemoaned apologized apologised implied
    likened wondered sided invoked admit emphasized emphasised assured continued stated theorized speculated mused
    learned ordered vows insists argues adds contends explains testified interjected yelled derided rebuked lambasted
    recounted guessed remembers remembered feared fears worried worries doubted doubts wondered regretted
    supposed supposes complains proclaimed rebutted hailed congratulated dubbed labeled labelled deemed considers
    threatened commented notified informed advised clarified fumed intoned declares announced reads""".split()
)
# What a paper does that passes on somebody else's words.
REPORTING = frozenset("reported reports wrote writes quoted quotes noted recounted relayed said counted".split())
# What studies and papers do: with such a subject, or with "that".
FINDING = frozenset("found finds find show shows showed reveals indicate estimates estimated".split())
# They go on with the subject of the verb before: "..., he said, adding that".
PARTICIPLES = frozenset(
    """saying adding noting calling telling arguing suggesting citing asking insisting claiming describing explaining
    referring urging tweeting writing stating warning denouncing declaring recalling accusing promising vowing pledging
    pointing predicting stressing praising criticizing criticising questioning acknowledging reminding announcing
    alleging blaming blasting mentioning asserting emphasizing dismissing hinting lamenting complaining""".split()
)
# Nouns too: no report without a subject that is surely one.
NOUNS = frozenset("claims calls reports notes demands links states questions urges mentions".split())
PRONOUNS = frozenset(("he", "she", "they", "i", "we"))
# "saying" has no subject of its own: whoever the sentence credits before it goes on.
_VERBS = sorted((CUES | MORE | FINDING | PARTICIPLES), key=len, reverse=True)
CUE = re.compile(rf"(?<![\w’'-])(?:went on|{'|'.join(_VERBS)})(?![\w’'-])")
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
ACCORDING = re.compile(
    r"(?:\b[Aa]ccording to|\A\s*(?:For|In the words of)|\b[Bb]y the accounts? of|\b[Ii]n the accounts? of"
    r"|\b(?:as )?(?:re-)?(?:quoted|cited|carried|relayed|reported|described) by"
    r"|\b(?:[Bb]y|[Ii]n)(?=\s(?:[Tt]he\s)?[A-Z][\w.&\s-]{1,40}[’']s?\s"
    r"(?:accounts?|reports?|list|headnote|copy|version|page|profile|review|survey)\b))\s+"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
_BODY = rf"(?:[Tt]he\s+)?(?!{_MONTH})[A-Z][\w.&’'-]*(?:\s+(?:(?:of|and|for)\s+)?(?:[Tt]he\s+)?(?!{_MONTH})[A-Z][\w&’'-]*){{0,6}}"
# Whom "according to" names: a body by name, else the words up to a mark or a date.
CITED = re.compile(
    rf"{_BODY}|[a-z][^,;:.“”\"()]*?(?=\s+(?:of|in|on|from)\s+(?:\d|about|early|mid|late|{_MONTH}|[A-Z]\w+day)|\s+(?:that|who|which|when|as)\b|[,;:.“”\"()]|\Z)"
)
WHO = re.compile(
    r",?\s+(?P<who>who)\s+(?:(?:also|has|have|had|once|later|previously|recently|then|first|is|are|\w+ly)\s+)*\Z"
)
COLLECTIVE = re.compile(
    r"(?:\A|(?<=[\s,(“\"]))((?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\s+(?:(?!(?:the|an?|its|that|which|who|as|when|to|by|from|said|says)\b)[\w’'.&-]+\s+){0,3}"
    r"|(?:[A-Z][\w’'.&-]*\s+){0,4}(?:[a-z]+\s+)?)"
    r"(?:lawmakers|ministry|government|court|police|party|officials?|spokespersons?|spokesman|spokeswoman|leaders?|"
    r"lawyers|prosecutors|protesters|activists|groups?|critics|supporters|authorities|council|committee|commission|"
    r"department|office|embassy|company|union|agency|residents|campaigners|parents|family|bench|judges?|minister|mayor|"
    r"president|chief|researchers|scientists|doctors|report|statement|paper|trust|service|board|club|fund|association|"
    r"authority|charity|firm|bank|university|school|newspaper|study|notice|team|speakers|witnesses|executive|director|"
    r"chair|chairman|master|headteacher|owner|secretary|manager|commissioner|governor|fishermen|workers|students|signatories|organisations|organizations|experts|aides|allies|"
    r"Republicans|Democrats|voters|analysts|officers|investigators|advocates|families|relatives|villagers|senators|members|"
    r"commentators|defenders|historians|economists|scholars|politicians|ministers|diplomats|teachers|nurses|witnesses|"
    r"[Pp]olice|delegates|strategists|pollsters|operatives|advisers|advisors|governors|mayors|donors|conservatives|liberals|"
    r"opponents|reporters|journalists|academics|campaign|administration|agencies|panel))\Z"
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
    r"(?:\s\([\w.\s-]{1,30}\))?,\s"
    r"(?:an?|the|his|her|their|its|one of|[A-Z][\w.]+[’']s?|who|former|chief|co-\w+|chairman|director|president)"
    r"\s[^,;:“”\"]{2,110}(?=,|\.?\Z)"
)
PAPERS = re.compile(
    r"\b(?:polls?|surveys?|study|studies|reports?|data|numbers|figures|analysis|review|records|documents|results|emails)\b",
    re.IGNORECASE,
)
# Where a noun phrase may begin: after a mark, or a word that joins clauses.
CLAUSE = re.compile(
    r"[,;:—–(]\s*|--\s*|\b(?:that|and|but|as|while|because|when|whether|if|where|since|than|though|although|or|so|what|how|why)\s+",
    re.IGNORECASE,
)
# A noun phrase that speaks and is not known by name: "intelligence experts", "a Morning Consult poll", "some".
PHRASE = re.compile(
    r"(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Oo]ur|[Mm]y|[Ss]ome|[Mm]any|[Ss]everal|[Mm]ost|[Oo]ther|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]ew|[Bb]oth|[Nn]either|[Aa]ll|"
    r"[Tt]hose|[Tt]hese|[Aa]nother|[Ee]ach|[Ee]very|[Nn]o)\s+[\w’'.&$%-]+(?:\s+[\w’'.&$%()-]+){0,8}"
    r"|[A-Z][\w’'.&-]*(?:\s+[\w’'.&()-]+){0,8}|(?:[a-z-]+\s+){0,3}[a-z-]+s"
    r"|[Ss]ome|[Mm]any|[Oo]thers|[Mm]ost|[Bb]oth|[Ii]t|[Ww]e|I|[Yy]ou|[Aa]ll|[Nn]one|[Oo]ne|[Ee]veryone|[Nn]obody|[Tt]his|[Tt]hat)\Z"
)
# A phrase that begins so is no subject.
OPENERS = frozenset(
    """in at on for with from despite after before during when while by because unlike like asked to of about last
    earlier later still also not then there here how what why who which that this these those yet so even only just
    if once since until per via among""".split()
) - {"this", "that", "these", "those"}
# What may follow a credit that stands behind what is told, to the end of the sentence: "on Friday".
BEHIND = re.compile(
    r"(?:\s+[A-Z][\w.]*)?(?:\s+(?:on|in|at|during|after|that|of|about|early|late|last|this|earlier|to|[A-Z]\w+day)\b[^,;“”\"]{0,70})?[.\s]*",
)
JOINED = re.compile(r"[,;—–]?\s*(?:\b(?:and|but|while|whereas|though|although)\s+)\Z|;\s*\Z")
# "None of the pages says so": nobody does.
NOBODY = re.compile(
    r"\W*(?:None|No|Neither|Nobody|Nothing|Not)\b|.*(?:[,;]|\b(?:and|but|with))\s+(?:no|none|neither|nobody)\b[^,;]*\Z",
    re.DOTALL,
)
# What follows did not happen, or nobody says so: "offered no evidence that X had asked", "neither X nor Y".
DENIED = re.compile(
    r"\b(?:nor|neither)\s+(?:(?:the|a|an|his|her)\s+)?\Z|\b(?:no|not|never|without|neither|denie[sd])\b[^;.]*\bthat\s+\Z|\bneither\b[^;.]*\bnor\s+\Z",
    re.IGNORECASE,
)
SPOKEN = frozenset("said says say added adds replied".split())  # "said by telephone": not passive
LED = re.compile(r"\s*[,—–]\s*(?:and\s+)?(?:\w+ly\s+)?\Z")  # ", adding"
# What a participle that goes on with the speaker stands behind.
LEADING = re.compile(r"[,—–]\s*(?:and\s+)?(?:\w+ly\s+)?\Z|\A\s*(?:and\s+)?\Z|\b(?:in|and)\s+\Z")
CUT = re.compile(r";|,\s+(?:and|but|while|whereas)\b")  # where another clause begins
