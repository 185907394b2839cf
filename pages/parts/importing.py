"""Bringing a sales file in: drop it, see how it was understood, check it, import it, read the report."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.errors import BadInput
from pages.parts import format as fmt
from pages.parts import frame, jobs, nav, session, start, tables

if TYPE_CHECKING:
    from core.store.imports.preview import Preview
    from core.store.imports.run import ImportReport
    from core.workbench import Workbench

TYPES = ["csv", "txt", "tsv", "xlsx", "parquet", "dex", "eva", "dts", "eva_dts"]
MEANINGS = {
    "machine": "Machine", "device_id": "Machine number", "store": "Store", "store_id": "Store number",
    "location": "Place", "slot": "Slot", "product": "Product", "product_code": "Product code",
    "category": "Category", "date": "Date", "time": "Time", "price": "Price", "quantity": "Quantity",
    "total": "Total", "transaction": "Transaction", "status": "Status",
}  # fmt: skip
LEFT_OUT = "–"
LINKS = 12
IMPORT_SHARE = 0.8
_JOB, _FILE, _REPORT = "import_job", "import_file", "import_report"


@dataclass(frozen=True, slots=True)
class Dropped:
    """An uploaded file on disk, for as long as it is being looked at."""

    file_id: str
    name: str
    path: Path


def show(wb: Workbench) -> None:
    """The whole way of a file, one step at a time."""
    if jobs.current(_JOB) is not None:
        _working(wb)
        return
    if _REPORT in st.session_state:
        _report(wb, st.session_state[_REPORT])
        return
    frame.title(
        "Bring sales in",
        "A file with a machine or store, a product, a price and a date. With a slot (coil, selection), the "
        "machines' planograms and their history are worked out too. An EVA-DTS audit (DEX) tells what the "
        "machine sold since its last reading.",
    )
    upload = st.file_uploader(
        "Sales file", type=TYPES, max_upload_size=start.house().settings.upload_limit_mb,
        label_visibility="collapsed",
    )  # fmt: skip
    if upload is None:
        return
    with frame.telling():
        _look(wb, _dropped(upload))


def _dropped(upload: Any) -> Dropped:
    """The upload as a file; the one before it is thrown away."""
    kept: Dropped | None = st.session_state.get(_FILE)
    if kept is not None and kept.file_id == upload.file_id and kept.path.exists():
        return kept
    _forget_file()
    folder = Path(tempfile.mkdtemp(prefix="workbench-upload-"))
    path = folder / f"sales{Path(upload.name).suffix.lower()[:12]}"
    with path.open("wb") as target:
        shutil.copyfileobj(upload, target)
    st.session_state[_FILE] = Dropped(upload.file_id, upload.name, path)
    return st.session_state[_FILE]


def _forget_file() -> None:
    kept: Dropped | None = st.session_state.pop(_FILE, None)
    if kept is not None:
        shutil.rmtree(kept.path.parent, ignore_errors=True)


def _look(wb: Workbench, file: Dropped) -> None:
    """The first rows, what each column was taken for and why, and what to do next."""
    first = wb.preview_sales(file.path, file.name)
    is_audit = first.kind == "audit"
    mapping = _selections(first) if is_audit else _meanings(first, file.file_id)
    found = wb.preview_sales(file.path, file.name, mapping) if mapping else first
    if found.problem:
        frame.show_error(BadInput(found.problem, "Say in the table above which column it is."))
    with st.expander(f"First {len(found.rows)} rows", icon=":material/table_rows:", expanded=is_audit):
        st.dataframe(pd.DataFrame(found.rows, columns=_unique(found.headers)), hide_index=True, height=260)
    with st.container(horizontal=True):
        ready = not found.problem
        if st.button("Import", type="primary", icon=":material/download_done:", disabled=not ready):
            _begin(wb, file, mapping, dry_run=False)
        if st.button("Check without importing", icon=":material/rule:", disabled=not ready):
            _begin(wb, file, mapping, dry_run=True)


def _selections(first: Preview) -> None:
    """What an audit names; its columns are known, so there is nothing to ask."""
    machines = sorted({row[0] for row in first.rows if row[0]})
    frame.title(
        f"An EVA-DTS audit of {', '.join(machines)}" if machines else "An EVA-DTS audit without selections",
        f"{first.name} · counters are compared with the machine's last reading",
    )


def _meanings(first: Preview, file_id: str) -> dict[str, str | None] | None:
    """The table of columns with an editable meaning; the mapping where the person changed one."""
    taken = {header: role for role, header in first.mapping.items() if role in MEANINGS}
    frame.title(
        f"{len(taken)} of {fmt.count(len(first.headers), 'column')} recognized",
        f"{first.name} · {max(1, round(first.size_bytes / 1024)):,} kB · change a meaning where it is wrong",
    )
    examples = first.rows[0] if first.rows else ()
    table = pd.DataFrame({
        "Column": list(first.headers),
        "Example": [examples[i] if i < len(examples) else "" for i in range(len(first.headers))],
        "Means": [MEANINGS.get(taken.get(h, ""), LEFT_OUT) for h in first.headers],
        "Because": [first.reasons.get(taken.get(h, ""), "") for h in first.headers],
    })
    edited = st.data_editor(
        table, hide_index=True, disabled=["Column", "Example", "Because"], key=f"meanings_{file_id}",
        column_config={
            "Means": st.column_config.SelectboxColumn(options=[LEFT_OUT, *MEANINGS.values()], required=True)
        },
    )  # fmt: skip
    return mapping_of(table, edited)


def mapping_of(table: pd.DataFrame, edited: pd.DataFrame) -> dict[str, str | None] | None:
    """Role → column for every meaning, None for a role that lost its column; None where nothing changed.

    Raises BadInput when two columns are given one meaning.
    """
    if list(table["Means"]) == list(edited["Means"]):
        return None
    roles = {label: role for role, label in MEANINGS.items()}
    chosen: dict[str, str | None] = {}
    for column, label in zip(edited["Column"], edited["Means"], strict=True):
        if label == LEFT_OUT:
            continue
        if roles[label] in chosen:
            raise BadInput(
                f"Both “{chosen[roles[label]]}” and “{column}” are said to be the {label.lower()}.",
                "Give each meaning to one column.",
            )
        chosen[roles[label]] = column
    before = {roles[label] for label in table["Means"] if label != LEFT_OUT}
    return chosen | dict.fromkeys(before - chosen.keys())


def _unique(headers: tuple[str, ...]) -> list[str]:
    """Column names that a table can show: repeated ones are numbered."""
    seen: dict[str, int] = {}
    names = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return names


def _begin(wb: Workbench, file: Dropped, mapping: dict[str, str | None] | None, dry_run: bool) -> None:
    name = "The check" if dry_run else "The import"
    jobs.start(_JOB, name, lambda tell: _import(wb, file, mapping, dry_run, tell))
    st.rerun()


def _import(
    wb: Workbench, file: Dropped, mapping: dict[str, str | None] | None, dry_run: bool, tell: jobs.Progress
) -> ImportReport:
    """Import and, where sales came in, forecast from them and judge the forecasts made before."""
    ahead = 1.0 if dry_run else IMPORT_SHARE
    report = wb.import_sales(
        file.path, file.name, mapping, dry_run, lambda share, doing: tell(ahead * share, doing)
    )
    if report.rows_imported and not dry_run:
        first = report.period[0] if report.period else None
        wb.forecast_after_import(first, lambda share, doing: tell(ahead + (1 - ahead) * share, doing))
    return report


def _working(wb: Workbench) -> None:
    kept: Dropped | None = st.session_state.get(_FILE)
    job = jobs.current(_JOB)
    frame.title(f"{job.name if job else 'The import'} of {kept.name if kept else 'the file'} is running")
    job = jobs.follow(_JOB)
    if job is None:
        return
    del st.session_state[_JOB]
    if job.error is not None:
        frame.show_error(job.error)
        st.button("Try another file")
        return
    st.session_state[_REPORT] = job.result
    if job.result.import_id is not None:
        _forget_file()
        opened = [p for place in job.result.devices for p in place.planogram_ids]
        if opened:
            session.look_at(opened[0])
    st.rerun()


def _report(wb: Workbench, report: ImportReport) -> None:
    """What came of every row, where the machines' plans are, and which rows were left out."""
    checked = report.import_id is None
    frame.title(
        f"{fmt.count(report.rows_imported, 'row')} {'would be' if checked else 'were'} imported"
        + (f", {fmt.count(report.rows_rejected, 'row')} left out" if report.rows_rejected else ""),
        _told(report),
    )
    with st.grid(4, min_column_width=120):
        for label, value in (
            ("Rows read", report.rows_read), ("Imported", report.rows_imported),
            ("There already", report.rows_duplicate), ("Left out", report.rows_rejected),
        ):  # fmt: skip
            st.metric(label, f"{value:,}", border=True)
    for note in report.notes:
        frame.quiet(note)
    _plans(report)
    if report.rejected:
        rows = pd.DataFrame([{"Line": r.line, "What is wrong": r.error} for r in report.rejected])
        frame.title("Rows that were left out", "Line numbers count the lines of the file; the header is 1")
        tables.wrapped(rows)
        tables.download(rows, "Download the list", "rows_left_out")
    with st.container(horizontal=True):
        if checked and _FILE in st.session_state:
            if st.button("Import it now", type="primary", icon=":material/download_done:"):
                _forget_report()
                file = st.session_state[_FILE]
                _begin(wb, file, dict(report.mapping), dry_run=False)
            st.button("Back to the file", on_click=_forget_report)
        else:
            st.button("Import another file", icon=":material/add:", on_click=_forget_report)


def _forget_report() -> None:
    st.session_state.pop(_REPORT, None)


def _told(report: ImportReport) -> str:
    parts = [f"worth {fmt.price(report.revenue_e4 / 10_000)}"]
    if report.period:
        parts.append(fmt.days(*report.period))
    if report.devices:
        parts.append(fmt.count(len(report.devices), "machine"))
    if report.stores:
        parts.append(fmt.count(len(report.stores), "store"))
    if report.products_created:
        parts.append(fmt.count(report.products_created, "new product"))
    return " · ".join(parts)


def _plans(report: ImportReport) -> None:
    """One click to each machine's planogram."""
    links = [(place.name, p) for place in report.devices for p in place.planogram_ids]
    if not links:
        return
    frame.title("The machines' planograms", "Worked out from what each slot sold, with their history")
    with st.container(horizontal=True):
        for name, planogram_id in links[:LINKS]:
            st.page_link(
                nav.EDITOR, label=frame.md(name), icon=":material/grid_view:",
                query_params=session.link_params(planogram_id),
            )  # fmt: skip
    if len(links) > LINKS:
        frame.quiet(f"and {len(links) - LINKS} more in the sidebar")
