"""Photos as they are sent: upright, of any kind, small or far too large."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import BadInput, TooLarge, UnsupportedType, WorkbenchError
from core.pictures import check
from ml.vision import photo
from ml.vision.photo import from_pixels, load

ROOT = Path(__file__).parents[2]


def saved(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)  # type: ignore[arg-type]
    return out.getvalue()


def corners() -> Image.Image:
    """Wide, with red at its left top, green at its right top, blue at its left bottom."""
    pixels = np.full((60, 100, 3), 255, np.uint8)
    pixels[:30, :50], pixels[:30, 50:], pixels[30:, :50] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("turn", "stored"), [
    (1, None), (2, Image.Transpose.FLIP_LEFT_RIGHT), (3, Image.Transpose.ROTATE_180),
    (4, Image.Transpose.FLIP_TOP_BOTTOM), (5, Image.Transpose.TRANSPOSE), (6, Image.Transpose.ROTATE_90),
    (7, Image.Transpose.TRANSVERSE), (8, Image.Transpose.ROTATE_270),
])
def test_a_photo_is_read_as_its_holder_saw_it(turn: int, stored: Image.Transpose | None) -> None:
    """Each of the eight EXIF orientations is undone, and width and height are those of the upright photo."""
    exif = Image.Exif()
    exif[photo.ORIENTATION] = turn
    image = corners() if stored is None else corners().transpose(stored)
    read = load(saved(image, "JPEG", exif=exif, quality=95, subsampling=0))
    assert (read.width, read.height, read.scale) == (100, 60, 1.0)
    colors = [read.pixels[y, x].astype(int) for y, x in ((10, 10), (10, 90), (50, 10))]
    assert [int(np.argmax(c)) for c in colors] == [0, 1, 2]
    assert all(np.sort(c)[1] < 40 for c in colors)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK", "I;16", "PA"])
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    """Gray, 16 bits, palettes, transparency and printer's colors look as they do in a viewer."""
    if mode == "I;16":
        image, kind = Image.fromarray(np.full((40, 50), 128 * 257, np.uint16)), "PNG"
    elif mode in ("P", "PA"):
        image, kind = Image.new("P", (50, 40), 1), "PNG"
        image.putpalette([255, 0, 0, 128, 128, 128, 0, 255, 0])
        if mode == "PA":
            image.info["transparency"] = 2
    else:
        gray = Image.new("RGB", (50, 40), (255, 255, 255) if mode == "1" else (128, 128, 128))
        image, kind = gray.convert(mode), "JPEG" if mode == "CMYK" else "PNG"
    read = load(saved(image, kind))
    assert read.pixels.shape == (40, 50, 3)
    assert read.pixels.dtype == np.uint8
    assert np.abs(read.pixels.astype(int) - (255 if mode == "1" else 128)).max() <= 4


def test_what_is_transparent_is_white() -> None:
    """A cut-out packshot stands on white."""
    image = Image.new("RGBA", (20, 20), (200, 0, 0, 0))
    assert (load(saved(image)).pixels == 255).all()


def test_the_kind_is_told_by_content_not_by_name() -> None:
    """A PNG that was renamed to .jpg is a PNG."""
    assert check(saved(corners(), "PNG")).media_type == "image/png"
    assert load(saved(corners(), "PNG")).width == 100


def test_a_phones_picture_with_a_second_one_behind_it_is_taken() -> None:
    """Gain and depth maps make it what Pillow calls MPO; the first picture is the photo."""
    content = saved(corners(), "MPO", save_all=True, append_images=[corners()])
    assert check(content).media_type == "image/jpeg"
    assert load(content).width == 100


