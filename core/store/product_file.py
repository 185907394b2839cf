"""A product list from a file: CSV, Excel or JSON → rows of product fields with their lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import DAMAGED_WORKBOOK, BadInput, TooLarge, UnsupportedType
from core.planogram.product import SEASONS

READABLE = "Send products as CSV, Excel (.xlsx) or JSON."
LIMIT_BYTES = 32 * 2**20
UNPACKED_BYTES = 8 * LIMIT_BYTES
INCHES_A_CM = 1 / 2.54
_NAMES = {
    "name": ("name", "product", "product name", "item", "description", "title"),
    "category": ("category", "product category", "department", "type"),
    "brand": ("brand", "manufacturer"),
    "size": ("size", "pack size", "net content"),
    "upc": ("upc", "gtin", "ean", "barcode", "upc gtin"),
    "width_in": ("width", "width in", "width cm"),
    "height_in": ("height", "height in", "height cm"),
    "depth_in": ("depth", "depth in", "depth cm"),
    "pack_height_in": ("pack height", "pack height in", "pack height cm"),
    "price": ("price", "retail price", "unit price", "sell price"),
    "cost": ("cost", "unit cost"),
    "velocity": ("velocity", "units a day", "units per day", "sales velocity", "daily units"),
    "shelf_life_days": ("shelf life days", "shelf life", "expiration days"),
    "temperature": ("temperature", "temperature zone", "temperature needs"),
    "health_score": ("health score",),
}
_TEXTS = frozenset({"name", "category", "brand", "size", "upc", "temperature"})
_FIELD = {known: field for field, names in _NAMES.items() for known in names}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A row of a product file: its line (the header is 1), and fields as in ``Product`` or what is wrong."""

    line: int
    fields: Mapping[str, Any]
    error: str = ""


def read_products(content: bytes) -> list[ProductRow]:
    """Every row in file order.

    Raises BadInput for an empty or unreadable file or one without a name column, UnsupportedType for
    another kind of file.
    """
    if len(content) > LIMIT_BYTES:
        raise TooLarge(f"The product file has more than {LIMIT_BYTES // 2**20} MB.", "Split it.")
    if not content.strip():
        raise BadInput("The file is empty.", "Send a file with a header and at least one product.")
    rows = [_row(line, record) for line, record in _records(content)]
    if not rows:
        raise BadInput("The file has a header and no products.", "Send a file with at least one product.")
    return rows


def _records(content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if content.startswith(b"PK\x03\x04"):
        return _excel(content)
    text = _text(content)
    if text.lstrip()[:1] in ("[", "{"):
        return _json(text)
    return _table(list(_csv_lines(text)))


def _text(content: bytes) -> str:
    if b"\x00" in content[:65_536] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnsupportedType("The file is not a text, whatever its name says.", READABLE)
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv_lines(text: str) -> Iterator[tuple[int, Sequence[Any]]]:
    first = text.splitlines()[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    started = 1
    try:
        for cells in reader:
            yield started, cells
            started = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"Line {reader.line_num} cannot be read as CSV.", READABLE) from error


def _excel(content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > UNPACKED_BYTES:
            raise TooLarge(f"The workbook unpacks to {unpacked / 2**20:,.0f} MB.", "Send it as CSV.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        lines = [(n, list(cells)) for n, cells in enumerate(rows, 1)]
    except (InvalidFileException, *DAMAGED_WORKBOOK) as error:
        raise UnsupportedType("The archive is not an Excel workbook.", READABLE) from error
    return _table(lines)


def _json(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput("The file is not valid JSON.", "Send a list of products.") from error
    if isinstance(data, Mapping):
        data = data.get("products", data.get("items"))
    if not isinstance(data, list):
        raise BadInput("The JSON holds no list of products.",
                       "Send a list of objects with name and category.")
    for line, record in enumerate(data, 1):
        yield line, record if isinstance(record, Mapping) else {"": record}


def _table(lines: Sequence[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    filled = [(n, cells) for n, cells in lines if any(str(c or "").strip() for c in cells)]
    if not filled:
        raise BadInput("The file is empty.", "Send a file with a header and at least one product.")
    header = [str(c or "") for c in filled[0][1]]
    if "name" not in {_FIELD.get(_plain(h)) for h in header}:
        raise BadInput("The file has no column with the product's name.",
                       "Name the columns, such as name, category, price, width_in.")
    for n, cells in filled[1:]:
        yield n, dict(zip(header, cells, strict=False))


def _row(line: int, record: Mapping[str, Any]) -> ProductRow:
    fields: dict[str, Any] = {}
    try:
        for header, value in record.items():
            _read_into(fields, str(header), value)
    except ValueError as error:
        return ProductRow(line, {}, str(error))
    if not fields.get("name"):
        return ProductRow(line, {}, "The product has no name.")
    fields.setdefault("category", "Other")
    return ProductRow(line, fields)


def _read_into(fields: dict[str, Any], header: str, value: Any) -> None:
    plain = _plain(header)
    season = plain.removeprefix("seasonality ").removesuffix(" seasonality")
    if plain == "seasonality" and isinstance(value, Mapping):
        fields["seasonality"] = dict(value)
    elif season in SEASONS and season != plain and not _blank(value):
        fields.setdefault("seasonality", {})[season] = _number(header, value)
    field = _FIELD.get(plain)
    if field is None or _blank(value):
        return
    if field in _TEXTS:
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
        fields[field] = text.lower() if field == "temperature" else text
        return
    number = _number(header, value)
    if plain.endswith(" cm"):
        number *= INCHES_A_CM
    fields[field] = int(number) if field == "shelf_life_days" else number


def _number(header: str, value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = re.sub(r"[\s$€£]", "", str(value))
    if re.fullmatch(r"-?\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise ValueError(f"{header} “{value}” is not a number.") from None


def _plain(header: str) -> str:
    return re.sub(r"[\s_/().-]+", " ", header.strip().lower()).strip()


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
