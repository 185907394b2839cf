"""Planograms as files and back: ``write`` a plan in a format, ``read`` a file of any of them.

The modules of the formats are loaded when they are needed.
"""

from __future__ import annotations

from enum import StrEnum

from core.errors import BadInput, TooLarge, UnsupportedType
from core.planogram.files.values import FilePosition, FileProduct, PlanFile, RowProblem
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

__all__ = ["LIMIT_BYTES", "FilePosition", "FileProduct", "Format", "PlanFile", "RowProblem", "read", "write"]

LIMIT_BYTES = 32 * 2**20
READABLE = "Send a planogram as CSV, Excel (.xlsx), JSON or PSA."
_OTHERS = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"\x1f\x8b", "compressed with gzip"), (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"DXS*", "an EVA-DTS audit, which is imported as sales"),
)


class Format(StrEnum):
    """The formats that hold a whole planogram."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PSA = "psa"


def write(
    kind: Format, plan: Planogram, products: Catalog, *, name: str = "", season: str | None = None,
    source: str | None = None,
) -> bytes:
    """The plan as a file. ``source`` is the text of the space-planning file that it came from, if any."""
    from core.planogram.files import csv, excel, json, psa

    if kind is Format.PSA:
        return psa.write(plan, products, name=name, season=season, source=source)
    writers = {Format.CSV: csv.write, Format.XLSX: excel.write, Format.JSON: json.write}
    return writers[kind](plan, products, name=name, season=season)


def read(content: bytes) -> tuple[PlanFile, ...]:
    """The planograms of a file, one or more; its kind is told by the bytes, never by its name.

    Raises TooLarge, UnsupportedType for other kinds of files, and BadInput for one that holds no planogram.
    """
    from core.planogram.files import csv, excel, json, psa

    if len(content) > LIMIT_BYTES:
        raise TooLarge(f"The file has more than {LIMIT_BYTES // 2**20} MB.", "A planogram takes far less.")
    if not content.strip():
        raise BadInput("The file is empty.", READABLE)
    for magic, what in _OTHERS:
        if content.startswith(magic):
            raise UnsupportedType(f"The file is {what}, not a planogram.", READABLE)
    if content.startswith(b"PK\x03\x04"):
        return (excel.read(content),)
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"PROSPACE"):
        return psa.read_all(content)
    return (json.read(content) if start.startswith((b"{", b"[")) else csv.read(content),)
