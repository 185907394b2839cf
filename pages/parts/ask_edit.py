"""The plan of an answer as form fields: change a part, see it in words, ask again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import BadInput
from pages.parts import ask_talk, frame, session
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.ask.form import Field
    from core.ask.period import Period
    from core.ask.plan import Condition, Filter, Having, Plan
    from pages.parts.ask_talk import Turn

FORMS = {
    "value": "One number", "ranking": "Ranking or breakdown", "trend": "Course over time",
    "list": "List", "count": "How many", "missing": "What is missing",
}
OPERATORS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "=": "exactly", "!=": "other than"}
COMPARED = {"before": "the period before", "year_before": "a year earlier", "period": "another period"}
DATES = "Dates …"
FIELDS_A_ROW = 3
MANY = {"measures": 4, "by": 3, "per": 2}


def toggle(turn: Turn) -> bool:
    """Whether the form is wanted; nothing of it is read before."""
    return st.toggle("Edit query", key=f"ask_edit_{turn.number}")


def show(turn: Turn) -> None:
    assert turn.answer is not None
    with st.container(border=True, key=f"card_ask_edit_{turn.number}"):
        _form(turn.text, turn.answer.plan, turn.number)


def _form(text: str, asked: Plan, k: int) -> None:
    """The fields of the draft; each change makes the draft anew, as other fields may go with it."""
    kept = f"ask_draft_{k}"
    draft, turned = st.session_state.get(kept, (asked, 0))
    parts: dict[str, Any] = {}
    try:
        fields = session.workbench().ask_fields(draft)
        for i, field in enumerate(fields):
            if i % FIELDS_A_ROW == 0:  # row by row, so that a phone stacks them in their order
                cells = st.columns(FIELDS_A_ROW, gap="medium")
            with cells[i % FIELDS_A_ROW]:
                parts[field.name] = _field(field, draft, f"ask_{k}_{turned}_{field.name}")
        changed = _changed(draft, parts)
    except BadInput as error:
        frame.show_error(error)
        return
    if changed != draft:
        gave_way = any(getattr(changed, name) != value for name, value in parts.items() if name != "of")
        st.session_state[kept] = (changed, turned + (gave_way or changed.form != draft.form))
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Ask again", type="primary", key=f"ask_again_{k}", disabled=changed == asked,
                     icon=":material/refresh:"):
            st.session_state.pop(kept, None)
            ask_talk.wish(text, changed)
            st.rerun()
        frame.quiet("Nothing changed yet" if changed == asked else session.workbench().ask_in_words(changed))


def _changed(draft: Plan, parts: dict[str, Any]) -> Plan:
    from core.ask.change import changed

    differing = {name: value for name, value in parts.items() if value != getattr(draft, name)}
    return changed(draft, **differing) if differing else draft


def _field(field: Field, draft: Plan, key: str) -> Any:
    """The value that the field has now, in the plan's own types."""
    names = {choice.value: choice.label for choice in field.choices}
    if field.kind == "one":
        told = FORMS if field.name == "form" else names
        return st.selectbox(field.label, list(names), list(names).index(field.value), key=key,
                            format_func=lambda v: fmt.capital(told[v]))
    if field.kind == "many":
        chosen = st.multiselect(field.label, list(names), [v for v in field.value if v in names], key=key,
                                format_func=lambda v: fmt.capital(names[v]), placeholder="None",
                                max_selections=MANY.get(field.name))
        return tuple(chosen)
    if field.kind == "flag":
        return st.toggle(field.label, field.value, key=key)
    if field.kind == "number":
        rows = st.number_input(field.label, 1, 1000, field.value, key=key)
        return draft.limit if draft.limit is None and rows == field.value else int(rows)
    return {
        "period": _period, "compare": _compare, "filters": _filters, "conditions": _conditions,
        "having": _having, "order": _order,
    }[field.kind](field, draft, key)


def _period(field: Field, draft: Plan, key: str) -> Period | None:
    from core.ask.period import Period

    now: Period = field.value
    offered = {p.label: p for p in (now, *_presets())}
    chosen = st.selectbox(field.label, [*offered, DATES], 0, key=key, format_func=fmt.capital)
    if chosen != DATES:
        return draft.period if offered[chosen] == now else offered[chosen]
    today = session.workbench().ask_vocabulary().names.last_day or date.today()
    days = st.date_input("From and to", (today.replace(day=1), today), key=f"{key}_days")
    if not isinstance(days, tuple) or len(days) != 2:
        return draft.period
    return Period("between", first=days[0], last=days[1])


def _presets() -> list[Period]:
    from core.ask.period import Period

    units = ("day", "week", "month", "quarter", "year")
    return [
        *(Period("last", "day", n) for n in (7, 30, 90, 365)),
        *(Period(kind, unit) for unit in units for kind in ("current", "previous")),  # type: ignore[arg-type]
        Period("all"),
    ]


