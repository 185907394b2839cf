"""Roles, passwords and tokens.

Passwords are hashed with Argon2id (RFC 9106). A token is a signed, expiring statement of the user's id;
what the user may do is looked up at every use, so that a changed role counts at once.
"""

from __future__ import annotations

import secrets
from enum import IntEnum
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from core.errors import NotAllowed, NotSignedIn

TOKEN_HOURS = 12
_hasher = PasswordHasher()


class Role(IntEnum):
    """Each role may do what the ones below it may."""

    VIEWER = 0
    DRIVER = 1
    MANAGER = 2
    ADMIN = 3

    @classmethod
    def named(cls, name: str) -> Role:
        return cls[name.upper()]


def require(role: str, needed: Role, action: str) -> None:
    """Raise NotAllowed unless ``role`` reaches ``needed``."""
    if Role.named(role) < needed:
        raise NotAllowed(
            f"A {role} may not {action}.", f"Ask a {needed.name.lower()} of your company to do it."
        )


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """The hash of a password that nobody has."""
    return hash_password(secrets.token_urlsafe(32))


class Tokens:
    """Issues and reads bearer tokens signed with ``secret``."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt="workbench-token")

    def issue(self, user_id: int) -> str:
        return str(self._serializer.dumps({"user": user_id}))

    def user_id(self, token: str) -> int:
        """Raises NotSignedIn for a forged or expired token."""
        try:
            content: dict[str, Any] = self._serializer.loads(token, max_age=TOKEN_HOURS * 3600)
        except SignatureExpired as error:
            raise NotSignedIn("The sign-in has expired.", "Sign in again.") from error
        except BadSignature as error:
            raise NotSignedIn("The token is not valid.", "Sign in at POST /api/auth/token.") from error
        return int(content["user"])
