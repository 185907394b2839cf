"""Plans check themselves, survive JSON, and can be said in words and edited as form fields."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from core.ask.form import choices, fields
from core.ask.measures import MEASURES
from core.ask.period import Period
from core.ask.plan import Compare, Condition, Filter, Having, Order, Plan, from_json, json_schema, to_json
from core.ask.wording import words
from core.errors import BadInput
from core.store.database import Actor, Database
from tests.support.ask_plans import plans

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(plan=plans())
def test_a_plan_survives_json(plan: Plan) -> None:
    """What a language model or a saved tile gives back is the same plan, and fits the schema."""
    import jsonschema

    told = json.loads(json.dumps(to_json(plan)))
    assert from_json(told) == plan
    jsonschema.validate(told, json_schema())


@SLOW
@given(plan=plans())
def test_a_plan_has_words_and_fields(plan: Plan) -> None:
    """Every plan can be read aloud and edited; its own groups and filters are among the choices."""
    assert words(plan)
    offered = {f.name: [c.value for c in f.choices] for f in fields(plan)}
    assert set(plan.by) <= set(offered.get("by", [])) or any(g in plan.by for g in ("day", "week", "month",
                                                                                      "quarter", "year"))
    assert {f.dimension for f in plan.filters} <= {*offered["filters"], "weekday", "season"}


WRONG: dict[str, dict[str, Any]] = {
    "no form": {}, "an unknown form": {"form": "guess"}, "no measure": {"form": "value"},
    "an unknown measure": {"form": "value", "measures": ["password"]},
    "SQL as a measure": {"form": "value", "measures": ["revenue) FROM user_account --"]},
    "an unknown field": {"form": "value", "measures": ["revenue"], "sql": "SELECT 1"},
    "an unknown field inside": {"form": "value", "measures": ["revenue"],
                                "filters": [{"dimension": "brand", "values": ["x"], "company": 2}]},
    "an unknown dimension": {"form": "ranking", "measures": ["revenue"], "by": ["company_id"]},
    "text as an id": {"form": "value", "measures": ["revenue"],
                      "filters": [{"dimension": "store", "values": ["1 OR 1=1"]}]},
    "an id out of range": {"form": "value", "measures": ["revenue"],
                           "filters": [{"dimension": "store", "values": [2**63]}]},
    "a true id": {"form": "value", "measures": ["revenue"],
                  "filters": [{"dimension": "store", "values": [True]}]},
    "an unknown zone": {"form": "value", "measures": ["revenue"],
                        "filters": [{"dimension": "zone", "values": ["lava"]}]},
    "no values": {"form": "value", "measures": ["revenue"], "filters": [{"dimension": "brand", "values": []}]},
    "too many rows": {"form": "ranking", "measures": ["revenue"], "by": ["store"], "limit": 10**6},
    "no rows": {"form": "ranking", "measures": ["revenue"], "by": ["store"], "limit": 0},
    "facings over time": {"form": "trend", "measures": ["facings"], "by": ["week"]},
    "a trend of nothing": {"form": "trend", "measures": ["revenue"], "by": ["store"]},
    "prices by store": {"form": "ranking", "measures": ["list_price"], "by": ["store"]},
    "a share of compliance": {"form": "value", "measures": ["compliance"], "share": True},
    "an unmeasured comparison": {"form": "ranking", "measures": ["revenue"], "by": ["store"],
                                 "having": [{"measure": "units", "operator": ">", "amount": 1}]},
    "a price per place": {"form": "ranking", "measures": ["cost"], "by": ["brand"], "per": ["place"]},
    "a slot and its place": {"form": "ranking", "measures": ["units"], "by": ["place", "slot"]},
    "infinity": {"form": "ranking", "measures": ["units"], "by": ["store"],
                 "having": [{"measure": "units", "operator": ">", "amount": float("inf")}]},
    "a list of nothing": {"form": "list"}, "a list of users": {"form": "list", "of": "user"},
    "missing from nowhere": {"form": "missing", "filters": [{"dimension": "brand", "values": ["x"]}]},
    "order by change without one": {"form": "ranking", "measures": ["revenue"], "by": ["store"],
                                    "order": {"column": "change"}},
    "a list for a dictionary": {"form": "value", "measures": ["revenue"], "period": ["last"]},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_plan_is_refused(name: str) -> None:
    """With what is wrong and what to do."""
    with pytest.raises(BadInput) as caught:
        from_json(WRONG[name])
    assert caught.value.hint


@pytest.mark.parametrize(("plan", "told"), [
    (Plan("ranking", ("revenue",), ("store",), filters=(Filter("temperature", ("frozen",)),)),
     "revenue of frozen products by store, last 30 days"),
    (Plan("value", ("facings",), filters=(Filter("brand", ("Alpine",)),), share=True), "share of facings of Alpine"),
    (Plan("ranking", ("units",), ("product",), having=(Having("units", ">", 5.0),), limit=10,
          order=Order(descending=False), compare=Compare(), period=Period("previous", "month")),
     "units sold by product with units sold over 5, last month, compared with the period before, lowest first, "
     "first 10"),
    (Plan("list", of="store", conditions=(Condition("stands", (Filter("brand", ("A",)),)),
                                          Condition("sold", (Filter("brand", ("B",)),), True))),
     "stores with A that did not sell B, last 30 days"),
])
def test_a_plan_in_words(plan: Plan, told: str) -> None:
    """One plain line."""
    assert words(plan) == told


def test_choices_are_the_companys_own(world: Database, acme: Actor) -> None:
    """Pickers offer no other company's stores, products or brands."""
    for dimension in ("store", "product", "category", "machine", "planogram", "project", "place"):
        values = [c.value for c in choices(world, acme, dimension, 200)]
        assert values
        assert all(isinstance(v, int) and v < 1000 for v in values)
    assert [c.label for c in choices(world, acme, "brand", 200)] == ["<b>Bold</b>", "Alpine", "O'Neil"]
    assert len(choices(world, acme, "weekday", 200)) == 7


def test_every_measure_is_on_the_page_of_definitions() -> None:
    """What is not defined cannot be agreed on."""
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "ask.md").read_text(encoding="utf-8")
    assert [m for m in MEASURES if f"`{m}`" not in page] == []
