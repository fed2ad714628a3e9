from __future__ import annotations

import json

import pytest

from assistant.decoding import Decoder, FreeDraft, Malformed

ITEM = {
    "passages": [1, 2],
    "support": ["exact words here"],
    "speaker": "",
    "text": 'A claim with a } and "quotes" [1].',
}
DRAFT = FreeDraft('A claim with a } and "quotes".', ("exact words here",), (1, 2))


def decoded(text: str, size: int = 7) -> list[FreeDraft]:
    decoder, found = Decoder(), list[FreeDraft]()
    for place in range(0, len(text), size):
        found += decoder.feed(text[place : place + size])
    return [*found, *decoder.finish()]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_json_is_read_as_it_comes(size: int) -> None:
    assert decoded(json.dumps({"claims": [ITEM, ITEM]}), size) == [DRAFT, DRAFT]
    assert decoded(f"Here it is:\n```json\n{json.dumps({'claims': [ITEM]}, indent=1)}\n```", size) == [DRAFT]


def test_a_claim_is_there_before_the_next_is_written() -> None:
    decoder, text = Decoder(), json.dumps({"claims": [ITEM, ITEM]})
    assert list(decoder.feed(text[: len(text) // 2 + 15])) == [DRAFT]


def test_the_marked_form() -> None:
    text = "PASSAGES: 1, 2\nSUPPORT: exact words here\nSPEAKER: -\nCLAIM: A claim.\n\n"
    text += "**PASSAGES:** 3\nSUPPORT: b\nSUPPORT: c\nSPEAKER: X Y\nCLAIM: Two."
    assert decoded(text) == [
        FreeDraft("A claim.", ("exact words here",), (1, 2)),
        FreeDraft("Two.", ("b", "c"), (3,), "X Y"),
    ]


@pytest.mark.parametrize("text", ['{"claims": []}', "NONE", " none. ", '{ "claims" : [ ] }'])
def test_no_claims(text: str) -> None:
    assert decoded(text) == []


BROKEN = [
    "",
    "I do not know.",
    '{"claims": [{"text": "x"',
    '{"claims": [1]}',
    '{"claims": [{"support": []}]}',
    '{"claims": ["x"]}',
]


ENDLESS = '{"claims": [{"passages": [%s], "support": [], "speaker": "", "text": "x"}]}' % ("9" * 5000)


@pytest.mark.parametrize("text", [*BROKEN, ENDLESS, '{"claims": [' + '{"a":' * 5000])
def test_what_is_no_draft_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        decoded(text)


def test_control_characters_and_half_surrogates_are_left_out() -> None:
    (draft,) = decoded(
        '{"claims": [{"text": "a\\u0000b\\ud800 \\u202ec\\n d", "support": "one", "passages": 1, "speaker": "None"}]}'
    )
    assert draft == FreeDraft("ab c d", ("one",), (1,))
