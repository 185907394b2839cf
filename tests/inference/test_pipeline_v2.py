"""Both stages on one photo."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.compliance.reading import Candidate, Facing, Gallery, GalleryProduct, Reading
from core.errors import BadInput
from ml.inference.packshots import read_gallery
from ml.inference.pipeline_v2 import CONFIG, Pipeline, main, marks, pipeline_config, told
from ml.training.config import read_yaml
from ml.vision.detector import Detections

GALLERY = Gallery((GalleryProduct(7, "Cola"),), "1")


def photo(width: int = 200, height: int = 100) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 90, 90)).save(out, "PNG")
    return out.getvalue()


@dataclass
class Named:
    """A reader that knows one package on the upper shelf and one on the lower."""

    name: str = "named"

    def read(self, photo: bytes, gallery: Gallery, expected: object = None) -> Reading:
        known = (Candidate(7, 0.9),)
        upper, lower = (Facing((10, y, 20, 30), 0.95, row, candidates=known) for row, y in ((0, 10), (1, 60)))
        return Reading(200, 100, (upper, lower), methods=("named",))


@dataclass
class Seen:
    """A detector that sees the upper package again, its label, and two that the reader missed."""

    name: str = "seen"

    def detect(self, pixels: np.ndarray) -> Detections:
        boxes = np.array([[12, 10, 20, 30], [15, 20, 8, 8], [100, 62, 20, 30], [60, 9, 20, 30]], np.float32)
        return Detections(boxes, ("can", "can", "can", "bottle"), np.array([0.9, 0.8, 0.7, 0.6], np.float32))


def test_what_the_reader_missed_is_added_as_not_known_in_its_row() -> None:
    """What it named already is not told twice, nor is a label on it."""
    reading = Pipeline(Named(), Seen()).read(photo(), GALLERY)
    new = [(f.box, f.row, f.kind, f.product_id) for f in reading.facings if f.found_by == "detector"]
    assert new == [((60, 9, 20, 30), 0, "bottle", None), ((100, 62, 20, 30), 1, "can", None)]
    assert [f.product_id for f in reading.facings] == [7, None, 7, None]
    assert reading.methods == ("named", "seen")


def test_without_packshots_packages_are_found_but_not_named() -> None:
    """And that is said."""
    reading = Pipeline(Named(), Seen()).read(photo(), Gallery((), ""))
    assert len(reading.facings) == 4
    assert reading.rows >= 2
    assert all(f.product_id is None for f in reading.facings)
    assert "no packshots" in reading.fallbacks[0]


def test_without_a_detector_the_reader_is_alone_and_the_reason_is_told() -> None:
    """Nothing stops."""
    reading = Pipeline(Named(), None, "There is no detector.").read(photo(), GALLERY)
    assert len(reading.facings) == 2
    assert reading.fallbacks == ("There is no detector.",)


def test_nothing_unsure_is_drawn_or_named() -> None:
    """A name or a detection below one half is no fact."""
    facings = (
        Facing((0, 0, 10, 10), 0.4, 0),
        Facing((20, 0, 10, 10), 0.9, 0, candidates=(Candidate(7, 0.4),)),
        Facing((40, 0, 10, 10), 0.9, 0, candidates=(Candidate(7, 0.6),)),
    )
    reading = Reading(100, 50, facings)
    assert [(m.box[0], m.text) for m in marks(reading, GALLERY)] == [(20, ""), (40, "Cola")]
    assert [f["product"] for f in told(reading, GALLERY)["facings"]] == [None, None, "Cola"]


def test_the_command_writes_an_annotated_photo_and_the_reading(tmp_path: Path) -> None:
    """A gray picture shows nothing, and that is an answer."""
    (tmp_path / "shelf.png").write_bytes(photo(320, 240))
    out, told_at = tmp_path / "annotated.jpg", tmp_path / "reading.json"
    assert main([str(tmp_path / "shelf.png"), "--output", str(out), "--json", str(told_at)]) == 0
    assert Image.open(out).size == (320, 240)
    assert json.loads(told_at.read_text())["width"] == 320


@pytest.mark.parametrize("content", [b"", b"twelve bytes", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_photo_is_told_in_a_sentence(tmp_path: Path, content: bytes, capsys) -> None:
    """With status 2."""
    (tmp_path / "shelf.jpg").write_bytes(content)
    assert main([str(tmp_path / "shelf.jpg")]) == 2
    assert main([str(tmp_path / "missing.jpg")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_shipped_configuration_is_read_and_slips_are_refused() -> None:
    """A detection below one half may never be asked for."""
    assert pipeline_config(read_yaml(CONFIG)) == pipeline_config({})
    for wrong in ({"detektor": {}}, {"detector": {"confidence": 0.2}}, {"gallery": {"folder": "a"}}):
        with pytest.raises(BadInput):
            pipeline_config(wrong)


def test_a_gallery_is_read_from_folders(tmp_path: Path) -> None:
    """Numbers in names are kept; two alike, or none at all, are refused."""
    for name in ("sku_012_cola", "sku_030_water"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "front.png").write_bytes(photo())
    gallery = read_gallery(tmp_path)
    assert [(p.product_id, p.name) for p in gallery.products] == [(12, "sku_012_cola"), (30, "sku_030_water")]
    (tmp_path / "sku_12_other").mkdir()
    (tmp_path / "sku_12_other" / "front.png").write_bytes(photo(10, 10))
    with pytest.raises(BadInput, match="12"):
        read_gallery(tmp_path)
    with pytest.raises(BadInput):
        read_gallery(tmp_path / "sku_012_cola")
