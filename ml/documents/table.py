"""A planogram as a list: a header, then a row a product, by shelves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.paper import Cell, Stray
from ml.documents import tokens
from ml.documents.headings import OTHER, meaning
from ml.documents.words import Page, Word, joined, lines

NAMING = frozenset({"product", "upc"})
LOOSE = 0.9
"""Heights of a line between it and the one above with whose cell it goes on."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading's place."""

    name: str
    left: float
    right: float

    def away(self, word: Word) -> float:
        """How far a word is from standing under the heading: by its left, its right or its middle, whichever
        agrees best."""
        if min(self.right, word.right) > max(self.left, word.x):
            return 0.0
        middle = abs((self.left + self.right) / 2 - word.middle[0])
        return min(abs(self.left - word.x), abs(self.right - word.right), middle)


@dataclass(slots=True)
class Found:
    """What the lists of a document say. ``numbered``: shelves have numbers, of which nothing says whether
    they count from the top."""

    cells: list[Cell] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    numbered: bool = False
    is_downward: bool | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a list as its fields, with the words they are from."""

    fields: dict[str, str]
    words: tuple[Word, ...]
    shelf: str
    page: int


def header(line: Sequence[Word]) -> tuple[Column, ...]:
    """The columns of a header line, () for any other line."""
    columns = [Column(meaning(word.text), word.x, word.right) for word in line]
    known = [c.name for c in columns if c.name not in ("", OTHER)]
    is_header = len(set(known)) >= 2 and NAMING & set(known) and len(known) >= min(0.6 * len(line), 4)
    return tuple(replace(c, name=c.name or OTHER) for c in columns) if is_header else ()


def read_tables(pages: Sequence[Page]) -> Found:
    """All lists of a document, one going on where the page before ended."""
    found = Found()
    rows: list[_Row] = []
    shelf, columns = "", ()
    for number, page in enumerate(pages):
        for line in lines(page.phrases):
            if new := header(line):
                columns = new
            elif (named := tokens.row(joined(line).text)) and len(line) <= 2:
                shelf = named[0]
                _learn_direction(found, named, shelf)
            elif columns and (row := _row(line, columns, shelf, number)) is not None:
                _add(rows, row, columns)
            else:
                found.strays += [stray(page, word, number) for word in line]
    _finish(found, rows, dict(enumerate(pages)))
    return found


def _learn_direction(found: Found, named: tuple[str, str], shelf: str) -> None:
    if "top" in named[1].lower() and found.is_downward is None:
        found.is_downward = not found.rows
    if shelf not in found.rows:
        found.rows.append(shelf)


def stray(page: Page, word: Word, number: int) -> Stray:
    """A word that was taken for no product."""
    return Stray(word.text, number, shares(page, [word]))


def shares(page: Page, words: Sequence[Word]) -> tuple[float, float, float, float]:
    """The box around words as shares of the page's picture."""
    box = joined(words)
    x0, y0 = max(0.0, box.x / page.width), max(0.0, box.y / page.height)
    x1, y1 = min(1.0, box.right / page.width), min(1.0, box.bottom / page.height)
    return round(x0, 5), round(y0, 5), round(max(x1 - x0, 0.0), 5), round(max(y1 - y0, 0.0), 5)


def _row(line: Sequence[Word], columns: Sequence[Column], shelf: str, page: int) -> _Row | None:
    """The fields of a line, None for one that names no product."""
    fields: dict[str, str] = {}
    for word in line:
        column = min(columns, key=lambda c: c.away(word))
        if column.name == OTHER or (column.name == "product" and word.text.isdecimal()):
            continue  # an article's number is no name
        if column.name == "upc" and fields.get("upc") and len(word.text) < 4:
            return None  # numbers side by side are places below a drawing, not a code
        fields[column.name] = f"{fields.get(column.name, '')} {word.text}".strip()
    if not (tokens.has_name(fields.get("product", "")) or tokens.code(fields.get("upc", ""))):
        return None
    if "row" not in fields and (named := tokens.row(fields.get("place", ""))):
        fields |= {"row": named[0], "place": named[1]}  # two columns that were read as one
    return _Row(fields, tuple(line), shelf, page)


def _add(rows: list[_Row], row: _Row, columns: Sequence[Column]) -> None:
    """A line of its own, or more of the name above."""
    keys = {c.name for c in columns} & {"place", "row", "upc", "facings", "price"}
    last = rows[-1] if rows else None
    first = row.words[0]
    alone = keys and not keys & set(row.fields)
    if alone and last is not None and last.page == row.page and (
        first.y - joined(last.words).bottom < LOOSE * first.height
    ):
        fields = {**last.fields}
        for name, text in row.fields.items():
            fields[name] = f"{fields.get(name, '')} {text}".strip()
        rows[-1] = replace(last, fields=fields, words=(*last.words, *row.words))
    else:
        rows.append(row)


