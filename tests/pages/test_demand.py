"""The demand page: horizon, product, pars and their cost, the fleet, what is supposed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.capabilities.demand import DemandForecast
from core.errors import NotAllowed, NotFound
from core.workbench import Workbench
from pages.parts import demand_pars as pars
from pages.parts import nav


@pytest.fixture(scope="module")
def forecast(demo: Workbench) -> DemandForecast:
    """Of the first machine, two weeks ahead."""
    return demo.demand(_machine(demo), 14)


def _machine(demo: Workbench) -> int:
    return next(card.id for card in demo.planograms() if card.key)


def _html(app: AppTest, mark: str) -> str:
    """The HTML pieces that hold a mark."""
    return "\n".join(h.value for h in app.html if mark in h.value)


def test_a_longer_horizon_sells_more(open_page, demo):
    """The first line says how many days."""
    app = open_page(nav.DEMAND, planogram=str(_machine(demo)))
    sold = {}
    for label in ("7 days", "28 days"):
        app.segmented_control(key="ahead_days").set_value(label).run()
        head = _html(app, "wb-head")
        assert f"next {label}" in head
        sold[label] = int(re.search(r"sell ([\d,]+) units", head)[1].replace(",", ""))
    assert sold["28 days"] > 3 * sold["7 days"]


def test_a_product_can_be_looked_at_alone(open_page, demo, forecast):
    """The fan and its causes speak of it, and a colleague's link opens it."""
    name = forecast.products[0].name
    app = open_page(nav.DEMAND, planogram=str(_machine(demo)), product=name)
    assert app.selectbox(key="product").value == forecast.products[0].product_id
    assert f"{name}, against the last 4 weeks".replace("&", "&amp;") in _html(app, "against the last 4 weeks")


def test_suggested_pars_show_what_they_save_and_are_saved_as_a_version(open_page, demo, forecast):
    """From the table to the planogram's history, and back."""
    plan = _machine(demo)
    before = demo.open(plan)
    app = open_page(nav.DEMAND, planogram=str(plan))
    assert "no change" in _html(app, "wb-sums")
    assert app.button(key="pars_save").disabled
    app.button(key="pars_use").click().run()
    assert not app.button(key="pars_save").disabled
    app.button(key="pars_save").click().run()
    assert not app.error
    after = demo.open(plan)
    assert after.version == before.version + 1
    told = {p.product_id: p.stock.suggested_par_level for p in forecast.products}
    for product_id in after.plan.product_ids:
        assert sum(p.par_level for p in after.plan.of_product(product_id)) == told[product_id]
    app.button(key="pars_undo").click().run()
    assert demo.open(plan).plan == before.plan


def test_a_viewer_who_saves_pars_is_told(open_page, demo, monkeypatch):
    """The engine refuses, the page says it in place."""
    app = open_page(nav.DEMAND, planogram=str(_machine(demo)))
    app.button(key="pars_use").click().run()
    monkeypatch.setattr(type(demo), "_require", _refuse)
    app.button(key="pars_save").click().run()
    assert "manager" in app.error[0].value


def _refuse(self, role, action):
    raise NotAllowed(f"Only a manager can {action}.", "Ask a manager.")


def test_more_frequent_services_leave_less_risk(open_page, demo):
    """The interval between services is an input."""
    app = open_page(nav.DEMAND, planogram=str(_machine(demo)), service="1")
    often = _risky(app)
    app.number_input(key="service").set_value(21).run()
    assert _risky(app) > often


def _risky(app: AppTest) -> int:
    return next(int(m.value) for m in app.metric if m.label == "Likely to run out")


def test_an_event_that_is_supposed_changes_the_forecast_and_says_by_how_much(open_page, demo, forecast):
    """And "Suppose nothing" takes it back."""
    app = open_page(
        nav.DEMAND, planogram=str(_machine(demo)), event=forecast.first_day.isoformat(), event_more="100"
    )
    assert "would sell" in _html(app, "wb-head")
    assert "changes demand by +" in _html(app, "What you suppose")
    next(b for b in app.button if b.label == "Suppose nothing").click().run()
    assert "will sell" in _html(app, "wb-head")


