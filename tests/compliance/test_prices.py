"""Price labels held against the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.compliance.audit import audit
from core.compliance.findings import Audit
from core.compliance.prices import with_prices
from core.compliance.reading import PriceTag
from tests.compliance.shelves import LEFT_PX, PX_PER_IN, catalog_of, free_plan, read, stands_of

WIDTHS = [4.0, 5.0, 3.0, 6.0, 4.5]


def audited(*tags: tuple[int, float, float, int], confidence: float = 0.95) -> Audit:
    """A shelf of five products at $3.99 as planned, with labels (position, price, shift in inches, units)."""
    catalog = {i: replace(p, price=3.99) for i, p in catalog_of(WIDTHS).items()}
    plan = free_plan([[(i, 2) for i in (1, 2, 3, 4, 5)]], catalog)
    labels = []
    for at, price, shift, units in tags:
        p = plan.positions[at]
        x = LEFT_PX + (p.x_in + p.width_in / 2 + shift) * PX_PER_IN
        labels.append(PriceTag((x - 20, 300.0, 40.0, 18.0), 0, price, confidence, units))
    reading = replace(read(plan, stands_of(plan), catalog), tags=tuple(labels))
    return with_prices(audit(reading, plan, catalog), reading, plan, catalog)


def test_a_label_that_says_another_price_is_told_with_both() -> None:
    """Of the product above it."""
    found = audited((1, 3.49, 0.0, 1), (2, 3.99, 0.0, 1))
    (wrong,) = found.wrong_prices
    assert (wrong.product_id, wrong.label, wrong.planned) == (2, 3.49, 3.99)
    assert wrong.text == "The price label of Product 2 says $3.49, the plan $3.99."
    assert found.labels == 2


def test_an_offer_for_several_is_held_by_the_piece() -> None:
    """2 for $7.98 is $3.99 each; 2 for $5 is not."""
    assert not audited((0, 7.98, 0.0, 2)).wrong_prices
    (wrong,) = audited((0, 5.0, 0.0, 2)).wrong_prices
    assert "2 for $5.00" in wrong.text


def test_an_unsure_label_says_nothing() -> None:
    """Below an even chance nothing is shown."""
    assert audited((1, 3.49, 0.0, 1), confidence=0.45) == audited()


def test_a_label_near_another_place_is_less_sure() -> None:
    """It may be the neighbor's."""
    middle, edge = audited((1, 3.49, 0.0, 1)), audited((1, 3.49, 5.0, 1))
    assert edge.wrong_prices[0].confidence < middle.wrong_prices[0].confidence


def test_what_no_shelf_would_ask_is_a_misread_label() -> None:
    """A tenth of the planned price, or ten times."""
    assert not audited((1, 0.39, 0.0, 1), (2, 39.9, 0.0, 1)).wrong_prices


@pytest.mark.parametrize("shift", [-200.0, 400.0])
def test_a_label_beside_the_fixture_is_left_out(shift: float) -> None:
    """It belongs to no place of the plan."""
    assert audited((1, 3.49, shift, 1)).labels == 0
