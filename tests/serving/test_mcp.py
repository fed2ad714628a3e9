"""The Model Context Protocol, spoken as its clients speak it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from serving_fakes import QUESTION, Running, check_answer, check_citation

from assistant import Assistant
from ui.serving.mcp import PIECE, VERSIONS

_numbers = itertools.count(1)


def call(served: Running, method: str, **params: Any) -> dict[str, Any]:
    number = next(_numbers)
    sent = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    accepted = "application/json, text/event-stream"
    reply = served.ask("POST", "/mcp", sent, Accept=accepted, MCP_Protocol_Version=VERSIONS[0])
    assert reply.status == 200 and reply.json["jsonrpc"] == "2.0" and reply.json["id"] == number
    answer: dict[str, Any] = reply.json
    return answer


def use(served: Running, tool: str, **arguments: Any) -> dict[str, Any]:
    result: dict[str, Any] = call(served, "tools/call", name=tool, arguments=arguments)["result"]
    assert result["content"][0]["type"] == "text"
    return result


def test_a_client_begins(served: Running) -> None:
    client = {"name": "a client", "version": "1"}
    for asked, given in ((VERSIONS[1], VERSIONS[1]), ("1999-01-01", VERSIONS[0])):
        begun = call(served, "initialize", protocolVersion=asked, capabilities={}, clientInfo=client)["result"]
        assert begun["protocolVersion"] == given and "tools" in begun["capabilities"]
        assert begun["serverInfo"]["name"] and begun["serverInfo"]["version"]
    notified = served.ask("POST", "/mcp", {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert notified.status == 202 and not notified.body
    assert call(served, "ping")["result"] == {}


async def test_the_protocols_own_client(served: Running, assistant: Assistant) -> None:
    async with (
        streamable_http_client(f"{served.url}/mcp") as (reading, writing, *_),
        ClientSession(reading, writing) as client,
    ):
        begun = await client.initialize()
        assert begun.server_info.name
        assert {tool.name for tool in (await client.list_tools()).tools} >= {"ask", "search", "read_document"}
        told = await client.call_tool("ask", {"question": QUESTION})
        assert not told.is_error and told.structured_content
        check_answer(assistant, told.structured_content)
        refused = await client.call_tool("ask", {"question": ""})
        assert refused.is_error


def test_the_tools_are_listed_with_their_arguments(served: Running) -> None:
    tools = {tool["name"]: tool for tool in call(served, "tools/list")["result"]["tools"]}
    assert set(tools) == {"ask", "search", "who_said_what", "read_document"}
    for tool in tools.values():
        assert tool["description"] and tool["inputSchema"]["type"] == "object" and tool["annotations"]["readOnlyHint"]
    assert tools["ask"]["inputSchema"]["required"] == ["question"]


def test_ask(served: Running, assistant: Assistant) -> None:
    result = use(served, "ask", question=QUESTION)
    check_answer(assistant, result["structuredContent"])
    assert result["content"][0]["text"].startswith(result["structuredContent"]["text"]) and not result["isError"]
    assert "withheld" not in result["structuredContent"]


def test_search_and_who_said_what(served: Running, assistant: Assistant) -> None:
    passages = use(served, "search", query="bail", k=3)["structuredContent"]["passages"]
    assert len(passages) == 3
    for passage in passages:
        check_citation(assistant.documents, {**passage, "quote": passage["text"]})
    listed = use(served, "who_said_what", speaker="Amit Malviya")["structuredContent"]["attributions"]
    assert listed
    for one in listed:
        assert one["speaker"] == "Amit Malviya"
        check_citation(assistant.documents, one)


def test_a_document_is_read_in_pieces(served: Running, assistant: Assistant) -> None:
    (document,) = assistant.documents.values()
    text, start = "", 0
    while start < len(document.text):
        read = use(served, "read_document", document_id=document.id, start=start)["structuredContent"]
        assert len(read["text"]) <= PIECE and read["length"] == len(document.text)
        text, start = text + read["text"], read["end"]
    assert text == document.text


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ask", {}), ("ask", {"question": ""}), ("ask", {"question": "Why?", "more": 1}), ("ask", {"question": 1}),
        ("search", {"query": "bail", "k": 10**9}), ("who_said_what", {"document": "none"}),
        ("read_document", {"document_id": "../../etc/passwd"}), ("read_document", {"document_id": "x", "start": -1}),
    ],
)  # fmt: skip
def test_a_call_that_will_not_do_is_told_to_whoever_made_it(
    served: Running, tool: str, arguments: dict[str, Any]
) -> None:
    result = use(served, tool, **arguments)
    assert result["isError"] and "structuredContent" not in result


def test_what_is_not_of_the_protocol(served: Running) -> None:
    assert call(served, "tools/call", name="rm")["error"]["code"] == -32602
    assert call(served, "prompts/list")["error"]["code"] == -32601
    assert served.ask("POST", "/mcp", b"{").json["error"]["code"] == -32700
    assert served.ask("POST", "/mcp", b"[" * 100_000).status == 400
    unlike: tuple[object, ...] = ([], {"id": 1}, 7, {"jsonrpc": "2.0", "id": {}, "method": "ping"})
    for sent in unlike:
        assert served.ask("POST", "/mcp", sent).json["error"]["code"] == -32600
    assert served.ask("POST", "/mcp", {}, MCP_Protocol_Version="1999-01-01").status == 400
    for method in ("GET", "DELETE"):
        refused = served.ask(method, "/mcp")
        assert refused.status == 405 and refused.headers["allow"] == "POST"
