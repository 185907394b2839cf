"""The composition root: pages, REST, health and metrics in one process.

``streamlit run app.py`` serves it on 127.0.0.1; the settings are environment variables with the prefix
``WORKBENCH_`` (see ``core.settings``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ml import local_models
from pages.parts import entrance
from pages.parts.start import house, open_house, own_settings

if TYPE_CHECKING:
    from core.models import Models

VERSION = "0.1.0"


async def health(_request: Request) -> JSONResponse:
    """200 once the database is migrated and filled, 503 before and after a failed start."""
    progress = (await to_thread.run_sync(house)).progress
    body = {
        "status": "ok" if progress.ready else "failed" if progress.error else "starting",
        "database": "ok" if progress.ready else progress.doing,
        "models": {},
        "version": VERSION,
        "progress": round(progress.share, 2),
    }
    return JSONResponse(body, 200 if progress.ready else 503)


async def metrics(_request: Request) -> Response:
    from core.telemetry import exposition

    text, media_type = exposition()
    return Response(text, media_type=media_type)


async def api_root(_request: Request) -> Response:
    """The mount below answers what follows a slash; without one the page would answer."""
    return RedirectResponse("api/docs")


def models() -> Models:
    """Those that are installed here, with the files that the settings name for reading photos."""
    from ml.configured import ReaderFiles

    own = own_settings()
    return local_models(ReaderFiles(
        own.ai_v2_pipeline_config, own.ai_v2_detector_model, own.ai_v2_classifier_model,
        own.ai_v2_embeddings_path,
    ))


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    open_house(models)
    yield
    house().close()


class LateApi:
    """The REST app under /api, made on the first request so that the first page need not wait for it."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        progress = (await to_thread.run_sync(house)).progress
        if not progress.ready:
            hint = f"{progress.doing}. Try again soon."
            body = {"success": False, "error": "The workbench is still starting.", "hint": hint}
            await JSONResponse(body, 503, {"Retry-After": "5"})(scope, receive, send)
            return
        if self._app is None:
            self._app = await to_thread.run_sync(house().rest_app)
        await self._app(scope, receive, send)


app = st.App(
    Path(__file__).with_name("pages") / "main.py",
    routes=[
        Route("/health", health), Route("/metrics", metrics),
        Route("/api", api_root, include_in_schema=False), Mount("/api", app=LateApi()),
        *entrance.routes(),
    ],
    lifespan=lifespan,
)
