"""Any server that speaks OpenAI's chat protocol: OpenAI, DeepSeek, Ollama, vLLM, llama.cpp.

The protocol is one POST and a stream of events, so no SDK is needed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from core.language import Completion, LanguageRequest, ModelFault, Usage
from ml import faults

if TYPE_CHECKING:
    from httpx2 import Client, Response

CONNECT_S = 3.0
Structured = Literal["schema", "object"]
_DONE = "[DONE]"


class OpenAICompatible:
    """A ``LanguageModel``. ``structured``: whether the server can be held to a schema, or only to JSON, in
    which case the schema is told in words; ``model`` is what the server calls it."""

    thinking_room = 0

    def __init__(
        self, name: str, base_url: str, model: str, api_key: str = "", *, structured: Structured = "schema"
    ) -> None:
        self.name = name
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._model = model
        self._api_key = api_key
        self._structured: Structured = structured

    @cached_property
    def _client(self) -> Client:
        import httpx2

        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        return httpx2.Client(headers=headers, trust_env=False)

    def prepare(self) -> None:
        """Make the client."""
        _ = self._client

    def stream(self, request: LanguageRequest, within_s: float) -> Generator[str, None, Completion]:
        import httpx2

        body = chat_body(self._model, request, self._structured)
        timeout = httpx2.Timeout(within_s, connect=min(CONNECT_S, within_s))
        with self._told(), self._client.stream("POST", self._url, json=body, timeout=timeout) as response:
            if response.status_code != 200:
                raise faults.of_status(response.status_code, response.headers, self.name)
            return (yield from gathered(_events(response), self.name))

    @contextmanager
    def _told(self) -> Iterator[None]:
        import httpx2

        try:
            yield
        except httpx2.TimeoutException as error:
            raise faults.too_late(self.name) from error
        except (httpx2.ConnectError, httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
            raise faults.unreachable(self.name) from error
        except httpx2.HTTPError as error:
            raise faults.cut(self.name) from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise faults.garbled(self.name) from error


def chat_body(model: str, request: LanguageRequest, structured: Structured) -> dict[str, Any]:
    """A request in the chat protocol."""
    system = request.system
    body: dict[str, Any] = {}
    if request.schema is not None and structured == "schema":
        body["response_format"] = {"type": "json_schema", "json_schema": {
            "name": "answer", "schema": dict(request.schema),
        }}
    elif request.schema is not None:
        body["response_format"] = {"type": "json_object"}
        system += f"\nAnswer with one JSON value that obeys this JSON schema:\n{json.dumps(request.schema)}"
    return {
        "model": model,
        "messages": [{"role": "system", "content": system}, *_messages(request)],
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **body,
    }


def _messages(request: LanguageRequest) -> list[dict[str, Any]]:
    last = max((i for i, turn in enumerate(request.turns) if turn.role == "user"), default=-1)
    messages: list[dict[str, Any]] = []
    for i, turn in enumerate(request.turns):
        if i != last or not request.pictures:
            messages.append({"role": turn.role, "content": turn.text})
            continue
        pictures = [
            {"type": "image_url", "image_url": {
                "url": f"data:{p.media_type};base64,{base64.b64encode(p.data).decode()}",
            }}
            for p in request.pictures
        ]
        messages.append({"role": turn.role, "content": [{"type": "text", "text": turn.text}, *pictures]})
    return messages


def _events(response: Response) -> Iterator[dict[str, Any]]:
    """The JSON values of a stream of events (WHATWG, server-sent events)."""
    for line in response.iter_lines():
        if not line.startswith("data:"):
            if line.startswith("{"):
                raise ValueError("an answer that is no stream")
            continue
        data = line[5:].strip()
        if data == _DONE:
            return
        yield json.loads(data)


def gathered(events: Iterator[dict[str, Any]], about: str) -> Generator[str, None, Completion]:
    """Pieces of text from the chunks of the chat protocol; returns the whole. Raises ModelFault where it ends
    before its end."""
    pieces: list[str] = []
    usage, stopped = Usage(), ""
    for event in events:
        if event.get("error"):
            raise ModelFault("overloaded", f"{about} broke off", billed=True)
        if used := event.get("usage"):
            usage = _usage(used)
        for choice in event.get("choices") or ():
            if piece := (choice.get("delta") or {}).get("content"):
                pieces.append(piece)
                yield piece
            stopped = choice.get("finish_reason") or stopped
    if not stopped:
        raise faults.cut(about)
    if stopped == "content_filter":
        raise ModelFault("refused", f"{about} declined to answer", billed=True)
    return Completion("".join(pieces), usage, "length" if stopped == "length" else "end")


def _usage(used: dict[str, Any]) -> Usage:
    cached = int((used.get("prompt_tokens_details") or {}).get("cached_tokens")
                 or used.get("prompt_cache_hit_tokens") or 0)
    return Usage(max(int(used.get("prompt_tokens") or 0) - cached, 0), cached, 0,
                 int(used.get("completion_tokens") or 0))
