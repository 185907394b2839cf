"""What happened to the demo's plans: when each version was prepared and put in place, and what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.planogram.planogram import Planogram, Position
from core.store.demo.world import SiteInfo

Row = dict[str, Any]
PREPARED_BEFORE = 2
"""Days from preparing a version to putting it in place."""


@dataclass(frozen=True, slots=True)
class Saying:
    """``who`` and ``answered_by`` are roles. ``closed``: it was seen to."""

    days_ago: int
    who: str
    text: str
    reason: str | None = None
    answer: str = ""
    answered_by: str = "manager"
    closed: bool = False
    wide: bool = False
    """Speaks of a position with several facings."""


SAYINGS = (
    Saying(1, "driver", "A pillar stands before the right edge: the second facing does not go in.",
           "does_not_fit", wide=True),
    Saying(2, "driver", "The tag still shows the old price.", "wrong_price",
           answer="New tags come with the Monday delivery."),
    Saying(4, "manager", "Sells out before the weekend. Would a second place pay?"),
    Saying(6, "driver", "The coil sticks and drops two at once.", "broken",
           answer="Repaired on the last visit.", answered_by="driver", closed=True),
    Saying(9, "driver", "The supplier sent nothing of it twice in a row.", "not_delivered",
           answer="Replaced by the next best seller until they deliver.", closed=True),
    Saying(12, "manager", "Students ask for something without sugar here.", closed=True),
)


def steps(
    sites: Sequence[SiteInfo], planogram_ids: Sequence[int], version_ids: Sequence[int], manager: int,
    driver: int,
) -> list[Row]:
    """Rows of ``plan_step``: each version prepared by the manager and put in place by the driver."""
    found: list[Row] = []
    ids = iter(version_ids)
    for planogram_id, site in zip(planogram_ids, sites, strict=True):
        for version in site.versions:
            version_id, day = next(ids), version.effective_from
            for status, user, when in (
                ("prepared", manager, day - timedelta(days=PREPARED_BEFORE)), ("implemented", driver, day),
            ):
                found.append({
                    "planogram_id": planogram_id, "planogram_version_id": version_id, "status": status,
                    "day": when, "note": "", "user_id": user, "created_at": _at(when, 16),
                })
    return found


def comments(
    sites: Sequence[SiteInfo], planogram_ids: Sequence[int], last_versions: Sequence[int],
    product_ids: Mapping[int, int], users: Mapping[str, int], last_day: date,
) -> Iterator[tuple[Row, Row | None]]:
    """(row of ``plan_comment``, the row that answers it or None), one for every few machines. ``users``: role
    → id; ``product_ids``: the world's product → its id."""
    machines = [k for k, site in enumerate(sites) if site.versions[-1].plan.positions]
    step = max(len(machines) // len(SAYINGS), 1)
    for saying, k in zip(SAYINGS, machines[::step], strict=False):
        version = sites[k].versions[-1]
        position = _spoken_of(version.plan, saying.wide)
        day = max(last_day - timedelta(days=saying.days_ago - 1), version.effective_from)
        closed = _at(day + timedelta(days=1), 15) if saying.closed else None
        first = {
            "planogram_id": planogram_ids[k], "planogram_version_id": last_versions[k],
            "slot": position.slot, "product_id": product_ids[position.product_id], "reason": saying.reason,
            "text": saying.text, "user_id": users[saying.who], "created_at": _at(day, 11),
            "resolved_at": closed, "resolved_by": users["manager"] if closed else None, "answer_to": None,
        }
        answer = None
        if saying.answer:
            answer = first | {
                "slot": None, "product_id": None, "reason": None, "text": saying.answer,
                "user_id": users[saying.answered_by], "created_at": _at(day, 17), "resolved_at": None,
                "resolved_by": None,
            }
        yield first, answer


def _spoken_of(plan: Planogram, wide: bool) -> Position:
    """The position in the middle of the plan, or its widest."""
    if wide:
        return max(plan.positions, key=lambda p: (p.facings, -p.row, -p.column))
    return plan.positions[len(plan.positions) // 2]


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
