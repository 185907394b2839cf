"""The typed plan of a question: what docs/ask.md defines, as frozen values that check themselves.

A plan comes from the parser of words, from a language model (``json_schema``, ``from_json``) or from form
fields; all go through the same checks, and none of them writes SQL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from core.ask.checks import (
    CHECKS,
    RELATIONS,
    check_value,
    dimension_of,
    either,
    measure_of,
    one_of,
    require_fact,
    shared,
)
from core.ask.dimensions import DIMENSIONS, PLACES, THINGS, Holds, Scope
from core.ask.measures import MEASURES, PERS, Fact, Measure
from core.ask.period import Period
from core.errors import BadInput

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Form = Literal["value", "ranking", "trend", "list", "count", "missing"]
Relation = Literal["stands", "sold", "out_of_stock", "audited"]
Operator = Literal["<", "<=", ">", ">=", "=", "!="]
Column = Literal["value", "share", "change", "change_rate"]
FORMS: tuple[Form, ...] = ("value", "ranking", "trend", "list", "count", "missing")
OPERATORS: tuple[Operator, ...] = ("<", "<=", ">", ">=", "=", "!=")
COLUMNS: tuple[Column, ...] = ("value", "share", "change", "change_rate")
MAX_ROWS = 1000
MAX_VALUES, MAX_MEASURES, MAX_GROUPS, MAX_PARTS = 1000, 4, 3, 12
MISSING_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows whose dimension has one of the values, or none of them where ``negated``. None: not known."""

    dimension: str
    values: tuple[int | str | None, ...]
    negated: bool = False

    def __post_init__(self) -> None:
        dimension = dimension_of(self.dimension)
        if dimension.holds is Holds.DATE:
            raise BadInput(f"“{self.dimension}” is not a filter.", "Say it as the period.")
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise BadInput(f"A filter of {len(self.values)} values is not possible.",
                           f"Give 1 to {MAX_VALUES:,}.")
        for value in self.values:
            check_value(dimension, value)


@dataclass(frozen=True, slots=True)
class Condition:
    """The thing has rows of a relation that pass the filters; with ``negated`` it has none. ``period``:
    of sales and audits, by default that of the plan."""

    relation: Relation
    filters: tuple[Filter, ...] = ()
    negated: bool = False
    period: Period | None = None

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise BadInput(f"“{self.relation}” is not a relation.", f"Use one of: {', '.join(RELATIONS)}.")
        for part in self.filters:
            require_fact(part.dimension, RELATIONS[self.relation], f"“{self.relation}”")


@dataclass(frozen=True, slots=True)
class Having:
    """Groups whose measure, share or change compares so with ``amount``."""

    measure: str
    operator: Operator
    amount: float
    column: Column = "value"

    def __post_init__(self) -> None:
        measure_of(self.measure)
        one_of(self.operator, OPERATORS, "comparison")
        one_of(self.column, COLUMNS, "column")
        if not math.isfinite(self.amount):
            raise BadInput("A measure is compared with a number.", "Give a finite number.")


@dataclass(frozen=True, slots=True)
class Order:
    """By a column of the first measure, or by name; largest first where ``descending``."""

    column: Column | Literal["name"] = "value"
    descending: bool = True

    def __post_init__(self) -> None:
        one_of(self.column, (*COLUMNS, "name"), "column")


