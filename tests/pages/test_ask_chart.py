"""The chart fits the question: lines, bars, pairs of bars; parts are told as parts, names stay text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.ask.query import Role
from core.workbench import Workbench
from pages.parts import ask_chart, ask_table, frame


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A light page on a desk."""
    monkeypatch.setattr(frame, "is_dark", lambda: False)
    monkeypatch.setattr(frame, "is_phone", lambda: False)


def _asked(demo: Workbench, text: str):
    found = demo.ask(text)[1]
    assert found is not None, text
    return found


def _drawn(demo: Workbench, text: str):
    found = _asked(demo, text)
    return found, ask_chart.figure(found, ask_table.table(found))


def test_a_course_is_a_line_whose_parts_of_months_are_dotted(demo):
    """The marks of months that the period cuts are open."""
    found, drawn = _drawn(demo, "revenue by month last 100 days")
    solid, dotted, marks = drawn.data
    assert (solid.line.dash, dotted.line.dash) == ("solid", "dot")
    assert "circle-open" in marks.marker.symbol
    assert list(marks.y) == [row[1] for row in found.rows]
    assert "not whole" in ask_chart.note(found)


def test_a_ranking_is_sorted_bars_from_the_largest_on(demo):
    """Largest on top; how many are left out is told."""
    found, drawn = _drawn(demo, "revenue by product last week")
    if found.chart is None:
        found, drawn = _drawn(demo, "revenue by category last week")
    (bars,) = drawn.data
    assert bars.orientation == "h"
    assert list(bars.x) == sorted(bars.x, reverse=True)
    assert len(bars.x) == min(len(found.rows), ask_chart.MOST_BARS)
    assert drawn.layout.yaxis.autorange == "reversed"
    assert (f"of {len(found.rows)}" in ask_chart.note(found)) == (len(found.rows) > ask_chart.MOST_BARS)


def test_counts_of_groups_are_sorted_and_weekdays_are_not(demo):
    """A week begins on Monday, whatever sold best."""
    _found, drawn = _drawn(demo, "how many products by category")
    assert list(drawn.data[0].x) == sorted(drawn.data[0].x, reverse=True)
    _found, drawn = _drawn(demo, "units by weekday")
    assert drawn.layout.yaxis.ticktext[0] == "Monday"


def test_a_comparison_is_pairs_of_bars_with_their_days(demo):
    """Both periods are named; the change stands beside."""
    found, drawn = _drawn(demo, "revenue by category compared with last month")
    now, before = drawn.data
    assert now.name == ask_table.span(found.sources.days)
    assert before.name == ask_table.span(found.sources.before)
    assert "%" in now.text[0]
    assert list(ask_table.table(found).columns) == ["Category", "Revenue", "Before", "Change", "Change, %"]


def test_what_changed_most_is_ranked_by_its_change(demo):
    """Not by what it is now."""
    found, drawn = _drawn(demo, "which products grew most compared with last month")
    (bars,) = drawn.data
    rates = [row[-1] for row in found.rows]
    assert list(bars.x) == rates


def test_bars_of_two_groups_are_called_by_both(demo):
    """A store and a category, the largest first."""
    found, drawn = _drawn(demo, "facings by store and category")
    first = ", ".join(str(found.rows[0][i]) for i, c in enumerate(found.columns) if c.role is Role.NAME)
    assert drawn.data[0].hovertext[0] == first.replace("&", "&amp;")


def test_a_share_is_shown_as_share(demo):
    """In percent at each bar."""
    _found, drawn = _drawn(demo, "share of revenue by category")
    assert all(text.endswith("%") for text in drawn.data[0].text)


@pytest.mark.parametrize("text", ["revenue by category last week", "revenue by week and category"])
def test_markup_in_a_name_stays_text(demo, text):
    """In bars, lines, legend and what is shown on hover."""
    found = _asked(demo, text)
    at = [i for i, c in enumerate(found.columns) if c.role is Role.NAME]
    hostile = "<script>alert(1)</script> %{x} <a href='http://x'>"
    rows = tuple(tuple(hostile if i in at else v for i, v in enumerate(row)) for row in found.rows)
    changed = replace(found, rows=rows)
    drawn = ask_chart.figure(changed, ask_table.table(changed))
    assert drawn is not None
    told = str(drawn.to_dict())
    assert "<script" not in told
    assert "<a href" not in told
    assert "%{x}" not in "".join(str(t.hovertemplate) for t in drawn.data).replace("%{x|", "")


def test_a_chart_of_what_is_not_known_is_none(demo):
    """All values empty: nothing to draw."""
    found = _asked(demo, "revenue by category last week")
    empty = replace(found, rows=tuple((*row[:-1], None) for row in found.rows))
    assert ask_chart.figure(empty, ask_table.table(empty)) is None
