"""Which column says what: recognized from names and contents, or told by an explicit mapping."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import BadInput
from core.store.imports.names import ALIASES, DAY_FIRST_LANGUAGES, Role, name_score, normalize
from core.store.imports.values import (
    UNDECIDED,
    DateOrder,
    DecimalMark,
    Unreadable,
    parse_e4,
    parse_moment,
    parse_time,
    split_moment,
)

SAMPLE_ROWS = 500
_SLOT_LIKE = re.compile(
    r"[A-Za-z]{1,2}-?[0-9]{1,3}|[0-9]{1,4}(?:\.0)?|[0-9]{1,2}[A-Za-z]|[0-9]+[-/][A-Za-z0-9]+"
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_OPTIONS = frozenset({"date_order", "decimal"})


@dataclass(frozen=True)
class ColumnMapping:
    """Role → header text, why each was chosen, and what the headers tell of the language.

    ``index`` gives the column number of each role. ``order`` and ``decimal`` are set when the caller
    said so; ``language`` is the one that most headers are written in.
    """

    columns: Mapping[Role, str]
    index: Mapping[Role, int]
    reasons: Mapping[Role, str] = field(default_factory=dict)
    language: str = "en"
    order: DateOrder | None = None
    decimal: DecimalMark | None = None

    @property
    def day_first_language(self) -> bool:
        return self.language in DAY_FIRST_LANGUAGES

    def as_json(self) -> dict[str, str]:
        """As the import report gives it: role → header text, and the options that were set."""
        result = {str(role): name for role, name in self.columns.items()}
        if self.order:
            result["date_order"] = self.order
        if self.decimal:
            result["decimal"] = self.decimal
        return result


def recognize(
    headers: Sequence[str], sample: Sequence[Sequence[str]], explicit: Mapping[str, Any] | str | None = None
) -> ColumnMapping:
    """The mapping of a table. ``sample`` holds its first rows as texts.

    Raises BadInput when an explicit mapping names a role or column that does not exist, or when no
    column can be found for what every sale needs: where, what, when and how much.
    """
    told, options = _explicit(headers, explicit)
    columns = [[row[i] for row in sample if i < len(row)] for i in range(len(headers))]
    chosen = {role: index for role, index in told.items() if index is not None}
    reasons = dict.fromkeys(chosen, "as you said")
    scored = _scores(headers, columns, told, set(chosen.values()))
    used = set(chosen.values())
    for _, index, role, reason in scored:
        if role not in chosen and index not in used:
            chosen[role] = index
            reasons[role] = reason
            used.add(index)
    _from_contents(headers, columns, told, chosen, reasons)
    if Role.PRODUCT not in chosen and Role.PRODUCT_CODE in chosen:
        chosen[Role.PRODUCT] = chosen.pop(Role.PRODUCT_CODE)
        reasons[Role.PRODUCT] = reasons.pop(Role.PRODUCT_CODE) + ", the only product column"
    if Role.LOCATION in chosen and not any(role in chosen for role in PLACES):
        place = Role.MACHINE if Role.SLOT in chosen else Role.STORE
        chosen[place] = chosen.pop(Role.LOCATION)
        reasons[place] = reasons.pop(Role.LOCATION) + ", the only column that names a place"
    _require_header(headers, chosen)
    _require(headers, chosen)
    ordered = {role: chosen[role] for role in Role if role in chosen}
    return ColumnMapping(
        {role: headers[i] for role, i in ordered.items()}, ordered,
        {role: reasons[role] for role in ordered}, _language(headers, ordered),
        options.get("date_order"), options.get("decimal"),
    )


def _explicit(
    headers: Sequence[str], explicit: Mapping[str, Any] | str | None
) -> tuple[dict[Role, int | None], dict[str, Any]]:
    """Role → column number (None: leave out) and options. Accepts {role: column} and {column: role}."""
    if isinstance(explicit, str):
        try:
            explicit = json.loads(explicit) if explicit.strip() else None
        except json.JSONDecodeError as error:
            raise BadInput(f"The mapping is not JSON: {error}.", 'Write {"price": "Amount"}.') from error
    if explicit is None:
        return {}, {}
    if not isinstance(explicit, Mapping):
        raise BadInput("The mapping is not an object.", 'Write {"price": "Amount"}.')
    found: dict[Role, int | None] = {}
    options: dict[str, Any] = {}
    for key, value in explicit.items():
        if key in _OPTIONS:
            options[key] = _option(key, value)
            continue
        role, column = _role(key), value
        reverse = _role(value) if isinstance(value, str) and value not in headers else None
        if reverse is not None and (role is None or key in headers):
            role, column = reverse, key
        if role is None:
            roles = ", ".join(Role)
            raise BadInput(f"“{key}” is not something a sale has.", f"Use one of: {roles}.")
        found[role] = None if column in (None, "") else _column(headers, str(column))
    return found, options


def _option(key: str, value: Any) -> Any:
    allowed = {"date_order": ("mdy", "dmy", None), "decimal": (".", ",", None)}[key]
    if value not in allowed:
        raise BadInput(f"“{value}” is not a {key.replace('_', ' ')}.",
                       f"Use one of: {', '.join(str(a) for a in allowed if a)}.")
    return value


def _role(word: str) -> Role | None:
    name = normalize(str(word))
    try:
        return Role(name.replace(" ", "_"))
    except ValueError:
        return ALIASES.get(name)


def _column(headers: Sequence[str], name: str) -> int:
    if name in headers:
        return list(headers).index(name)
    same = [i for i, h in enumerate(headers) if normalize(h) == normalize(name)]
    if len(same) == 1:
        return same[0]
    raise BadInput(f"The file has no column “{name}”.", f"Its columns are: {', '.join(headers)}.")


def _scores(
    headers: Sequence[str], columns: Sequence[Sequence[str]], told: Mapping[Role, int | None], used: set[int]
) -> list[tuple[float, int, Role, str]]:
    """(−score, column, role, reason) of every pair that a name suggests, best first."""
    result = []
    for index, header in enumerate(headers):
        if index in used:
            continue
        for role in Role:
            if role in told:
                continue
            by_name, _ = name_score(header, role)
            if by_name == 0:
                continue
            fits = fit(role, columns[index])
            if fits == 0 and by_name < 0.97:
                continue
            reason = "named so" if by_name >= 0.97 else "its name says so"
            share = f"{fits:.0%} of the first rows fit" if fits < 1 else "all first rows fit"
            result.append((-(by_name * (0.55 + 0.45 * fits)), index, role, f"{reason}, {share}"))
    return sorted(result, key=lambda r: (r[0], r[1]))


def _from_contents(
    headers: Sequence[str], columns: Sequence[Sequence[str]], told: Mapping[Role, int | None],
    chosen: dict[Role, int], reasons: dict[Role, str],
) -> None:
    """Find what every sale needs, and names did not tell, by what the columns hold."""
    wanted = [Role.DATE]
    if Role.PRICE not in chosen and Role.TOTAL not in chosen:
        wanted.append(Role.PRICE)
    wanted.append(Role.PRODUCT if Role.PRODUCT_CODE not in chosen else Role.DATE)
    if not any(role in chosen for role in PLACES):
        wanted.append(Role.MACHINE)
    for role in wanted:
        if role in chosen or role in told:
            continue
        free = [i for i in range(len(headers)) if i not in chosen.values()]
        ranked = sorted(free, key=lambda i: (-_content_score(role, columns[i]), i))
        if ranked and _content_score(role, columns[ranked[0]]) >= 0.9:
            chosen[role] = ranked[0]
            reasons[role] = "its contents look like it"


PLACES = (Role.DEVICE_ID, Role.MACHINE, Role.STORE_ID, Role.STORE)


def _content_score(role: Role, values: Sequence[str]) -> float:
    """Fitness that needs no name: stricter than ``fit``, 0 for what any text would satisfy."""
    filled = [v.strip() for v in values if v.strip()]
    if len(filled) < 2:
        return 0.0
    distinct = len(set(filled))
    texts = sum(bool(_LETTERS.search(v)) for v in filled) / len(filled)
    match role:
        case Role.DATE:
            return fit(role, filled) if not all(v.isdigit() for v in filled) else 0.0
        case Role.PRICE:
            decimals = sum("." in v or "," in v for v in filled) / len(filled)
            return fit(role, filled) if decimals > 0.2 and distinct < len(filled) else 0.0
        case Role.PRODUCT:
            dated = fit(Role.DATE, filled)
            return texts * (1 - dated) * (0.9 + 0.1 * min(distinct / 20, 1.0)) if distinct >= 3 else 0.0
        case Role.MACHINE:
            few = distinct <= max(1, len(filled) // 3)
            return max(texts, 0.9 * (distinct == 1)) * (1 - fit(Role.DATE, filled)) if few else 0.0
        case _:
            return 0.0


def fit(role: Role, values: Sequence[str]) -> float:
    """Share of the filled values that can stand for the role; 0.5 where there are none to judge."""
    filled = [v for v in values if v.strip()]
    if not filled:
        return 0.5
    distinct = list(dict.fromkeys(filled))[:200]
    good = sum(_fits(role, v) for v in distinct) / len(distinct)
    return good * (0.5 + 0.5 * len(filled) / len(values)) if role is not Role.CATEGORY else good


def _fits(role: Role, value: str) -> bool:
    try:
        match role:
            case Role.DATE:
                parse_moment(value)
            case Role.TIME:
                parse_time(value)
            case Role.PRICE | Role.TOTAL | Role.QUANTITY:
                parse_e4(value, ".")
            case Role.SLOT:
                return bool(_SLOT_LIKE.fullmatch(value.strip()))
            case Role.PRODUCT | Role.CATEGORY:
                return bool(_LETTERS.search(value))
            case _:
                return True
    except Unreadable as error:
        return str(error) == UNDECIDED
    return True


def _require_header(headers: Sequence[str], chosen: Mapping[Role, int]) -> None:
    """Raise BadInput where the first line is a row like the others, which a header would swallow."""
    for role in (Role.DATE, Role.PRICE, Role.TOTAL):
        if role in chosen and _fits(role, headers[chosen[role]]):
            raise BadInput(
                f"The first line looks like a row, not a header: it says “{headers[chosen[role]]}”.",
                "Add a first line with the names of the columns.",
            )


def _require(headers: Sequence[str], chosen: Mapping[Role, int]) -> None:
    missing = [role.value for role in (Role.PRODUCT, Role.DATE) if role not in chosen]
    if Role.PRICE not in chosen and Role.TOTAL not in chosen:
        missing.append("price or total")
    if not any(role in chosen for role in PLACES):
        missing.append("machine or store")
    if missing:
        example = missing[0].split(" or ")[0]
        raise BadInput(
            f"No column was found for {' and for '.join(missing)}; the columns are {', '.join(headers)}.",
            f'Say which column it is with a mapping, such as {{"{example}": "{headers[0]}"}}.',
        )


def _language(headers: Sequence[str], chosen: Mapping[Role, int]) -> str:
    """The language that most of the chosen headers are written in; English on a tie."""
    votes = dict.fromkeys(("en", "de", "fr", "es"), 0.0)
    for role, index in chosen.items():
        score, languages = name_score(headers[index], role)
        for language in languages:
            votes[language] += score / len(languages)
    return max(votes, key=lambda language: votes[language])


def has_date_and_time(values: Sequence[str]) -> bool:
    """Whether the dates of a column carry a time of day."""
    return any(split_moment(v)[1] for v in values)
