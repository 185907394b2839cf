"""Questions that a user keeps on Home, and what people said of answers. Both go with their user."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from core.store.tables.base import TenantRow, UtcDateTime, check, now, of, of_company, one_of

FEEDBACK_VERDICTS = ("right", "wrong")


class SavedQuestion(TenantRow, table=True):
    """A tile on a user's Home: the question as it was asked and its plan. ``place``: from 0, the first
    first; of equals the older one."""

    __tablename__ = "saved_question"
    __table_args__ = (
        of_company(),
        of("user_id", "user_account"),
        Index(None, "user_id", "place"),
        check("place_not_negative", "place >= 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int
    title: str
    question: str = ""
    plan: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    place: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class QuestionFeedback(TenantRow, table=True):
    """Whether an answer was right. ``plan``: empty where there was none; ``words``: the plan in words as it
    was told; ``answered_by``: ``rules``, ``plan`` (fields or a link) or the name of a model; ``comment``:
    what was meant."""

    __tablename__ = "question_feedback"
    __table_args__ = (
        of_company(),
        of("user_id", "user_account"),
        Index(None, "company_id", "created_at"),
        Index(None, "user_id"),
        one_of("verdict", *FEEDBACK_VERDICTS),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int | None = None
    question: str
    words: str = ""
    plan: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    answered_by: str = "rules"
    verdict: str
    comment: str = ""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
