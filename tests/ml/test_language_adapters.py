"""The adapters against a server that speaks the providers' protocols, with all that can go wrong."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from core.language import (
    Completion,
    LanguageModel,
    LanguageRequest,
    ModelFault,
    Picture,
    Turn,
    Usage,
    complete,
)
from ml.claude import Claude
from ml.huggingface import HuggingFace
from ml.openai_compatible import OpenAICompatible
from tests.support.language_server import LanguageServer, Reply, language_server

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}
REQUEST = LanguageRequest("overview", "Be brief.", (Turn("user", "How many?"),), max_tokens=50)
Make = Callable[[LanguageServer], LanguageModel]


def _claude(server: LanguageServer) -> LanguageModel:
    return Claude("claude-test-5", "k", server.url, effort="low", thinking_room=100)


def _openai(server: LanguageServer) -> LanguageModel:
    return OpenAICompatible("mid", f"{server.url}/v1", "m", "k")


def _hugging(server: LanguageServer) -> LanguageModel:
    pytest.importorskip("huggingface_hub")
    return HuggingFace("hf", "k", "m", server.url)


every = pytest.mark.parametrize("make", [_claude, _openai, _hugging])


@every
def test_text_comes_in_pieces_and_as_a_whole(make: Make) -> None:
    """With the tokens that were billed."""
    text = "There are 12 of them on the second shelf, and two more above."
    with language_server(Reply(text, tokens_out=17)) as server:
        pieces, stream = [], make(server).stream(REQUEST, 5.0)
        while True:
            try:
                pieces.append(next(stream))
            except StopIteration as end:
                whole: Completion = end.value
                break
    assert len([p for p in pieces if p]) > 1
    assert "".join(pieces) == whole.text == text
    assert whole.usage.out == 17
    assert whole.usage.fresh > 10
    assert whole.stopped == "end"


@every
@pytest.mark.parametrize(("fault", "kind"), [
    ("429", "rate limited"), ("529", "overloaded"), ("500", "overloaded"), ("401", "not allowed"),
    ("slow", "timeout"), ("cut", "cut off"), ("bad json", "garbled"),
])
def test_what_goes_wrong_is_told_in_one_way(make: Make, fault: str, kind: str) -> None:
    """Whatever the SDK raises; what was sent is not repeated in the message."""
    with language_server(Reply("a longer answer in several pieces " * 3, fault, retry_after="7")) as server, \
            pytest.raises(ModelFault) as caught:
        complete(make(server), REQUEST, 0.5)
    assert caught.value.kind == kind
    assert "How many" not in str(caught.value)
    assert caught.value.retry_after_s == (7.0 if fault == "429" else None)


@every
@pytest.mark.parametrize("fault", ["html", "hang up", "error event"])
def test_no_answer_is_a_fault_that_may_pass(make: Make, fault: str) -> None:
    """A proxy's greeting, a connection that ends at once, an error after half an answer."""
    with language_server(Reply("x", fault)) as server, pytest.raises(ModelFault) as caught:
        complete(make(server), REQUEST, 1.0)
    assert caught.value.passes


@every
def test_nobody_there_is_a_fault(make: Make) -> None:
    """No server listens."""
    with language_server(Reply()) as server:
        pass
    with pytest.raises(ModelFault) as caught:
        complete(make(server), REQUEST, 1.0)
    assert caught.value.kind == "unreachable"


@pytest.mark.parametrize("make", [_claude, _openai])
def test_a_refusal_is_a_fault_that_does_not_pass(make: Make) -> None:
    """To ask again would bring the same."""
    with language_server(Reply("I can't help with that.", "refusal")) as server, pytest.raises(ModelFault) as caught:
        complete(make(server), REQUEST, 1.0)
    assert not caught.value.passes


@pytest.mark.parametrize(("make", "stopped"), [(_claude, "max_tokens"), (_openai, "length")])
def test_an_answer_that_ran_out_of_room_says_so(make: Make, stopped: str) -> None:
    """So that half a sentence is not taken for a whole."""
    with language_server(Reply("half a", stopped=stopped)) as server:
        assert complete(make(server), REQUEST, 1.0).stopped == "length"


def test_claude_is_asked_for_structure_with_its_system_prompt_cached() -> None:
    """The schema in the form that the API takes, effort, room to think, a picture in the last turn."""
    request = LanguageRequest(
        "plan", "Rules.", (Turn("user", "a"), Turn("assistant", "b"), Turn("user", "c")), SCHEMA,
        (Picture(b"\xff\xd8jpeg", "image/jpeg"),), 40,
    )
    with language_server(Reply('{"n": 3}', cached=90)) as server:
        whole = complete(_claude(server), request, 5.0)
        body, headers = server.sent[0].body, server.sent[0].headers
    assert whole.text == '{"n": 3}'
    assert whole.usage.cached == 90
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["output_config"]["effort"] == "low"
    assert body["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert body["max_tokens"] == 140
    assert [m["role"] for m in body["messages"]] == ["user", "assistant", "user"]
    picture = body["messages"][-1]["content"][0]["source"]
    assert base64.b64decode(picture["data"]) == b"\xff\xd8jpeg"
    assert [b["type"] for b in body["messages"][0]["content"]] == ["text"]
    assert {"Bearer k", "k"} & set(headers.values())


def test_the_chat_protocol_carries_schema_picture_and_key() -> None:
    """And tells the schema in words to a server that knows JSON alone."""
    request = LanguageRequest("plan", "Rules.", (Turn("user", "c"),), SCHEMA, (Picture(b"png", "image/png"),), 40)
    with language_server(Reply('{"n": 3}', cached=5)) as server:
        usage = complete(_openai(server), request, 5.0).usage
        complete(OpenAICompatible("mid", f"{server.url}/v1/", "m", structured="object"), request, 5.0)
        first, second = server.sent
    assert isinstance(usage, Usage)
    assert usage.cached == 5
    assert first.path == second.path == "/v1/chat/completions"
    assert first.body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert first.body["messages"][-1]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert second.body["response_format"] == {"type": "json_object"}
    assert '"minimum": 1' in second.body["messages"][0]["content"]
    assert [("Bearer k" in sent.headers.values()) for sent in (first, second)] == [True, False]
