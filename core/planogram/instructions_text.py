"""Instructions as JSON for other programs and as Markdown for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from core.planogram.fixture import Fixture
from core.planogram.instructions import Act, Instructions, Step
from core.planogram.planogram import Position
from core.planogram.product import Catalog
from core.planogram.space import is_free
from core.units import row_letter

PARTS: tuple[tuple[str, tuple[Act, ...]], ...] = (
    ("Take out", (Act.TAKE_OUT,)), ("Rebuild", (Act.REBUILD,)),
    ("Move and place", (Act.HOLD, Act.MOVE, Act.PLACE, Act.REFACE)), ("Change prices", (Act.REPRICE,)),
    ("Stock levels", (Act.STOCK,)),
)
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_json(
    found: Instructions, products: Catalog, *, name: str, version: int, from_version: int | None,
    worded_by: str = "",
) -> bytes:
    """Every step with its kind, product and places, enough to carry it out on the plan before.
    ``worded_by``: the model that worded the steps, "" for the rules."""
    body = {
        "name": name, "kind": "reset" if found.is_reset else "new set", "version": version,
        "from_version": from_version, "summary": found.summary, "worded_by": worded_by or "rules",
        "steps": [_step(step, found, products) for step in found.steps],
    }
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _step(step: Step, found: Instructions, products: Catalog) -> dict[str, Any]:
    product = products.get(step.product_id or 0)
    old = found.before.fixture if found.before is not None else found.plan.fixture
    return {
        "number": step.number, "type": step.act.value, "text": step.text,
        "shelf": None if step.row is None else row_letter(step.row), "product_id": step.product_id,
        "product": product.name if product else None, "held": step.is_held,
        "from": _place(step.before, old), "to": _place(step.after, found.plan.fixture),
    }


def _place(p: Position | None, fixture: Fixture) -> dict[str, Any] | None:
    if p is None:
        return None
    return {
        "slot": p.slot, "label": fixture.label(p.row, p.column) or None, "row": p.row, "column": p.column,
        "cells": p.cells, "x_in": p.x_in, "width_in": p.width_in, "facings": p.facings,
        "facings_high": p.facings_high, "facings_deep": p.facings_deep, "price": p.price,
        "capacity": p.capacity, "quantity": p.quantity, "par_level": p.par_level,
    }


def as_markdown(found: Instructions, *, name: str, about: str) -> bytes:
    """A check list: by shelf for a new set, by part of the work for a reset."""
    lines = [f"# {escaped(name)}", "", escaped(about), "", found.summary]
    for title, steps in parts_of(found):
        lines += ["", f"## {title}", ""]
        lines += [f"- [ ] {step.number}. {escaped(step.text)}" for step in steps]
    return ("\n".join(lines) + "\n").encode()


def parts_of(found: Instructions) -> Iterator[tuple[str, Sequence[Step]]]:
    """The steps under their headings."""
    if not found.is_reset:
        for row, of_row in groupby(found.steps, key=lambda s: s.row or 0):
            yield shelf_name(row, found.plan.fixture), list(of_row)
        return
    for title, acts in PARTS:
        if steps := found.of(*acts):
            yield title, steps


def shelf_name(row: int, fixture: Fixture) -> str:
    """ "Shelf A, the top one"; a machine has trays."""
    noun = "Tray" if fixture.placement.value == "slots" else "Shelf"
    where = ", the top one" if row == 0 else ", the bottom one" if row == fixture.rows - 1 else ""
    inches = " (inches from the left)" if is_free(fixture) else ""
    return f"{noun} {row_letter(row)}{where if fixture.rows > 1 else ''}{inches}"


def escaped(text: str) -> str:
    """A text whose letters that Markdown would read as markup stay letters."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
