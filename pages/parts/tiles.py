"""Questions kept on Home: each answered now, small, with the way back to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.ask.sentence import shown
from pages.parts import ask_answer, ask_table, ask_talk, frame, nav, session
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.workbench.tiles import Tile

ROWS = 4
GONE = "This question cannot be answered as it was kept. Ask it anew, or remove it."
COLUMN_PX = 260


def show() -> None:
    """The user's tiles in their order; nothing where there are none."""
    wb = session.workbench()
    kept = wb.saved_tiles()
    if not kept:
        return
    order = [saved.id for saved in kept]
    with st.grid(4, min_column_width=COLUMN_PX):
        for k, saved in enumerate(kept):
            with st.container(border=True, height="stretch", key=f"card_tile_{saved.id}"):
                tile = wb.tile(saved)
                _head(tile, order, k)
                if tile.answer is None:
                    frame.quiet(GONE)
                else:
                    _body(tile.answer)
                    _when(tile.answer)


def _head(tile: Tile, order: list[int], k: int) -> None:
    saved = tile.saved
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap=None
    ):
        st.page_link(nav.ASK, label=f"**{frame.md(saved.title)}**", width="content",
                     query_params=ask_talk.address(saved.question or saved.title, tile.plan))
        with st.popover("", icon=":material/more_horiz:", type="tertiary", width="content",
                        key=f"tile_menu_{saved.id}", help="Move or remove this tile"):
            if k:
                _step("Move forward", ":material/arrow_back:", f"tile_up_{saved.id}",
                      partial(_move, order, k, k - 1))
            if k < len(order) - 1:
                _step("Move back", ":material/arrow_forward:", f"tile_down_{saved.id}",
                      partial(_move, order, k, k + 1))
            _step("Remove", ":material/delete:", f"tile_remove_{saved.id}",
                  partial(session.workbench().remove_tile, saved.id))


def _step(label: str, icon: str, key: str, action: Callable[[], None]) -> None:
    st.button(label, icon=icon, type="tertiary", key=key, on_click=partial(frame.attempt, action))


def _move(order: list[int], place: int, to: int) -> None:
    moved = [number for number in order if number != order[place]]
    moved.insert(to, order[place])
    session.workbench().order_tiles(moved)


def _body(answer: Answer) -> None:
    plan = answer.plan
    if not answer.rows:
        frame.quiet("Nothing was found.")
    elif plan.form == "value":
        ask_answer.numbers(answer, in_tile=True)
    elif plan.form == "count" and not plan.by:
        st.metric("In all", shown(answer.rows[0][0], answer.columns[0], answer.currency))
    elif plan.form == "trend" and len(plan.by) == 1:
        _course(answer)
    else:
        _first_rows(answer)


def _course(answer: Answer) -> None:
    """The newest time that is whole, with the course as a line."""
    from core.ask.sentence import is_whole

    columns = ask_table.columns_of(answer)
    time, value = answer.keys[0], answer.measures[0]
    grain = answer.columns[time].of
    whole = [row for row in answer.rows if is_whole(row[time], grain, answer.sources.days)]
    whole = whole or list(answer.rows)
    last = whole[-1]
    said = ask_table.writer(answer, columns[0])(last[time])
    st.metric(
        f"Week of {said}" if grain == "week" else said,
        shown(last[value], answer.columns[value], answer.currency),
        chart_data=[float(row[value]) for row in whole if row[value] is not None],
    )  # fmt: skip


def _first_rows(answer: Answer) -> None:
    """The first few by name, with the number that they are ranked by."""
    whole = ask_table.table(answer)
    room = ROWS + 1  # of which one is for how many more there are
    rows = whole.head(ROWS if len(whole) > room else room)
    columns = ask_table.columns_of(answer)
    names = [i for i, c in enumerate(columns) if c.role in ("name", "key")][:2] or [0]
    value = next((i for i, c in enumerate(columns) if c.role == "measure"), None)
    cells = ""
    for row in rows.itertuples(index=False):
        name = ", ".join(str(ask_table.writer(answer, columns[i])(row[i])) for i in names)
        number = "" if value is None else ask_table.writer(answer, columns[value])(row[value])
        told = (frame.text(text) for text in (fmt.capital(name), str(number)))
        cells += "<tr>" + "".join(f"<td>{text}</td>" for text in told) + "</tr>"
    st.html(f'<table class="wb-facts wb-tile">{cells}</table>')
    more = len(answer.rows) - len(rows)
    if more > 0:
        cut = answer.truncated and answer.plan.limit is None
        frame.quiet(f"and {'at least ' if cut else ''}{more:,} more")


def _when(answer: Answer) -> None:
    """What the numbers are, and of when."""
    span = ask_table.span(answer.sources.days) or f"as of {fmt.day(answer.sources.today)}"
    lists = answer.plan.form not in ("value", "count") and answer.measures
    what = f"{answer.columns[answer.measures[0]].label}, " if lists else ""
    frame.quiet(fmt.capital(f"{what}{span}"))
