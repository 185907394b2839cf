"""The REST application, mounted under ``/api`` by the process that also serves the pages."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from core.rest import (
    advice,
    ask,
    audits,
    auth,
    catalog,
    demand,
    errors,
    estimates,
    files,
    life,
    many,
    models,
    optimize,
    planograms,
    recognize,
    sales,
)
from core.rest.docs import docs_page
from core.rest.limits import BodyLimit, Metered
from core.settings import Settings
from core.store.database import Database

VERSION = "0.1.0"
ABOUT = (
    "The functions behind the pages, as JSON. Money in the company's currency, lengths in inches, times in "
    "ISO 8601. A slot is a row letter and a column number, such as B4, or the machine's own label."
)


def create_api(database: Database, settings: Settings) -> FastAPI:
    """The application over one database. Every route acts for the user of its token; see ``auth.Doors``."""
    app = FastAPI(
        title="Planogram workbench API", version=VERSION, description=ABOUT, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False,
    )
    app.state.doors = auth.Doors(database, settings)
    errors.install(app)
    app.add_middleware(BodyLimit, upload_limit_bytes=settings.upload_limit_bytes)
    app.add_middleware(Metered)
    # Estimates first: their fixed addresses under /planograms must win over /planograms/{planogram}.
    for part in (auth, advice, estimates, optimize, demand, planograms, files, life, many, sales, audits,
                 recognize, catalog, ask, models):
        app.include_router(part.router, responses={"default": {"model": errors.Failure}})
    app.include_router(recognize.router, prefix="/v1", include_in_schema=False)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(app.openapi()))

    return app
