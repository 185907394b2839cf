"""Plans changed by hand: the change stays, what does not fit gives way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.change import changed
from core.ask.measures import MEASURES
from core.ask.plan import FORMS, Compare, Filter, Order, Plan
from core.errors import BadInput

ASKED = Plan(
    "ranking", ("revenue",), ("product",), filters=(Filter("category", (1,)), Filter("place", (2,))),
    compare=Compare(), order=Order("change_rate"), limit=5,
)


def test_what_fits_stays() -> None:
    """Another measure of the same table changes nothing else."""
    assert changed(ASKED, measures=("units",)) == Plan(
        "ranking", ("units",), ("product",), filters=ASKED.filters, compare=ASKED.compare,
        order=ASKED.order, limit=5,
    )


def test_a_measure_of_another_table_pushes_out_what_it_has_not() -> None:
    """Prices of the catalog have no places and no past."""
    found = changed(ASKED, measures=("list_price",))
    assert found.measures == ("list_price",)
    assert found.compare is None
    assert all(f.dimension != "place" for f in found.filters)


@given(form=st.sampled_from(FORMS), measure=st.sampled_from(tuple(MEASURES)))
def test_every_form_can_be_reached(form: str, measure: str) -> None:
    """From a ranking of anything to any other kind of question, filters on places kept for what is missing."""
    goods = MEASURES[measure].fact == "catalog"
    plan = Plan("ranking", (measure,), ("product",) if measure not in ("audits",) and not _audits(measure)
                else ("place",), filters=() if goods else (Filter("place", (2,)),))
    if (form == "missing" and goods) or (form == "trend" and MEASURES[measure].fact in ("catalog", "space")):
        with pytest.raises(BadInput):
            changed(plan, form=form)
        return
    assert changed(plan, form=form).form == form


def _audits(measure: str) -> bool:
    return MEASURES[measure].fact == "audits"


def test_a_change_that_cannot_be_is_refused() -> None:
    """With the reason of the change itself."""
    with pytest.raises(BadInput, match="nonsense"):
        changed(ASKED, measures=("nonsense",))
