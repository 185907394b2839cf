"""The evaluation on rendered shelves: a perfect reading scores full marks, faults take theirs away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.compliance.audit import audit
from core.compliance.reading import Candidate, Facing, Gap, Reading
from core.errors import BadInput
from ml.eval import renders
from ml.rendering.cases import HELD_OUT_SEED, Case, held_out
from ml.rendering.dataset import stock
from ml.rendering.departures import UNKNOWN
from ml.rendering.shelf import PLAIN, render
from ml.rendering.truth import Rendered


@pytest.fixture(scope="module")
def case() -> Case:
    return held_out(0)


@pytest.fixture(scope="module")
def made(case: Case) -> Rendered:
    settings = replace(PLAIN, width=400, departures=3, art_px=48, turn=0, nod=0, roll=0)
    return render(case.plan, case.catalog, 1, settings, articles=case.articles, outsiders=case.outsiders,
                  beside=case.beside)


def perfect(made: Rendered) -> Reading:
    """What a reader without fault would say."""
    facings = tuple(
        Facing(s.box, 0.99, s.row, s.kind, (Candidate(s.product_id, 0.99),) if s.product_id != UNKNOWN else ())
        for s in made.packages if s.row >= 0
    )
    height, width = made.image.shape[:2]
    gaps = tuple(Gap(g.box, g.row) for g in made.gaps)
    return Reading(width, height, facings, gaps, made.shelves)


def row(case: Case, made: Rendered, reading: Reading) -> renders.Row:
    return renders.score([renders.judge(case, made, reading, audit(reading, case.plan, case.catalog))])


def test_a_perfect_reading_reaches_every_target(case: Case, made: Rendered) -> None:
    """Detection, names, counts and violations are all right."""
    found = row(case, made, perfect(made))
    assert (found.recall, found.precision, found.map50, found.top1, found.count_mae) == (1, 1, 1, 1, 0)
    assert found.violations_f1 == 1
    assert renders.is_met(found)


def test_faults_of_a_reading_are_counted(case: Case, made: Rendered) -> None:
    """A package not found, one found twice and one named wrongly each cost what they should."""
    reading = perfect(made)
    _, second, third, *rest = reading.facings
    other = next(k for k in case.catalog if k not in {second.product_id, third.product_id})
    wrong = replace(third, candidates=(Candidate(other, 0.9),))
    found = row(case, made, replace(reading, facings=(second, replace(second, confidence=0.6), wrong, *rest)))
    packages = len(reading.facings)
    assert found.recall == pytest.approx((packages - 1) / packages)
    assert found.precision == pytest.approx((packages - 1) / packages)
    assert found.top1 < 1
    assert found.count_mae > 0
    assert not renders.is_met(found)


def test_what_stands_beside_the_fixture_is_not_judged(case: Case, made: Rendered) -> None:
    """Finding the neighbors' packages costs nothing."""
    reading = perfect(made)
    beside = tuple(Facing(s.box, 0.9, 0) for s in made.packages if s.row < 0)
    assert beside
    found = row(case, made, replace(reading, facings=(*reading.facings, *beside)))
    assert found.precision == 1


def test_held_out_shelves_have_brands_of_many_variants_and_none_from_training(case: Case) -> None:
    """At least six products share a brand, and no brand is in a data set's."""
    brands = [a.brand for a in case.articles.values()]
    assert max(brands.count(b) for b in brands) >= 6
    trained = {a.brand for seed in (1, 2, 3) for part in ("train", "val", "test") for a in stock(seed, part, 20)}
    assert not trained & set(brands)
    assert min(brands) >= HELD_OUT_SEED * 100_000


def test_the_table_names_every_way() -> None:
    """One line for each, in Markdown."""
    table = renders.lines({"plain": renders.score([])})
    assert len(table) == 3
    assert table[2].startswith("| plain |")


def test_a_page_is_renewed_between_its_marks_alone(tmp_path: Path) -> None:
    """What is around the table stays; a page without marks is refused and left as it is."""
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- renders -->\nold\n<!-- /renders -->\nafter\n")
    renders.renew(page, ["| new |"])
    assert page.read_text() == "before\n<!-- renders -->\n| new |\n<!-- /renders -->\nafter\n"
    page.write_text("nothing")
    with pytest.raises(BadInput, match="no place"):
        renders.renew(page, ["| new |"])
    assert page.read_text() == "nothing"
