"""A document beside its draft: boxes on the one, packages on the other, the same number on both."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.capabilities.draft import Band
from core.planogram.planogram import Position
from core.planogram.space import row_length, span
from core.units import row_letter
from pages.parts import format as fmt
from pages.parts import frame, packages, tables

if TYPE_CHECKING:
    from core.capabilities.draft import Draft, Hole
    from core.planogram.product import Catalog
    from pages.parts.paper_desk import Desk

MOST_LINKED = 400
MOST_DRAWN = 4
WORDS = {Band.SURE: "certain", Band.CHECK: "to check", Band.UNKNOWN: "not recognized"}


def band(drafted: Draft, desk: Desk, cell: int) -> Band:
    """How sure a cell is now: what a person answered is certain."""
    return Band.SURE if cell in desk.answers else drafted.found[cell].band


def links(cells: int) -> str:
    """What makes a place light up in the document and in the draft while either is pointed at."""
    rules = "".join(
        f'body:has([data-cell="{n}"]:is(:hover,:focus)) [data-cell="{n}"]{{--wb-lit:1}}'
        for n in range(min(cells, MOST_LINKED))
    )
    return f"<span></span><style>{rules}</style>"


def document(desk: Desk, drafted: Draft) -> None:
    """The pages of the document with a box around each cell."""
    with st.container(border=True, key="card_paper_page"):
        count = len(desk.pages)
        frame.title("The document", f"{fmt.count(count, 'page')}; point at a place to see it in the draft."
                    if count else "A planogram file; its own places and sizes are kept.")
        if not count:
            _list(desk, drafted)
            return
        pages = "".join(_page(desk, drafted, n) for n in range(count))
        st.html(f'<div class="wb-paper" tabindex="0">{pages}</div>')


def _page(desk: Desk, drafted: Draft, number: int) -> str:
    address, width, height = desk.pages[number]
    boxes = "".join(
        _box(drafted, desk, i) for i, r in enumerate(drafted.found)
        if r.cell.page == number and r.band is not Band.EMPTY
    )
    return (
        f'<div class="wb-page" style="aspect-ratio:{width}/{height}">'
        f'<img src="{address}" alt="Page {number + 1} of the document">{boxes}</div>'
    )


def _box(drafted: Draft, desk: Desk, cell: int) -> str:
    x, y, w, h = (100.0 * v for v in drafted.found[cell].cell.box)
    how = band(drafted, desk, cell)
    told = escape(_told(drafted, cell, how))
    return (
        f'<a class="wb-mark wb-is-{how}" data-cell="{cell}" tabindex="0" title="{told}" '
        f'style="left:{x:.2f}%;top:{y:.2f}%;width:{w:.2f}%;height:{h:.2f}%"><b>{cell + 1}</b></a>'
    )


def _told(drafted: Draft, cell: int, how: Band) -> str:
    found = drafted.found[cell]
    product = next((c for c in found.choices if c.product_id == drafted.picks.get(cell)), None)
    name = product.name if product else found.cell.text or found.cell.upc
    sure = f", {fmt.share(product.confidence)}" if product and how is not Band.SURE else ""
    return f"{cell + 1} · {name} · {WORDS.get(how, 'empty')}{sure}"


def _list(desk: Desk, drafted: Draft) -> None:
    """A file without a picture, as the table that it is."""
    cells = [r.cell for r in drafted.found]
    rows = [(i, c.slot, c.text, c.upc, c.facings or 1) for i, c in enumerate(cells, start=1)]
    table = pd.DataFrame(rows, columns=["No.", "Place", "Product", "UPC", "Facings"])
    st.dataframe(table, hide_index=True, height=420)
    tables.download(table, "Download the list", "document")


def draft(drafted: Draft, catalog: Catalog, desk: Desk) -> None:
    """The draft as drawn shelves."""
    with st.container(border=True, key="card_paper_draft"):
        plan = drafted.plan
        facings = sum(p.facings for p in plan.positions)
        frame.title("The draft", f"{fmt.count(len(plan.product_ids), 'product')} in "
                    f"{fmt.count(len(plan.positions), 'place')}, {fmt.count(facings, 'facing')}.")
        rows = "".join(_row(drafted, catalog, desk, row) for row in range(plan.fixture.rows))
        wide = max(plan.fixture.row_columns) * 1.9
        st.html(
            '<div class="wb-scroll"><div class="wb-boards wb-named wb-linked" '
            f'style="min-width:{max(wide, 16):.0f}rem">{rows}</div></div>{_legend(drafted, desk)}'
        )


def _row(drafted: Draft, catalog: Catalog, desk: Desk, row: int) -> str:
    fixture = drafted.plan.fixture
    tiles = "".join(
        _tile(drafted, catalog, desk, p, of)
        for p, of in zip(drafted.plan.positions, drafted.of, strict=True) if p.row == row
    )
    holes = [h for h in drafted.holes if h.row == row and _is_open(drafted, desk, h.cell)]
    tiles += "".join(_hole(drafted, h) for h in holes)
    longest = max(row_length(fixture, r) for r in range(fixture.rows))
    share = 100.0 * row_length(fixture, row) / longest
    return (
        f'<div class="wb-board"><span>{row_letter(row)}</span>'
        f'<div><div class="wb-stand" style="width:{share:.2f}%">{tiles}</div></div></div>'
    )


def _is_open(drafted: Draft, desk: Desk, cell: int) -> bool:
    return drafted.found[cell].band is not Band.EMPTY and cell not in desk.answers


def _tile(drafted: Draft, catalog: Catalog, desk: Desk, p: Position, of: Sequence[int]) -> str:
    start, end = span(p, drafted.plan.fixture)
    whole = row_length(drafted.plan.fixture, p.row)
    product = catalog[p.product_id]
    picture = f'<img src="{packages.picture(product)}" alt="">' * min(p.facings, MOST_DRAWN)
    states = {band(drafted, desk, c) for c in of}
    how = Band.CHECK if Band.CHECK in states else Band.SURE
    place = drafted.plan.fixture.label(p.row, p.column) or p.slot
    told = f"{place} · {product.name}" + (f" · {p.facings} facings" if p.facings > 1 else "")
    cell = f'data-cell="{of[0]}" ' if of else ""
    number = f"<b>{of[0] + 1}</b>" if of else ""
    return (
        f'<div class="wb-pack wb-is-{how}" {cell}tabindex="0" title="{escape(told)}" '
        f'style="left:{100 * start / whole:.2f}%;width:{100 * (end - start) / whole:.2f}%">{number}'
        f"<p>{picture}</p><small>{escape(place)}</small><em>{escape(packages.short_name(product))}</em></div>"
    )


def _hole(drafted: Draft, hole: Hole) -> str:
    whole = row_length(drafted.plan.fixture, hole.row)
    left, width = 100 * hole.start / whole, 100 * (min(hole.end, whole) - hole.start) / whole
    text = drafted.found[hole.cell].cell.text
    return (
        f'<div class="wb-pack wb-is-unknown" data-cell="{hole.cell}" tabindex="0" title="{escape(text)}" '
        f'style="left:{left:.2f}%;width:{max(width, 0):.2f}%"><b>{hole.cell + 1}</b><p>?</p><small></small>'
        f"<em>{escape(text)}</em></div>"
    )


def _legend(drafted: Draft, desk: Desk) -> str:
    counts = dict.fromkeys(WORDS, 0)
    for i, r in enumerate(drafted.found):
        if r.band is not Band.EMPTY:
            counts[band(drafted, desk, i)] += 1
    keys = "".join(
        f'<span class="wb-key wb-is-{how}"></span><span>{number} {WORDS[how]}</span>'
        for how, number in counts.items() if number
    )
    return f'<div class="wb-legend">{keys}</div>'


def table(rows: Sequence[tuple[str, str]], columns: tuple[str, str], name: str) -> None:
    """A short table of sentences with its download."""
    made = pd.DataFrame(rows, columns=list(columns))
    tables.wrapped(made)
    tables.download(made, "Download the list", name)
