"""What the catalog's rows hold, read back: a row that is not as it was stored raises ValueError, or what Python makes of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import numpy as np
from numpy.typing import NDArray

from .types import Attribution, Document, Passage, Span


def document(metadata: str, text: str) -> Document:
    """A document by its metadata and text, which its version is the hash of."""
    values = json.loads(metadata)
    values["sources"] = tuple(values["sources"])
    values["facts"], values["pages"] = tuple(values["facts"]), tuple(values["pages"])
    for name in ("published", "evidence_to", "fetched"):
        values[name] = dt.date.fromisoformat(values[name]) if values[name] else None
    read = Document(text=text, **values)
    if hashlib.sha256(text.encode()).hexdigest() != read.version:
        raise ValueError(f"the text of {read.id} is not the one that was stored")
    return read


def passage(
    identity: str, document_id: str, start: int, end: int, tokens: int, heading: str, sentences: str, text: str
) -> Passage:
    """A passage of the document with `text`."""
    spans = tuple(Span(*pair) for pair in json.loads(sentences))
    return Passage(identity, document_id, start, end, text[start:end], tokens, spans, heading)


def attributions(said: str) -> list[Attribution]:
    """Who said what in a document."""
    return [Attribution.from_dict(values) for values in json.loads(said)]


def vectors(blob: bytes, sentences: str) -> NDArray[np.float32]:
    """The vectors of a passage's sentences, shape (sentences, dimensions)."""
    read = np.frombuffer(blob, np.float16).astype(np.float32).reshape(len(json.loads(sentences)), -1)
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(read, axis=1)
    if not np.all((lengths == 0) | (np.abs(lengths - 1) < 0.01)):  # encoders give unit vectors
        raise ValueError("a vector is not the one that was stored")
    return read
