"""What readers leave with us: answers they shared, and reports that one is wrong. Kept in a database by its URL."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, String, Text, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

import assistant
from assistant.errors import OnTheRecordError
from assistant.types import Answer, Citation

from . import strings as say
from .records import fingerprint, plain

LINE = 1000
"""Most characters of a reader's free line, and of an editor's answer to it."""
LISTED = 500

log = logging.getLogger(__name__)


class StoreUnavailable(OnTheRecordError):
    """The database of readers' reports cannot be opened, read or written."""


class _Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON, list[dict[str, Any]]: JSON, dict[str, str]: JSON}  # noqa: RUF012


class SharedAnswer(_Base):
    """An answer that somebody linked to or reported, by its fingerprint."""

    __tablename__ = "answers"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime)
    answer: Mapped[dict[str, Any]]


class Report(_Base):
    """One reader's word that a claim, or a whole answer, is wrong, and what the editors made of it."""

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime)
    answer_id: Mapped[str] = mapped_column(ForeignKey("answers.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    claim: Mapped[int | None]
    claim_text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    line: Mapped[str] = mapped_column(Text)
    citations: Mapped[list[dict[str, Any]]]
    versions: Mapped[dict[str, str]]
    state: Mapped[str] = mapped_column(String(10), default=say.OPEN, index=True)
    reply: Mapped[str] = mapped_column(Text, default="")
    case: Mapped[str] = mapped_column(String(100), default="")
    given: Mapped[SharedAnswer] = relationship(lazy="joined")


class Reports:
    """The database; any number of pages and desks may use it at once."""

    def __init__(self, url: str) -> None:
        with _guarded():
            parsed = make_url(url)
            if parsed.get_backend_name() == "sqlite" and parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = create_engine(parsed, pool_pre_ping=True)
            if parsed.get_backend_name() == "sqlite":
                event.listen(self._engine, "connect", _patient)
            _Base.metadata.create_all(self._engine)
        self.url = parsed.render_as_string(hide_password=True)

    def share(self, answer: Answer) -> str:
        """Keep an answer, so that a link can open it; its id, the same for the same answer."""
        with self._session() as session:
            return _kept(session, answer)

    def shared(self, identity: str) -> SharedAnswer | None:
        """The answer that a link names."""
        with self._session() as session:
            return session.get(SharedAnswer, identity)

    def add(self, answer: Answer, claim: int | None, kind: str, line: str) -> int:
        """A reader's report on a claim by its place, or on the whole answer; its number."""
        if kind not in say.KINDS:
            raise ValueError(kind)
        said = answer.claims[claim] if claim is not None else None
        cited: Sequence[Citation] = said.citations if said else (*answer.citations, *answer.nearest)
        versions = {citation.document_id: citation.version for citation in cited}
        numbers, values = {citation.number for citation in cited}, plain(answer)
        with self._session() as session:
            report = Report(
                at=_now(), answer_id=_kept(session, answer), question=answer.question, claim=claim,
                claim_text=said.text if said else answer.text, kind=kind, line=line.strip()[:LINE],
                citations=[c for c in values["citations"] + values["nearest"] if c["number"] in numbers],
                versions={**versions, "writer": answer.writer, "assistant": assistant.__version__},
            )  # fmt: skip
            session.add(report)
            session.flush()
            return report.id

    def all(self, state: str | None = None) -> list[Report]:
        """The latest reports, in a state if one is given, newest first."""
        query = select(Report).order_by(Report.id.desc()).limit(LISTED)
        with self._session() as session:
            return list(session.scalars(query.where(Report.state == state) if state else query))

    def report(self, number: int) -> Report | None:
        """A report by its number."""
        with self._session() as session:
            return session.get(Report, number)

    def decide(self, number: int, state: str, reply: str = "") -> None:
        """What the editors make of a report; raises KeyError for a number there is not."""
        with self._session() as session:
            report = self._of(session, number)
            report.state = state
            report.reply = reply.strip()[:LINE] or report.reply

    def note_case(self, number: int, case: str) -> None:
        """That a report has become a case of the evals."""
        with self._session() as session:
            self._of(session, number).case = case

    def replies(self, answer: Answer) -> list[str]:
        """What the editors answered to reports on this very answer."""
        query = select(Report).where(Report.answer_id == fingerprint(answer), Report.reply != "").order_by(Report.id)
        with self._session() as session:
            return [report.reply for report in session.scalars(query)]

    def answers(self) -> list[SharedAnswer]:
        """Every answer on record, oldest first."""
        with self._session() as session:
            return list(session.scalars(select(SharedAnswer).order_by(SharedAnswer.at).limit(LISTED)))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @staticmethod
    def _of(session: Session, number: int) -> Report:
        if (report := session.get(Report, number)) is None:
            raise KeyError(number)
        return report

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with _guarded(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session


def default_url(data: Path) -> str:
    """The SQLite file in the data directory."""
    return f"sqlite:///{data / 'ui' / 'readers.db'}"


def _kept(session: Session, answer: Answer) -> str:
    identity = fingerprint(answer)
    if session.get(SharedAnswer, identity) is None:
        session.add(SharedAnswer(id=identity, at=_now(), answer=plain(answer)))
        session.flush()
    return identity


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def _patient(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode = WAL", "busy_timeout = 5000", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ImportError, OSError) as error:
        log.warning("the readers' database: %s", error)
        shown = str(error).splitlines()[0][:200]
        raise StoreUnavailable(
            f"The readers' database cannot be used ({shown}): check the address given as --reports, "
            "its driver, and the rights on the file."
        ) from error
