"""The assistant in LangChain's clothes: a retriever with exact offsets, a Runnable, embeddings."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from assistant import Answer, Assistant, QuestionError
from assistant.types import ANSWERED, NOT_IN_DOCUMENTS

QUESTION = "Who made the note public?"
UNANSWERABLE = "What is the capital of Mongolia?"


def check(assistant: Assistant, found: list[LangChainDocument]) -> None:
    """Content and metadata say the same as the documents, to the character."""
    assert found
    for piece in found:
        data = piece.metadata
        document = assistant.documents[data["document_id"]]
        assert document.text[data["start"] : data["end"]] == piece.page_content
        assert data["version"] == document.version
        assert (data["title"], data["publisher"], data["url"]) == (document.title, document.publisher, document.url)
        assert data["published"] == "2026-01-02"
        assert 0 <= data["score"] <= 1
        assert piece.id == f"{document.id}:{document.version[:16]}:{(piece.id or '').rpartition(':')[2]}"
    scores = [piece.metadata["score"] for piece in found]
    assert scores == sorted(scores, reverse=True)


# The retriever


def test_the_retriever_gives_what_a_search_gives(assistant: Assistant) -> None:
    retriever = assistant.retriever
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke(QUESTION)
    check(assistant, found)
    hits = assistant.search(QUESTION, k=assistant.settings.retrieve)
    assert [piece.page_content for piece in found] == [hit.passage.text for hit in hits]
    assert len(found) == len(hits) <= assistant.settings.retrieve


async def test_the_retriever_does_so_without_blocking(assistant: Assistant) -> None:
    found, same = await asyncio.gather(assistant.retriever.ainvoke(QUESTION), assistant.retriever.ainvoke(QUESTION))
    check(assistant, found)
    assert found == same == assistant.retriever.invoke(QUESTION)


def test_the_retriever_takes_several_at_once(assistant: Assistant) -> None:
    questions = [QUESTION, "bail", "riots"] * 3
    together = assistant.retriever.batch(questions)
    for question, found in zip(questions, together, strict=True):
        check(assistant, found)
        assert found == assistant.retriever.invoke(question)


def test_the_retriever_can_stand_in_a_chain(assistant: Assistant) -> None:
    chain = assistant.retriever | RunnableLambda(lambda found: len(found))
    assert chain.invoke(QUESTION) == len(assistant.search(QUESTION, k=assistant.settings.retrieve))


def test_the_retriever_refuses_as_the_assistant_does(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="empty"):
        assistant.retriever.invoke("  ")


# The Runnable


def test_the_runnable_answers_a_string(assistant: Assistant) -> None:
    runnable = assistant.as_runnable()
    assert isinstance(runnable, Runnable)
    answer = runnable.invoke(QUESTION)
    assert isinstance(answer, Answer)
    assert answer == assistant.ask(QUESTION)
    assert answer.status == ANSWERED


def test_the_runnable_answers_a_question_in_a_mapping(assistant: Assistant) -> None:
    runnable = assistant.as_runnable()
    assert runnable.invoke({"question": QUESTION}) == assistant.ask(QUESTION)
    assert runnable.invoke({"question": QUESTION, "history": []}) == assistant.ask(QUESTION)
    assert runnable.invoke({"question": QUESTION, "history": None}) == assistant.ask(QUESTION)


def test_history_is_what_a_follow_up_is_read_against(assistant: Assistant) -> None:
    talk = assistant.conversation()
    first = talk.ask("Who is Amit Malviya?")
    follow_up = "What did he say about Kassem?"
    wanted = talk.ask(follow_up)
    runnable = assistant.as_runnable()
    assert runnable.invoke({"question": follow_up, "history": [first]}) == wanted
    assert runnable.invoke({"question": follow_up, "history": [first.question]}) == wanted


def test_one_call_does_not_remember_another(assistant: Assistant) -> None:
    runnable = assistant.as_runnable()
    runnable.invoke("Who is Amit Malviya?")
    assert runnable.invoke("What did he say about Kassem?").standalone == "What did he say about Kassem?"


def test_a_given_history_is_left_as_it_is(assistant: Assistant) -> None:
    history: list[Any] = ["Who is Amit Malviya?"]
    assistant.as_runnable().invoke({"question": QUESTION, "history": history})
    assert history == ["Who is Amit Malviya?"]


async def test_the_runnable_does_so_without_blocking(assistant: Assistant) -> None:
    runnable = assistant.as_runnable()
    answers = await asyncio.gather(runnable.ainvoke(QUESTION), runnable.ainvoke(UNANSWERABLE))
    assert list(answers) == [assistant.ask(QUESTION), assistant.ask(UNANSWERABLE)]
    assert answers[1].status == NOT_IN_DOCUMENTS


def test_the_runnable_takes_several_at_once_and_streams(assistant: Assistant) -> None:
    questions: list[object] = [QUESTION, UNANSWERABLE, "How long did Ilyas meet Mamdani?"] * 2
    runnable = assistant.as_runnable()
    assert runnable.batch(questions) == [assistant.ask(str(question)) for question in questions]
    assert list(runnable.stream(QUESTION)) == [assistant.ask(QUESTION)]


@pytest.mark.parametrize("value", [None, 5, [], {}, {"q": QUESTION}, [QUESTION]])
def test_what_holds_no_question_is_refused_with_the_form_it_takes(assistant: Assistant, value: object) -> None:
    with pytest.raises(QuestionError, match=r"pass a string or \{'question': \.\.\., 'history': \[\.\.\.\]\}"):
        assistant.as_runnable().invoke(value)


@pytest.mark.parametrize("value", ["", {"question": ""}, {"question": 5}, {"question": QUESTION, "history": [""]}])
def test_what_cannot_be_asked_is_refused(assistant: Assistant, value: object) -> None:
    with pytest.raises(QuestionError):
        assistant.as_runnable().invoke(value)


# The embeddings


def test_the_embeddings_are_the_indexs_own(assistant: Assistant) -> None:
    embeddings = assistant.embeddings
    assert isinstance(embeddings, Embeddings)
    (vector,) = embeddings.embed_documents([QUESTION])
    assert vector == pytest.approx(embeddings.embed_query(QUESTION), abs=1e-6)
    assert len(vector) == 384
