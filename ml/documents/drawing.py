"""A planogram as a drawing: rows of cells, each with a name, and what else is written in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.paper import Cell, Stray
from ml.documents import tokens
from ml.documents.table import shares, stray
from ml.documents.words import Page, Word, joined

MOST_PHRASES = 1_500
TAGGED = 0.4
"""Share of blocks with a place, price or code from which those without are pictures of packages."""
EMPTY = frozenset({"empty", "open", "vacant", "blank"})


@dataclass(frozen=True, slots=True)
class Block:
    """Phrases one below the other, with what they mean."""

    words: tuple[Word, ...]
    name: str = ""
    upc: str = ""
    slot: str = ""
    price: float | None = None
    facings: int | None = None
    high: int | None = None
    is_empty: bool = False

    @property
    def box(self) -> Word:
        return joined(self.words)

    @property
    def is_tagged(self) -> bool:
        return bool(self.upc or self.slot or self.price is not None or self.facings)

    @property
    def is_cell(self) -> bool:
        return tokens.has_name(self.name) or bool(self.upc) or (self.is_empty and bool(self.slot))


@dataclass(slots=True)
class Drawn:
    """Cells of the drawings of a document; rows count through its pages."""

    cells: list[Cell] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    rows: int = 0


def read_drawings(pages: Sequence[Page]) -> Drawn:
    """The cells of all drawings of a document."""
    drawn = Drawn()
    for number, page in enumerate(pages):
        _add_page(drawn, page, number)
    return drawn


def _add_page(drawn: Drawn, page: Page, number: int) -> None:
    parts = [part for word in page.phrases[:MOST_PHRASES] for part in cut(word, page)]
    groups = stacked(parts, page)
    blocks = [understood(group) for group in groups]
    if not _are_numbered(blocks):
        blocks = [understood(group, numbered=False) for group in groups]
    cells = [b for b in blocks if b.is_cell]
    tagged = [b for b in cells if b.is_tagged]
    if len(tagged) >= 3 and (len(tagged) >= TAGGED * len(cells) or _share(tagged, cells) >= TAGGED):
        cells = [b for b in cells if b.is_tagged or _stands_among(b, tagged)]
    kept = {id(b) for b in cells}
    rows = in_rows(cells)
    titles = {id(row[0]) for row in rows if len(row) == 1 and _is_heading(row[0], rows)}
    rows = [row for row in rows if id(row[0]) not in titles]
    for block in blocks:
        if id(block) not in kept or id(block) in titles:
            drawn.strays += [stray(page, w, number) for w in block.words]
    edges = [_edges(row, page) for row in rows]
    flat = [edge for row in edges for edge in row]
    low, high = (min(e[0] for e in flat), max(e[1] for e in flat)) if flat else (0.0, 1.0)
    for row, sides in zip(rows, edges, strict=True):
        for order, (block, (left, right)) in enumerate(zip(row, sides, strict=True)):
            drawn.cells.append(Cell(
                "" if block.is_empty else block.name, drawn.rows, order, block.upc, block.slot,
                block.facings, block.high, block.price, round((left - low) / max(high - low, 1e-6), 5),
                round((right - left) / max(high - low, 1e-6), 5), number, shares(page, block.words),
                min(w.confidence for w in block.words),
            ))
        drawn.rows += 1


def _are_numbered(blocks: Sequence[Block]) -> bool:
    """Whether the numbers in blocks are a machine's selections, most blocks having one of their own; else
    they are of names and sizes that were torn apart."""
    numbers = [b.slot for b in blocks if b.is_cell and b.slot.isdecimal()]
    return len(set(numbers)) >= 0.5 * sum(b.is_cell for b in blocks)


def _stands_among(block: Block, tagged: Sequence[Block]) -> bool:
    """Whether a block without a tag has a place of its own in a row of tagged ones. What is printed on a
    package stands above the tag of the same product."""
    own = block.box
    near = [b.box for b in tagged if abs(b.box.middle[1] - own.middle[1]) < 3 * max(own.height, b.box.height)]
    return any(b.level(own) >= 0.3 for b in near) and not any(b.beside(own) > 0 for b in near)


def _share(tagged: Sequence[Block], cells: Sequence[Block]) -> float:
    """Share of the cells' names that stand in tagged ones; the others are often brands on packages."""
    return sum(len(b.name) for b in tagged) / max(sum(len(b.name) for b in cells), 1)


def _is_heading(block: Block, rows: Sequence[Sequence[Block]]) -> bool:
    """Whether a lone block is a title rather than the one product of a shelf: it has no tag, where the rows
    have several blocks each."""
    return not block.is_tagged and float(np.median([len(r) for r in rows])) >= 2


def cut(word: Word, page: Page) -> list[Word]:
    """A phrase cut where drawn lines run through it, at the gap between its words that is nearest."""
    cuts = page.rules.cuts(word)
    letters = word.text.split(" ")
    if not cuts or len(letters) < 2:
        return [word]
    ends = np.cumsum([len(part) + 1 for part in letters])[:-1] / (len(word.text) + 1)
    edges = word.x + ends * word.width
    at = sorted({int(np.argmin(np.abs(edges - x))) + 1 for x in cuts
                 if np.abs(edges - x).min() < 1.2 * word.height})
    made, start = [], 0
    for stop in [*at, len(letters)]:
        left = word.x if start == 0 else float(edges[start - 1])
        right = word.right if stop == len(letters) else float(edges[stop - 1])
        made.append(replace(word, text=" ".join(letters[start:stop]), x=left, width=right - left))
        start = stop
    return made


