"""What an audit counted: facings by product, shelf by shelf, and shares of shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import audit_charts, frame, tables
from pages.parts import format as fmt
from pages.parts.audit_photo.payload import NOTHING_SEEN

if TYPE_CHECKING:
    from core.compliance.findings import Audit
    from core.store.audits import SavedAudit

BY = {"Brand": "brand", "Category": "category", "Product": "product"}
MOST_BARS = 14


def show(saved: SavedAudit) -> None:
    audit = saved.audit
    with st.container(border=True, key="card_audit_sums"):
        st.html(f'<div class="wb-sums">{_sums(audit)}</div>')
    if audit.compliance_score is None:
        frame.quiet(NOTHING_SEEN)
        return
    left, right = st.columns((1.1, 1.0), gap="small")
    with left, st.container(border=True, key="card_audit_facings", height="stretch"):
        _facings(audit, saved.card.planogram)
    with right:
        with st.container(border=True, key="card_audit_rows"):
            frame.title("Shelf by shelf", "From the top")
            for row in audit.rows:
                st.html(f'<p class="wb-risk">{frame.text(row.text)}</p>')
        with st.container(border=True, key="card_audit_shares"):
            _shares(audit, saved.card.planogram)


def _sums(audit: Audit) -> str:
    score = audit.compliance_score
    low, high = audit.score_low or 0.0, audit.score_high or 0.0
    available = audit.availability
    pairs = [
        (
            "As planned",
            "not known" if score is None else fmt.share(score),
            "" if score is None else f"{fmt.share(low)} to {fmt.share(high)}",
        ),
        (
            "Facings right",
            f"{audit.right} of {audit.planned}",
            f"{audit.planned} of {audit.places} places seen" if audit.not_seen else "all places seen",
        ),
        (
            "On the shelf",
            "not known" if available is None else fmt.share(available),
            "of the planned products",
        ),
        (
            "Packages seen",
            f"{len(audit.detected)}",
            f"{sum(d.name is None for d in audit.detected)} not named",
        ),
    ]
    return "".join(
        f"<div><span>{frame.text(name)}</span><b>{frame.text(value)}</b><small>{frame.text(rest)}</small></div>"
        for name, value, rest in pairs
    )


def _facings(audit: Audit, name: str) -> None:
    frame.title("Facings by product", "Those of the plan that are in the photo; right: in the right place")
    table = pd.DataFrame(
        [(f.name, f.planned, f.seen, f.right) for f in audit.facings],
        columns=["Product", "Planned", "Seen", "Right"],
    )
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "Product": st.column_config.TextColumn(width=150 if frame.is_phone() else 300),
            **{name: st.column_config.NumberColumn(width=60 if frame.is_phone() else 70)
               for name in ("Planned", "Seen", "Right")},
        },
    )
    tables.download(table, "Download the facings", f"facings of {name}")


def _shares(audit: Audit, name: str) -> None:
    chosen = st.segmented_control("By", list(BY), default="Brand", required=True, key="audit_shares_by")
    frame.title("Share of shelf", "Seen, beside planned; by inches of front")
    shares = [s for s in audit.shares if s.by == BY[chosen]]
    frame.chart(
        audit_charts.share_bars(
            [s.name for s in shares[:MOST_BARS]],
            [s.planned_share for s in shares[:MOST_BARS]],
            [s.seen_share for s in shares[:MOST_BARS]],
            frame.is_dark(),
        ),
        "audit_share_chart",
    )
    table = pd.DataFrame(
        [
            (
                s.name,
                round(s.planned_in, 1),
                round(s.seen_in, 1),
                s.planned_facings,
                s.seen_facings,
                round(s.planned_share, 3),
                round(s.seen_share, 3),
            )
            for s in shares
        ],
        columns=[
            chosen,
            "Planned inches",
            "Seen inches",
            "Planned facings",
            "Seen facings",
            "Planned share",
            "Seen share",
        ],
    )
    tables.download(table, "Download the shares", f"share of shelf of {name}")
