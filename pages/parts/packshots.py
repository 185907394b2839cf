"""Pictures of products: many files at once, matched by their names, looked at, kept."""

from __future__ import annotations

import base64
import io
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame, jobs, tables

if TYPE_CHECKING:
    from core.capabilities.packshots import PictureMatch
    from core.planogram.product import Catalog
    from core.workbench import Workbench
    from core.workbench.products import PicturesKept

TYPES = ["jpg", "jpeg", "png", "webp", "zip"]
LEFT_OUT = "–"
THUMBNAIL_PX, MOST_THUMBNAILS = 56, 80
_JOB, _ROUND, _DONE = "packshots_job", "packshots_round", "packshots_done"


def show(wb: Workbench) -> None:
    """The card on the page Data."""
    catalog = wb.catalog()
    pictured = len(wb.pictured() & catalog.keys())
    frame.title(
        f"{pictured:,} of {fmt.count(len(catalog), 'product')} have a picture",
        "A photo audit knows products by their packshots. Drop files named by UPC or by product, or a ZIP "
        "folder of them.",
    )
    if Role.named(wb.actor.role) < Role.MANAGER:
        frame.quiet("A manager can add pictures.")
        return
    if jobs.follow(_JOB) is not None:
        job = jobs.take(_JOB)
        if job is not None:
            if job.error is not None:
                frame.show_error(job.error)
            st.session_state[_DONE] = job.result
    elif jobs.current(_JOB) is not None:
        return
    if st.session_state.get(_DONE) is not None:
        _report(st.session_state[_DONE])
    now = st.session_state.setdefault(_ROUND, 0)
    files = st.file_uploader(
        "Pictures of products", type=TYPES, accept_multiple_files=True, key=f"packshots_{now}",
        label_visibility="collapsed",
    )  # fmt: skip
    if files:
        with frame.telling():
            _look(wb, catalog, files)


def _look(wb: Workbench, catalog: Catalog, files: list[Any]) -> None:
    """Which product each file shows, to be looked at before anything is kept."""
    from core.picture_files import opened

    views = opened((f.name, f.getvalue()) for f in files)
    if not views:
        frame.quiet("There is no JPEG, PNG or WebP among these files.")
        return
    matches = wb.match_pictures([name for name, _ in views])
    sure = sum(m.product_id is not None for m in matches)
    frame.title(
        f"{sure} of {fmt.count(len(matches), 'picture')} matched",
        "Choose a product where none was sure; what has none is left out.",
    )
    labels = product_labels(catalog)
    chosen = _table(matches, views, labels)
    taken: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
    for product_id, view in zip(chosen, views, strict=True):
        if product_id is not None:
            taken[product_id].append(view)
    count = sum(len(v) for v in taken.values())
    with st.container(horizontal=True):
        if st.button(
            f"Keep {fmt.count(count, 'picture')}", type="primary", disabled=not count, key="packshots_keep",
            icon=":material/add_photo_alternate:",
        ):  # fmt: skip
            st.session_state.pop(_DONE, None)
            st.session_state[_ROUND] += 1
            jobs.start(_JOB, "Keeping pictures", lambda tell: wb.add_pictures(dict(taken), tell))
            st.rerun()
        tables.download(
            pd.DataFrame(
                [(m.file_name, labels.get(i or 0, ""), _why(m, labels))
                 for m, i in zip(matches, chosen, strict=True)],
                columns=["File", "Product", "Because"],
            ),
            "Download the list",
            "pictures_of_products",
        )


def _table(
    matches: tuple[PictureMatch, ...], views: list[tuple[str, bytes]], labels: dict[int, str]
) -> list[int | None]:
    """The table of files, unsure ones first; the product chosen for each, in the order of ``matches``."""
    order = sorted(range(len(matches)), key=lambda n: (matches[n].product_id is not None, n))
    rows = pd.DataFrame(
        [
            (
                _thumbnail(views[n][1]) if at < MOST_THUMBNAILS else None, matches[n].file_name,
                labels.get(matches[n].product_id or 0, LEFT_OUT), _why(matches[n], labels),
            )
            for at, n in enumerate(order)
        ],
        columns=["Picture", "File", "Product", "Because"],
    )  # fmt: skip
    products = st.column_config.SelectboxColumn(options=[LEFT_OUT, *sorted(labels.values())], required=True)
    edited = st.data_editor(
        rows, hide_index=True, disabled=["Picture", "File", "Because"], row_height=44,
        height=min(44 * len(rows) + 40, 440), key=f"packshots_table_{st.session_state[_ROUND]}",
        column_config={
            "Picture": st.column_config.ImageColumn("", width=52),
            "File": st.column_config.TextColumn(width=220), "Product": products,
        },
    )  # fmt: skip
    ids = {label: i for i, label in labels.items()}
    chosen: list[int | None] = [None] * len(matches)
    for n, label in zip(order, edited["Product"], strict=True):
        chosen[n] = ids.get(label)
    return chosen


def _why(match: PictureMatch, labels: dict[int, str]) -> str:
    if match.product_id is not None:
        return "its UPC" if match.by == "UPC" else "its name"
    if match.by == "UPC":
        return "several products have this UPC"
    if match.likely:
        return f"perhaps {labels[match.likely[0]]}"
    return "no product is called so"


@st.cache_data(max_entries=500, show_spinner=False)
def _thumbnail(content: bytes) -> str | None:
    """A small picture as a data URL; None for a file that is none."""
    from PIL import Image

    from core.errors import WorkbenchError
    from core.pictures import check

    try:
        check(content)
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (2 * THUMBNAIL_PX, 2 * THUMBNAIL_PX))
            image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
            small = io.BytesIO()
            image.convert("RGBA").save(small, "PNG")
    except (WorkbenchError, OSError, ValueError, SyntaxError):
        return None
    return f"data:image/png;base64,{base64.b64encode(small.getvalue()).decode()}"


def product_labels(catalog: Catalog) -> dict[int, str]:
    """A name for each product that no other has: with its size, then its UPC, where names are shared."""
    named = {i: p.name for i, p in catalog.items()}
    for more in ("size", "upc", "id"):
        seen = Counter(named.values())
        named = {
            i: name if seen[name] == 1 or not (told := getattr(catalog[i], more)) else f"{name} · {told}"
            for i, name in named.items()
        }
    return named


def _report(done: PicturesKept) -> None:
    st.success(
        f"{fmt.count(done.pictures, 'picture')} of {fmt.count(done.products, 'product')} kept. "
        "The next photo audit knows them.",
        icon=":material/check:",
    )
    if done.rejected:
        table = pd.DataFrame(done.rejected, columns=["File", "Why it was left out"])
        frame.title(f"{fmt.count(len(table), 'file')} left out")
        tables.wrapped(table)
        tables.download(table, "Download the list", "pictures_left_out")
