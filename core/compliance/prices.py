"""Price labels against the prices of the plan: each label belongs to what the plan has above it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.compliance.align import align
from core.compliance.findings import Audit, WrongPrice
from core.compliance.reading import SHOWN_FROM, PriceTag, Reading
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.planogram.standing import along_in
from core.units import to_e4

MARGIN_IN = 1.0
"""So far from the end of a place a label is nearly as likely its neighbor's."""
UNLIKELY_RATIO = 4.0
"""A label that says so many times the planned price, or so small a part, is more likely misread."""


def with_prices(found: Audit, reading: Reading, plan: Planogram, catalog: Catalog) -> Audit:
    """The audit with the price labels of its reading held against the plan. Labels below ``SHOWN_FROM``
    say nothing; each product is told once, by its surest label."""
    if not reading.tags:
        return found
    aligned = align(reading, plan, catalog)
    index = {label: i for i, label in enumerate(aligned.seen.labels)}
    wrong: dict[tuple[int, str], WrongPrice] = {}
    held = 0
    for tag in reading.tags:
        seen = index.get(tag.row)
        if seen is None or seen not in aligned.rows:
            continue
        x = tag.box[0] + tag.box[2] / 2
        inch = float(aligned.scales[seen].inches(np.array([x]))[0])
        told = _held(tag, inch, aligned.rows[seen], plan, catalog)
        if told is None:
            continue
        held += 1
        if isinstance(told, WrongPrice):
            key = (told.product_id, told.slot)
            if key not in wrong or wrong[key].confidence < told.confidence:
                wrong[key] = told
    ordered = tuple(sorted(wrong.values(), key=lambda w: (-w.confidence, w.slot)))
    return replace(found, wrong_prices=ordered, labels=held)


def _held(
    tag: PriceTag, inch: float, row: int, plan: Planogram, catalog: Catalog
) -> WrongPrice | bool | None:
    """What a label says of the product above it: a wrong price, True for the right one, None where it does
    not count."""
    at = _above(plan, row, inch)
    product = catalog.get(at[0].product_id) if at is not None else None
    if at is None or product is None:
        return None
    position, sure = at
    planned = position.price if position.price is not None else product.price
    confidence = tag.confidence * sure
    if planned <= 0 or confidence < SHOWN_FROM:
        return None
    one = tag.price / tag.units
    if abs(to_e4(one) - to_e4(planned)) < 100 * tag.units:
        return True
    if not planned / UNLIKELY_RATIO <= one <= planned * UNLIKELY_RATIO:
        return None
    return WrongPrice(product.id, product.name, position.slot, one, planned, tag.box, confidence,
                      _told(tag, product, planned))


def _above(plan: Planogram, row: int, inch: float) -> tuple[Position, float] | None:
    """The position above a place on a row's edge, and how sure that is: less near another's."""
    for p in plan.positions:
        left, right = along_in(plan.fixture, p)
        if p.row == row and left <= inch < right:
            inside = min(inch - left, right - inch)
            return p, 0.6 + 0.4 * min(inside / MARGIN_IN, 1.0)
    return None


def _told(tag: PriceTag, product: Product, planned: float) -> str:
    says = f"${tag.price:,.2f}" if tag.units == 1 else f"{tag.units} for ${tag.price:,.2f}"
    return f"The price label of {product.name} says {says}, the plan ${planned:,.2f}."
