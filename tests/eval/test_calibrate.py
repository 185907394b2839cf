"""Confidence that means what it says."""

import numpy as np
import pytest

from ml.eval.calibrate import calibration, fitted, in_use, naming, presence, report, strangeness
from ml.eval.detection import Judged
from ml.eval.evidence import FIRST, Collected, Fellow, Place, shelf
from ml.vision.detector import AS_IT_IS, found, logit, shown


def judged(chance_of: object, count: int = 20_000, seed: int = 0) -> Judged:
    """Detections whose chance to be right is a function of their score."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.05, 0.95, count).astype(np.float32)
    right = rng.random(count) < chance_of(score)
    return Judged(score, np.where(right, 0, -1), count)


def test_a_network_that_is_too_modest_is_believed_more() -> None:
    """Right at twice its score: afterwards what it says is what is so."""

    def really(score: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(1.5 * logit(score) + 1.0)))

    fitted = calibration([judged(really)])
    assert fitted == pytest.approx((1.5, 1.0), abs=0.1)
    raw = np.array([[50, 50, 20, 20, 0.4, 0, 0, 0, 0]], np.float32)
    seen = found(raw, 1.0, (100, 100), 0.1)
    told = shown(seen, 0.5, fitted)
    assert told.confidence == pytest.approx(really(np.array([0.4])), abs=0.02)
    assert len(shown(seen, 0.5).boxes) == 0


def test_what_is_right_already_stays() -> None:
    """To within what twenty thousand detections can tell."""
    assert calibration([judged(lambda score: score)]) == pytest.approx(AS_IT_IS, abs=0.1)


@pytest.mark.parametrize(
    "one",
    [judged(lambda s: s, 20), judged(lambda s: s * 0), judged(lambda s: s * 0 + 1), judged(lambda s: 1 - s)],
)
def test_where_nothing_can_be_learned_the_score_stays(one: Judged) -> None:
    """Too few, all wrong, all right, or the surer the worse."""
    assert calibration([one]) == AS_IT_IS
    assert calibration([]) == AS_IT_IS


def places(count: int = 4_000, seed: int = 0) -> list[Place]:
    """Places where something stands by a logit of known weights, with two candidates each of which the right
    one has more print and color of its own."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        witnesses, explained = int(rng.integers(4, 40)), float(rng.uniform(0.01, 0.6))
        logit_there = 0.5 * np.log(witnesses / 4) + 2.0 * np.log((explained + 0.01) / 0.11)
        own, tint = rng.integers(0, 12, 2).astype(float), rng.uniform(-1, 1) * np.array([1.0, -1.0])
        score = 2.0 * np.log(own + 1) + 4.0 * tint
        right = int(rng.random() < 1 / (1 + np.exp(score[0] - score[1])))
        there = bool(rng.random() < 1 / (1 + np.exp(-logit_there)))
        made.append(Place(witnesses, explained, there, right if there else -1, own, tint))
    return made


def test_the_weights_of_print_are_found_again() -> None:
    """Those that the places were drawn by, but for the odds that places of both sorts have alike."""
    found = presence(places())
    assert found["WITNESSES"] == pytest.approx(0.5, abs=0.15)
    assert found["EXPLAINED"] == pytest.approx(2.0, abs=0.2)
    assert naming(places()) == pytest.approx({"OWN_WEIGHT": 2.0, "TINT_WEIGHT": 4.0}, rel=0.15)


def test_a_strange_package_is_another_where_it_is_as_likely_as_others_are_rare() -> None:
    """Known ones are strange by 0.1 and less, others by 0.5 and about: the rarer the others, the stranger."""
    rng = np.random.default_rng(0)
    fellows = [Fellow(float(abs(rng.normal(0.0, 0.1))), False) for _ in range(500)]
    fellows += [Fellow(float(rng.normal(0.5, 0.15)), True) for _ in range(200)]
    even, rare = strangeness(fellows, 0.5), strangeness(fellows, 0.98)
    assert 0.15 < even["STRANGE"] < 0.35
    assert even["STRANGE"] < rare["STRANGE"] < 0.7
    assert even["SOFTNESS"] == rare["SOFTNESS"]


def test_weights_that_nothing_tells_of_stay_as_they_are() -> None:
    """Too few places and packages of one sort."""
    few = Collected(tuple(places(30)), tuple(Fellow(0.0, False) for _ in range(300)))
    assert strangeness(few.fellows, 0.98) == {}
    assert presence([p for p in few.places if p.is_there]) == {}
    assert naming(few.places[:10]) == {}
    assert fitted([few], 0.98) == in_use()
    assert any("in use" in line for line in report([few, few], 0.98))


def test_each_brand_of_a_shelf_has_one_variant_that_the_gallery_lacks() -> None:
    """It stands on the shelf all the same."""
    case, withheld = shelf(FIRST)
    known = {p.product_id for p in case.gallery.products}
    assert withheld
    assert not withheld & known
    assert withheld & {p.product_id for p in case.plan.positions}
    brands = [case.articles[k].brand for k in withheld]
    assert len(brands) == len(set(brands))
    assert all(p.facings < 3 for p in case.plan.positions if p.product_id in withheld)
