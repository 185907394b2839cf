"""Pictures as they leave the process: small, and without what came with their files."""

from __future__ import annotations

import io

from core.errors import BadInput
from core.language import Picture

LONGEST_PX, QUALITY = 1568, 88
"""Providers scale larger ones down to this, and bill what was sent."""
_FORMATS = ("JPEG", "PNG", "WEBP")


def sendable(picture: Picture) -> Picture:
    """The same picture upright as a JPEG of at most ``LONGEST_PX``, drawn anew: no EXIF, place, comment,
    profile or thumbnail goes along. Raises BadInput for one that cannot be decoded, which is never sent."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(picture.data), formats=_FORMATS) as opened:
            opened.draft("RGB", (LONGEST_PX, LONGEST_PX))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
            rgba = upright.convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise BadInput("The picture is broken.", "Save it anew and send it again.") from error
    clean = Image.new("RGB", rgba.size, "white")
    clean.paste(rgba, mask=rgba.getchannel("A"))
    target = io.BytesIO()
    clean.save(target, "JPEG", quality=QUALITY)
    return Picture(target.getvalue(), "image/jpeg")
