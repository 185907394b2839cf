"""A planogram on paper, in a PDF or in a spreadsheet, read into cells: lists by their headings, drawings by
their cells. What is written stays data, whatever it says."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from core.errors import BadInput, RuleViolation, TooLarge, UnsupportedType
from core.paper import Cell, Paper, Sheet, Size, Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ml.documents.pdf import PdfPage
    from ml.documents.words import Page

LIMIT_BYTES = 20 * 2**20
MOST_CELLS, LEAST_CELLS = 2_000, 3
MOST_READ = 8
"""Pages of a scan that are read, some 15 seconds each."""
SEND = "Send a PDF, a photo (JPEG, PNG, WebP), an Excel (.xlsx) or a CSV file."
TEXT_WORDS = 12
"""Words from which a page of a PDF is read by its text."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_OTHERS = ((b"GIF8", "a GIF"), (b"\x1f\x8b", "compressed with gzip"),
           (b"\xd0\xcf\x11\xe0", "an old Office file"))


class DocumentReader:
    """A ``core.paper.PaperReader``; what it reads with is imported with the first document."""

    @property
    def reads_pictures(self) -> bool:
        """See ``PaperReader``."""
        from ml.documents import ocr

        return ocr.installed()

    def read(self, content: bytes, told: Told) -> Paper:
        """See ``PaperReader``."""
        if len(content) > LIMIT_BYTES:
            raise TooLarge(f"The file has {len(content) / 1e6:,.0f} MB.",
                           f"Send one of up to {LIMIT_BYTES // 2**20} MB.")
        if not content.strip():
            raise BadInput("The file is empty.", SEND)
        for magic, what in _OTHERS:
            if content.startswith(magic):
                raise UnsupportedType(f"The file is {what}.", SEND)
        if b"%PDF-" in content[:1024]:
            paper = _from_pdf(content, told)
        elif content.startswith(_PICTURES):
            paper = _from_picture(content, told)
        else:
            paper = _from_sheet(content, told)
        if not any(c.text or c.upc for c in paper.cells):
            raise BadInput("No planogram was found in this document.",
                           "It should show product names by shelf, or a list with a heading such as Product.")
        if len(paper.cells) > MOST_CELLS:
            raise TooLarge(f"The document has {len(paper.cells):,} products.",
                           f"Send one planogram of up to {MOST_CELLS:,}.")
        return paper


def _from_pdf(content: bytes, told: Told) -> Paper:
    from ml.documents.pdf import read_pdf

    told(0.05, "Opening the PDF")
    found = read_pdf(content)
    scans = [i for i, page in enumerate(found) if len(page.words) < TEXT_WORDS]
    read = scans[:MOST_READ] if len(scans) == len(found) else []
    if read:
        _require_ocr()
    pages, methods = [], ["text of the PDF"] if not read else []
    for i, page in enumerate(found):
        if i in read:
            told(0.1 + 0.8 * i / len(found), f"Reading page {i + 1} of {len(found)}")
            pages.append(_read_picture(_decoded(page.picture)))
        else:
            pages.append(_text_page(page))
    notes = [f"Only the first {MOST_READ} of {len(found)} scanned pages were read."] if len(
        scans) == len(found) > MOST_READ else []
    return _paper(pages, [*methods, *_ocr_name(bool(read))], notes)


def _from_picture(content: bytes, told: Told) -> Paper:
    from ml.documents.photo import page_of

    _require_ocr()
    told(0.1, "Straightening the photo")
    pixels = page_of(content)
    told(0.2, "Reading the letters")
    return _paper([_read_picture(pixels)], _ocr_name(True), [])


def _from_sheet(content: bytes, told: Told) -> Paper:
    from ml.documents.sheet import MAX_ROWS, page_of, read_tabs
    from ml.documents.sheet_drawing import read_grid
    from ml.documents.table import header
    from ml.documents.words import lines

    told(0.2, "Reading the cells")
    tabs = [tab for tab in read_tabs(content) if tab.grid and tab.grid[0]]
    grids = [tab.grid for tab in tabs]
    pages = [page_of(grid) for grid in grids]
    notes = [f"Only the first {MAX_ROWS} rows of a sheet were read."] if any(t.is_cut for t in tabs) else []
    listed = [page for page in pages if any(header(line) for line in lines(page.phrases))]
    if listed:
        return _paper(listed, ["cells of the spreadsheet"], notes)
    cells: list[Cell] = []
    for number, (tab, page) in enumerate(zip(tabs, pages, strict=True)):
        first = 1 + max((c.row for c in cells), default=-1)
        cells += read_grid(tab, page, number, first)
    title = next((t for grid in grids for row in grid[:2] for t in row if t), "") if cells else ""
    title = "" if any(title == c.text for c in cells) else title.replace("\n", " ")
    rows = 1 + max((c.row for c in cells), default=-1)
    return Paper(title, _enough(cells), rows, _sheets(pages), methods=("cells of the spreadsheet",),
                 notes=tuple(notes))


