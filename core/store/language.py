"""The ledger of language models in the database: calls and what they cost, budgets, kept answers, policies.

A call that may cost something is written down before it is made, with the most that it may cost; what is
written down can never exceed a budget, however many threads and processes call at once, and a process that
dies in the middle leaves its call counted in full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, select

from core.language import MICRO, Call, Caps, KeptAnswer, OverBudget, Policy, Tier
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.plan_rows import identity
from core.store.tenant import TenantSession, insert_new
from core.store.validate import UNPRINTABLE

KEPT_HOURS = 24
ANSWERED = ("ok", "fell back")
"""Outcomes with which a request is answered; each request has one such row."""

_call: Any = t.Inference
_answer: Any = t.ModelAnswer
_policy: Any = t.RouterPolicy
_company: Any = t.Company


class StoreLedger:
    """A ``core.language.Ledger`` of one user; every method is a transaction of its own."""

    def __init__(self, database: Database, actor: Actor, clock: Callable[[], datetime] = t.now) -> None:
        self._database = database
        self._actor = actor
        self._clock = clock

    @property
    def company(self) -> str:
        return str(self._actor.company_id)

    @property
    def user(self) -> str:
        return f"{self._actor.company_id}/{self._actor.user_id}"

    def policy(self) -> Policy:
        with self._database.session(self._actor) as session:
            return newest_policy(session)

    def reserve(self, call: Call, most_usd_e6: int, caps: Caps) -> int:
        if most_usd_e6 > caps.request:
            raise OverBudget(
                f"the call could cost {_money(most_usd_e6)}, a request may cost {_money(caps.request)}"
            )
        at = self._clock()
        with self._database.writing_session(self._actor) as session:
            # One at a time in a company; SQLite sees to it by itself.
            session.execute(
                select(_company.id).where(_company.id == session.company_id).with_for_update(key_share=True)
            )
            for name, used, cap in spent(session, at, caps):
                if used + most_usd_e6 > cap:
                    raise OverBudget(
                        f"{_money(used)} of {_money(cap)} {name} are spent or set aside, and the call could "
                        f"cost {_money(most_usd_e6)}"
                    )
            row = _row(call, at, session)
            row.cost_usd_e6, row.succeeded = most_usd_e6, False
            session.add(row)
            session.flush()
            return identity(row.id)

    def settle(self, call_id: int, call: Call) -> None:
        # A session that reads before it writes is refused by SQLite where another has written in between.
        with self._database.writing_session(self._actor) as session:
            row = session.get_one(t.Inference, call_id)
            for name, value in _columns(call).items():
                setattr(row, name, value)
            session.add(row)

    def note(self, call: Call) -> int:
        with self._database.writing_session(self._actor) as session:
            row = _row(call, self._clock(), session)
            session.add(row)
            session.flush()
            return identity(row.id)

    def kept(self, key: str) -> KeptAnswer | None:
        since = self._clock() - timedelta(hours=KEPT_HOURS)
        with self._database.session(self._actor) as session:
            row = session.scalars(
                select(_answer).where(_answer.key == key, _answer.created_at >= since)
            ).first()
        return None if row is None else KeptAnswer(row.value["value"], row.model, Tier(row.tier), row.quality)

    def keep(self, key: str, answer: KeptAnswer) -> None:
        at = self._clock()
        with self._database.writing_session(self._actor) as session:
            old = (_answer.key == key) | (_answer.created_at < at - timedelta(hours=KEPT_HOURS))
            session.execute(delete(_answer).where(old))
            # Somebody else may keep the same answer at this moment: either will do.
            session.execute(insert_new(session, t.ModelAnswer), [{
                "key": key, "value": {"value": answer.value}, "model": answer.model, "tier": int(answer.tier),
                "quality": answer.quality, "created_at": at,
            }])


def _money(usd_e6: int) -> str:
    return f"${usd_e6 / MICRO:,.2f}" if usd_e6 >= MICRO // 10 else f"${usd_e6 / MICRO:.4f}"


def spent(session: TenantSession, at: datetime, caps: Caps) -> list[tuple[str, int, int]]:
    """(period in words, spent and set aside in it, its cap); days and months of UTC."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = _call.user_id.is_(None) if session.actor.user_id is None else (
        _call.user_id == session.actor.user_id)
    cost = _call.cost_usd_e6
    month, day, user = session.execute(
        select(
            func.coalesce(func.sum(cost), 0),
            func.coalesce(func.sum(case((_call.created_at >= today, cost), else_=0)), 0),
            func.coalesce(func.sum(case(((_call.created_at >= today) & mine, cost), else_=0)), 0),
        ).where(_call.created_at >= today.replace(day=1), cost > 0)
    ).one()
    return [
        ("for a user today", int(user), caps.user_day), ("for today", int(day), caps.day),
        ("for this month", int(month), caps.month),
    ]


