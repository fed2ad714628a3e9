"""Every sentence and label of the pages, in one place to be translated; `{...}` is filled in by whoever uses it."""

from __future__ import annotations

NAME = "On the Record"
NO_DOCUMENTS = "No documents yet"
WHAT_THIS_IS = "Ask about this story. Every answer rests on the documents and shows their exact words."
DRAWS_ON = "Draws on {extent}. Where they do not say, it says so."
EXTENT = "{count}, to {day}"
DOCUMENT, DOCUMENTS = "1 document", "{count:,} documents"
QUOTING_MODE = "Quoting only: no model writes here."
MODEL_MODE = "Written by {model}; each claim checked against the documents."

# Tabs
ASK, SAID, TIMELINE, CORPUS = "Ask", "Who said what", "Timeline", "Documents"

# Asking
QUESTION = "Your question"
PLACEHOLDER = "Ask about this story"
SEND, STOP = "Ask", "Stop"
START = "What would you like to know?"
EDIT, AGAIN, COPY, SHARE, NEW = "Edit the question", "Ask again", "Copy", "Share", "New conversation"
LINK = "Link to this answer"
LINK_INFO = "It opens this question with its answer as it stands today."
LINK_FAILED = "The link could not be made just now. Please try again in a moment."
COPIED = "Copied."
WORKING = "Looking in the documents …"
FAILED = "Something went wrong here and the question was not answered. Please ask it again."
UNREADABLE = "The documents cannot be read just now: the operator finds the reason in the log. Please try again later."
STOPPED = "Stopped. What stands above was checked; the rest was not written."
STOPPED_EARLY = "Stopped before anything was found."
LONG_QUESTION = "{start} … ({count:,} characters)"

# An answer
AS_OF = "As of {day}"
ANSWERED_AS = "Answered as: {question}"
QUOTING = "Quoting the documents; no model in use"
WRITTEN = "Written by {model}; each claim checked against the documents"
NARROWED = "From {count} of {total:,} documents"
NEAREST = "Nearest in the documents"
OFFERED = "The documents do answer"
NEXT = "Ask next"
DIFFER = "Side by side in the documents"
SOURCE = "Source {number}"
WRONG = "Say it’s wrong"
WRONG_ANSWER = "Say this answer is wrong"
VOICE = "Everything {name} said"
SHARED = "A shared answer, given on {day}."
SHARED_CHANGED = "The documents have changed since: ask again to see what they say now."
SHARED_GONE = "This link opens no answer here: it is not complete, or the answer is no longer kept."
EDITORS = "The editors on a report about this: {reply}"

# Sources
SOURCES = "Sources"
NO_SOURCES = "The passages that an answer rests on appear here, with the quoted words marked."
NEAR = "Nearest, not an answer"
ORIGINAL = "Read the original"
WHOLE = "Read it here in full"
BACK = "Back to the answer"
PREVIOUS_CITATION, NEXT_CITATION = "Previous citation", "Next citation"
CHANGED = "The text has changed since it was cited."
EVIDENCE_TO = "evidence to {day}"
PAGE = "page {number}"
CLOSE = "Close"

# Who said what, timeline, documents
SPEAKER, IN_DOCUMENT, WORDS = "Speaker", "Document", "Words"
ABOUT = "About"
EVERYBODY, EVERY_DOCUMENT = "Everybody", "Every document"
SAID_HELP = "Everything the documents credit to somebody. Open an entry to read it in its paragraph."
TIMELINE_HELP = "What the documents date, in order. Open an entry to read it in its paragraph."
NOTHING = "Nothing in the documents fits this."
FIRST_OF = "The first {shown:,} of {total:,}: narrow it to see the rest."
COUNT_SAID, COUNT_SAID_ONE = "{count:,} statements", "1 statement"
COUNT_EVENTS, COUNT_EVENTS_ONE = "{count:,} dated events", "1 dated event"
VOICES_BY_DOCUMENT, BUSIEST_DOCUMENTS = "Statements by document", "Documents with most statements"
MENTIONS_BY_MONTH, BUSIEST_MONTHS = "Dated events by month", "Busiest months"
BAR_LABEL, BAR_COUNT = "Of", "Number"
DIRECT, PARTIAL, INDIRECT = "in their words", "partly in their words", "reported"
UNKNOWN_SPEAKER = "Nobody named"
CORPUS_HELP = "What answers are drawn from. Each document can be read here in full."
TITLE, KIND, PUBLISHER, PUBLISHED = "Title", "Kind", "Publisher", "Date"
CITED_HERE = "cited {count} times in this conversation"
CITED_HERE_ONE = "cited once in this conversation"
ALL_DOCUMENTS, ASK_ALONE = "All documents", "Ask about this document alone"
WRITTEN_FROM = "Written from"
PART = "Part {number} of {count} of a long document"

