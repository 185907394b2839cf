"""The detector in ONNX Runtime."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.compliance.reading import KINDS
from core.errors import WorkbenchError
from ml.vision.detector import STRIDE, Detector, found, load_detector, prepared, shown, verify
from ml.vision.merging import Boxes, iou, merged, without_doubles


def answers(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 9)


def constant_model(path: Path, rows: np.ndarray) -> Path:
    """A model in ONNX with its card that answers the same to every picture."""
    onnx = pytest.importorskip("onnx")
    make = onnx.helper
    given_answer = onnx.numpy_helper.from_array(rows.T[None].astype(np.float32), "answer")
    nothing = onnx.numpy_helper.from_array(np.array(0, np.float32), "nothing")
    graph = make.make_graph(
        [
            make.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
            make.make_node("Mul", ["mean", "nothing"], ["zero"]),
            make.make_node("Add", ["answer", "zero"], ["output"]),
        ],
        "constant",
        [make.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, "h", "w"])],
        [make.make_tensor_value_info("output", onnx.TensorProto.FLOAT, [1, 9, len(rows)])],
        [given_answer, nothing],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    card = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def test_boxes_come_back_in_pixels_of_the_picture(tmp_path: Path) -> None:
    """Whatever size the network looks at, and cut at the picture's edge."""
    rows = answers((40, 40, 40, 40, 0.9, 0, 0, 0, 0), (4, 80, 40, 40, 0, 0, 0, 0, 0.8))
    detector = Detector(constant_model(tmp_path / "d.onnx", rows))
    seen = detector.look(np.zeros((320, 640, 3), np.uint8), 640)
    assert seen.corners.tolist() == [[20, 20, 60, 60], [0, 60, 24, 100]]
    assert [KINDS[k] for k in seen.kinds] == ["bottle", "packaged"]
    assert seen.score == pytest.approx([0.9, 0.8])
    half = detector.look(np.zeros((160, 320, 3), np.uint8), 640)
    assert half.corners.tolist() == [[10, 10, 30, 30], [0, 30, 12, 50]]


def test_it_looks_where_packages_are_as_large_as_it_knows_them(tmp_path: Path, monkeypatch) -> None:
    """Below and above of that too, within bounds, and at its mirror image; the first look is not taken twice."""
    looks = []
    models = {
        "tiny": (9, 9, 8, 8, 0.9, 0, 0, 0, 0), "usual": (99, 99, 30, 30, 0.9, 0, 0, 0, 0),
        "large": (99, 99, 68, 68, 0.9, 0, 0, 0, 0), "none": (9, 9, 8, 8, 0, 0, 0, 0, 0),
    }
    look = Detector.look
    monkeypatch.setattr(Detector, "look", lambda self, p, side: looks.append(side) or look(self, p, side))
    for name, row in models.items():
        looks.append(name)
        path = constant_model(tmp_path / f"{name}.onnx", answers(row))
        Detector(path).detect(np.zeros((640, 640, 3), np.uint8))
    assert looks == [
        "tiny", 640, 1680, 1920, 1920, "usual", 640, 448, 896, 640, "large", 640, 320, 395, 320,
        "none", 640, 448, 896, 640,
    ]


def test_what_a_mirror_image_shows_is_where_it_is_in_the_picture(tmp_path: Path) -> None:
    """The left side of a box is as far from the left as its right side is from the mirror image's right."""
    detector = Detector(constant_model(tmp_path / "one.onnx", answers((99, 60, 30, 40, 0.9, 0, 0, 0, 0))))
    pixels = np.zeros((320, 640, 3), np.uint8)
    straight, mirrored = detector.look(pixels, 640).corners[0], detector.look_mirrored(pixels, 640).corners[0]
    assert mirrored.tolist() == pytest.approx([640 - straight[2], straight[1], 640 - straight[0], straight[3]])
    assert mirrored[0] < mirrored[2]


