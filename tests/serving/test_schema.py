"""The OpenAPI document is true: whatever it allows to be sent is answered as it says, by no error of ours, and in time.

Schemathesis makes the requests. That a request which the document allows may be refused all the same (a question about
nothing, a document that there is not), and that one which it does not may pass (`k[]=` is no `k`), is no defect here:
these two of its checks are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from serving_fakes import QUESTION, Running

from assistant import Assistant
from ui.serving import api, mcp, shapes

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "5"))  # for each operation; 500 take some ten minutes
PATIENCE = "60"  # seconds for a request, of which each takes a few hundredths: a hang, not a slow machine
LEFT_OUT = "positive_data_acceptance,negative_data_rejection"


def test_every_operation_does_what_the_document_says(served: Running, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    options = f"""
        --checks all --exclude-checks {LEFT_OUT} --request-timeout {PATIENCE} --max-response-time {PATIENCE}
        --continue-on-failure --seed 1 --generation-deterministic --max-examples {EXAMPLES} --no-color
    """.split()
    # A program of its own: it brings settings of Hypothesis, warnings and a plugin that are not for our other tests.
    run = subprocess.run(
        [program, "run", f"{served.url}/openapi.json", *options],
        cwd=tmp_path, env={**os.environ, "NO_PROXY": "127.0.0.1", "PYTHONUTF8": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    told = "\n".join(line[:500] for line in run.stdout.splitlines())
    assert run.returncode == 0, f"{told}\n{run.stderr}"
    count = len(operations(served))
    assert f"Tested: {count}\n" in run.stdout
    assert all(re.search(rf"✅ +{phase}\b", run.stdout) for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"))


def operations(served: Running) -> list[dict[str, Any]]:
    paths = served.ask("GET", "/openapi.json").json["paths"]
    return [operation for methods in paths.values() for operation in methods.values()]


def test_every_answer_and_every_failure_has_a_shape(served: Running) -> None:
    for operation in operations(served):
        assert "422" not in operation["responses"], "what does not fit is answered with 400"
        for status, told in operation["responses"].items():
            assert told["description"]
            assert status == "202" or all(content["schema"] for content in told["content"].values())


def test_a_shape_drops_nothing(served: Running, assistant: Assistant) -> None:
    """FastAPI sends of a response what its shape has: a field that is in no shape would be gone unseen."""
    documents = [api.shown_document(document) for document in assistant.documents.values()]
    assert served.ask("GET", "/api/documents").json == documents
    assert served.ask("GET", "/api/who-said-what").json == api.said(served.answering, None, None, None)
    found = [api.found(served.answering, hit) for hit in assistant.search("bail", k=2)]
    assert served.ask("GET", "/api/search?query=bail&k=2").json == found
    completion = served.completion(QUESTION).json
    assert shapes.CompletionShown.model_validate(completion).model_dump() == completion


def test_a_message_is_as_the_document_says(served: Running) -> None:
    """What JSON-RPC calls an invalid request was taken: a number as method, a list as params, a truth as id."""
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    slips: tuple[dict[str, Any], ...] = ({"method": 7}, {"params": []}, {"params": "x"}, {"id": True}, {"id": 1.5})
    for slip in slips:
        reply = served.ask("POST", "/mcp", {**ping, **slip})
        assert reply.status == 400 and reply.json["error"]["code"] == mcp.INVALID
    nothing: tuple[dict[str, Any] | None, ...] = (None, {})
    for params in nothing:
        assert served.ask("POST", "/mcp", {**ping, "params": params}).json["result"] == {}
    assert served.ask("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "result": {}}).status == 202