def _columns(call: Call) -> Mapping[str, Any]:
    values = asdict(call)
    values["tier"] = int(call.tier)
    values["reason"] = UNPRINTABLE.sub("", call.reason)  # it may quote an answer
    return {**values, "is_local": call.tier.is_free, "succeeded": call.outcome in ANSWERED}


def _row(call: Call, at: datetime, session: TenantSession) -> t.Inference:
    return t.Inference(**_columns(call), created_at=at, user_id=session.actor.user_id)


def newest_policy(session: TenantSession) -> Policy:
    """The one in force; the defaults where none was ever saved."""
    row = session.scalars(select(_policy).order_by(_policy.version.desc()).limit(1)).first()
    return Policy() if row is None else _policy_of(row)


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """A version of the router's settings, and what led to it."""

    policy: Policy
    origin: str
    report: Mapping[str, Any]
    created_at: datetime


def policies(session: TenantSession, limit: int = 50) -> list[PolicyCard]:
    """The newest first."""
    rows = session.scalars(select(_policy).order_by(_policy.version.desc()).limit(limit))
    return [PolicyCard(_policy_of(row), row.origin, row.report, row.created_at) for row in rows]


def _policy_of(row: t.RouterPolicy) -> Policy:
    return Policy(**{**row.policy, "version": row.version})


def save_policy(
    session: TenantSession, policy: Policy, origin: str, report: Mapping[str, Any] | None = None
) -> Policy:
    """Put a policy in force as a new version, and return it with its number."""
    version = newest_policy(session).version + 1
    values = {**asdict(policy), "version": version}
    session.add(t.RouterPolicy(
        version=version, origin=origin, policy=values, report=dict(report or {}),
        user_id=session.actor.user_id,
    ))
    session.flush()
    return Policy(**values)


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call as it was remembered."""

    call: Call
    user_id: int | None
    at: datetime


def calls(session: TenantSession, since: datetime, until: datetime | None = None) -> list[LoggedCall]:
    """Calls of the router in their order; those of the photo reader have no prompt and are left out."""
    statement = select(_call).where(_call.created_at >= since, _call.prompt != "")
    if until is not None:
        statement = statement.where(_call.created_at < until)
    return [
        LoggedCall(_call_of(row), row.user_id, row.created_at)
        for row in session.scalars(statement.order_by(_call.id))
    ]


def _call_of(row: t.Inference) -> Call:
    values = {name: getattr(row, name) for name in Call.__dataclass_fields__}
    return Call(**{**values, "tier": Tier(row.tier)})


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of models over a period. ``answers``: requests that were answered, ``local`` of them by rules or
    local models, now or when they were kept, ``cached`` from the cache and ``fell_back`` by a rule for want
    of better; ``quality`` is the mean of those that were judged, ``latency_ms`` of the answers."""

    calls: int
    answers: int
    local: int
    cached: int
    fell_back: int
    failed_calls: int
    cost_usd: float
    latency_ms: float | None
    quality: float | None

    @property
    def local_share(self) -> float | None:
        """Of the answers."""
        return self.local / self.answers if self.answers else None


def usage(
    session: TenantSession, since: datetime, until: datetime, by: tuple[str, ...] = ()
) -> dict[tuple[Any, ...], Usage]:
    """Usage from ``since`` up to ``until``, grouped by columns such as ``task`` and ``model``."""
    groups = [getattr(_call, name) for name in by]
    answered = _call.outcome.in_(ANSWERED)
    fell, cached = _call.outcome == "fell back", _call.cache != ""

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    statement = select(
        *groups, count(~cached & (_call.tier > 0)), count(answered),
        count(answered & ~fell & (_call.tier <= int(Tier.LOCAL))), count(answered & cached),
        count(fell), count(~answered), func.coalesce(func.sum(_call.cost_usd_e6), 0),
        func.avg(case((answered, _call.latency_ms))), func.avg(_call.quality),
    ).where(_call.created_at >= since, _call.created_at < until, _call.prompt != "")
    rows = session.execute(statement.group_by(*groups) if groups else statement)
    return {
        tuple(row[: len(by)]): _usage_of(tuple(row[len(by) :])) for row in rows
    }


def _usage_of(row: tuple[Any, ...]) -> Usage:
    made, answers, local, cached, fell_back, failed = map(int, row[:6])
    return Usage(made, answers, local, cached, fell_back, failed, int(row[6]) / MICRO, row[7], row[8])
