"""From a request to the workbench of its user."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from core.errors import NotAllowed, NotSignedIn
from core.rest.reading import CheckedRoute
from core.settings import Settings
from core.store import users
from core.store.database import Actor, Database
from core.trust.access import TOKEN_HOURS, Tokens
from core.trust.limits import PREDICTION, REAL_TIME, SIGN_IN, Limit, Limiter
from core.workbench import Workbench

router = APIRouter(route_class=CheckedRoute, tags=["Sign-in"])


class Doors:
    """Opens the workbench for the user that a token names; in demo mode no token is the demo's manager."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.tokens = Tokens(settings.signing_key)
        self.limiter = Limiter()

    @property
    def demo_mode(self) -> bool:
        return self.settings.demo_mode

    def open(self, token: str | None) -> Workbench:
        """Raises NotSignedIn without a valid token."""
        return Workbench(self.database, self._actor(token), self.settings)

    def issue(self, email: str, password: str) -> str:
        """A token for the user. Raises NotSignedIn, and TooManyRequests for who tries passwords."""
        if self.settings.limits_on:
            self.limiter.take(email.strip().lower(), SIGN_IN)
        actor = users.sign_in(self.database, email, password)
        assert actor.user_id is not None
        return self.tokens.issue(actor.user_id)

    def _actor(self, token: str | None) -> Actor:
        if token is not None:
            return users.actor_of(self.database, self.tokens.user_id(token))
        actor = users.demo_actor(self.database) if self.settings.demo_mode else None
        if actor is None:
            raise NotSignedIn("This needs a sign-in.", "Get a token at POST /api/auth/token.")
        return actor


def doors(request: Request) -> Doors:
    found: Doors = request.app.state.doors
    return found


def workbench(request: Request, opened: Annotated[Doors, Depends(doors)]) -> Workbench:
    """The workbench of the request's user. Raises NotSignedIn."""
    header = request.headers.get("authorization")
    if header is None:
        if opened.demo_mode:
            require_own_browser(request)
        return opened.open(None)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("The Authorization header is not a bearer token.",
                          "Send Authorization: Bearer <token>.")
    return opened.open(token.strip())


def require_own_browser(request: Request) -> None:
    """Raises NotAllowed for a request that another site's page makes in a browser of this machine, be it
    openly (its ``Origin``) or by pointing its own name to 127.0.0.1 (its ``Host``)."""
    host = request.headers.get("host", "").lower()
    origin = request.headers.get("origin")
    name = host.rpartition(":")[0] if host[-1:].isdigit() and ":" in host else host
    elsewhere = "." in name.removesuffix(".localhost") and not _is_loopback(name)
    if elsewhere or (origin is not None and origin.lower().partition("://")[2] != host):
        raise NotAllowed(f"A page of {origin or host} may not act for you.",
                         "Send a token, or ask from this machine itself.")


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


Bench = Annotated[Workbench, Depends(workbench)]


def paced(limit: Limit) -> Callable[[Workbench], Workbench]:
    """A dependency: the user's workbench, with one request counted. Raises TooManyRequests."""

    def take(wb: Bench) -> Workbench:
        wb.charge(limit)
        return wb

    return take


RealTimeBench = Annotated[Workbench, Depends(paced(REAL_TIME))]
PredictionBench = Annotated[Workbench, Depends(paced(PREDICTION))]


class Credentials(BaseModel):
    email: str
    password: str


@router.post("/auth/token")
def token(credentials: Credentials, opened: Annotated[Doors, Depends(doors)]) -> dict[str, object]:
    """A bearer token for a user."""
    issued = opened.issue(credentials.email, credentials.password)
    return {"token": issued, "access_token": issued, "token_type": "bearer", "expires_in": TOKEN_HOURS * 3600}
