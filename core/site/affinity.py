"""Which products are bought together: shrunken log lift from baskets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.site.zones import FloatArray, IntArray

PRIOR_PAIRS = 8.0
"""Baskets that chance is given the benefit of, for each pair."""
LIMIT = 1.5


def log_lift(baskets: Sequence[pd.DataFrame], product_ids: IntArray) -> FloatArray:
    """log((observed + k) / (expected + k)) of each pair of products, shape (P, P), diagonal 0.

    ``baskets``: one frame a site, columns ``transaction``, ``product_id``. Expected counts are those
    of independent choice *within each site and within baskets of two or more*, scaled to the number
    of pairs seen there, so that neither different ranges nor short baskets pass for affinity.
    """
    from scipy.sparse import csr_array

    size = len(product_ids)
    observed, expected = np.zeros((size, size)), np.zeros((size, size))
    order = np.argsort(product_ids)
    for frame in baskets:
        bought = _incidence(frame, product_ids, order)
        if bought is None:
            continue
        transaction, product = bought
        ones = np.ones(len(product))
        matrix = csr_array((ones, (transaction, product)), shape=(int(transaction.max()) + 1, size))
        pairs = (matrix.T @ matrix).toarray()
        np.fill_diagonal(pairs, 0.0)
        counts = np.bincount(product, minlength=size).astype(float)
        chance = np.outer(counts, counts)
        np.fill_diagonal(chance, 0.0)
        observed += pairs
        expected += chance * (pairs.sum() / max(chance.sum(), 1e-9))
    lift = np.log((observed + PRIOR_PAIRS) / (expected + PRIOR_PAIRS))
    np.fill_diagonal(lift, 0.0)
    limited: FloatArray = np.clip(lift, -LIMIT, LIMIT)
    return limited


def _incidence(
    frame: pd.DataFrame, product_ids: IntArray, order: IntArray
) -> tuple[IntArray, IntArray] | None:
    """(transaction, product) of baskets with two or more different known products, as indices."""
    ids = frame["product_id"].to_numpy(np.int64)
    if not len(ids) or not len(order):
        return None
    place = np.searchsorted(product_ids, ids, sorter=order)
    product = order[np.minimum(place, len(order) - 1)]
    known = product_ids[product] == ids
    _, transaction = np.unique(frame["transaction"].to_numpy()[known], return_inverse=True)
    key = np.unique(transaction.astype(np.int64) * len(order) + product[known])
    transaction, product = key // len(order), key % len(order)
    if not len(key):
        return None
    many = np.bincount(transaction)[transaction] > 1
    if not many.any():
        return None
    _, compact = np.unique(transaction[many], return_inverse=True)
    return compact.astype(np.int64), product[many]
