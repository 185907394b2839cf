"""Models that the settings name: used where they are what they should be, told where they are not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ml import photo_reader
from ml.configured import ReaderFiles
from ml.vision.detector import MODEL
from ml.vision.embedding import SHIPPED


def copied(model: Path, folder: Path) -> Path:
    """A model with its card, under another name."""
    path = Path(shutil.copy(model, folder / f"own{model.suffix}"))
    shutil.copy(model.with_suffix(".json"), path.with_suffix(".json"))
    return path


def test_nothing_set_means_what_is_shipped() -> None:
    """And there is nothing to tell."""
    found, told = ReaderFiles().detector_of_settings()
    assert found is not None
    assert (found.path, told) == (MODEL, "")


def test_a_detector_of_ones_own_goes_before_that_of_the_configuration(tmp_path: Path) -> None:
    """Whose other values count."""
    config = tmp_path / "pipeline.yaml"
    config.write_text("detector:\n  model: nowhere.onnx\n  confidence: 0.7\n  threads: 1\n")
    own = copied(MODEL, tmp_path)
    found, told = ReaderFiles(config, own).detector_of_settings()
    assert found is not None
    assert (found.path, found.least, found.threads, told) == (own, 0.7, 1, "")
    reader = photo_reader(ReaderFiles(config, own))
    assert reader is not None
    assert "own " in reader.name


def test_a_detector_that_is_turned_off_is_no_matter(tmp_path: Path) -> None:
    """Photos are then read by packshots alone."""
    config = tmp_path / "pipeline.yaml"
    config.write_text("detector:\n  enabled: false\n")
    assert ReaderFiles(config).detector_of_settings() == (None, "")


def test_a_file_that_is_missing_or_another_is_told_with_its_setting(tmp_path: Path) -> None:
    """By hash, as for the shipped ones."""
    missing = tmp_path / "best.onnx"
    found, told = ReaderFiles(detector=missing).detector_of_settings()
    assert found is None
    assert f"AI_V2_DETECTOR_MODEL is {missing}" in told
    changed = copied(MODEL, tmp_path)
    changed.write_bytes(changed.read_bytes() + b"!")
    found, told = ReaderFiles(detector=changed).detector_of_settings()
    assert found is None
    assert "is not the file that its card describes" in told


def test_a_configuration_that_cannot_be_read_is_told_and_the_shipped_one_counts(tmp_path: Path) -> None:
    """A slip in a key does not stop photos from being read."""
    config = tmp_path / "pipeline.yaml"
    config.write_text("detectr: {}\n")
    found, told = ReaderFiles(config).detector_of_settings()
    assert found is not None
    assert told.startswith("AI_V2_PIPELINE_CONFIG is not used: Nothing reads 'detectr'")
    _, told = ReaderFiles(tmp_path / "none.yaml").detector_of_settings()
    assert "There is no configuration" in told


def test_a_classifier_is_checked_and_said_not_to_be_used(tmp_path: Path) -> None:
    """Nothing that was set is passed over in silence."""
    _, told = ReaderFiles(classifier=tmp_path / "c.onnx", embeddings=tmp_path / "e.npy").detector_of_settings()
    assert "AI_V2_CLASSIFIER_MODEL is not used: there is no file" in told
    assert "AI_V2_EMBEDDINGS_PATH is not used: there is no file" in told
    own = copied(SHIPPED, tmp_path)
    assert "named by their packshots" in ReaderFiles(classifier=own).detector_of_settings()[1]
    card = json.loads(own.with_suffix(".json").read_text())
    own.with_suffix(".json").write_text(json.dumps(card | {"sha256": "0" * 64}))
    assert "not the file that its card describes" in ReaderFiles(classifier=own).detector_of_settings()[1]
