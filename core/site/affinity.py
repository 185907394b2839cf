"""Which products are bought together: log lift from baskets, shrunk from pair to categories to chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.site.response import BoolArray
from core.site.site import SiteHistory
from core.site.zones import FloatArray, IntArray

PRIOR_VARIANCE, PRIOR_WEIGHT = 0.1, 30.0
"""Guess of the variance of relative lifts, and the expected baskets it is worth."""
LIMIT = 1.5


def log_lift(histories: Sequence[SiteHistory], product_ids: IntArray, category: IntArray) -> FloatArray:
    """Log of observed ÷ expected baskets of each pair of products, shape (P, P).

    A gamma-Poisson mean, shrunk to that of the pair's categories and it to the overall one, each as
    much as the spread of lifts in the data asks for; within a category and across apart.
    Expected counts are those of independent choice *among baskets of two or more, at the same site, on
    days when both products stood there*, scaled to the number of pairs seen at the site, so that
    neither different ranges, nor resets, nor short baskets pass for affinity. A product is to itself
    what its category is to it.
    """
    size = len(product_ids)
    observed, expected = np.zeros((size, size)), np.zeros((size, size))
    for history in histories:
        bought = None if history.baskets is None else _incidence(history.baskets, product_ids)
        if bought is None:
            continue
        pairs, counts = bought
        chance = np.outer(counts, counts) * _together(history, product_ids)
        np.fill_diagonal(chance, 0.0)
        observed += pairs
        expected += chance * (pairs.sum() / max(chance.sum(), 1e-9))
    member = np.eye(int(category.max(initial=-1)) + 1)[category]
    of_categories = _shrunk_lift(
        member.T @ observed @ member, member.T @ expected @ member, np.eye(member.shape[1]) > 0, None
    )
    same = category[:, None] == category
    lift = np.log(_shrunk_lift(observed, expected, same, member @ of_categories @ member.T))
    np.fill_diagonal(lift, np.log(np.diag(of_categories))[category])
    limited: FloatArray = np.clip(lift, -LIMIT, LIMIT)
    return limited


def _shrunk_lift(
    observed: FloatArray, expected: FloatArray, same: BoolArray, mean: FloatArray | None
) -> FloatArray:
    """Posterior mean of the lift θ of each cell: observed ~ Poisson(θ · expected), θ ~ gamma around
    ``mean``, by default the ratio of the totals, with a relative variance estimated by moments;
    rivals (``same`` category) and others apart."""
    lift = np.ones(observed.shape)
    for group in (same, ~same):
        n, e = observed[group], expected[group]
        prior = mean[group] if mean is not None else np.full(
            len(n), (n.sum() + PRIOR_WEIGHT) / (e.sum() + PRIOR_WEIGHT)
        )
        e = e * prior
        excess = float(((n - e) ** 2 - e).sum()) + PRIOR_WEIGHT * PRIOR_VARIANCE
        variance = max(excess / (float((e**2).sum()) + PRIOR_WEIGHT), 1e-4)
        lift[group] = prior * (n + 1 / variance) / (e + 1 / variance)
    return lift


def _together(history: SiteHistory, product_ids: IntArray) -> FloatArray:
    """How much likelier than by chance two products stood there on the same day, shape (P, P)."""
    stood = np.zeros((len(history.periods), len(product_ids)))
    days = np.array([(p.end - p.start).days + 1 for p in history.periods], np.float64)
    for k, period in enumerate(history.periods):
        stood[k, np.searchsorted(product_ids, period.plan.product_ids)] = 1.0
    both = stood.T @ (days[:, None] * stood)
    each = np.maximum(np.diag(both), 1.0)
    return np.asarray(both * days.sum() / np.outer(each, each))


def _incidence(baskets: pd.DataFrame, product_ids: IntArray) -> tuple[FloatArray, FloatArray] | None:
    """(baskets with both (P, P), baskets with each (P,)) among those with two or more different
    known products; None where there is none."""
    from scipy.sparse import csr_array

    ids = baskets["product_id"].to_numpy(np.int64)
    size = len(product_ids)
    if not len(ids) or not size:
        return None
    product = np.minimum(np.searchsorted(product_ids, ids), size - 1)
    known = product_ids[product] == ids
    _, transaction = np.unique(baskets["transaction"].to_numpy()[known], return_inverse=True)
    key = np.unique(transaction.astype(np.int64) * size + product[known])
    transaction, product = key // size, key % size
    many = np.bincount(transaction)[transaction] > 1
    if not many.any():
        return None
    _, transaction = np.unique(transaction[many], return_inverse=True)
    product = product[many]
    matrix = csr_array((np.ones(len(product)), (transaction, product)), shape=(transaction.max() + 1, size))
    pairs = (matrix.T @ matrix).toarray()
    np.fill_diagonal(pairs, 0.0)
    return pairs, np.bincount(product, minlength=size).astype(np.float64)
