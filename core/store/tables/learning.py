"""What was estimated, predicted, tried, answered and done: the AI tables and the audit log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from core.store.tables.base import (
    DemoRow,
    TenantRow,
    UtcDateTime,
    check,
    clustered,
    now,
    of,
    of_company,
    one_of,
    referable,
)


def _user() -> Any:
    """A user who may be erased later; the row stays."""
    return Field(
        default=None, sa_column_args=(ForeignKey("user_account.id", ondelete="SET NULL"),)
    )


class Prediction(TenantRow, table=True):
    """An estimate that was shown: what was asked, what was answered, later what came true."""

    __tablename__ = "prediction"
    __table_args__ = (
        of_company(),
        of("planogram_id", "planogram"),
        referable(),
        Index(None, "company_id", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    planogram_id: int | None = Field(default=None, index=True)
    user_id: int | None = _user()
    model_version: str = ""
    request: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    actual: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Feedback(TenantRow, table=True):
    __tablename__ = "feedback"
    __table_args__ = (
        of("prediction_id", "prediction"),
        one_of("feedback_type", "accepted", "rejected", "modified"),
    )

    id: int | None = Field(default=None, primary_key=True)
    prediction_id: int = Field(index=True)
    user_id: int | None = _user()
    feedback_type: str
    user_feedback: str = ""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Experiment(DemoRow, table=True):
    """An A/B test of planograms. ``design`` holds power and sizes, ``result`` the analysis."""

    __tablename__ = "experiment"
    __table_args__ = (
        of_company(),
        referable(),
        one_of("status", "draft", "running", "finished", "stopped"),
        check("dates_in_order", "ends_on >= starts_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    hypothesis: str = ""
    metric: str = "revenue"
    status: str = "draft"
    starts_on: date | None = None
    ends_on: date | None = None
    design: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    result: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_by: int | None = _user()
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ExperimentAssignment(TenantRow, table=True):
    """Which arm a site is in, and the planogram version that stands there for it."""

    __tablename__ = "experiment_assignment"
    __table_args__ = (
        of("experiment_id", "experiment"),
        of("site_id", "site"),
        of("planogram_version_id", "planogram_version", ondelete=None),
        one_of("arm", "control", "treatment"),
    )

    experiment_id: int = Field(primary_key=True)
    site_id: int = Field(primary_key=True, index=True)
    arm: str
    planogram_version_id: int | None = Field(default=None, index=True)


class ZonePerformance(TenantRow, table=True):
    """Visibility and revenue multiplier of a slot, and what they were learned from."""

    __tablename__ = "zone_performance"
    __table_args__ = (
        of("site_id", "site"),
        check("multiplier_positive", "revenue_multiplier > 0"),
        clustered(),
    )

    site_id: int = Field(primary_key=True)
    row_index: int = Field(primary_key=True)
    column_index: int = Field(primary_key=True)
    visibility: float
    revenue_multiplier: float
    lower: float
    upper: float
    learned_from: str
    computed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ProductAffinity(TenantRow, table=True):
    """How two products sell together at a site. ``confidence`` reads from the first to the second."""

    __tablename__ = "product_affinity"
    __table_args__ = (
        of("site_id", "site"),
        of("product_1_id", "product"),
        of("product_2_id", "product"),
        check("two_products", "product_1_id <> product_2_id"),
        one_of("evidence", "baskets", "co-movement"),
        clustered(),
    )

    site_id: int = Field(primary_key=True)
    product_1_id: int = Field(primary_key=True, index=True)
    product_2_id: int = Field(primary_key=True, index=True)
    evidence: str
    support: float | None = None
    confidence: float | None = None
    lift: float | None = None
    correlation: float | None = None
    computed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Inference(TenantRow, table=True):
    """One call of a model, local or bought; also an answer from the cache or by a rule, which cost nothing.
    A call that has begun holds the most that it may cost. The last columns are as in
    ``core.language.Call``."""

    __tablename__ = "inference"
    __table_args__ = (
        of_company(),
        Index(None, "company_id", "created_at"),
        check("latency_not_negative", "latency_ms >= 0"),
        check("cost_not_negative", "cost_usd_e6 >= 0"),
        check("quality_share", "quality BETWEEN 0 AND 1"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task: str
    model: str
    is_local: bool = True
    succeeded: bool = True
    latency_ms: float
    cost_usd_e6: int = 0
    quality: float | None = None
    reason: str = ""
    user_id: int | None = _user()
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    tier: int = 1
    outcome: str = "ok"
    tokens_in: int = 0
    tokens_out: int = 0
    complexity: float | None = None
    cache: str = ""
    prompt: str = ""
    policy: int = 0


class Embedding(TenantRow, table=True):
    """A vector (float32, little endian) of an object's text or image, by model and content."""

    __tablename__ = "embedding"
    __table_args__ = (of_company(), clustered())

    company_id: int = Field(default=None, primary_key=True)
    kind: str = Field(primary_key=True)
    object_id: int = Field(primary_key=True)
    model: str = Field(primary_key=True)
    content_hash: str
    vector: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ResponseFit(TenantRow, table=True):
    """The fitted fleet model as bytes, and the data versions it was learned from."""

    __tablename__ = "response_fit"
    __table_args__ = (of_company(), UniqueConstraint("company_id", "version"))

    id: int | None = Field(default=None, primary_key=True)
    version: str
    learned_from: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    blob: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class AuditLog(TenantRow, table=True):
    """Who did what to what. Access, predictions, changes of models and of configuration."""

    __tablename__ = "audit_log"
    __table_args__ = (of_company(), Index(None, "company_id", "created_at"))

    id: int | None = Field(default=None, primary_key=True)
    user_id: int | None = _user()
    action: str
    object_type: str = ""
    object_id: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
