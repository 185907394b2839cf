"""Places that sell alike: venue clusters from what each sells by category.

A place's shares are mixed with the company's mean by how much it has sold (empirical Bayes), so that a week
of a new machine does not make a kind of its own. Distance is Hellinger's, between the roots of the shares;
the clusters are k-means' (Lloyd 1982), begun at the farthest points (Gonzalez 1985), so the same data give
the same clusters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PRIOR_UNITS = 60.0
"""Units at which a place's own shares count as much as the company's."""
SITES_A_CLUSTER, MOST_CLUSTERS, ROUNDS = 6, 6, 30
VENUE_DISTANCE = 0.15
"""What another kind of place adds to the distance between two places."""


@dataclass(frozen=True, eq=False)
class PlaceSales:
    """Units a day of a place by category."""

    site_id: int
    name: str
    venue_type: str
    units: Mapping[str, float]
    days: float


@dataclass(frozen=True, eq=False)
class Cluster:
    """Places that sell alike. ``mix``: mean shares by category, the largest first."""

    site_ids: tuple[int, ...]
    venue_type: str
    mix: Mapping[str, float]
    label: str


def shrunken_shares(places: Sequence[PlaceSales], categories: Sequence[str]) -> FloatArray:
    """Shares of units by category, mixed with the mean of all places, (places, categories)."""
    units = np.array([[p.units.get(c, 0.0) * p.days for c in categories] for p in places], float)
    units = units.reshape(len(places), len(categories))
    total = units.sum(axis=1, keepdims=True)
    whole = units.sum()
    mean = units.sum(axis=0) / whole if whole > 0 else np.full(len(categories), 1.0 / max(len(categories), 1))
    mixed: FloatArray = (units + PRIOR_UNITS * mean) / (total + PRIOR_UNITS)
    return mixed


def clusters(places: Sequence[PlaceSales], categories: Sequence[str]) -> tuple[Cluster, ...]:
    """The kinds of places, the largest first."""
    if not places:
        return ()
    shares = shrunken_shares(places, categories)
    count = max(1, min(MOST_CLUSTERS, len(places) // SITES_A_CLUSTER))
    group = _grouped(_coordinates(np.sqrt(shares), places), count)
    found = [_cluster([p for p, g in zip(places, group, strict=True) if g == k], shares[group == k],
                      shares.mean(axis=0), categories) for k in np.unique(group).tolist()]
    return tuple(sorted(found, key=lambda c: (-len(c.site_ids), c.site_ids)))


def _coordinates(roots: FloatArray, places: Sequence[PlaceSales]) -> FloatArray:
    """Roots of the shares, and one coordinate a kind of place."""
    kinds = sorted({p.venue_type for p in places})
    apart = VENUE_DISTANCE / np.sqrt(2.0)
    venue = np.array([[apart * (p.venue_type == kind) for kind in kinds] for p in places])
    return np.hstack([roots / np.sqrt(2.0), venue])


def _grouped(points: FloatArray, count: int) -> IntArray:
    centers = [points[int(np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1)))]]
    while len(centers) < count:
        nearest = np.min([((points - c) ** 2).sum(axis=1) for c in centers], axis=0)
        centers.append(points[int(np.argmax(nearest))])
    middle = np.array(centers)
    group = np.zeros(len(points), np.int64)
    for _ in range(ROUNDS):
        distance = ((points[:, None, :] - middle[None, :, :]) ** 2).sum(axis=2)
        group = distance.argmin(axis=1)
        moved = np.array([
            points[group == k].mean(axis=0) if (group == k).any() else middle[k] for k in range(count)
        ])
        if np.allclose(moved, middle):
            break
        middle = moved
    return group


def _cluster(
    members: Sequence[PlaceSales], shares: FloatArray, everywhere: FloatArray, categories: Sequence[str]
) -> Cluster:
    mean = shares.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    venue = Counter(p.venue_type for p in members).most_common(1)[0][0]
    lift = mean / np.maximum(everywhere, 1e-9)
    top = [categories[i] for i in np.argsort(-lift * (mean > 0.03), kind="stable")[:2]]
    label = f"{len(members)} places, mostly {venue or 'of one kind'}, strong in {' and '.join(top)}"
    return Cluster(tuple(p.site_id for p in members), venue,
                   {categories[i]: float(mean[i]) for i in order.tolist()}, label)
