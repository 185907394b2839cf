"""Training of the detector, end to end, small enough for a processor: run as its commands are."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from core.errors import BadInput
from ml.tools.freeze_split import freeze_split, save_split
from ml.training.config import detector_config
from ml.training.data import detector_data
from ml.training.runs import read_run, start_run, update_run
from ml.training.train_detector import main, resume, train

EPOCHS = 5
HOME = Path(__file__).resolve().parents[2]


def draw(folder: Path, number: int) -> None:
    """A gray scene with four bright packages and their labels."""
    rng = np.random.default_rng(number)
    scene = rng.integers(60, 90, (96, 96, 3), np.uint8)
    lines = []
    for k in range(4):
        x, y = 4 + 24 * k, int(rng.integers(10, 50))
        scene[y : y + 30, x : x + 16] = rng.integers(150, 255, 3)
        lines.append(f"{k} {(x + 8) / 96} {(y + 15) / 96} {16 / 96} {30 / 96}\n")
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "images" / f"{number}.png"), scene)
    (folder / "labels" / f"{number}.txt").write_text("".join(lines))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for part, numbers in {"train": range(8), "val": range(8, 10), "test": range(10, 12)}.items():
        for number in numbers:
            draw(folder / part, number)
    return folder


def settings(data: Path, **training: object) -> dict:
    tiny = {
        "epochs": EPOCHS,
        "batch_size": 4,
        "image_size": 64,
        "validation_size": 96,
        "threads": 1,
        "pieces": 1,
    }
    return {
        "data": {"path": str(data)},
        "training": {**tiny, "scales": [0.6, 1.0], "device": "cpu", **training},
    }


def command(*words: str) -> subprocess.Popen[str]:
    """Start a module of ours as a person would, away from every setting of this machine."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "HOME": "/nonexistent", "PYTHONPATH": str(HOME)}
    return subprocess.Popen(
        [sys.executable, *words],
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=HOME,
    )


@pytest.fixture(scope="module")
def killed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was killed after its first checkpoint."""
    root = tmp_path_factory.mktemp("runs")
    config = root / "tiny.yaml"
    config.write_text(yaml.safe_dump(settings(data)))
    going = command("-m", "ml.training.train_detector", "--config", str(config), "--output-dir", str(root))
    last = root / "detector" / "latest" / "weights" / "last.pt"
    until = time.monotonic() + 180
    while not last.exists() and going.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    going.send_signal(signal.SIGKILL)
    told, _ = going.communicate()
    assert last.exists(), told
    return (root / "detector" / "latest").resolve()


@pytest.fixture(scope="module")
def resumed(killed: Path) -> tuple[str, dict, Path]:
    """What the resumed run says, the record as the kill left it, and its folder."""
    before = read_run(killed)
    going = command("-m", "ml.training.train_detector", "--resume", str(killed / "weights" / "last.pt"))
    told, _ = going.communicate(timeout=240)
    assert going.returncode == 0, told
    return told, before, killed


def test_a_killed_run_goes_on_where_it_was(resumed: tuple[str, dict, Path]) -> None:
    """Not from the beginning: every epoch is in the results, and the first ones come from before the kill."""
    told, before, folder = resumed
    rows = (folder / "results.csv").read_text().splitlines()[1:]
    assert sorted({int(row.split(",")[0]) for row in rows}) == list(range(1, EPOCHS + 1))
    assert "Resuming training" in told
    assert before["status"] == "running"
    assert before["metrics"] == {}


def test_the_record_tells_data_configuration_and_metrics(resumed: tuple[str, dict, Path], data: Path) -> None:
    """Of a finished run."""
    record = read_run(resumed[2])
    assert record["status"] == "finished"
    assert record["data_hash"] == detector_data(detector_config(record["config"]))[1]
    assert detector_config(record["config"]) == detector_config(settings(data))
    assert set(record["metrics"]) >= {"precision", "recall", "map50", "average_precision"}


def test_nothing_is_fetched_or_written_elsewhere(resumed: tuple[str, dict, Path]) -> None:
    """Settings lie in the run's folder, and no download is tried."""
    told, _, folder = resumed
    assert (folder / ".ultralytics" / "Ultralytics" / "settings.json").is_file()
    assert (
        json.loads((folder / ".ultralytics" / "Ultralytics" / "settings.json").read_text())["sync"] is False
    )
    assert "Download" not in told


