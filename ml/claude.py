"""Claude through Anthropic's own SDK: streaming, structured output, pictures, cached system prompts.

The router repeats failed calls; the SDK does not. Keys come from the workbench's settings alone: what else
lies in the environment sends nothing anywhere.
"""

from __future__ import annotations

import base64
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.language import Completion, LanguageRequest, ModelFault, Usage
from ml import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anthropic import Anthropic

CONNECT_S = 3.0


class Claude:
    """A ``LanguageModel``. ``effort``: how much a model that thinks may think, "" for models that do not know
    the word; ``thinking_room``: tokens for that beside those of the answer."""

    def __init__(
        self, name: str, api_key: str, base_url: str, *, effort: str = "", thinking_room: int = 0
    ) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url
        self._effort = effort
        self._thinking_room = thinking_room

    @property
    def thinking_room(self) -> int:
        return self._thinking_room

    @cached_property
    def _client(self) -> Anthropic:
        from anthropic import Anthropic

        return Anthropic(api_key=self._api_key, base_url=self._base_url, max_retries=0)

    def prepare(self) -> None:
        """Import the SDK, which takes most of a second."""
        _ = self._client

    def stream(self, request: LanguageRequest, within_s: float) -> Generator[str, None, Completion]:
        import httpx2

        timeout = httpx2.Timeout(within_s, connect=min(CONNECT_S, within_s))
        asked = self._arguments(request)
        with self._told(), self._client.messages.stream(**asked, timeout=timeout) as stream:
            yield from stream.text_stream
            message = stream.get_final_message()
        if message.stop_reason is None:
            raise faults.cut(self.name)
        if message.stop_reason == "refusal":
            raise ModelFault("refused", f"{self.name} declined to answer", billed=True)
        text = "".join(block.text for block in message.content if block.type == "text")
        used = message.usage
        return Completion(
            text,
            Usage(used.input_tokens, used.cache_read_input_tokens or 0, used.cache_creation_input_tokens or 0,
                  used.output_tokens),
            "length" if message.stop_reason in ("max_tokens", "model_context_window_exceeded") else "end",
        )

    def _arguments(self, request: LanguageRequest) -> dict[str, Any]:
        output: dict[str, Any] = {"effort": self._effort} if self._effort else {}
        if request.schema is not None:
            from anthropic import transform_schema

            output["format"] = {"type": "json_schema", "schema": transform_schema(dict(request.schema))}
        return {
            "model": self.name,
            "max_tokens": request.max_tokens + self._thinking_room,
            "system": [{"type": "text", "text": request.system, "cache_control": {"type": "ephemeral"}}],
            "messages": _messages(request),
            **({"output_config": output} if output else {}),
        }

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise the SDK's errors, and those of the wire that it lets through, as ModelFault."""
        import anthropic
        import httpx2

        try:
            yield
        except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
            raise faults.too_late(self.name) from error
        except anthropic.APIStatusError as error:
            if error.status_code < 400:  # an error event within a stream that had begun well
                busy = error.type in ("overloaded_error", "api_error")
                raise ModelFault("overloaded" if busy else "cut off", f"{self.name} broke off", billed=True) \
                    from error
            raise faults.of_status(error.status_code, error.response.headers, self.name) from error
        except anthropic.APIConnectionError as error:
            raise faults.unreachable(self.name) from error
        except httpx2.HTTPError as error:
            raise faults.cut(self.name) from error
        except (anthropic.AnthropicError, ValueError, AttributeError, AssertionError, RuntimeError) as error:
            raise faults.garbled(self.name) from error


def _messages(request: LanguageRequest) -> list[dict[str, Any]]:
    last = max((i for i, turn in enumerate(request.turns) if turn.role == "user"), default=-1)
    messages: list[dict[str, Any]] = []
    for i, turn in enumerate(request.turns):
        pictures = [
            {"type": "image", "source": {
                "type": "base64", "media_type": p.media_type, "data": base64.b64encode(p.data).decode(),
            }}
            for p in (request.pictures if i == last else ())
        ]
        messages.append({"role": turn.role, "content": [*pictures, {"type": "text", "text": turn.text}]})
    return messages
