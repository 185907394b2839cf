"""A server on loopback that speaks Anthropic's and OpenAI's protocols, with faults on demand.

It is no model: a script says what each request is answered with. Everything that it was sent is kept, so that
a test can look for what should not have left.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("429", "529", "500", "401", "slow", "drip", "cut", "bad json", "html", "error event", "refusal", "hang up")


@dataclass(frozen=True)
class Reply:
    """``text`` in pieces, unless a ``fault``; ``seconds`` to wait before it; ``retry_after`` with a 429."""

    text: str = "Fine."
    fault: str = ""
    seconds: float = 0.0
    retry_after: str = "1"
    tokens_out: int | None = None
    cached: int = 0
    stopped: str = ""


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    path: str
    body: dict[str, Any]
    raw: str
    headers: dict[str, str]

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))


Script = Callable[[Sent], Reply]


@dataclass
class LanguageServer:
    """``script`` answers; ``sent`` keeps what came."""

    script: Script
    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def language_server(script: Script | Reply) -> Iterator[LanguageServer]:
    """Serve on a free port of loopback until left."""
    fixed = script if isinstance(script, Reply) else None
    state = LanguageServer((lambda _sent: fixed) if fixed else script)  # type: ignore[arg-type, return-value]
    closing = threading.Event()

    class Handler(_Handler):
        server_state = state
        server_closing = closing

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        closing.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_state: LanguageServer
    server_closing: threading.Event
    protocol_version = "HTTP/1.1"
    wbufsize = 0

    def log_message(self, *_args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        sent = Sent(self.path, json.loads(raw), raw, dict(self.headers))
        with self.server_state.lock:
            self.server_state.sent.append(sent)
        reply = self.server_state.script(sent)
        self.close_connection = True
        try:
            if reply.seconds:
                self.server_closing.wait(reply.seconds)
            self._answer(sent, reply)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has had enough

    def _answer(self, sent: Sent, reply: Reply) -> None:
        if reply.fault in ("429", "529", "500", "401"):
            headers = {"retry-after": reply.retry_after} if reply.fault == "429" and reply.retry_after else {}
            body = {"type": "error", "error": {"type": "some_error", "message": f"You sent: {sent.raw[:50]}"}}
            self._plain(int(reply.fault), json.dumps(body), "application/json", headers)
        elif reply.fault == "hang up":
            self.connection.close()
        elif reply.fault == "html":
            self._plain(200, "<html><body>Welcome to the proxy</body></html>", "text/html", {})
        elif reply.fault == "slow":
            self.server_closing.wait(30.0)
        else:
            self._stream(_claude(sent, reply) if "/messages" in sent.path else _openai(sent, reply), reply)

    def _plain(self, status: int, text: str, media_type: str, headers: dict[str, str]) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"content-type": media_type, "content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: list[str], reply: Reply) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if reply.fault == "cut":
            events = events[: max(len(events) // 2, 1)]
        if reply.fault == "bad json":
            events[1:1] = ["event: content_block_delta\ndata: {\"type\": \"content_block_delta\", oh no\n\n"]
        for event in events:
            if reply.fault == "drip":
                for c in event:
                    self._chunk(c)
                    if self.server_closing.wait(0.2):
                        return
            self._chunk(event)
        if reply.fault == "cut":
            self.connection.close()
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def _pieces(text: str) -> list[str]:
    return [text[i : i + 24] for i in range(0, len(text), 24)] or [""]


def _tokens(sent: Sent, reply: Reply) -> tuple[int, int]:
    """About four characters a token; of a picture only its frame counts."""
    length = len(sent.raw) if len(sent.raw) < 60_000 else 6_000
    out = reply.tokens_out if reply.tokens_out is not None else len(reply.text) // 4 + 1
    return length // 4 + 1, out


def _claude(sent: Sent, reply: Reply) -> list[str]:
    tokens_in, tokens_out = _tokens(sent, reply)
    usage = {"input_tokens": tokens_in, "cache_read_input_tokens": reply.cached,
             "cache_creation_input_tokens": 0, "output_tokens": 1}
    start = {"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": sent.model, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }}
    stop = reply.stopped or ("refusal" if reply.fault == "refusal" else "end_turn")
    events: list[dict[str, Any]] = [start, {
        "type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""},
    }]
    events += [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
        for piece in _pieces(reply.text)
    ]
    if reply.fault == "error event":
        events.append({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    else:
        events += [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None},
             "usage": {"output_tokens": tokens_out}},
            {"type": "message_stop"},
        ]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]


def _openai(sent: Sent, reply: Reply) -> list[str]:
    tokens_in, tokens_out = _tokens(sent, reply)
    frame = {"id": "c1", "object": "chat.completion.chunk", "created": int(time.time()), "model": sent.model}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    events: list[dict[str, Any]] = [chunk({"role": "assistant", "content": ""})]
    events += [chunk({"content": piece}) for piece in _pieces(reply.text)]
    if reply.fault == "error event":
        events.append({"error": {"message": "Overloaded", "type": "server_error"}})
    else:
        events.append(chunk({}, reply.stopped or ("content_filter" if reply.fault == "refusal" else "stop")))
        events.append({**frame, "choices": [], "usage": {
            "prompt_tokens": tokens_in + reply.cached, "completion_tokens": tokens_out,
            "total_tokens": tokens_in + reply.cached + tokens_out,
            "prompt_tokens_details": {"cached_tokens": reply.cached},
        }})
    return [*(f"data: {json.dumps(event)}\n\n" for event in events), "data: [DONE]\n\n"]
