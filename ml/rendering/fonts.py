"""The typefaces that packages are printed with: those of installed font packages, in a fixed order."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

MEANT = (
    "font_roboto/Roboto-Black", "font_fredoka_one/FredokaOne-Regular", "font_roboto/Roboto-BoldItalic",
    "font_source_serif_pro/SourceSerifPro-Black", "font_roboto/Roboto-Bold", "font_caladea/Caladea-Bold",
    "font_roboto/Roboto-Medium", "font_caladea/Caladea-BoldItalic", "font_amatic_sc/AmaticSC-Bold",
    "font_source_serif_pro/SourceSerifPro-Bold", "font_roboto/Roboto-Light",
)
"""In the order in which brands choose. Where a package is missing the others share its brands, so pictures
are the same on two machines only with the same font packages; ``installed`` goes into every manifest."""


@cache
def installed() -> tuple[str, ...]:
    """Those of ``MEANT`` whose package is installed; Roboto always is."""
    return tuple(name for name in MEANT if find_spec(name.split("/")[0]) is not None)


@lru_cache(maxsize=512)
def face(choice: int, size_px: int) -> FreeTypeFont:
    """A typeface by a brand's choice, in pixels."""
    from PIL import ImageFont

    names = installed()
    return ImageFont.truetype(str(_path(names[choice % len(names)])), max(size_px, 4))


def _path(name: str) -> Path:
    package, file = name.split("/")
    return Path(str(files(package).joinpath("files", f"{file}.ttf")))
