"""Who acts: users looked up before there is a tenant session to look them up with."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from core.errors import NotSignedIn
from core.store import tables as t
from core.store.database import Actor, Database
from core.trust.access import nobodys_hash, password_matches

_user: Any = t.User
_company: Any = t.Company


def is_empty(database: Database) -> bool:
    """Whether no company has ever been made in this database."""
    with database.admin_session() as session:
        return session.exec(select(_company.id).limit(1)).first() is None


def actor_of(database: Database, user_id: int) -> Actor:
    """The user as an actor, with the role of this moment. Raises NotSignedIn for one who left."""
    with database.admin_session() as session:
        user = session.exec(select(_user).where(_user.id == user_id, _user.is_active)).first()
    if user is None:
        raise NotSignedIn("This user is not active any more.", "Sign in as another user.")
    return Actor(user.id, user.company_id, user.role, user.name or user.email)


def demo_actor(database: Database) -> Actor | None:
    """The first manager of the demo company, whom demo mode acts as; None without a demo company."""
    with database.admin_session() as session:
        user = session.exec(
            select(_user)
            .join(t.Company, _company.id == _user.company_id)
            .where(_company.is_demo, _user.is_active, _user.role == "manager")
            .order_by(_user.id)
        ).first()
    return None if user is None else Actor(user.id, user.company_id, user.role, user.name or user.email)


def everyone(database: Database) -> list[Actor]:
    """The workbench itself, as an actor of each company."""
    with database.admin_session() as session:
        ids = session.exec(select(_company.id).order_by(_company.id)).all()
    return [Actor(None, company_id, "manager", "Workbench") for company_id in ids]


def sign_in(database: Database, email: str, password: str) -> Actor:
    """Raises NotSignedIn; the message does not tell whether the e-mail or the password was wrong."""
    with database.admin_session() as session:
        wanted = select(_user).where(_user.email == email.strip().lower(), _user.is_active)
        user = session.exec(wanted).first()
    # An unknown user takes as long as a wrong password, so that time does not tell who has an account.
    stored = user.password_hash if user is not None and user.password_hash else nobodys_hash()
    if not password_matches(password, stored) or user is None or not user.password_hash:
        raise NotSignedIn("E-mail and password do not match.", "Check both and try again.")
    return Actor(user.id, user.company_id, user.role, user.name or user.email)
