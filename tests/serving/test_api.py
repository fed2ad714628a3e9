"""`/api` and `/v1` as they stand: whole answers, documents, what is taken and what is not, and nothing that breaks them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving_fakes import QUESTION, UNANSWERED, Running, check_answer, check_citation

from assistant import Assistant
from assistant.types import Answer, Citation, Claim
from ui.serving.completions import MODEL, marks, unsent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
ASKING = st.fixed_dictionaries(
    {"question": st.text() | JSON},
    optional={"history": st.lists(st.text(), max_size=3) | JSON, "only": st.fixed_dictionaries(
        {}, optional={"documents": st.lists(st.text()), "after": st.dates().map(str) | JSON}) | JSON},
)  # fmt: skip
COMPLETING = st.fixed_dictionaries(
    {"model": st.just(MODEL) | JSON, "messages": st.lists(st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system"]) | JSON, "content": st.text() | JSON}), max_size=3) | JSON},
    optional={"n": JSON, "stream_options": JSON, "tool_choice": JSON, "response_format": JSON, "temperature": JSON},
)  # fmt: skip
CALLING = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "id": st.integers() | JSON, "method": st.sampled_from(["tools/call", "initialize"]) | JSON},
    optional={"params": st.fixed_dictionaries(
        {"name": st.sampled_from(["ask", "search", "who_said_what", "read_document"]) | JSON, "arguments": JSON}) | JSON},
)  # fmt: skip


def test_a_whole_answer(served: Running, assistant: Assistant) -> None:
    answer = served.ask("POST", "/api/ask", {"question": QUESTION}).json
    check_answer(assistant, answer)
    expected = assistant.ask(QUESTION).to_dict()
    differ = {"timings", "withheld"}
    assert {k: v for k, v in answer.items() if k not in differ} == {
        k: v for k, v in expected.items() if k not in differ
    }
    assert answer["timings"] and "withheld" not in answer


def test_a_follow_up(served: Running, assistant: Assistant) -> None:
    talk = assistant.conversation()
    talk.ask("Who is Amit Malviya?")
    expected = talk.ask("What did he say?")
    asked = {"question": "What did he say?", "history": ["", "Who is Amit Malviya?"]}
    answer = served.ask("POST", "/api/ask", asked).json
    assert (answer["standalone"], answer["text"]) == (expected.standalone, expected.text)


def test_where_the_documents_do_not_say(served: Running, assistant: Assistant) -> None:
    answer = served.ask("POST", "/api/ask", {"question": UNANSWERED}).json
    assert answer["status"] == "not_in_documents" and not answer["claims"]
    for cited in answer["nearest"]:
        check_citation(assistant.documents, cited)


def test_from_some_documents(served: Running, assistant: Assistant) -> None:
    (document,) = assistant.documents
    only = {"documents": [document], "after": "2000-01-01"}
    assert served.ask("POST", "/api/ask", {"question": QUESTION, "only": only}).status == 200
    nothing = served.ask("POST", "/api/ask", {"question": QUESTION, "only": {"documents": ["none"]}})
    assert nothing.status == 400 and nothing.error["code"] == "question_refused"


def test_documents_are_read_as_they_are_cited(served: Running, assistant: Assistant) -> None:
    (listed,) = served.ask("GET", "/api/documents").json
    read = served.ask("GET", f"/api/documents/{listed['id']}?version={listed['version']}").json
    assert read["text"] == assistant.documents[listed["id"]].text
    assert not {"source", "original"} & set(read)
    assert served.ask("GET", f"/api/documents/{listed['id']}?version=00").error["code"] == "not_found"


def test_passages_and_who_said_what(served: Running, assistant: Assistant) -> None:
    for passage in served.ask("GET", "/api/search?query=bail&k=2").json:
        check_citation(assistant.documents, {**passage, "quote": passage["text"]})
    listed = served.ask("GET", "/api/who-said-what?speaker=Malviya").json
    assert len(listed) == len(assistant.attributions(speaker="Malviya"))
    for said in listed:
        check_citation(assistant.documents, said)
    assert served.ask("GET", "/api/search?query=bail&k=0").status == 400
    assert served.ask("GET", "/api/who-said-what?document=none").status == 400


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 2}, "n"), ({"tool_choice": "required"}, "tool_choice"), ({"model": "gpt-5"}, "model"),
        ({"response_format": {"type": "json_object"}}, "response_format"), ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "Hello"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages"),
        ({"messages": [{"role": "robot", "content": "Hello"}]}, "messages.0.role"),
    ],
)  # fmt: skip
def test_what_is_not_done_is_said(served: Running, fields: dict[str, Any], param: str) -> None:
    reply = served.completion(QUESTION, **fields)
    assert reply.status in (400, 404) and reply.error["param"] == param
    assert reply.error["type"] == "invalid_request_error"


def test_what_has_no_effect_is_taken(served: Running) -> None:
    plain = served.completion(QUESTION).json["choices"]
    tuned = served.completion(QUESTION, temperature=2, max_tokens=1, stop=["a"], tools=[], seed=1, user="x").json[
        "choices"
    ]
    assert plain == tuned


def test_the_openapi_document_describes_it(served: Running) -> None:
    schema = served.ask("GET", "/openapi.json").json
    assert {"/api/ask", "/v1/chat/completions", "/v1/models", "/mcp", "/healthz", "/readyz", "/metrics"} <= set(
        schema["paths"]
    )
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert operation["summary"] and operation["description"]
    shown = served.ask("GET", "/docs")
    assert shown.status == 200 and b"/v1/chat/completions" in shown.body and b"//cdn" not in shown.body


def test_health(served: Running) -> None:
    assert served.ask("GET", "/healthz").body == b"ok\n" and served.ask("GET", "/readyz").status == 200


@pytest.mark.parametrize(
    ("path", "bodies"), [("/api/ask", ASKING), ("/v1/chat/completions", COMPLETING), ("/mcp", CALLING)]
)
def test_no_body_breaks_it(served: Running, path: str, bodies: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=60)
    @given(bodies | JSON)
    def check(body: Any) -> None:
        reply = served.ask("POST", path, json.dumps(body).encode())
        assert reply.status < 500
        assert not reply.body or reply.json is not None

    check()


@settings(max_examples=40)
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=30), st.binary(max_size=100))
def test_no_path_and_no_bytes_break_it(served: Running, path: str, body: bytes) -> None:
    assert served.ask("GET", f"/api/{path}").status < 500
    assert served.ask("POST", "/v1/chat/completions", body).status < 500


def test_a_stream_is_the_text_in_pieces() -> None:
    assert unsent("one [1]\n\ntwo [2]", "one [1]\n\ntwo [2]") == ""
    assert unsent("", "The documents do not say.") == "The documents do not say."
    assert unsent("one [1]", "one [1]\n\nthree [2]") == "\n\nthree [2]"
    assert unsent("one [1]", "As of today:\n\none [1]") == "\n\nAs of today:"
    assert unsent("one [1]", "two [1]") == ""


def test_a_number_in_brackets_in_a_document_is_no_mark() -> None:
    cited = tuple(Citation(n, "d", "v", 0, 1, "x", "Title", url="http://x") for n in (1, 2))
    text = "As he put it [2] once [1] [1][2]\n\nAnother [1]"
    claim = Claim("As he put it [2] once [1]", cited)
    answer = Answer("?", "?", "answered", text, (claim,), cited, (), (), None, "w")
    places = [(a["url_citation"]["start_index"], a["url_citation"]["number"]) for a in marks(text, answer, "")]
    assert places == [(26, 1), (29, 2), (text.rindex("[1]"), 1)]
