"""Hugging Face's inference service and dedicated endpoints, where ``huggingface_hub`` is installed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from core.language import Completion, LanguageRequest
from ml import faults
from ml.openai_compatible import chat_body, gathered

PACKAGE = "huggingface_hub"


def installed() -> bool:
    """Whether the package is there; nothing is imported."""
    return find_spec(PACKAGE) is not None


class HuggingFace:
    """A ``LanguageModel``. ``endpoint``: the address of a dedicated endpoint; "" for the shared service."""

    thinking_room = 0

    def __init__(self, name: str, token: str, model: str, endpoint: str = "") -> None:
        self.name = name
        self._token = token
        self._model = model
        self._endpoint = endpoint

    def prepare(self) -> None:
        """Import the package."""
        import_module(PACKAGE)

    def stream(self, request: LanguageRequest, within_s: float) -> Generator[str, None, Completion]:
        from huggingface_hub import InferenceClient

        where = {"base_url": self._endpoint} if self._endpoint else {"model": self._model}
        body = chat_body(self._model, request, "schema")
        del body["model"], body["stream"]
        with self._told():
            client = InferenceClient(**where, api_key=self._token, timeout=within_s)
            chunks = client.chat_completion(**body, stream=True)
            return (yield from gathered((_plain(chunk) for chunk in chunks), self.name))

    @contextmanager
    def _told(self) -> Iterator[None]:
        import httpx2
        from huggingface_hub.errors import GenerationError, HfHubHTTPError, InferenceTimeoutError

        try:
            yield
        except (InferenceTimeoutError, httpx2.TimeoutException) as error:
            raise faults.too_late(self.name) from error
        except HfHubHTTPError as error:
            status = error.response.status_code if error.response is not None else 500
            headers = error.response.headers if error.response is not None else {}
            raise faults.of_status(status, headers, self.name) from error
        except httpx2.ConnectError as error:
            raise faults.unreachable(self.name) from error
        except httpx2.HTTPError as error:
            raise faults.cut(self.name) from error
        except (GenerationError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise faults.garbled(self.name) from error


def _plain(chunk: Any) -> dict[str, Any]:
    """A chunk of the package's classes as plain values."""
    return {
        "choices": [
            {"delta": {"content": choice.delta.content}, "finish_reason": choice.finish_reason}
            for choice in chunk.choices or ()
        ],
        "usage": dict(chunk.usage) if getattr(chunk, "usage", None) else None,
    }
