"""A machine's slots as arrays: what any filling of them is worth, many fillings at once.

A filling says for each of S slots which of K products stands there, −1 for none. Coils of one product
side by side count as one position with more facings, as the planogram has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.capabilities.optimize.value import Tangent, Worth, tangent
from core.planogram.fixture import Fixture
from core.site.zones import FloatArray, IntArray

BoolArray = NDArray[np.bool_]
EMPTY = -1
ROWS_AT_ONCE = 2048
"""Fillings that are valued in one go: larger arrays leave the processor's cache."""


@dataclass(frozen=True, eq=False)
class Rack:
    """K products that may stand in S slots. ``products`` (K,) indices of the response · ``fixed`` (S,)
    product (0..K−1) that has to stand there, −1 where free · ``blocked`` (S,) slots that stay as ``fixed``
    says · ``least`` and ``most`` (K,) coils of each product · ``fits`` (K, S) · ``present`` (S,) what stands
    there now, and ``touch`` what it costs a day to change a slot."""

    worth: Worth
    fixture: Fixture
    products: IntArray
    fixed: IntArray
    blocked: BoolArray
    least: IntArray
    most: IntArray
    fits: BoolArray
    present: IntArray
    touch: float = 0.0

    @property
    def free(self) -> IntArray:
        """Slots that may be filled, by index."""
        return np.flatnonzero(~self.blocked)

    @cached_property
    def strength(self) -> FloatArray:
        """exp(attraction) of one coil of each product in each slot, alone and without neighbors, (K, S)."""
        response, p = self.worth.site.response, self.products
        e, height = response.point, response.height
        place = np.repeat(e.slot[:1], len(p), axis=0)
        if e.answer.size:
            place = place * (1.0 + e.answer[0, p])[:, None] + e.tilt[0, p][:, None] * height
        price, reference = self.worth.price[p], response.reference_price[p]
        with np.errstate(divide="ignore", invalid="ignore"):
            dearer = np.where((price > 0) & (reference > 0), np.log(price / reference), 0.0)
        return np.asarray(np.exp(place + (e.base[0, p] + e.price[0, p] * dearer)[:, None]))

    @cached_property
    def shared(self) -> FloatArray:
        """n^(space − 1) of n coils of each product, (K, S + 1)."""
        space = self.worth.site.response.point.space[0, self.products]
        coils = np.maximum(np.arange(len(self.blocked) + 1), 1)
        return np.asarray(coils[None, :] ** (space - 1.0)[:, None])

    @cached_property
    def pull(self) -> FloatArray:
        """exp(neighbor · affinity) of each product beside each, the last row and column for nobody,
        (K + 1, K + 1)."""
        response = self.worth.site.response
        size = len(self.products)
        found = np.ones((size + 1, size + 1))
        affinity = response.affinity[np.ix_(self.products, self.products)]
        found[:size, :size] = np.exp(float(response.point.neighbor[0]) * affinity)
        return found

    @cached_property
    def cells(self) -> IntArray:
        """(row, column) of each slot, (S, 2)."""
        return np.array(self.fixture.cells(), np.int64)

    @cached_property
    def category(self) -> IntArray:
        return self.worth.site.response.category[self.products]

    @cached_property
    def unit(self) -> FloatArray:
        return self.worth.unit[self.products]

    @cached_property
    def columns(self) -> tuple[tuple[int, int], ...]:
        """(first, one past the last) slot of each row."""
        edges = np.cumsum([0, *self.fixture.row_columns])
        return tuple(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))

    def totals(self, fillings: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
        """(I (B, C), V (B, C), coils (B, K)) of B fillings (B, S)."""
        b, size = len(fillings), len(self.products)
        coils = np.zeros((b, size + 1), np.int64)
        np.add.at(coils, (np.arange(b)[:, None], fillings), 1)
        stands = fillings >= 0
        product = np.where(stands, fillings, 0)
        slots = np.arange(fillings.shape[1])
        strength = self.strength[product, slots] * self.shared[product, np.take_along_axis(coils, product, 1)]
        left, right = self._neighbors(fillings)
        strength = np.where(stands, strength * self.pull[fillings, left] * self.pull[fillings, right], 0.0)
        categories = len(self.worth.site.response.categories)
        bins = (self.category[product] + np.arange(b)[:, None] * categories).ravel()
        inclusive, value = (
            np.asarray(np.bincount(bins, each.ravel(), b * categories), np.float64).reshape(b, categories)
            for each in (strength, strength * self.unit[product])
        )
        return inclusive, value, coils[:, :size]

    def worths(self, fillings: IntArray) -> FloatArray:
        """Worth a day of each filling (B, S), shape (B,)."""
        parts = [
            self._worths(fillings[i : i + ROWS_AT_ONCE]) for i in range(0, len(fillings), ROWS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _worths(self, fillings: IntArray) -> FloatArray:
        response = self.worth.site.response
        inclusive, value, coils = self.totals(fillings)
        shift = response.point.diversion[0] * (np.log(inclusive + 1e-12) - response.reference_inclusive)
        money = (value * np.exp(-shift)).sum(axis=1)
        kept = (fillings == self.present).sum(axis=1)
        return np.asarray(money + self.worth.variety * (coils > 0).sum(axis=1) + self.touch * kept)

    def _neighbors(self, fillings: IntArray) -> tuple[IntArray, IntArray]:
        """Products beside the run of equal coils that each slot belongs to, −1 for nobody, (B, S) each."""
        left, right = np.full_like(fillings, EMPTY), np.full_like(fillings, EMPTY)
        for first, end in self.columns:
            for s in range(first + 1, end):
                same = fillings[:, s] == fillings[:, s - 1]
                left[:, s] = np.where(same, left[:, s - 1], fillings[:, s - 1])
            for s in range(end - 2, first - 1, -1):
                same = fillings[:, s] == fillings[:, s + 1]
                right[:, s] = np.where(same, right[:, s + 1], fillings[:, s + 1])
        return left, right

    def tangent_at(self, filling: IntArray, damped: FloatArray | None = None) -> Tangent:
        """First-order worth around a filling; ``damped`` (C,) are category totals to use in place of I_c."""
        inclusive, value, _ = self.totals(filling[None, :])
        at, worth = inclusive[0], value[0]
        if damped is not None:
            worth = worth * np.divide(damped, at, out=np.zeros_like(at), where=at > 1e-9)
            at = damped
        return tangent(self.worth, self.products, at, worth)

    def first_order(self, filling: IntArray, at: Tangent) -> float:
        """What the coils of a filling add to first-order worth, each in its slot, neighbors aside."""
        slots = np.flatnonzero(filling >= 0)
        product = filling[slots]
        coils = np.bincount(product, minlength=len(self.products))
        each = self.strength[product, slots] * self.shared[product, coils[product]]
        money = float(each @ at.per_attraction[self.products[product]])
        return money + at.variety * int((coils > 0).sum())

    def allowed(self, coils: IntArray) -> bool:
        """Whether coils of each product (K,) keep the limits."""
        return bool((coils >= self.least).all() and (coils <= self.most).all())
