"""Questions that a user keeps on Home, and what people said of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from core.errors import BadInput, NotFound
from core.store import tables as t
from core.store import validate
from core.store.plan_rows import identity
from core.store.tenant import TenantSession

MOST_TILES = 12
MAX_TITLE, MAX_QUESTION, MAX_COMMENT = 120, 500, 1000

_saved: Any = t.SavedQuestion
_said: Any = t.QuestionFeedback
_user: Any = t.User


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A tile: ``plan`` is the JSON that ``core.ask.plan.from_json`` reads, of the day when it was kept."""

    id: int
    title: str
    question: str
    plan: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionFeedback:
    """What somebody said of an answer; ``plan`` empty where there was none."""

    id: int
    question: str
    words: str
    plan: Mapping[str, Any]
    answered_by: str
    verdict: str
    comment: str
    at: datetime


def saved_questions(session: TenantSession) -> list[SavedQuestion]:
    """The user's tiles in their order."""
    return [_tile(row) for row in _mine(session)]


def save_question(
    session: TenantSession, title: str, question: str, plan: Mapping[str, Any]
) -> SavedQuestion:
    """Keep a question as the user's last tile; one with the same plan is renamed instead. To be called in a
    writing session. Raises BadInput for an empty or long title, and where there are ``MOST_TILES``."""
    title = validate.text(title, "A title", MAX_TITLE)
    question = validate.text(question, "A question", MAX_QUESTION)
    if not title:
        raise BadInput("The tile has no title.", "Give it one.")
    # One at a time of a user; SQLite sees to it by itself.
    user_id = _user_id(session)
    session.execute(select(_user.id).where(_user.id == user_id).with_for_update(key_share=True))
    rows = _mine(session)
    same = next((row for row in rows if row.plan == plan), None)
    if same is None and len(rows) >= MOST_TILES:
        raise BadInput(f"There are {len(rows)} tiles on Home.", f"Remove one: {MOST_TILES} have room.")
    row = same or t.SavedQuestion(user_id=user_id, title=title, plan=dict(plan),
                                  place=max((row.place for row in rows), default=-1) + 1)
    row.title, row.question = title, question
    session.add(row)
    session.flush()
    return _tile(row)


def remove_question(session: TenantSession, question_id: int) -> None:
    """Take a tile of the user away. Raises NotFound."""
    _own(session, question_id)
    session.execute(delete(_saved).where(_saved.id == question_id))


def order_questions(session: TenantSession, question_ids: Sequence[int]) -> None:
    """Put the user's tiles in this order; those not named stay behind, in the order they had. Raises NotFound
    for one that is not the user's."""
    named = [_own(session, question_id) for question_id in dict.fromkeys(question_ids)]
    rest = [row for row in _mine(session) if row not in named]
    for place, row in enumerate([*named, *rest]):
        row.place = place
        session.add(row)
    session.flush()


def add_question_feedback(
    session: TenantSession, question: str, verdict: str, *, words: str = "",
    plan: Mapping[str, Any] | None = None, answered_by: str = "rules", comment: str = "",
) -> int:
    """Keep what a person made of an answer; returns its id. Raises BadInput."""
    row = t.QuestionFeedback(
        user_id=session.actor.user_id, question=validate.text(question, "A question", MAX_QUESTION),
        words=words, plan=dict(plan or {}), answered_by=answered_by,
        verdict=validate.choice(verdict, "verdict", t.FEEDBACK_VERDICTS),
        comment=validate.text(comment, "A comment", MAX_COMMENT),
    )
    session.add(row)
    session.flush()
    return identity(row.id)


def question_feedback(session: TenantSession, limit: int = 200) -> list[QuestionFeedback]:
    """What was said of answers in the company, the newest first."""
    rows = session.scalars(select(_said).order_by(_said.id.desc()).limit(limit))
    return [
        QuestionFeedback(row.id, row.question, row.words, row.plan, row.answered_by, row.verdict,
                         row.comment, row.created_at)
        for row in rows
    ]


def accepted(session: TenantSession, since: datetime) -> dict[str, tuple[int, int]]:
    """Who answered → (answers said to be right, answers judged) since then."""
    rows = session.execute(
        select(_said.answered_by, _said.verdict, func.count()).where(_said.created_at >= since)
        .group_by(_said.answered_by, _said.verdict)
    ).all()
    found: dict[str, tuple[int, int]] = {}
    for by, verdict, count in rows:
        right, judged = found.get(by, (0, 0))
        found[by] = (right + count * (verdict == "right"), judged + count)
    return found


def _mine(session: TenantSession) -> list[t.SavedQuestion]:
    rows = select(_saved).where(_saved.user_id == session.actor.user_id).order_by(_saved.place, _saved.id)
    return list(session.scalars(rows))


def _own(session: TenantSession, question_id: int) -> t.SavedQuestion:
    row = next((row for row in _mine(session) if row.id == question_id), None)
    if row is None:
        raise NotFound(f"There is no tile {question_id} on your Home.", "Look at the tiles.")
    return row


def _user_id(session: TenantSession) -> int:
    user_id = session.actor.user_id
    if user_id is None:
        raise BadInput("Tiles belong to a user.", "Sign in.")
    return user_id


def _tile(row: t.SavedQuestion) -> SavedQuestion:
    return SavedQuestion(identity(row.id), row.title, row.question, row.plan, row.created_at)