@dataclass(frozen=True, slots=True)
class Compare:
    """With the period before, the same dates a year earlier, or a named period."""

    to: Literal["before", "year_before", "period"] = "before"
    period: Period | None = None

    def __post_init__(self) -> None:
        one_of(self.to, ("before", "year_before", "period"), "comparison of periods")
        if (self.to == "period") != (self.period is not None):
            raise BadInput("The period to compare with is missing or too much.",
                           "Give it with “period”, and only then.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A question, whole. Raises BadInput where its parts do not go together.

    ``measures`` by name, the first leads · ``by``: groups · ``of``: what is listed, counted or missing ·
    ``per``, ``share`` and ``compare`` hold for every measure · ``period`` None: the default of docs/ask.md ·
    ``limit`` None: all rows, at most ``MAX_ROWS``.
    """

    form: Form
    measures: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    of: str | None = None
    filters: tuple[Filter, ...] = ()
    conditions: tuple[Condition, ...] = ()
    having: tuple[Having, ...] = ()
    per: tuple[str, ...] = ()
    share: bool = False
    compare: Compare | None = None
    period: Period | None = None
    order: Order | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        one_of(self.form, FORMS, "form of a question")
        for name in self.measures:
            measure_of(name)
        for name in (*self.by, *([self.of] if self.of else ())):
            dimension_of(name)
        for name in self.per:
            one_of(name, tuple(PERS), "denominator")
        self._check_sizes()
        CHECKS[self.form](self)
        if self.measures:
            self._check_measures()

    @property
    def facts(self) -> frozenset[Fact]:
        """The tables that the measures are read from, denominators included."""
        parts = [p for name in self.measures for p in MEASURES[name].parts]
        parts += [PERS[p].part for p in self.per if PERS[p].part]
        return frozenset(Fact(p.split(".")[0]) for p in parts)

    @property
    def leading(self) -> Measure:
        return MEASURES[self.measures[0]]

    @property
    def grain(self) -> str | None:
        """The dimension of time that groups, if one does."""
        return next((d for d in self.by if DIMENSIONS[d].scope is Scope.TIME), None)

    @property
    def is_space_alone(self) -> bool:
        """Whether all is a snapshot of what stands, so that a period means its last day."""
        return self.facts == {Fact.SPACE}

    def _check_sizes(self) -> None:
        for name, values, most in (
            ("measures", self.measures, MAX_MEASURES), ("groups", self.by, MAX_GROUPS),
            ("filters", self.filters, MAX_PARTS), ("conditions", self.conditions, MAX_PARTS),
            ("comparisons", self.having, MAX_PARTS), ("denominators", self.per, 2),
        ):
            if len(values) > most:
                raise BadInput(f"{len(values)} {name} are too many.", f"Give at most {most}.")
        for name, texts in (("measure", self.measures), ("group", self.by), ("denominator", self.per)):
            if len(set(texts)) < len(texts):
                raise BadInput(f"A {name} is named twice.", f"Name each {name} once.")
        keys = [key for d in self.by for key in DIMENSIONS[d].keys]
        if len(set(keys)) < len(keys):
            raise BadInput("A slot names its place and row already.", "Group by the slot alone.")
        if self.limit is not None and not 1 <= self.limit <= MAX_ROWS:
            raise BadInput(f"{self.limit} rows is out of range.", f"Ask for 1 to {MAX_ROWS:,} rows.")

    def _check_measures(self) -> None:
        for fact in self.facts:
            for name in (*self.by, *(f.dimension for f in self.measured_filters)):
                if not self._serves(fact, name):
                    require_fact(name, fact, "what is asked")
        for held in self.having:
            if held.measure not in self.measures:
                raise BadInput(f"“{held.measure}” is compared but not measured.", "Add it to the measures.")
            self._require_column(held.column)
        if self.order is not None and self.order.column != "name":
            self._require_column(self.order.column)
        if self.share:
            self._check_share()
        if self.compare is not None and self.grain is not None:
            raise BadInput("A course over time is not compared with another period.",
                           "Leave out the time groups or the comparison.")
        if self.per and any(MEASURES[name].fact is Fact.CATALOG for name in self.measures):
            raise BadInput("Prices and costs of the catalog are not divided.", "Leave out “per”.")
        if self.compare is not None and Fact.CATALOG in self.facts:
            raise BadInput("Prices and costs of the past are not kept.", "Leave out the comparison.")
        if self.compare is not None and len(self.measures) * 4 + len(self.per) > 20:
            raise BadInput("Too many columns.", "Ask for fewer measures.")

    @property
    def own_filters(self) -> tuple[Filter, ...]:
        """Those that choose the things that are listed or counted."""
        return tuple(f for f in self.filters if self.of is not None and f.dimension in THINGS[self.of])

    @property
    def measured_filters(self) -> tuple[Filter, ...]:
        """Those of what is measured: in a list none, in a count by a measure those that choose no things."""
        own = self.own_filters
        return tuple(f for f in self.filters if f not in own)

    def _serves(self, fact: Fact, name: str) -> bool:
        """Whether a table can be grouped or filtered so; space stays the same over groups of days."""
        dimension = DIMENSIONS[name]
        if fact in dimension.facts:
            return True
        stays = fact is Fact.SPACE and not self.is_space_alone and name not in self.by
        return stays and name in ("weekday", "season")

    def _check_share(self) -> None:
        if self.per or self.compare is not None:
            raise BadInput("A share is neither divided nor compared.", "Ask for one of them.")
        for name in self.measures:
            if not MEASURES[name].shared:
                raise BadInput(f"There is no share of {MEASURES[name].label}.",
                               f"Ask for a share of {either(shared())}.")

    def _require_column(self, column: str) -> None:
        needed = {"share": self.share, "change": self.compare, "change_rate": self.compare}
        if column in needed and not needed[column]:
            raise BadInput(f"There is no {column.replace('_', ' ')} in this question.",
                           "Ask for the share or the comparison too.")


def from_json(values: Mapping[str, Any]) -> Plan:
    """A plan from plain JSON values, as ``to_json`` gives them or a language model fills them in. Raises
    BadInput for what is not one; unknown fields are refused."""
    from pydantic import ValidationError

    _refuse_unknown(values)
    try:
        return _adapter().validate_json(json.dumps(values), strict=True)
    except (TypeError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise BadInput("The plan is not JSON.", "Compare it with the schema of plans.") from error
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, str | int))
        raise BadInput(f"The plan is not valid at “{where}”: {first['msg']}.",
                       "Compare it with the schema of plans.") from error
    except RecursionError as error:
        raise BadInput("The plan is nested too deep.", "Compare it with the schema of plans.") from error


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values, what is default left out."""
    found: dict[str, Any] = _adapter().dump_python(plan, mode="json", exclude_defaults=True)
    return found


@cache
def json_schema() -> dict[str, Any]:
    """The JSON schema of a plan with the names that are allowed, for whoever fills one in."""
    schema = _adapter().json_schema()
    for definition in (schema, *schema.get("$defs", {}).values()):
        if "properties" in definition:
            definition["additionalProperties"] = False
    fields = schema["properties"]
    fields["measures"]["items"] = {"type": "string", "enum": list(MEASURES)}
    fields["by"]["items"] = {"type": "string", "enum": list(DIMENSIONS)}
    fields["per"]["items"] = {"type": "string", "enum": list(PERS)}
    fields["of"] = {"enum": [*THINGS, None], "default": None}
    names = [d.name for d in DIMENSIONS.values() if d.holds is not Holds.DATE]
    schema["$defs"]["Filter"]["properties"]["dimension"]["enum"] = names
    schema["$defs"]["Having"]["properties"]["measure"]["enum"] = list(MEASURES)
    return schema


@cache
def _adapter() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


_FIELDS: Mapping[str, frozenset[str]] = {
    cls.__name__: frozenset(cls.__dataclass_fields__)
    for cls in (Plan, Filter, Condition, Having, Order, Compare, Period)
}
_PARTS: Mapping[str, str] = {
    "filters": "Filter", "conditions": "Condition", "having": "Having", "order": "Order",
    "compare": "Compare", "period": "Period",
}


def _refuse_unknown(values: Any, kind: str = "Plan", depth: int = 0) -> None:
    """Raises BadInput for a field that a plan does not have, or for what is no object at all."""
    if not isinstance(values, Mapping):
        raise BadInput(f"A {kind.lower()} is a JSON object.", "Compare it with the schema of plans.")
    for field, value in values.items():
        if field not in _FIELDS[kind]:
            raise BadInput(f"A {kind.lower()} has no field “{field}”.",
                           f"Use {', '.join(sorted(_FIELDS[kind]))}.")
        if field in _PARTS and depth < 4:
            for part in value if isinstance(value, list | tuple) else [value]:
                if part is not None:
                    _refuse_unknown(part, _PARTS[field], depth + 1)


__all__ = [
    "MISSING_SHARE", "PLACES", "RELATIONS", "Compare", "Condition", "Filter", "Having", "Order", "Period",
    "Plan", "date", "dimension_of", "from_json", "json_schema", "measure_of", "to_json",
]
