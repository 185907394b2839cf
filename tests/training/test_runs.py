"""Run folders and their records."""

from pathlib import Path

import pytest

from core.errors import BadInput
from ml.training.runs import finish_run, read_run, run_of, start_run, update_run


def test_a_run_records_data_configuration_and_metrics(tmp_path: Path) -> None:
    """Everything that is needed to make it again."""
    folder = start_run("detector", {"epochs": 3}, "abc123", tmp_path)
    finish_run(folder, {"map50": 0.5}, "map50")
    record = read_run(folder)
    assert (record["data_hash"], record["config"], record["metrics"], record["status"]) == (
        "abc123", {"epochs": 3}, {"map50": 0.5}, "finished",
    )  # fmt: skip
    assert record["versions"]["python"]


def test_latest_is_the_newest_and_best_the_best(tmp_path: Path) -> None:
    """Also where the newest is worse, and where one has no score yet."""
    scores = (0.5, 0.9, 0.7)
    folders = [start_run("detector", {}, "abc", tmp_path) for _ in scores]
    for folder, score in zip(folders, scores, strict=True):
        finish_run(folder, {"map50": score}, "map50")
    assert (tmp_path / "detector" / "latest").resolve() == folders[2].resolve()
    assert (tmp_path / "detector" / "best").resolve() == folders[1].resolve()


def test_later_metrics_are_added(tmp_path: Path) -> None:
    """Validation after training forgets nothing."""
    folder = start_run("detector", {}, "abc", tmp_path)
    update_run(folder, metrics={"map50": 0.5})
    assert update_run(folder, metrics={"recall": 0.6})["metrics"] == {"map50": 0.5, "recall": 0.6}


def test_weights_lead_to_their_run(tmp_path: Path) -> None:
    """Through the link, in the run's folder or below it; others lead nowhere."""
    folder = start_run("detector", {}, "abc", tmp_path)
    (folder / "weights").mkdir()
    linked = tmp_path / "detector" / "latest" / "weights" / "last.pt"
    assert run_of(linked) == folder.resolve()
    assert run_of(folder / "best.pt") == folder.resolve()
    assert run_of(tmp_path / "best.pt") is None
    with pytest.raises(BadInput):
        read_run(tmp_path)