def _compare(field: Field, draft: Plan, key: str) -> Any:
    from core.ask.plan import Compare

    now = field.value
    options = [None, "before", "year_before", *(["period"] if now is not None and now.to == "period" else [])]
    at = options.index(now.to if now is not None else None)
    chosen = st.selectbox(field.label, options, at, key=key,
                          format_func=lambda v: fmt.capital(COMPARED.get(v, "nothing")))
    if chosen == "period":
        return now
    return None if chosen is None else Compare(chosen)


def _filters(field: Field, draft: Plan, key: str) -> tuple[Filter, ...]:
    labels = {choice.value: choice.label for choice in field.choices}
    found = [_filter(one, labels.get(one.dimension, one.dimension), f"{key}_{one.dimension}_{one.negated}")
             for one in field.value]
    free = [name for name in labels if all(one.dimension != name for one in field.value)]
    more = st.selectbox(field.label if not found else "And only", free, None, key=f"{key}_more_{len(found)}",
                        format_func=lambda v: fmt.capital(labels[v]),
                        placeholder="Choose what to narrow down")
    if more is not None:
        found.append(_new_filter(str(more), labels[more], f"{key}_{more}_new"))
    return tuple(one for one in found if one is not None)


def _filter(one: Filter, label: str, key: str) -> Filter | None:
    """One filter; emptied, it is gone."""
    names = _names(one.dimension)
    names |= {v: names.get(v, str(v)) for v in one.values}
    title = f"{fmt.capital(label)}: all but" if one.negated else fmt.capital(label)
    chosen = st.multiselect(title, list(names), list(one.values), key=key, format_func=names.__getitem__)
    return replace(one, values=tuple(chosen)) if chosen else None


def _new_filter(dimension: str, label: str, key: str) -> Filter | None:
    from core.ask.plan import Filter

    names = _names(dimension)
    chosen = st.multiselect(f"Which {label}", list(names), key=key, format_func=names.__getitem__)
    return Filter(dimension, tuple(chosen)) if chosen else None


def _names(dimension: str) -> dict[Any, str]:
    found = session.workbench().ask_choices(dimension, 1000)
    return {choice.value: str(choice.label) for choice in found}


def _conditions(field: Field, draft: Plan, key: str) -> tuple[Condition, ...]:
    """Conditions that the question has: turned round, with other values, or taken out."""
    labels = {choice.value: choice.label for choice in field.choices}
    found: list[Condition] = []
    for i, one in enumerate(field.value):
        says = {False: labels[one.relation], True: f"not: {labels[one.relation]}", None: "leave this out"}
        chosen = st.selectbox(field.label if not i else "And", list(says), list(says).index(one.negated),
                              key=f"{key}_{i}", format_func=lambda v, says=says: fmt.capital(says[v]))
        parts = [_filter(f, f.dimension, f"{key}_{i}_{f.dimension}") for f in one.filters]
        if chosen is not None:
            found.append(replace(one, negated=chosen, filters=tuple(f for f in parts if f is not None)))
    return tuple(found)


def _having(field: Field, draft: Plan, key: str) -> tuple[Having, ...]:
    from core.ask.plan import Having

    labels = {choice.value: choice.label for choice in field.choices}
    found: list[Having] = []
    for i, one in enumerate([*field.value, None][:3]):
        options = [None, *OPERATORS]
        name = one.measure if one is not None else str(next(iter(labels)))
        operator = st.selectbox(
            f"Only where {labels[name]} is", options, options.index(one.operator if one else None),
            key=f"{key}_{i}_{len(field.value)}", format_func=lambda v: OPERATORS.get(v, "anything"),
        )  # fmt: skip
        if operator is None:
            continue
        amount = st.number_input("this", value=float(one.amount if one else 0.0), key=f"{key}_{i}_amount",
                                 label_visibility="collapsed")
        column = one.column if one is not None else "value"
        found.append(Having(name, operator, float(amount), column))  # type: ignore[arg-type]
    return tuple(found)


def _order(field: Field, draft: Plan, key: str) -> Any:
    from core.ask.plan import Order

    now = field.value
    named = draft.of is not None and draft.form == "list"
    first = None if now is None else (now.column, now.descending)
    up, down, name = ("value", False), ("value", True), ("name", False)
    options: list[Any] = list(dict.fromkeys([first, None, up, down, name]))
    told = {None: "By name" if named else "Largest first", down: "Largest first", up: "Smallest first",
            name: "By name", ("name", True): "By name, backwards"}
    spare = name if named else down
    if first != spare:
        options.remove(spare)
    other = "Largest change first" if now is not None and now.descending else "Smallest change first"
    chosen = st.selectbox(field.label, options, 0, key=key, format_func=lambda v: told.get(v, other))
    return None if chosen is None else now if chosen == first else Order(*chosen)