def test_a_damaged_orientation_is_no_reason_to_refuse_a_photo() -> None:
    """EXIF that says 77, or is torn, reads as upright."""
    exif = Image.Exif()
    exif[photo.ORIENTATION] = 77
    assert load(saved(corners(), "JPEG", exif=exif)).width == 100
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert load(saved(corners(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")).width == 100


@pytest.mark.parametrize(("content", "error"), [
    (b"", BadInput), (b"twelve bytes", UnsupportedType), (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", WorkbenchError),
    (b"GIF89a" + bytes(40), UnsupportedType), (b"%PDF-1.7\n" + bytes(80), UnsupportedType),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedType),
])
def test_what_is_no_photo_is_refused_in_words(content: bytes, error: type[WorkbenchError]) -> None:
    """Empty, twelve bytes, half a header, and other kinds of files."""
    with pytest.raises(error) as refused:
        load(content)
    assert refused.value.message.endswith(".")
    assert refused.value.hint


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused(kind: str) -> None:
    """A file that was cut off while it was sent."""
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8))
    content = saved(noise, kind)
    with pytest.raises((BadInput, UnsupportedType)):
        load(content[: len(content) // 2])


@given(place=st.integers(20, 3_000), change=st.binary(min_size=1, max_size=40), kind=st.sampled_from(["JPEG", "PNG"]))
def test_damage_is_read_or_refused_but_never_crashes(place: int, change: bytes, kind: str) -> None:
    """Any bytes written over any part of a photo."""
    content = bytearray(saved(corners().resize((160, 96)), kind))
    at = place % len(content)
    content[at : at + len(change)] = change
    try:
        read = load(bytes(content))
    except WorkbenchError:
        return
    assert read.pixels.ndim == 3


def bomb(width: int, height: int) -> bytes:
    """A PNG of black pixels, thousands of times smaller than what it unpacks to."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8_000, 7_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    """By what its header says."""
    with pytest.raises(TooLarge) as refused:
        load(bomb(width, height))
    assert "50 megapixels" in refused.value.hint


def test_a_large_photo_is_brought_to_the_working_size_and_boxes_find_their_way_back() -> None:
    """Long side at most ``LONG_SIDE``; its own width and height are kept."""
    read = load(saved(Image.new("RGB", (3_000, 4_000), (90, 20, 20)), "JPEG"))
    assert read.pixels.shape == (1_600, 1_200, 3)
    assert (read.width, read.height, read.scale) == (3_000, 4_000, 0.4)
    assert read.to_photo([(40, 80, 10, 20)]).tolist() == [[100, 200, 25, 50]]
    assert np.allclose(read.to_working(read.to_photo([(1, 2, 3, 4)])), [[1, 2, 3, 4]])
    assert read.crop((100, 200, 300, 400)).shape == (400, 300, 3)
    assert read.crop((-50, -50, 60, 60)).shape == (10, 10, 3)
    assert read.crop((9_000, 9_000, 5, 5)).shape == (1, 1, 3)


def test_a_photo_cannot_be_written_to() -> None:
    """Its arrays are shared by all readers."""
    read = from_pixels(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(ValueError):
        read.pixels[0, 0] = 1


def test_fifty_megapixels_are_read_in_bounded_memory(tmp_path: Path) -> None:
    """The whole process, judging the photo and finding its shelves, stays far below 1.5 GB; a progressive
    JPEG is the one that decoders keep whole. Read from VmHWM: getrusage counts what the parent held, too."""
    image = Image.fromarray(np.random.default_rng(1).integers(0, 255, (30, 40, 3), dtype=np.uint8))
    path = tmp_path / "photo"
    path.write_bytes(saved(image.resize((8_192, 6_144)), "JPEG", quality=60, progressive=True))
    program = (
        "import re, sys; from ml.vision import edges, photo, quality; "
        "read = photo.load(open(sys.argv[1], 'rb').read()); quality.judge(read); edges.shelves(read); "
        "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read()).group(1); "
        "print(read.width, read.height, int(peak) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    width, height, megabytes = map(int, done.stdout.split())
    assert (width, height) == (8_192, 6_144)
    assert megabytes < 800
