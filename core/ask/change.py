"""A plan with parts changed by hand: what does not go together with the change gives way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.ask.dimensions import GRAINS, THINGS
from core.ask.plan import Plan
from core.errors import BadInput

_NONE: Mapping[str, Any] = {
    "having": (), "order": None, "per": (), "share": False, "compare": None, "conditions": (), "limit": None,
}


def changed(plan: Plan, **parts: Any) -> Plan:
    """The plan with these parts in place of its own. Parts that were not named give way where they do not
    fit; raises BadInput where the named ones alone do not go together."""
    values = {name: getattr(plan, name) for name in Plan.__dataclass_fields__} | parts
    if parts.get("form", plan.form) != plan.form:
        values = _formed(values, parts)
    named = frozenset(name for name, value in parts.items() if value != getattr(plan, name))
    first: BadInput | None = None
    for attempt in _gentler(values, named):
        try:
            return Plan(**attempt)
        except BadInput as error:
            first = first or error
    assert first is not None
    raise first


def _formed(values: dict[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """What a form of question needs, where it is not named."""
    form, made = values["form"], dict(values)
    groups = tuple(d for d in values["by"] if d not in GRAINS)
    if form in ("list", "count", "missing"):
        made |= {"of": values["of"] if form != "missing" else "product", "by": (), "order": None}
        made["of"] = made["of"] or next((d for d in groups if d in THINGS), "product")
        if form == "missing":
            made |= {"measures": (), "period": None, **_NONE}
        return made | {k: v for k, v in parts.items() if k == "of" and form != "missing"}
    made |= {"of": None, "conditions": (), "measures": values["measures"] or ("revenue",)}
    if form == "value":
        return made | {"by": (), "limit": None, "order": None, "having": ()}
    if form == "trend":
        return made | {"by": ("week", *groups[:1]), "compare": None, "order": None, "limit": None}
    return made | {"by": groups or (values["of"] or "product",)}


def _gentler(values: dict[str, Any], named: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The values, then with one part fewer, then with ever fewer; what was named stays."""
    yield values
    steps: list[dict[str, Any]] = [{part: none} for part, none in _NONE.items() if part not in named]
    for part in ("filters", "by"):
        if part not in named:
            steps += [{part: tuple(v for v in values[part] if v != one)} for one in values[part]]
            steps.append({part: ()})
    for step in steps:
        yield values | step
    fewer = dict(values)
    for step in steps:
        fewer |= step
        yield dict(fewer)
