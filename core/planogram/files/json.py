"""A planogram as JSON: everything there is to know, one position a line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from core.errors import BadInput
from core.planogram.files.fields import (
    fixture_fields,
    fixture_from,
    position_fields,
    product_fields,
    product_from,
    rule_set_from,
    text,
)
from core.planogram.files.values import FilePosition, FileProduct, PlanFile, RowProblem
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog, Product

FORMAT = "planogram-workbench"
VERSION = 1


def write(plan: Planogram, products: Catalog, *, name: str = "", season: str | None = None) -> bytes:
    """UTF-8. Products that the plan names and the catalog lacks are given by their id alone."""
    listed = [product_fields(products[i]) if i in products else {"id": i} for i in plan.product_ids]
    positions = [{"product_id": p.product_id, **position_fields(p)} for p in plan.positions]
    head = {
        "format": FORMAT, "version": VERSION, "name": name, "season": season,
        "rule_set": plan.rule_set.value, "fixture": fixture_fields(plan.fixture),
    }
    lines = [f'  "{key}": {_dumped(value)},' for key, value in head.items()]
    body = ["{", *lines, *_list("products", listed, ","), *_list("positions", positions, ""), "}", ""]
    return "\n".join(body).encode()


def _list(name: str, rows: list[dict[str, Any]], end: str) -> list[str]:
    if not rows:
        return [f'  "{name}": []{end}']
    inner = [f"    {_dumped(row)}{',' if i + 1 < len(rows) else ''}" for i, row in enumerate(rows)]
    return [f'  "{name}": [', *inner, f"  ]{end}"]


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read(content: bytes) -> PlanFile:
    """A planogram of ``write``, or as the REST interface gives it.

    Raises BadInput for what is no JSON, no planogram, or has an impossible fixture; a position that cannot
    be read is a problem of its own, by its number in the list.
    """
    data = _loaded(content)
    if not isinstance(data, Mapping) or not isinstance(data.get("fixture"), Mapping):
        raise BadInput("The JSON holds no planogram.", "Send an object with a fixture and its positions.")
    for part in ("positions", "products"):
        if not isinstance(data.get(part, []), list):
            raise BadInput(f"The {part} of the file are not a list.", f"Send a list of {part}.")
    season = data.get("season")
    products, index, problems = _products(data.get("products", []))
    positions: list[FilePosition] = []
    for line, item in enumerate(data.get("positions", []), start=1):
        if not isinstance(item, Mapping):
            problems.append(RowProblem(line, "The position is not an object."))
            continue
        at = _index_of(item.get("product_id"), index, products, line)
        if at is None:
            problems.append(RowProblem(line, "The position names no product."))
        else:
            positions.append(FilePosition(line, at, _item(item)))
    return PlanFile(
        text(data.get("name") or "", "name"), None if season is None else text(season, "season"),
        fixture_from(data["fixture"]), rule_set_from(data.get("rule_set")), tuple(products),
        tuple(positions), tuple(problems),
    )


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The position without the names of its place that row and column say better."""
    taken = {k: v for k, v in item.items() if k not in ("product_id", "cells", "label")}
    if item.get("row") is not None and (item.get("column") is not None or item.get("x_in") is not None):
        taken.pop("slot", None)
    return taken


def _products(listed: list[Any]) -> tuple[list[FileProduct], dict[int, int], list[RowProblem]]:
    products: list[FileProduct] = []
    index: dict[int, int] = {}
    problems: list[RowProblem] = []
    for line, fields in enumerate(listed, start=1):
        try:
            if not isinstance(fields, Mapping):
                raise BadInput("it is not an object.")
            product = product_from(fields)
        except BadInput as error:
            problems.append(RowProblem(line, f"Product {line}: {error.message}"))
            continue
        index[product.id] = len(products)
        given = frozenset(k for k, v in fields.items() if v is not None and v != "")
        products.append(FileProduct(line, product, given))
    return products, index, problems


def _index_of(
    product_id: object, index: dict[int, int], products: list[FileProduct], line: int
) -> int | None:
    """The index of a product by its id; one that the file does not describe is known by its id alone."""
    if isinstance(product_id, bool) or not isinstance(product_id, int):
        return None
    if product_id not in index:
        index[product_id] = len(products)
        products.append(FileProduct(line, Product(product_id, "", "")))
    return index[product_id]


def _loaded(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_real)
    except RecursionError:
        raise BadInput("The JSON is nested too deep.", "Send plain objects and lists.") from None
    except (UnicodeDecodeError, ValueError) as error:
        raise BadInput("The file is not valid JSON.", "Check quotes, commas and brackets.") from error


def _no_number(token: str) -> NoReturn:
    raise BadInput(f"“{token}” is not a number.", "Write a plain number, or null where there is none.")


def _real(token: str) -> float:
    value = float(token)
    if not math.isfinite(value):
        raise BadInput(f"The number {token[:40]} is too large.", "Write a number that a computer can hold.")
    return value