def test_the_fleet_is_one_switch_away(open_page, demo):
    """All planograms, the costliest first."""
    app = open_page(nav.DEMAND, of="Fleet")
    assert not app.error
    assert re.search(r"\d+ planograms will sell [\d,]+ units", _html(app, "wb-head"))
    table = app.dataframe[0].value
    assert table["Lost margin"].is_monotonic_decreasing
    assert set(table["Planogram"]) <= {card.name for card in demo.planograms()}


def test_a_plan_that_stands_nowhere_has_one_way_forward(open_page, demo, monkeypatch):
    """No forecast without a place, and no error box."""
    def refuse(*_args, **_kwargs):
        raise NotFound("This plan stands nowhere yet.", "Choose a plan that stands at a place.")

    monkeypatch.setattr(type(demo), "demand", refuse)
    app = open_page(nav.DEMAND, planogram=str(_machine(demo)))
    assert not app.error
    assert "nothing to forecast" in _html(app, "wb-head")
    assert "stands at no place" in _html(app, "wb-title")


def test_the_table_prices_every_level_it_knows(forecast, demo):
    """Costs fall from an empty slot to the suggested level, and the sums are those of the lines."""
    lines = pars.lines_of(forecast, demo.catalog())
    best = [line.suggested for line in lines]
    empty = pars.total(lines, [0] * len(lines))
    found = pars.total(lines, best)
    assert sum(found.values()) < sum(empty.values())
    lost = sum(line.cost(par)[0] for line, par in zip(lines, best, strict=True))
    assert found["Lost margin"] == pytest.approx(lost)
    rows = pars.table(lines, best, best)
    assert rows["Costs"].sum() == pytest.approx(sum(found.values()))
    assert (rows[pars.NEW] == best).all()


def test_what_is_saved_is_what_was_edited_and_what_was_taken_as_suggested(forecast, demo):
    """A slot that is filled to the brim though its par says less is put right with the suggestions alone."""
    line = replace(pars.lines_of(forecast, demo.catalog())[0], par=5, now=8, suggested=8)
    product_id = line.demand.product_id
    assert pars.changes([line], [8], {}) == {}
    assert pars.changes([line], [8], {product_id: 8}) == {product_id: 8}
    assert pars.changes([line], [6], {}) == {product_id: 6}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [({}, [3, 4]), ({1: {pars.NEW: 9}}, [3, 9]), ({0: {pars.NEW: None}}, [3, 4]), ({0: {"Costs": 1}}, [3, 4]),
     ({7: {pars.NEW: 9}}, [3, 4])],
)  # fmt: skip
def test_edits_change_the_pars_of_their_rows_alone(edits, expected):
    """A cleared cell, another column and a row that is gone are no edits."""
    assert pars.edited([3, 4], edits) == expected


def test_a_forecast_from_little_history_is_marked_with_its_reason(forecast):
    """A quiet mark, and none where there is enough."""

    def script():
        import streamlit as st

        from pages.parts import demand_words

        demand_words.degraded(st.session_state.demand)

    app = AppTest.from_function(script)
    app.session_state["demand"] = replace(forecast, degraded=True, history_days=3, confidence=0.3)
    assert "3 days of history here" in app.run().markdown[0].value
    app.session_state["demand"] = forecast
    assert not app.run().markdown


def test_pars_of_products_without_a_cost_say_what_it_is_taken_for(forecast):
    """Nothing that is not known passes for known."""
    free = [replace(p, stock=replace(p.stock, cost_known=False)) for p in forecast.products]
    assert "without a known cost, taken as 50%" in pars._words(replace(forecast, products=tuple(free)))
    assert "goodwill" in pars._words(forecast)


def test_a_place_without_pars_is_told_how_many_are_suggested(open_page, demo, monkeypatch, forecast):
    """Imported machines have none."""
    bare = tuple(replace(p, stock=replace(p.stock, par_level=None)) for p in forecast.products)
    monkeypatch.setattr(type(demo), "demand", lambda *_, **__: replace(forecast, products=bare))
    app = open_page(nav.DEMAND, planogram=str(_machine(demo)))
    assert f"No par level is set here: {len(bare)} levels are suggested" in _html(app, "No par level")
