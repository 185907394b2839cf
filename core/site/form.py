"""How alike products answer to their place: the error of a form that gives all of them one answer.

In the model a place multiplies every product's sales alike. That holds on average only: categories
differed widely in what a better place did for them (Drèze, Hoch and Purk 1994), and what people come for
finds its buyers anywhere. Two random slopes a category say how far from alike it may be: on the effect of
the place itself (``answer``) and on its height (``tilt``). Their spread is estimated from the residuals of
products that moved, by expectation and maximization with a guess worth a few categories; the second moment
of each category's slope is what the draws get, as errors of what a product would do elsewhere.
"""

from __future__ import annotations

import numpy as np

from core.site import misfit
from core.site.arrays import totals
from core.site.calibration import ANSWER, TILT
from core.site.posterior import zone_basis
from core.site.state import SiteState, Solution
from core.site.zones import FloatArray

GUESS_CATEGORIES = 3.0
ROUNDS = 30


def slopes(solution: Solution) -> tuple[FloatArray, FloatArray]:
    """(answer (C,), tilt (C,)): root mean square of each category's two slopes."""
    categories = solution.index.categories
    information, score = np.zeros((2, categories)), np.zeros((2, categories))
    for state in solution.sites:
        weight, residual, covariates = _moves(state, solution)
        category = state.design.cells.unit_category
        for k, x in enumerate(covariates):
            information[k] += totals(category, weight * x**2, categories)
            score[k] += totals(category, weight * x * residual, categories)
    return (
        _second_moment(information[0], score[0], ANSWER), _second_moment(information[1], score[1], TILT),
    )


def _second_moment(information: FloatArray, score: FloatArray, guess: float) -> FloatArray:
    """Root of mean² + variance of each slope, their common variance estimated too."""
    spread = guess**2
    told = information > 1e-9
    for _ in range(ROUNDS):
        variance = 1.0 / (information + 1.0 / spread)
        moment = (variance * score) ** 2 + variance
        spread = (GUESS_CATEGORIES * guess**2 + moment[told].sum()) / (GUESS_CATEGORIES + told.sum())
    return np.asarray(np.sqrt(np.where(told, moment, spread)))


def _moves(
    state: SiteState, solution: Solution
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]]:
    """Of each unit (U,): its weight, log residual, and how its place's effect and its height differ from
    those that its product has had here on average."""
    cells = state.design.cells
    standing, units = cells.standing, len(cells.unit_product)
    residual, counted, slack, known = misfit.residuals(state, solution)
    weight = np.where(known, counted / (1.0 + solution.misfit * counted), 0.0) + 1e-9
    basis = zone_basis(cells.zones, cells.history.fixture, solution.index, len(state.design.products))
    slot = basis.own @ state.local + basis.shared @ solution.theta
    height = (cells.zones.row + 0.5) / (cells.zones.row.max() + 1)
    share = np.maximum(totals(standing.unit, np.ones(len(standing.unit)), units), 1.0)
    covariates = tuple(
        _apart(totals(standing.unit, standing.weights @ values, units) / share, cells.unit_product, weight)
        for values in (slot, height)
    )
    misses = _apart(residual / np.sqrt(slack), cells.unit_product, weight)
    return weight, misses, (covariates[0], covariates[1])


def _apart(values: FloatArray, group: np.ndarray, weight: FloatArray) -> FloatArray:
    """Without the weighted mean of each group."""
    _, group = np.unique(group, return_inverse=True)
    return np.asarray(values - (np.bincount(group, weight * values) / np.bincount(group, weight))[group])
