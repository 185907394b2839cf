"""From a request to the workbench of its user."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from core.errors import NotSignedIn
from core.settings import Settings
from core.store import users
from core.store.database import Actor, Database
from core.trust.access import TOKEN_HOURS, Tokens
from core.workbench import Workbench

router = APIRouter(tags=["Sign-in"])


class Doors:
    """Opens the workbench for the user that a token names; in demo mode no token is the demo's manager."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.tokens = Tokens(settings.signing_key)

    def open(self, token: str | None) -> Workbench:
        """Raises NotSignedIn without a valid token."""
        return Workbench(self.database, self._actor(token), self.settings)

    def issue(self, email: str, password: str) -> str:
        """A token for the user. Raises NotSignedIn."""
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
        return opened.open(None)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("The Authorization header is not a bearer token.",
                          "Send Authorization: Bearer <token>.")
    return opened.open(token.strip())


Bench = Annotated[Workbench, Depends(workbench)]


class Credentials(BaseModel):
    email: str
    password: str


@router.post("/auth/token")
def token(credentials: Credentials, opened: Annotated[Doors, Depends(doors)]) -> dict[str, object]:
    """A bearer token for a user."""
    issued = opened.issue(credentials.email, credentials.password)
    return {"token": issued, "access_token": issued, "token_type": "bearer", "expires_in": TOKEN_HOURS * 3600}
