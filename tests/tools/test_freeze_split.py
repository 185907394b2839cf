"""Frozen splits of a data set."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from ml.tools.files import read_json
from ml.tools.freeze_split import SPLITS, freeze_split, main


def pictures(folder: Path, counts: dict[str, int]) -> Path:
    """Folders of classes with so many pictures each, no two alike."""
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for i in range(count):
            (folder / name / f"{i:03d}.jpg").write_bytes(f"{name} {i}".encode())
    return folder


def test_the_command_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    """A split is made once and can be made again."""
    data = pictures(tmp_path / "data", {"cola": 20, "water": 10})
    for name in ("1.json", "2.json"):
        assert main([str(data), "--stratify", "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()
    assert main([str(data), "--stratify", "--seed", "1", "--output", str(tmp_path / "3.json")]) == 0
    assert read_json(tmp_path / "3.json")["splits"] != read_json(tmp_path / "1.json")["splits"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_every_picture_is_in_one_part_and_every_class_keeps_its_share(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], seed: int
) -> None:
    """To within one picture at each cut."""
    data = pictures(tmp_path_factory.mktemp("data"), {f"c{i}": n for i, n in enumerate(counts)})
    split = freeze_split(data, stratify=True, seed=seed)
    everything = [path for name in SPLITS for path in split.parts[name]]
    assert sorted(everything) == sorted(p.relative_to(data).as_posix() for p in data.rglob("*.jpg"))
    for part, share in zip(SPLITS, split.fractions, strict=True):
        have = Counter(path.split("/")[0] for path in split.parts[part])
        for i, n in enumerate(counts):
            assert abs(have[f"c{i}"] - share * n) <= 1


def test_copies_and_pictures_of_one_scene_stay_together(tmp_path: Path) -> None:
    """Else the test would ask for what was trained on."""
    data = tmp_path / "data"
    (data / "cola").mkdir(parents=True)
    for scene in range(30):
        for crop in range(3):
            (data / "cola" / f"shelf{scene}_{crop}.jpg").write_bytes(f"{scene} {crop}".encode())
        (data / "cola" / f"copy{scene}.jpg").write_bytes(f"{scene} 0".encode())
    split = freeze_split(data, group_by=r"shelf(\d+)_")
    where = {path: name for name in SPLITS for path in split.parts[name]}
    for scene in range(30):
        together = [f"cola/shelf{scene}_{crop}.jpg" for crop in range(3)] + [f"cola/copy{scene}.jpg"]
        assert len({where[path] for path in together}) == 1
    assert split.parts["test"]


def test_detection_data_are_stratified_by_the_kinds_in_their_labels(tmp_path: Path) -> None:
    """A rare kind reaches the test too."""
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    for i in range(100):
        (tmp_path / "images" / f"{i}.jpg").write_bytes(str(i).encode())
        (tmp_path / "labels" / f"{i}.txt").write_text(f"{3 if i < 10 else 0} .5 .5 .1 .1\n")
    split = freeze_split(tmp_path, stratify=True)
    rare = {f"images/{i}.jpg" for i in range(10)}
    assert [len(rare & set(split.parts[name])) for name in SPLITS] == [8, 1, 1]


def test_a_later_picture_moves_few_of_the_others(tmp_path: Path) -> None:
    """So that a grown data set can still be compared with an older one."""
    data = pictures(tmp_path, {"cola": 200})
    before = freeze_split(data)
    for i in range(10):
        (data / "cola" / f"new{i}.jpg").write_bytes(f"new {i}".encode())
    after = freeze_split(data)
    moved = sum(len(set(before.parts[name]) - set(after.parts[name])) for name in SPLITS)
    assert moved <= 20


@pytest.mark.parametrize("asked", [{"fractions": (0.5, 0.1, 0.1)}, {"group_by": "("}])
def test_what_cannot_be_divided_is_refused(tmp_path: Path, asked: dict) -> None:
    """With what is wrong about it."""
    with pytest.raises(BadInput):
        freeze_split(pictures(tmp_path, {"cola": 3}), **asked)
