"""Pictures sent many at once, or in a ZIP folder."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import picture_files
from core.errors import BadInput, TooLarge, WorkbenchError
from core.picture_files import opened


def folder(kind: int = zipfile.ZIP_DEFLATED, /, **files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as packed:
        for name, data in files.items():
            packed.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def test_pictures_come_out_of_folders_and_everything_else_stays_in() -> None:
    """By their endings; a Mac's shadow files are none."""
    packed = folder(**{"shots__a.jpg": b"1", "B.PNG": b"2", "list.csv": b"3", ".hidden.png": b"4"})
    mac = io.BytesIO(packed)
    with zipfile.ZipFile(mac, "a") as more:
        more.writestr("__MACOSX/shots/._a.jpg", b"5")
    files = opened([("one.webp", b"0"), ("all.zip", mac.getvalue())])
    assert files == [("one.webp", b"0"), ("a.jpg", b"1"), ("B.PNG", b"2")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", folder(**{"a.jpg": b"1"})[:-9]])
def test_a_broken_folder_is_told(content: bytes) -> None:
    """With its name."""
    with pytest.raises(BadInput, match=r"bad\.zip"):
        opened([("bad.zip", content)])


def test_a_folder_whose_packing_is_damaged_is_told() -> None:
    """Its list of files is whole, and what is packed is not."""
    content = bytearray(folder(**{"a.jpg": bytes(range(256)) * 400}))
    start = 30 + len("a.jpg")
    content[start : start + 40] = b"\xff" * 40
    with pytest.raises(BadInput, match=r"bad\.zip"):
        opened([("bad.zip", bytes(content))])


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@given(at=st.integers(0, 900), put=st.binary(min_size=1, max_size=8))
def test_whatever_is_wrong_with_a_folder_is_told(packed: int, at: int, put: bytes) -> None:
    """Any of its bytes, those of its names among them: read all the same, or refused in words."""
    content = bytearray(folder(packed, **{"ü.jpg": bytes(range(256)) * 3, "d/é.png": b"abc" * 90}))
    at %= len(content)
    content[at : at + len(put)] = put
    with suppress(WorkbenchError):
        opened([("bad.zip", bytes(content))])


def test_a_folder_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture is read beyond what one may have, and all together no more than their limit."""
    monkeypatch.setattr(picture_files, "LIMIT_BYTES", 1_000)
    monkeypatch.setattr(picture_files, "LIMIT_TOTAL_BYTES", 3_000)
    bomb = folder(**{"a.jpg": bytes(50_000)})
    assert [len(content) for _, content in opened([("b.zip", bomb)])] == [1_001]
    with pytest.raises(TooLarge):
        opened([("b.zip", bomb)] * 3)


def test_too_many_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any is looked at."""
    monkeypatch.setattr(picture_files, "MOST_FILES", 2)
    with pytest.raises(TooLarge, match="more than 2"):
        opened([(f"{n}.jpg", b"1") for n in range(3)])