def test_validation_and_export_give_a_model_that_runs_without_torch(
    resumed: tuple[str, dict, Path], tmp_path: Path
) -> None:
    """In ONNX Runtime, on pictures of any size, with a card whose hash is checked."""
    weights = str(resumed[2] / "weights" / "best.pt")
    both = (
        "from ml.training.train_detector import main; import sys;"
        f"print('validated', main(['--validate', {weights!r}]));"
        f"sys.exit(main(['--export', {weights!r}, '--output-dir', {str(tmp_path)!r}]))"
    )
    going = command("-c", both)
    told, _ = going.communicate(timeout=240)
    assert going.returncode == 0, told
    assert "validated 1" in told, "five epochs of eight pictures reach no target"
    assert "TFLite" in told or (tmp_path / "detector.tflite").is_file()
    look = (
        "import sys, numpy as np; from pathlib import Path; from ml.vision.detector import Detector;"
        f"d = Detector(Path({str(tmp_path / 'detector.onnx')!r}), least=0.0);"
        "print([len(d.detect(np.zeros((h, w, 3), np.uint8)).boxes) > 0 for h, w in ((90, 130), (400, 300))]);"
        "sys.exit('torch' in sys.modules)"
    )
    going = command("-c", look)
    told, _ = going.communicate(timeout=120)
    assert (going.returncode, told.strip()) == (0, "[True, True]")
    card = json.loads((tmp_path / "detector.json").read_text())
    assert card["data_hash"] == read_run(resumed[2])["data_hash"]
    assert card["licence"] == "AGPL-3.0-or-later"
    assert "/" not in card["config"]["data"]["path"], "where the data lay is no one's business"


def test_a_frozen_split_divides_what_folders_do_not(tmp_path: Path) -> None:
    """And is refused where the data have changed since."""
    for number in range(20):
        draw(tmp_path / "all", number)
    save_split(freeze_split(tmp_path / "all"), tmp_path / "split.json")
    config = detector_config({"data": {"path": str(tmp_path / "all"), "split": str(tmp_path / "split.json")}})
    parts, _ = detector_data(config)
    assert [len(parts[name]) for name in ("train", "val", "test")] == [16, 2, 2]
    draw(tmp_path / "all", 20)
    with pytest.raises(BadInput, match="changed"):
        detector_data(config)


def test_labelled_photos_are_trained_on_too_and_change_the_hash(data: Path, tmp_path: Path) -> None:
    """As the learning queue writes them."""
    draw(tmp_path, 99)
    alone = detector_data(detector_config(settings(data)))
    more = detector_data(detector_config({"data": {"path": str(data), "extra": [str(tmp_path)]}}))
    assert len(more[0]["train"]) == len(alone[0]["train"]) + 1
    assert more[1] != alone[1]


def test_changed_data_are_not_trained_on_as_if_they_were_the_same(tmp_path: Path) -> None:
    """A resumed run would have no hash that is true."""
    for part in ("train", "val"):
        draw(tmp_path / "data" / part, 1)
    config = detector_config(settings(tmp_path / "data"))
    folder = start_run("detector", config.as_dict(), detector_data(config)[1], tmp_path)
    (folder / "last.pt").write_bytes(b"")
    draw(tmp_path / "data" / "train", 2)
    with pytest.raises(BadInput, match="changed"):
        resume(folder / "last.pt")
    update_run(folder, status="finished")
    with pytest.raises(BadInput, match="finished"):
        resume(folder / "last.pt")


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "missing.yaml"],
        ["--resume", "missing.pt"],
        ["--validate", __file__],
        ["--export", "missing.pt"],
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And ends with status 2, before anything is written."""
    assert main(words) == 2
    assert capsys.readouterr().err.strip().count("\n") == 0


def test_an_unknown_architecture_makes_no_run(data: Path, tmp_path: Path) -> None:
    """Nor does a data set without pictures."""
    with pytest.raises(BadInput):
        train(detector_config({**settings(data), "model": {"architecture": "resnet50"}}), tmp_path)
    with pytest.raises(BadInput):
        train(detector_config(settings(tmp_path)), tmp_path)
    assert not (tmp_path / "detector").exists()
