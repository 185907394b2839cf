"""Configurations of training."""

from pathlib import Path

import pytest

from core.errors import BadInput
from ml.training.config import CONFIGS, detector_config, read_yaml


def test_the_shipped_configuration_is_read() -> None:
    """With the targets of the guide."""
    config = detector_config(read_yaml(CONFIGS / "detector.yaml"))
    assert (config.targets.recall_min, config.targets.map50_min) == (0.98, 0.95)


def test_a_record_gives_its_configuration_again() -> None:
    """A resumed run goes on as it began."""
    config = detector_config({"training": {"epochs": 3, "scales": [0.5, 1.0]}, "data": {"extra": ["a"]}})
    assert detector_config(config.as_dict()) == config


@pytest.mark.parametrize(
    "content",
    [
        {"trainig": {}},
        {"training": {"epoch": 3}},
        {"training": {"epochs": "three"}},
        {"training": {"epochs": 0}},
        {"training": {"epochs": True}},
        {"training": {"image_size": 100}},
        {"training": {"scales": [1.0, 0.5]}},
        {"training": {"scales": [1.0]}},
        {"training": [3]},
        {"model": {"architecture": 8}},
    ],
)
def test_slips_are_refused(content: dict) -> None:
    """A key that nothing reads is no setting, and a number out of range trains nothing."""
    with pytest.raises(BadInput):
        detector_config(content)


@pytest.mark.parametrize("text", ["a: [", "- a list", "\x00"])
def test_what_is_no_configuration_is_refused(tmp_path: Path, text: str) -> None:
    """With a sentence."""
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(BadInput):
        read_yaml(tmp_path / "c.yaml")
    with pytest.raises(BadInput):
        read_yaml(tmp_path / "missing.yaml")
