"""Everything this library raises on purpose.

    OnTheRecordError
    ├── SettingsError       a setting is unknown, missing or of the wrong type
    ├── CorpusError         the corpus, or one file of it, cannot be read
    ├── IndexMissing        there is no index and none may be made
    ├── IndexUnusable       an index is there, but damaged, foreign or out of reach
    │   └── EmbeddingMismatch   it was made with another embedding
    ├── IndexBusy           another process is writing the index
    ├── BackupUnusable      a backup cannot be made, or not be restored
    ├── QuestionError       the question cannot be answered as it stands
    └── ModelUnavailable    a model or embedding server did not do its work

Each text states the fact, then the remedy.
"""

REBUILD = "run `python -m assistant sync --rebuild`"
"""The remedy for an index that is damaged, or was made otherwise."""


LONGEST_REASON = 200  # characters of what another library says of its failure


def brief(reason: object) -> str:
    """What another library says of its failure, as one short line: it may quote whatever it failed on."""
    return " ".join(str(reason).split())[:LONGEST_REASON]


class OnTheRecordError(Exception):
    """Base of all errors of this library."""


class SettingsError(OnTheRecordError):
    """A setting is unknown, missing or of the wrong type."""


class CorpusError(OnTheRecordError):
    """The corpus, or one file of it, cannot be read."""


class IndexMissing(OnTheRecordError):
    """There is no index yet and this call may not make one."""


class IndexUnusable(OnTheRecordError):
    """The index is damaged, was made by something else, or is out of reach."""


class EmbeddingMismatch(IndexUnusable):
    """The index was made with another embedding than the one configured."""


class IndexBusy(OnTheRecordError):
    """Another process is writing the index."""


class BackupUnusable(OnTheRecordError):
    """A backup cannot be made, or not be restored."""


class QuestionError(OnTheRecordError):
    """The question cannot be answered as it stands: empty, too long, unreadable."""


class ModelUnavailable(OnTheRecordError):
    """A model or embedding server did not do its work."""