# Filters
FILTER = "Answer only from some documents"
FILTER_ON = "Answering from {count} of {total:,} documents"
FROM_DOCUMENTS, FROM_PUBLISHERS, FROM_KINDS = "Documents", "Publishers", "Kinds"
AFTER, BEFORE = "Published after", "Published before"
DAY_INFO = "YYYY-MM-DD"
BAD_DAY = "{value} is not a day: write it as YYYY-MM-DD."
CLEAR_FILTER = "Answer from all documents"

# Say it's wrong
REPORT = "Say it’s wrong"
REPORT_ABOUT = "About this claim"
REPORT_ANSWER = "About this answer"
REPORT_KIND = "What is wrong with it?"
KINDS = {
    "misquote": "A misquote",
    "wrong person": "The wrong person",
    "out of date": "Out of date",
    "unfair": "Unfair",
    "missing": "Something is missing",
}
REPORT_LINE = "In a line, if you like"
REPORT_SEND, REPORT_CANCEL = "Send to the editors", "Cancel"
REPORT_WHICH = "Say first what is wrong with it."
REPORT_SENT = "Thank you. The editors have it, with the question, the answer and its sources."
REPORT_ENOUGH = "That is all that can be sent from one conversation."
REPORT_FAILED = "It could not be stored just now. Please send it again in a moment."

# The desk
DESK = "The editors’ desk"
DESK_LOGIN = "The editors’ desk: log in"
READERS_LOGIN = "On the Record: log in"
QUEUE, SUITES, CASES, REASK = "Readers’ reports", "Evals", "Cases", "Ask again"
OPEN, ACCEPTED, REJECTED, ANSWERED = "open", "accepted", "rejected", "answered"
ALL, STATE = "all", "State"
QUEUE_HEAD = ("No.", "Date", "Kind", "Claim", "State")
CASES_HEAD = ("Case", "Category", "Question", "Expected")
FAILED_HEAD = ("Failed", "Question", "Expected", "Given")
NO_REPORTS = "No reports here."
REPORT_CHOSEN = "Report"
CHOOSE_REPORT = "Choose a report from the list."
REPLY, REPLY_INFO = "Answer to the reader", "Shown under the answer wherever it is opened again."
ACCEPT, REJECT, SEND_REPLY, MAKE_CASE = "Accept", "Reject", "Answer", "Make a case"
CASE_DRAFT, CASE_SAVE = "The case, to be checked before it is kept", "Keep the case"
CASE_KEPT = "Kept as {case} in {file}."
SUITE, RUN, RUNNING = "Suite", "Run it", "{done} of {total} cases"
RUN_DONE = "Run {run}. {figures}"
REPORT_OF, REPORT_INFO = "Report", "The latest run first, whether it was made here or with make eval."
REPORT_TITLE = "Report of the run {run}"
NO_RUNS = "No suite has been run yet."
REASK_HELP = "Every question on record (shared or reported) is asked again, and its answer compared with the one given."
REASK_RUN, REASK_DONE = "Ask them all again", "{changed} of {total} answers changed"
BEFORE_NOW, NOW = "Then", "Now"
NO_QUESTIONS = "No question is on record yet."
