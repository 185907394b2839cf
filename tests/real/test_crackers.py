"""The real shelf photo of crackers against what a person saw."""

from __future__ import annotations

import pytest

from ml.eval.crackers import Crackers, Score, data_folder, score

pytest.importorskip("cv2")
FOLDER = data_folder()
pytestmark = pytest.mark.skipif(
    not (FOLDER / "photo.jpg").exists(), reason="the real shelf photo is not here (WORKBENCH_REAL_DATA)"
)


@pytest.fixture(scope="module")
def result() -> Score:
    """The photo, read once with the packshots alone."""
    from ml.vision.reader import PhotoReader

    case = Crackers(FOLDER)
    return score(PhotoReader().read(case.photo, case.gallery), case)


def test_all_but_one_of_the_packages_are_found_and_hardly_one_invented(result: Score) -> None:
    """At least 54 of 55, and at most two boxes that are none."""
    assert result.there == 55
    assert result.found >= 54, result.wrong
    assert result.false <= 2, result.wrong


def test_what_is_found_is_named_rightly(result: Score) -> None:
    """At least 98 % among thirteen products of four brands, and in the right row."""
    assert result.named >= 0.98 * result.found, result.wrong
    assert result.rows == result.found, result.wrong


def test_the_variant_that_is_not_in_the_catalog_is_told(result: Score) -> None:
    """Two bags of walnut cookies beside six without."""
    assert result.unknown_told == result.unknown_there == 2, result.wrong


def test_every_gap_that_the_eye_sees_is_found(result: Score) -> None:
    """Three, and none beside."""
    assert (result.gaps_found, result.gaps_false) == (3, 0), result.wrong
