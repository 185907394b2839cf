"""Measures compared with numbers: "more than $1,000", "between 5 and 10 units", "over 3 % of revenue"."""

from __future__ import annotations

from dataclasses import dataclass

from core.ask.measures import MEASURES, Value
from core.ask.plan import Compare, Having, Operator
from core.ask.words.draft import Draft, Unclear, filter_of

_OPPOSITE: dict[str, Operator] = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_MONEY = ("$", "€", "£")
_ALIKE = {"space": "facings", "velocity": "units"}
_SELLS = {"sold": "units", "out_of_stock": "stockouts"}


@dataclass(frozen=True, slots=True)
class _Amount:
    """What is compared with what: pieces ``start`` to ``stop`` say it."""

    operator: str
    numbers: tuple[float, ...]
    sign: str
    start: int
    stop: int


def having(draft: Draft) -> None:
    """Every comparison of a measure with a number. Raises Unclear where no measure is said."""
    for i in draft.free():
        if i in draft.used or draft.pieces[i].kind != "op":
            continue
        if _is_any(draft, i):
            draft.take(i, i + 1)
            continue
        found = _between(draft, i) if draft.pieces[i].value == ".." else _amount(draft, i)
        if found is not None:
            _compare(draft, found)


def _is_any(draft: Draft, i: int) -> bool:
    """ "At least one Volt product" is any of them."""
    one = draft.is_(i, "op", ">=") and draft.is_(i + 1, "number") and draft.pieces[i + 1].value == 1
    follows = draft.piece(i + 2)
    named = one and follows is not None and filter_of(follows, draft.vocabulary) is not None
    counted = draft.piece(i + 3)
    return named and (counted is None or counted.kind != "measure")


def _amount(draft: Draft, i: int) -> _Amount | None:
    k, sign = i + 1, ""
    if draft.is_(k, "sign"):
        sign, k = draft.pieces[k].value, k + 1
    if not draft.is_(k, "number"):
        k = i - 2 if draft.is_(i - 1, "thing", "day") and draft.is_(i - 2, "number") else i - 1
        if not draft.is_(k, "number"):
            return None
    start, stop = min(i, k), max(i, k)
    if k < i and draft.is_(k - 1, "sign"):
        sign, start = draft.pieces[k - 1].value, k - 1
    if draft.is_(stop + 1, "sign"):
        sign, stop = draft.pieces[stop + 1].value, stop + 1
    return _Amount(str(draft.pieces[i].value), (draft.pieces[k].value,), sign, start, stop)


def _between(draft: Draft, i: int) -> _Amount | None:
    numbers: list[float] = []
    sign, k = "", i + 1
    while len(numbers) < 2 and draft.piece(k) is not None:
        piece = draft.pieces[k]
        if piece.kind == "sign":
            sign = piece.value
        elif piece.kind == "number":
            numbers.append(piece.value)
        elif piece.kind != "and" and not (piece.kind == "measure" and numbers):
            return None
        k += 1
    if len(numbers) < 2:
        return None
    if draft.is_(k, "sign"):
        sign, k = draft.pieces[k].value, k + 1
    return _Amount("..", (min(numbers), max(numbers)), sign, i, k - 1)


def _compare(draft: Draft, found: _Amount) -> None:
    if draft.is_(found.stop + 1, "share"):
        found = _Amount(found.operator, found.numbers, "%", found.start, found.stop + 1)
        draft.share = True
    changed = _changed(draft, found)
    name, where = _measure(draft, found, changed is not None)
    negated = draft.is_(found.start - 1, "not", "not")
    numbers = tuple(_scaled(n, found.sign, name) for n in found.numbers)
    column = "value"
    if found.sign == "%" and changed is not None:
        column = "change_rate"
        draft.compare = draft.compare or Compare("before")
        numbers = tuple(-n for n in numbers) if changed == "down" else numbers
    elif changed is not None:
        column = "change"
        draft.compare = draft.compare or Compare("before")
        numbers = tuple(-n for n in numbers) if changed == "down" else numbers
    elif found.sign == "%" and MEASURES[name].value is not Value.SHARE:
        column, draft.share = "share", True
    if where is not None and draft.pieces[where].is_("measure", "velocity") and "day" not in draft.per:
        draft.per.append("day")
    draft.take(*range(found.start, found.stop + 1), *([where] if where is not None else []))
    if negated:
        draft.take(found.start - 1)
    stop = max(found.stop, where if where is not None else -1)
    if draft.is_(found.stop + 1, "thing", "day") and MEASURES[name].unit == "days":
        draft.take(found.stop + 1)
    if draft.is_(stop + 1, "per", "day"):
        draft.take(stop + 1)
        draft.per.append("day")
    operators: list[tuple[Operator, float]]
    if found.operator == "..":
        operators = [(">=", min(numbers)), ("<=", max(numbers))]
    else:
        operator: Operator = found.operator  # type: ignore[assignment]
        if changed == "down":
            operator = {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(operator, operator)  # type: ignore[assignment]
        operators = [(_OPPOSITE.get(operator, operator) if negated else operator, numbers[0])]
    draft.having += [Having(name, o, n, column) for o, n in operators]  # type: ignore[arg-type]


def _changed(draft: Draft, found: _Amount) -> str | None:
    """Whether a change is compared ("dropped by more than 10 %"): the word of it stands beside."""
    for k in (found.start - 1, found.stop + 1, found.start - 2, found.stop + 2):
        if draft.is_(k, "change"):
            return str(draft.pieces[k].value)
    return None


def _scaled(amount: float, sign: str, name: str) -> float:
    shares = MEASURES[name].value is Value.SHARE and amount > 1
    return amount / 100 if sign == "%" or shares else amount


def _measure(draft: Draft, found: _Amount, changed: bool) -> tuple[str, int | None]:
    """The measure that is compared, and its piece: after the number, else the last one before."""
    start, stop, money = found.start, found.stop, found.sign in _MONEY
    for k in (stop + 1, start - 1, start - 2, stop + 2):
        piece = draft.piece(k)
        if piece is None or k in draft.used:
            continue
        if piece.kind == "measure":
            name = _ALIKE.get(piece.value, piece.value)
            if money and MEASURES[name].value is not Value.MONEY:
                continue
            return name, k
        if k == stop + 1 and piece.is_("thing", "product"):
            return "products", k
        if k in (stop + 1, start - 1) and piece.is_("rel", "sold"):
            return ("revenue" if money else "units"), k
    if changed:
        return next(
            (str(p.value) for p in draft.pieces if p.kind == "measure" and p.value in MEASURES), "revenue"
        ), None
    if money:
        goods = draft.is_(start - 1, "thing", "product") or draft.is_(start - 1, "rel", "stands")
        return ("list_price" if goods and _of_products(draft) else "revenue"), None
    if found.sign == "%" and draft.share:
        return "revenue", None
    raise Unclear("Which measure is compared with that number?")


def _of_products(draft: Draft) -> bool:
    return any(p.is_("thing", "product") for p in draft.pieces)
