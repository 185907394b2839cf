"""What tells a variant that is not in the gallery."""

from __future__ import annotations

import numpy as np

from ml.vision.variants import CELLS, strangeness


def fronts(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many packages with 20 features a cell, of which the packshot knows 15."""
    seen = np.full((count, *CELLS), 20)
    return seen, np.full_like(seen, 15)


def test_fellows_of_one_print_are_not_strange() -> None:
    """All show the same."""
    assert strangeness(*fronts(5)).max() == 0


def test_a_package_that_lacks_its_fellows_label_is_strange() -> None:
    """Six of fifteen cells show another print."""
    seen, known = fronts(6)
    known[0, 2:4] = 1
    found = strangeness(seen, known)
    assert found[0] > 0.3
    assert found[1:].max() == 0


def test_one_cell_is_no_other_product() -> None:
    """A wrinkle or a price tag."""
    seen, known = fronts(6)
    known[0, 0, 1] = 0
    assert strangeness(seen, known).max() == 0


def test_print_that_the_packshot_never_explains_says_nothing() -> None:
    """A new edition: all packages have icons that the packshot lacks."""
    seen, known = fronts(6)
    known[:, 4] = 0
    known[1, 4] = 20
    assert strangeness(seen, known).max() == 0


def test_two_fellows_are_no_majority() -> None:
    """Three packages: none is told strange."""
    seen, known = fronts(3)
    known[0, 2:4] = 0
    assert strangeness(seen, known).max() == 0


def test_worse_light_on_one_package_is_not_another_product() -> None:
    """A third of the print less everywhere."""
    seen, known = fronts(6)
    known[0] = 10
    assert strangeness(seen, known).max() == 0
