"""Counts of products on shelves."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from ml.eval.eval_shelf_counts import compare_counts, main

numbers = st.dictionaries(st.sampled_from(["cola", "water", "juice"]), st.integers(0, 5), min_size=1)
photos = st.dictionaries(st.sampled_from(["1.jpg", "2.jpg"]), numbers, min_size=1)


def test_the_error_is_per_product_and_photo() -> None:
    """One missed of cola, one invented water, one right juice: two of three are off by one."""
    true = {"1.jpg": {"cola": 3, "juice": 2}}
    result = compare_counts({"1.jpg": {"cola": 2, "water": 1, "juice": 2}}, true)
    assert result["count_mae"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["bias"] == 0
    assert result["exact"] == pytest.approx(1 / 3, abs=1e-4)
    assert result["products"]["cola"] == {"photos": 1, "count_mae": 1, "bias": -1}


def test_products_that_are_nowhere_do_not_make_the_error_small() -> None:
    """A catalog of a thousand products is no better counted than one of ten."""
    true = {"1.jpg": {"cola": 3, **{f"absent {i}": 0 for i in range(100)}}}
    assert compare_counts({"1.jpg": {"cola": 1}}, true)["count_mae"] == 2


@given(photos)
def test_the_truth_has_no_error(true: dict) -> None:
    """And everything is exact, or there is nothing to count."""
    if any(any(counts.values()) for counts in true.values()):
        result = compare_counts(true, true)
        assert (result["count_mae"], result["bias"], result["exact"]) == (0, 0, 1)
    else:
        with pytest.raises(BadInput):
            compare_counts(true, true)


def test_the_command_reads_saved_predictions(tmp_path: Path) -> None:
    """And ends with 1 where the target of 0.30 is missed."""
    true, good, bad = (tmp_path / name for name in ("true.json", "good.json", "bad.json"))
    true.write_text(json.dumps({"1.jpg": {"cola": 3, "water": 1}, "2.jpg": {"cola": 2, "water": 1}}))
    good.write_text(json.dumps({"1.jpg": {"cola": 3, "water": 1}, "2.jpg": {"cola": 2, "water": 2}}))
    bad.write_text(json.dumps({"1.jpg": {"cola": 2, "water": 1}, "2.jpg": {"cola": 2, "water": 2}}))
    asked = ["--ground-truth", str(true), "--output", str(tmp_path / "out.json"), "--predictions"]
    assert main([*asked, str(good)]) == 0
    assert json.loads((tmp_path / "out.json").read_text())["count_mae"] == 0.25
    assert main([*asked, str(bad)]) == 1


@pytest.mark.parametrize(
    "content", ['{"1.jpg": 3}', '{"1.jpg": {"cola": -1}}', '{"1.jpg": {"cola": true}}', "["]
)
def test_what_is_no_count_is_refused(tmp_path: Path, content: str) -> None:
    """With status 2."""
    (tmp_path / "a.json").write_text(content)
    assert main(["--predictions", str(tmp_path / "a.json"), "--ground-truth", str(tmp_path / "a.json")]) == 2


def test_other_photos_are_refused() -> None:
    """A photo left out would be one without error."""
    with pytest.raises(BadInput, match=r"2\.jpg"):
        compare_counts({"1.jpg": {"cola": 1}}, {"1.jpg": {"cola": 1}, "2.jpg": {"cola": 1}})
