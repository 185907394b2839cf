"""From the posterior's mode to its mean, to second order (Tierney and Kadane 1986).

For a log posterior with information H and third derivatives T the mean lies at
mode − ½ H⁻¹ Σ_ij T_ij· (H⁻¹)_ij. Counts contribute in two ways. They are skewed: a log rate with
variance v is on average below its mode, as if v/2 of its expected count had been missing. And log
rates bend where products of a category divert sales from each other: without that term the mode would
take too little diversion, because less of it lets the products' levels lie closer to their prior.
"""

from __future__ import annotations

import numpy as np

from core.site.arrays import totals
from core.site.state import Means, SiteState, grouped, usual
from core.site.zones import FloatArray, IntArray


def missing(state: SiteState, m: Means, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(what each cell's residual lacks (M,), what the score lacks beside it (L + touched,)), given the
    joint ``covariance`` of a site's parameters."""
    cells = state.design.cells
    standing, n_groups = cells.standing, len(cells.standing.group_category)
    weight = m.mean * state.precision[cells.unit]
    variance = ((m.jacobian @ covariance) * m.jacobian).sum(axis=1)
    bend, score = np.zeros(len(m.rate)), np.zeros(len(covariance))
    if n_groups:
        group = np.zeros(len(m.rate), np.int64)
        group[standing.unit] = standing.group
        bends, score = _bending(state, m, covariance, totals(cells.unit, weight, len(m.rate)), group)
        bend = bends[group]
    return -0.5 * (variance + bend)[cells.unit] * weight, score


def _bending(
    state: SiteState, m: Means, covariance: FloatArray, weight: FloatArray, group: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Second derivatives of the groups' log rates, ∂² = −γ (Σ share·x xᵀ − p pᵀ) − e pᵀ − p eᵀ with p the
    mean design and e the direction of γ: (their sum with the covariance, a group (G,); what they do to
    the score (K,))."""
    design, standing = state.design, state.design.cells.standing
    x, groups = design.matrix, len(standing.group_category)
    pooled = grouped(m.share[:, None] * x, standing.group, groups)
    toward = np.zeros((groups, x.shape[1]))
    toward[standing.group[:, None], design.diversion] = 1.0
    average = np.zeros((int(standing.group_category.max()) + 1, x.shape[1]))
    np.add.at(average, standing.group_category, usual(state)[:, None] * pooled)
    apart = pooled - average[standing.group_category]
    known = ~np.isnan(state.reference[standing.group_category])
    spread = totals(standing.group, m.share * ((x @ covariance) * x).sum(axis=1), groups)
    mixed = pooled @ covariance
    spread -= (mixed * pooled).sum(axis=1)
    crossed = np.where(known, ((apart @ covariance) * toward).sum(axis=1), 0.0)
    push = grouped(weight[:, None] * m.jacobian, group, groups) @ covariance
    own = (x * push[standing.group]).sum(axis=1)
    along, across = (pooled * push).sum(axis=1), (toward * push).sum(axis=1)
    score = (m.share * m.gamma[standing.group] * own) @ x - (m.gamma * along) @ pooled
    score += np.where(known, (apart * push).sum(axis=1), 0.0) @ toward + np.where(known, across, 0.0) @ apart
    return -m.gamma * spread - 2.0 * crossed, score


def joint_covariance(state: SiteState, covariance: FloatArray, inner: FloatArray) -> FloatArray:
    """Covariance of [local, touched] from the global ``covariance`` and the own block's ``inner``
    inverse information, (L + touched, L + touched)."""
    touched = state.design.touched
    shared = covariance[np.ix_(touched, touched)]
    mixed = -state.cross @ shared
    return np.block([[inner - mixed @ state.cross.T, mixed], [mixed.T, shared]])
