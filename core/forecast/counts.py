"""Distributions of counts: what stands behind every quantile, par level and risk.

A count of mean m and variance v > m is negative binomial, of variance m Poisson. ``Counts`` holds many
at once, of any shape, and answers quantiles, tail probabilities and the expected shortage and leftover of
a stock, which is all that the newsvendor needs (Arrow, Harris and Marschak 1951; Porteus 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.forecast.panel import FloatArray

SMALLEST_MEAN = 1e-6
WIDE_SHARE = 0.1
LEAST_EXCESS = 1e-6
"""Variance beyond the mean, relative to it, below which a count is taken for Poisson."""


@dataclass(frozen=True, eq=False)
class Counts:
    """``mean`` and ``variance`` of counts, any one shape; a variance below the mean counts as the mean.

    ``tail`` 0–1: how much of the variance beyond the mean comes from rare wide errors (promotions, closures).
    The distribution is then a mixture of two negative binomials of one mean: one in ``WIDE_SHARE`` with
    1 + (1 ÷ WIDE_SHARE − 1) · tail times that variance, the others with 1 − tail times; 0 is the plain one.
    """

    mean: FloatArray
    variance: FloatArray
    tail: float = 0.0

    def __post_init__(self) -> None:
        mean = np.maximum(np.asarray(self.mean, np.float64), SMALLEST_MEAN)
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "variance", np.maximum(np.asarray(self.variance, np.float64), mean))

    def cdf(self, count: FloatArray | float) -> FloatArray:
        """P(N ≤ count), broadcast against the counts."""
        if self.tail > 0:
            return self._mixed([part.cdf(count) for part in self._two()])
        from scipy.special import betainc, gammaincc

        k = np.floor(np.asarray(count, np.float64))
        k, mean, size, poisson = np.broadcast_arrays(k, *self._parts())
        reached, other = np.maximum(k, 0.0) + 1.0, ~poisson
        value = np.empty(k.shape)
        value[poisson] = gammaincc(reached[poisson], mean[poisson])
        value[other] = betainc(size[other], reached[other], (size / (size + mean))[other])
        return np.where(k < 0, 0.0, value)

    def quantile(self, level: FloatArray | float) -> FloatArray:
        """The least count whose cdf reaches ``level`` (0–1), broadcast against the counts."""
        from scipy.special import ndtri

        p = np.clip(np.asarray(level, np.float64), 1e-9, 1 - 1e-9)
        p, mean = np.broadcast_arrays(p, self.mean)
        sd = np.sqrt(np.broadcast_to(self.variance, mean.shape))
        skew = (2 * self.variance / self.mean - 1.0) / np.sqrt(self.variance)
        z = ndtri(p)
        guess = np.maximum(np.floor(mean + sd * (z + skew * (z**2 - 1.0) / 6.0)), 0.0)
        return self._settle(guess, p)

    def shortage(self, stock: FloatArray | float) -> FloatArray:
        """E[(N − stock)⁺]: units that a stock cannot serve."""
        mean, s = self.mean, np.floor(np.maximum(np.asarray(stock, np.float64), 0.0))
        return np.maximum(mean - s + self.leftover(s), 0.0)

    def leftover(self, stock: FloatArray | float) -> FloatArray:
        """E[(stock − N)⁺]: units of a stock that stay."""
        from scipy.special import betainc, gammaincc

        if self.tail > 0:
            return self._mixed([part.leftover(stock) for part in self._two()])
        s = np.floor(np.maximum(np.asarray(stock, np.float64), 0.0))
        mean, size, poisson = self._parts()
        chance = size / (size + mean)
        below = np.where(s > 0, np.maximum(s, 1.0), 1.0)
        partial = np.where(  # E[N; N ≤ s] = mean · P(N' ≤ s − 1), N' of size + 1
            poisson, mean * gammaincc(below, mean), mean * betainc(size + 1.0, below, chance)
        )
        return np.where(s > 0, np.maximum(s * self.cdf(s) - partial, 0.0), 0.0)

    def pit(self, count: FloatArray, draw: FloatArray) -> FloatArray:
        """Randomized probability integral transform (Czado, Gneiting and Held 2009): uniform where the
        distribution is right. ``draw``: uniform numbers of the shape of ``count``."""
        below = self.cdf(np.asarray(count) - 1.0)
        return below + draw * (self.cdf(count) - below)

    def _two(self) -> tuple[Counts, Counts]:
        excess = self.variance - self.mean
        wide = 1.0 + (1.0 / WIDE_SHARE - 1.0) * self.tail
        return (
            Counts(self.mean, self.mean + excess * (1.0 - self.tail)),
            Counts(self.mean, self.mean + excess * wide),
        )

    @staticmethod
    def _mixed(parts: list[FloatArray]) -> FloatArray:
        return np.asarray((1.0 - WIDE_SHARE) * parts[0] + WIDE_SHARE * parts[1])

    def _parts(self) -> tuple[FloatArray, FloatArray, np.ndarray]:
        excess = self.variance - self.mean
        poisson = excess <= LEAST_EXCESS * self.mean
        size = self.mean**2 / np.where(poisson, 1.0, excess)
        return self.mean, np.where(poisson, 1.0, size), poisson

    def _settle(self, guess: FloatArray, p: FloatArray) -> FloatArray:
        """From a count near the quantile to the quantile itself: bracket, then halve."""
        reach = np.maximum(2.0, np.ceil(0.05 * guess))
        low, high = guess.copy(), guess.copy()
        for _ in range(60):
            short = self.cdf(high) < p
            if not short.any():
                break
            high = np.where(short, high + reach, high)
            reach = np.where(short, reach * 2, reach)
        reach = np.maximum(2.0, np.ceil(0.05 * guess))
        for _ in range(60):
            over = (low >= 0) & (self.cdf(low) >= p)
            if not over.any():
                break
            low = np.where(over, np.maximum(low - reach, -1.0), low)
            reach = np.where(over, reach * 2, reach)
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            enough = self.cdf(middle) >= p
            high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        return np.maximum(high, 0.0)
