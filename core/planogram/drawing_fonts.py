"""The typeface of prints and pictures: Roboto (Apache-2.0), from its package."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SMALLEST_PX = 6


def font_path(is_bold: bool = False) -> Path:
    """The file of the typeface."""
    name = "Roboto-Bold.ttf" if is_bold else "Roboto-Regular.ttf"
    return Path(str(files("font_roboto").joinpath("files", name)))


@lru_cache(maxsize=256)
def font(size_px: int, is_bold: bool = False) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(font_path(is_bold)), size_px)


def fitted(text: str, width: float, height: float) -> FreeTypeFont:
    """The bold face in the largest size at which a text fits a box in pixels."""
    wanted = max(int(height), SMALLEST_PX)
    long = font(wanted, True).getlength(text)
    return font(max(int(wanted * min(1.0, width / max(long, 1.0))), SMALLEST_PX), True)