def _finish(found: Found, rows: Sequence[_Row], pages: dict[int, Page]) -> None:
    """Cells of the lines, and words of those that name no place where all others do."""
    rows = _counted(_shelved(rows))
    placed = sum(bool(r.fields.get("place")) for r in rows)
    wants_place = placed >= 0.6 * len(rows) and len(rows) >= 3
    order: dict[str, int] = {}
    for row in rows:
        page = pages[row.page]
        if wants_place and not row.fields.get("place") and not row.fields.get("upc"):
            found.strays += [stray(page, word, row.page) for word in row.words]
            continue
        shelf = _shelf(row)
        if shelf not in found.rows:
            found.rows.append(shelf)
        order[shelf] = order.get(shelf, -1) + 1
        found.cells.append(_cell(row, found.rows.index(shelf), order[shelf], page))
    _sort_rows(found)


def _shelved(rows: Sequence[_Row]) -> list[_Row]:
    """The lines with the shelf of their neighbors where their own was not read, or misread between two lines
    of one shelf."""
    own = [row.fields.get("row", "").strip(" .,:;'") for row in rows]
    seen = Counter(own)
    made: list[_Row] = []
    for i, row in enumerate(rows):
        before, after = own[i - 1] if i else "", own[i + 1] if i + 1 < len(own) else ""
        is_read = min(w.confidence for w in row.words) < 1.0
        if (not own[i] and before and len(seen) > 1) or (
            is_read and seen[own[i]] == 1 and before == after and seen[before] > 1
        ):
            own[i] = before
        made.append(replace(row, fields={**row.fields, "row": own[i]}) if own[i] else row)
    return made


def _counted(rows: Sequence[_Row]) -> list[_Row]:
    """The lines in their order; numbers that begin anew on each shelf count its products and are no
    selections of a machine."""
    places = [row.fields.get("place", "").strip(" .,:;") for row in rows]
    numbers = [p for p in places if p.isdecimal()]
    if not numbers or len(set(numbers)) > 0.8 * len(numbers):
        return list(rows)
    return [
        replace(row, fields={k: v for k, v in row.fields.items() if k != "place"}) if at.isdecimal() else row
        for row, at in zip(rows, places, strict=True)
    ]


def _shelf(row: _Row) -> str:
    """The shelf's name: by its own column, else as the place tells, else of the heading above."""
    own = row.fields.get("row", "")
    if own:
        named = tokens.row(own)
        return named[0] if named else own.strip().upper()
    if row.shelf:
        return row.shelf
    place = tokens.slot(row.fields.get("place", ""))
    letters = re.match(r"^[A-Z]{1,2}(?=\s?-?\s?\d|\s+at)", place, re.IGNORECASE)
    return letters[0].upper() if letters else place[:-1] if place.isdecimal() and len(place) > 1 else ""


def _cell(row: _Row, at: int, order: int, page: Page) -> Cell:
    fields = row.fields
    name = fields.get("product", "")
    extra = [fields[k] for k in ("brand", "size") if fields.get(k) and fields[k].lower() not in name.lower()]
    name = " ".join([*extra[:1], name, *extra[1:]]) if "brand" in fields else " ".join([name, *extra])
    wide = tokens.facings(fields.get("facings", "")) or _count(fields.get("facings", ""))
    high = _count(fields.get("high", ""))
    place = fields.get("place", "").strip(" .,:;")
    return Cell(
        name.strip(), at, order, tokens.code(fields.get("upc", "")), tokens.slot(place) or place,
        wide[0] if wide else None, (high[0] if high else wide[1] if wide else None),
        tokens.price(fields.get("price", "")), page=row.page, box=shares(page, row.words),
        confidence=min(w.confidence for w in row.words),
    )


def _count(text: str) -> tuple[int, None] | None:
    plain = text.strip()
    return (int(plain), None) if plain.isdecimal() and 0 < int(plain) < 100 else None


def _sort_rows(found: Found) -> None:
    """Shelves by their names, A or 1 first, where all have one; else as they come."""
    names = found.rows
    if not names or not all(names):
        return
    numbers = all(n.isdecimal() for n in names)
    letters = all(n.isalpha() for n in names)
    if not (numbers or letters):
        return
    found.numbered = numbers and found.is_downward is None and max(map(len, names)) < 3
    ordered = sorted(names, key=lambda n: (len(n), n) if letters else (int(n), n))
    found.cells = [replace(c, row=ordered.index(names[c.row])) for c in found.cells]
    found.rows = ordered


def in_order(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Cells by shelf and from left to right, counted anew."""
    last, order = -1, 0
    for cell in sorted(cells, key=lambda c: (c.row, c.order)):
        order = order + 1 if cell.row == last else 0
        last = cell.row
        yield replace(cell, order=order)