def _enough(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells of drawings, none of them where there are fewer than any shelf has: words are not yet a
    planogram."""
    return tuple(cells) if sum(bool(c.text or c.upc) for c in cells) >= LEAST_CELLS else ()


def _require_ocr() -> None:
    """Raises RuleViolation where letters in pictures cannot be read."""
    from ml.documents import ocr

    if not ocr.installed():
        raise RuleViolation("Photos and scans cannot be read here.",
                            "Send a PDF with text or a spreadsheet, or install requirements-local.txt.")


def _ocr_name(used: bool) -> list[str]:
    from ml.documents import ocr

    return [ocr.NAME] if used else []


def _text_page(page: PdfPage) -> Page:
    from ml.documents.rules import ruled
    from ml.documents.words import Page, phrases

    rules = ruled(_gray(_decoded(page.picture)))
    return Page(page.picture, page.width, page.height, phrases(page.words, rules), rules)


def _read_picture(pixels: NDArray[np.uint8]) -> Page:
    from ml.documents.ocr import read_words
    from ml.documents.rules import ruled
    from ml.documents.words import Page, phrases

    read = read_words(pixels)
    rules = ruled(_gray(pixels)).without_strokes(read)
    return Page(_jpeg(pixels), pixels.shape[1], pixels.shape[0], phrases(read, rules), rules)


def _gray(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)  # type: ignore[return-value]


def _decoded(picture: bytes) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=85)
    return target.getvalue()


def _sheets(pages: Sequence[Page]) -> tuple[Sheet, ...]:
    return tuple(Sheet(p.picture, p.width, p.height) for p in pages)


def _paper(pages: Sequence[Page], methods: Sequence[str], notes: Sequence[str]) -> Paper:
    """The lists of the pages where there are any, else their drawings."""
    from ml.documents.drawing import read_drawings
    from ml.documents.table import in_order, read_tables

    listed = read_tables(pages)
    if listed.cells:
        cells, strays, rows = tuple(in_order(listed.cells)), tuple(listed.strays), len(listed.rows)
        numbered = listed.numbered
        cells = (*cells, *_empty_slots(pages, cells))
    else:
        drawn = read_drawings(pages)
        cells, strays, rows, numbered = _enough(drawn.cells), tuple(drawn.strays), drawn.rows, False
    told = [s.text for s in strays]
    written = " ".join(told)
    paper = Paper(_title(pages), cells, rows, _sheets(pages), strays, _size(told), _is_machine(written),
                  _zone(written), _shape(written), tuple(methods), tuple(notes))
    return replace(paper, is_numbered=numbered)


def _empty_slots(pages: Sequence[Page], cells: Sequence[Cell]) -> list[Cell]:
    """Places that a drawing beside the list marks as empty, which the list does not name."""
    from ml.documents import tokens
    from ml.documents.drawing import EMPTY, stacked, understood

    named = {c.slot: c.row for c in cells}
    found = []
    for page in pages:
        if not any(w.text.strip().lower() in EMPTY for w in page.phrases):
            continue
        for block in map(understood, stacked(page.phrases, page)):
            slot = block.slot
            if not (block.is_empty and slot) or slot in named or not tokens.slot(slot):
                continue
            row = next((r for s, r in named.items() if len(s) == len(slot) and s[:-1] == slot[:-1]), None)
            if row is not None:
                found.append(Cell("", row, 1_000 + len(found), slot=slot))
    return found


def _title(pages: Sequence[Page]) -> str:
    """The uppermost large line of the first page that names no shelf."""
    from ml.documents import tokens

    if not pages or not pages[0].phrases:
        return ""
    first = pages[0]
    usual = median(w.height for w in first.phrases)
    top = [w for w in first.phrases if w.y < 0.2 * first.height and w.height > 1.1 * usual
           and tokens.has_name(w.text) and tokens.row(w.text) is None]
    found = min(top, key=lambda w: w.y, default=None)
    return "" if found is None else found.text[:120]


def _size(told: Sequence[str]) -> Size | None:
    from ml.documents import tokens

    found = next((size for text in told if (size := tokens.size(text))), None)
    return None if found is None else Size(*found)


def _is_machine(written: str) -> bool | None:
    if re.search(r"\b(?:trays?|coils?|selections?|vending)\b", written, re.IGNORECASE):
        return True
    return False if re.search(r"\b(?:shelf|shelves|gondola|end cap|bay)\b", written, re.IGNORECASE) else None


def _shape(written: str) -> str:
    found = re.search(r"\b(end cap|half circle|circle)\b", written, re.IGNORECASE)
    return found[1].lower() if found else ""


def _zone(written: str) -> str:
    found = re.search(r"\b(ambient|refrigerated|frozen)\b", written, re.IGNORECASE)
    return found[1].lower() if found else ""