def stacked(parts: Sequence[Word], page: Page) -> list[list[Word]]:
    """Phrases that stand close one below the other, with no line between, from the top."""
    if not parts:
        return []
    box = np.array([(w.x, w.y, w.right, w.bottom) for w in parts])
    height = box[:, 3] - box[:, 1]
    least = np.minimum(height[:, None], height)
    beside = np.minimum(box[:, 2, None], box[:, 2]) - np.maximum(box[:, 0, None], box[:, 0])
    wide = np.minimum(*np.meshgrid(box[:, 2] - box[:, 0], box[:, 2] - box[:, 0]))
    gap = box[None, :, 1] - box[:, 3, None]
    alike = least >= 0.45 * np.maximum(height[:, None], height)
    below = box[None, :, 1] > box[:, 1, None]
    near = alike & below & (beside > 0.3 * wide) & (gap < 0.75 * least) & (gap > -0.5 * least)
    group = list(range(len(parts)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, j in zip(*np.nonzero(near), strict=True):
        if not page.rules.parts(parts[i], parts[j]):
            group[root(int(j))] = root(int(i))
    found: dict[int, list[Word]] = {}
    for i, part in enumerate(parts):
        found.setdefault(root(i), []).append(part)
    return [sorted(g, key=lambda w: (w.y, w.x)) for g in found.values()]


def understood(words: Sequence[Word], numbered: bool = True) -> Block:
    """What the phrases of a block mean, each one thing. ``numbered``: whether a bare number is a place."""
    block, names = Block(tuple(words)), []
    for word in words:
        text = word.text.strip()
        if wide := tokens.facings(text):
            block = replace(block, facings=wide[0], high=wide[1])
        elif (cost := tokens.price(text)) is not None:
            block = replace(block, price=cost)
        elif code := tokens.code(text):
            block = replace(block, upc=code)
        elif text.lower().strip("()—- ") in EMPTY:
            block = replace(block, is_empty=True)
        elif not block.slot and (slot := tokens.slot(text)) and (numbered or not slot.isdecimal()):
            block = replace(block, slot=slot)
        else:
            block, rest = _inside(block, text)
            names.append(rest)
    # "2" and "facings" may be read as two.
    block, name = _counted(block, " ".join(" ".join(names).split()))
    return replace(block, name=name)


def _inside(block: Block, text: str) -> tuple[Block, str]:
    """A phrase that holds more than a name: "UPC 4012…", "Cola 12 oz x2", "B4 Cola"."""
    if (found := re.search(r"\b\d(?:[\d -]{6,18})\d\b", text)) and (code := tokens.code(found[0])):
        block = replace(block, upc=code)
        text = re.sub(r"\b(?:upc|ean|gtin)\b:?", " ", text.replace(found[0], " "), flags=re.IGNORECASE)
    if found := re.search(r"[$€£]\s?\d{1,4}[.,]\d{2}\b", text):
        block = replace(block, price=tokens.price(found[0]))
        text = text.replace(found[0], " ")
    block, text = _counted(block, text)
    if not block.slot and (found := re.match(r"([A-Z]\d{1,2}|\d{3})[\s:.·-]+(?=[A-Za-z])", text)):
        block = replace(block, slot=found[1])
        text = text[found.end():]
    return block, text.strip()


def _counted(block: Block, text: str) -> tuple[Block, str]:
    """Facings at the end of a name taken off it."""
    found = re.search(r"(?:\(?\b[x×]\s?\d{1,2}\)?|\b\d{1,2}\s*facings?)\s*$", text, re.IGNORECASE)
    if found and (wide := tokens.facings(found[0].strip("() "))):
        return replace(block, facings=wide[0]), text[: found.start()].strip()
    return block, text


def in_rows(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks side by side as rows from the top, each from left to right."""
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda b: b.box.middle[1]):
        if rows and _beside(rows[-1], block):
            rows[-1].append(block)
        else:
            rows.append([block])
    return [sorted(row, key=lambda b: b.box.x) for row in rows]


def _beside(row: Sequence[Block], block: Block) -> bool:
    own = block.box
    shared = [b.box.level(own) for b in row]
    return float(np.median(shared)) >= 0.3


def _edges(row: Sequence[Block], page: Page) -> list[tuple[float, float]]:
    """(left, right) of each cell of a row: the drawn lines beside it, else half way to its neighbors."""
    boxes = [b.box for b in row]
    u = page.rules.upright
    found = []
    for i, box in enumerate(boxes):
        y = box.middle[1]
        at = u[(u[:, 1] <= y) & (u[:, 2] >= y), 0]
        left_of = boxes[i - 1].right if i else -np.inf
        right_of = boxes[i + 1].x if i + 1 < len(boxes) else np.inf
        lefts = at[(at <= box.x + 0.3 * box.height) & (at >= left_of - box.height)]
        rights = at[(at >= box.right - 0.3 * box.height) & (at <= right_of + box.height)]
        gap = 0.5 * float(np.median([b.height for b in boxes]))
        left = float(lefts.max()) if len(lefts) else (box.x + left_of) / 2 if i else box.x - gap
        right = float(rights.min()) if len(rights) else (
            (box.right + right_of) / 2 if i + 1 < len(boxes) else box.right + gap)
        found.append((left, right))
    return found