def boxes(*rows: tuple[float, ...]) -> Boxes:
    """Of rows x0, y0, x1, y1, kind, score."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Boxes(table[:, :4], table[:, 4].astype(int), table[:, 5])


def test_looks_vote_on_what_they_see() -> None:
    """A box is the mean of what they say, weighed by their scores; who does not see it votes 0."""
    told = merged(
        [boxes((0, 0, 10, 20, 1, 0.9), (50, 50, 60, 60, 0, 0.9)), boxes((2, 0, 12, 20, 2, 0.6)),
         boxes((0, 0, 10, 20, 2, 0.6))],
        len(KINDS),
    )
    assert told.score == pytest.approx([0.7, 0.3])
    assert told.corners[0] == pytest.approx([2 * 0.6 / 2.1, 0, 10 + 2 * 0.6 / 2.1, 20])
    assert told.kinds.tolist() == [2, 0]


def test_looks_that_see_nothing_say_nothing() -> None:
    """And one that sees the same package twice has one vote."""
    assert len(merged([boxes(), boxes()], len(KINDS)).score) == 0
    twice = boxes((0, 0, 10, 10, 0, 0.8), (0, 0, 10, 11, 0, 0.4))
    assert merged([twice, boxes()], len(KINDS)).score == pytest.approx([0.4])


def test_nothing_is_shown_below_the_least_probability(tmp_path: Path) -> None:
    """0.5, unless another is asked for."""
    path = constant_model(tmp_path / "d.onnx", answers((0, 0, 9999, 9999, 0.3, 0, 0, 0, 0)))
    picture = np.zeros((100, 100, 3), np.uint8)
    assert Detector(path).detect(picture).kinds == ()
    assert len(Detector(path, least=0.2).detect(picture).boxes) == 1


def test_kinds_that_compete_add_up_to_a_package() -> None:
    """A network that wavers between two kinds is still sure that something stands there."""
    seen = shown(found(answers((40, 40, 30, 30, 0.4, 0.4, 0, 0, 0)), 1.0, (100, 100), 0.5), 0.5)
    assert seen.confidence == pytest.approx([0.64])


def test_of_doubles_the_surest_stays() -> None:
    """Whatever kind they are of; neighbors that touch stay both."""
    rows = answers(
        (40, 40, 20, 40, 0.6, 0, 0, 0, 0),
        (41, 40, 20, 40, 0, 0.9, 0, 0, 0),
        (61, 40, 20, 40, 0.7, 0, 0, 0, 0),
    )
    seen = found(rows, 1.0, (100, 100), 0.5)
    assert [KINDS[k] for k in seen.kinds] == ["can", "bottle"]


corner_pairs = arrays.arrays(
    np.float32, st.tuples(st.integers(0, 12), st.just(4)), elements=st.integers(0, 50).map(float)
).map(lambda b: np.concatenate([np.minimum(b[:, :2], b[:, 2:]), np.maximum(b[:, :2], b[:, 2:]) + 1], axis=1))


@settings(max_examples=50, deadline=None)
@given(corner_pairs)
def test_what_is_left_overlaps_little_and_covers_what_is_gone(corners: np.ndarray) -> None:
    """Greedy suppression, told by its two properties."""
    kept = without_doubles(corners, 0.5)
    overlap = iou(corners, corners)
    among = overlap[np.ix_(kept, kept)] - np.eye(len(kept))
    assert (among <= 0.5).all()
    for gone in set(range(len(corners))) - set(kept.tolist()):
        assert any(overlap[gone, k] > 0.5 and k < gone for k in kept)


def test_a_picture_is_scaled_and_filled_up_to_whole_strides() -> None:
    """Nothing is stretched."""
    ready = prepared(np.full((100, 50, 3), 255, np.uint8), 0.5)
    assert ready.shape == (1, 3, 64, 32)
    assert ready.shape[2] % STRIDE == 0
    assert (ready[0, :, :50, :25] == 1).all()
    assert (ready[0, :, 50:] < 0.5).all()


def test_a_model_that_is_missing_or_changed_is_not_loaded(tmp_path: Path) -> None:
    """The reason is told; nothing stops."""
    assert load_detector(tmp_path / "none.onnx")[0] is None
    path = constant_model(tmp_path / "d.onnx", answers((40, 40, 30, 30, 0.9, 0, 0, 0, 0)))
    assert load_detector(path)[0] is not None
    path.write_bytes(path.read_bytes() + b" ")
    detector, why = load_detector(path)
    assert detector is None
    assert "not the file" in why
    path.with_suffix(".json").unlink()
    with pytest.raises(WorkbenchError, match="no card"):
        verify(path)
