"""Answers about a running news story, only from a curated corpus, each claim cited to the exact words."""

from .assistant import Assistant
from .conversation import Conversation
from .errors import (
    BackupUnusable,
    CorpusError,
    EmbeddingMismatch,
    IndexBusy,
    IndexMissing,
    IndexUnusable,
    ModelUnavailable,
    OnTheRecordError,
    QuestionError,
    SettingsError,
)
from .filters import Filter
from .release import __version__ as __version__
from .settings import Settings
from .types import REFUSAL, Answer, Attribution, Citation, Claim, Document, Event, Hit, Passage, Span, Withheld
from .versions import Change, Correction

__all__ = [
    "REFUSAL",
    "Answer",
    "Assistant",
    "Attribution",
    "BackupUnusable",
    "Change",
    "Citation",
    "Claim",
    "Conversation",
    "CorpusError",
    "Correction",
    "Document",
    "EmbeddingMismatch",
    "Event",
    "Filter",
    "Hit",
    "IndexBusy",
    "IndexMissing",
    "IndexUnusable",
    "ModelUnavailable",
    "OnTheRecordError",
    "Passage",
    "QuestionError",
    "Settings",
    "SettingsError",
    "Span",
    "Withheld",
]
