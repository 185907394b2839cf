"""The hash of a data set."""

import subprocess
from pathlib import Path

import pytest

from core.errors import BadInput
from ml.tools.hash_dataset import compare, hash_dataset, load_version, main, save_version


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "train" / "images").mkdir(parents=True)
    (folder / "train" / "images" / "a.png").write_bytes(b"one")
    (folder / "train" / "images" / "b.png").write_bytes(b"two")
    return folder


def test_the_same_data_give_the_same_hash_and_the_same_file(data: Path, tmp_path: Path) -> None:
    """Wherever they lie, and whatever caches and hidden files lie beside them."""
    moved = tmp_path / "elsewhere"
    data_copy = moved / "train" / "images"
    data_copy.mkdir(parents=True)
    for name in ("b.png", "a.png"):
        (data_copy / name).write_bytes((data / "train" / "images" / name).read_bytes())
    (moved / "train" / "labels.cache").write_bytes(b"left by a trainer")
    (moved / ".DS_Store").write_bytes(b"left by a computer")
    save_version(hash_dataset(data), tmp_path / "1.json")
    save_version(hash_dataset(moved), tmp_path / "2.json")
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()


def test_the_hash_is_that_of_the_lines_of_sha256sum(data: Path) -> None:
    """So that it can be checked with no program of ours."""
    lines = "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum | sha256sum"
    by_hand = subprocess.run(lines, shell=True, cwd=data, capture_output=True, text=True, check=True)
    assert hash_dataset(data).hash == by_hand.stdout.split()[0]


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        (lambda d: (d / "train" / "images" / "c.png").write_bytes(b"three"), "+ train/images/c.png"),
        (lambda d: (d / "train" / "images" / "a.png").unlink(), "- train/images/a.png"),
        (lambda d: (d / "train" / "images" / "a.png").write_bytes(b"One"), "~ train/images/a.png"),
    ],
)
def test_compare_tells_what_has_changed(data: Path, tmp_path: Path, capsys, change, sign: str) -> None:
    """And ends with status 1, so that a script can stop on it."""
    version = tmp_path / "v1.json"
    assert main([str(data), "--output", str(version)]) == 0
    assert main([str(data), "--compare", str(version)]) == 0
    change(data)
    assert main([str(data), "--compare", str(version)]) == 1
    assert sign in capsys.readouterr().out.splitlines()


def test_an_edited_version_is_refused(data: Path, tmp_path: Path, capsys) -> None:
    """Its entries no longer give its hash."""
    version = tmp_path / "v1.json"
    save_version(hash_dataset(data), version)
    version.write_text(version.read_text().replace("a.png", "z.png"))
    with pytest.raises(BadInput, match="do not give its hash"):
        load_version(version)
    assert main([str(data), "--compare", str(version)]) == 2


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"entries": {"a": 1}}'])
def test_what_is_no_version_is_refused(data: Path, tmp_path: Path, content: str) -> None:
    """With a sentence, not a stack."""
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(BadInput):
        load_version(tmp_path / "bad.json")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """It has nothing to learn from."""
    with pytest.raises(BadInput):
        hash_dataset(tmp_path)
    with pytest.raises(BadInput):
        hash_dataset(tmp_path / "missing")


def test_nothing_differs_from_itself(data: Path) -> None:
    """An empty difference is false."""
    version = hash_dataset(data)
    assert not compare(version, version)
