"""Forecasts of a whole fleet: choose once, forecast often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import BadInput
from core.forecast import methods
from core.forecast.censoring import filled
from core.forecast.forecast import Forecast
from core.forecast.outliers import steady
from core.forecast.panel import FloatArray, IntArray, Panel, codes, sums
from core.forecast.pool import FORECAST_VERSION, Pool
from core.forecast.profiles import features_of, learn, multipliers
from core.forecast.reconcile import best_power, site_ratios
from core.forecast.spread import Outcome, level_error, spreads
from core.forecast.weights import CLASSES, View, class_of, fit_weights, normal_of

ORIGINS = 6
LEAST_DAYS = 21
"""Days of history before the first origin that a choice looks at."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A panel made ready: ``units`` (S, T), ``steady``: the same with what stands out
    cut, ``factors`` over T + H steps, ``due`` (S, T + H): profile, times
    the exposure where that is known."""

    units: FloatArray
    steady: FloatArray
    factors: Mapping[str, FloatArray]
    profile: FloatArray
    due: FloatArray


def choose(panel: Panel, horizon: int) -> Pool:
    """Weights of the methods and spreads, from rolling origins inside the panel: profiles are learned before
    the first of them, and an origin's errors are those of weights that the other origins chose."""
    origins, reach = rolling(panel, horizon)
    if not origins:
        even = np.full((len(CLASSES), len(methods.METHODS)), 1 / len(methods.METHODS))
        return spreads([], [], even, panel)
    outcomes, ratios = _outcomes(panel, origins, reach)
    normals = [normal_of(_views(o, panel.step_days), o.classes) for o in outcomes]
    others = [normals[:k] + normals[k + 1 :] or normals for k in range(len(normals))]
    apart = [fit_weights(each, len(CLASSES)) for each in others]
    level = [(o.level * w[o.classes]).sum(axis=1) for o, w in zip(outcomes, apart, strict=True)]
    power = best_power(lambda given: _lost(outcomes, given, panel.step_days), level, ratios)
    level = [x * ratio(x) ** power for x, ratio in zip(level, ratios, strict=True)]
    return replace(spreads(outcomes, level, fit_weights(normals, len(CLASSES)), panel), power=power)


def _lost(outcomes: Sequence[Outcome], level: Sequence[FloatArray], step_days: int) -> float:
    """Absolute errors of all levels of aggregation over what was sold, each kind counting the same."""
    missed: dict[str, list[float]] = {}
    for o, x in zip(outcomes, level, strict=True):
        for view in _views(replace(o, level=x[:, None]), step_days):
            size = int(view.group.max(initial=0)) + 1
            error = sums(view.group, view.actual - view.forecasts[:, 0], size)
            missed.setdefault(view.name, []).append(float(np.abs(error).sum()))
    sold = sum(float(o.units.sum()) for o in outcomes) + 1e-9
    return sum(sum(parts) for parts in missed.values()) / sold


def _outcomes(
    panel: Panel, origins: Sequence[int], reach: int
) -> tuple[list[Outcome], list[Callable[[FloatArray], FloatArray]]]:
    ready = prepare(panel, panel.until(origins[0]), 0)
    labels = methods.Labels.of(panel)
    ratios = site_ratios(ready.steady, ready.profile, panel.exposure, labels.site, origins, panel.step_days)
    seen = methods.evidence(ready.steady, ready.due, origins, panel.step_days)
    chances = methods.tsb(ready.steady, ready.due, origins)
    found = []
    for origin, past, chance in zip(origins, seen, chances, strict=True):
        level = methods.levels(past, labels, chance)
        ahead = slice(origin, origin + reach)
        standing = np.asarray(panel.exposure[:, [origin - 1]] > 0, np.float32)
        found.append(Outcome(
            level, class_of(level[:, methods.LONG], panel.step_days), past, ready.due[:, ahead],
            np.broadcast_to(ready.profile[:, ahead] * standing, ready.due[:, ahead].shape),
            ready.units[:, ahead], labels.site, labels.product,
        ))
    return found, ratios


def _views(o: Outcome, step_days: int) -> list[View]:
    steps, week = o.due.shape[1], max(7 // step_days, 1)
    weeks = [slice(k, k + week) for k in range(0, steps, week)]
    found = [_view("site", o.site, o, o.stood, w) for w in weeks]
    whole = slice(0, steps)
    found.append(_view("product", o.product, o, o.due, whole))
    found.append(_view("series", np.arange(len(o.site)), o, o.due, whole))
    return found


def _view(name: str, group: IntArray, o: Outcome, due: FloatArray, window: slice) -> View:
    ahead, sold = due[:, window].sum(axis=1), o.units[:, window].sum(axis=1)
    return View(name, group, o.level * ahead[:, None], sold)


def rolling(panel: Panel, horizon: int) -> tuple[list[int], int]:
    """Origins inside the panel, the last a horizon before its end, and the steps that each looks ahead."""
    least = -(-LEAST_DAYS // panel.step_days)
    reach = min(horizon, max((panel.steps - least) // 2, 0), -(-28 // panel.step_days))
    if reach < 1:
        return [], 0
    gap = max(reach // 2, 1)
    last = panel.steps - reach
    earliest = max(least, panel.steps // 3)
    return [o for o in range(last - gap * (ORIGINS - 1), last + 1, gap) if o >= min(earliest, last)], reach


def prepare(panel: Panel, known: Panel, horizon: int) -> Prepared:
    """``known``: the panel as far as profiles may learn from it."""
    features = features_of(panel, horizon)
    factors = multipliers(features, learn(known, features, 0))
    profile: FloatArray = np.ones((1, panel.steps + horizon), np.float32)
    for factor in factors.values():
        profile = profile * factor
    due = np.broadcast_to(profile, (panel.series, panel.steps + horizon)).copy()
    due[:, : panel.steps] *= panel.exposure
    units = filled(np.asarray(panel.units, np.float32), due[:, : panel.steps], panel.censored)
    cut = steady(units, due[:, : panel.steps], codes(panel.product)[0], panel.step_days)
    return Prepared(units, cut, factors, profile, due)


def forecast(panel: Panel, horizon: int, *, pool: Pool | None = None) -> Forecast:
    """The demand of every series over the ``horizon`` steps after the panel's last.

    ``pool``: as ``choose`` gave it for this panel or an earlier state of it; by default chosen now. Raises
    BadInput for a horizon below 1, an empty panel or inputs that end before the horizon does.
    """
    _check(panel, horizon)
    pool = pool or choose(panel, horizon)
    ready = prepare(panel, panel, horizon)
    past = methods.evidence(ready.steady, ready.due[:, : panel.steps], [panel.steps], panel.step_days)[0]
    labels = methods.Labels.of(panel)
    level = methods.levels(past, labels, methods.tsb(ready.steady, ready.due, [panel.steps])[0])
    classes = class_of(level[:, methods.LONG], panel.step_days)
    weight = pool.weights[classes]
    base = (level * weight).sum(axis=1)
    now = [panel.steps]
    ratio = site_ratios(ready.steady, ready.profile, panel.exposure, labels.site, now, panel.step_days)[0]
    base = np.maximum(base * ratio(base) ** pool.power, 1e-6)
    profile = ready.profile[:, panel.steps :]
    mean = base[:, None] * profile
    return Forecast(
        first_day=panel.end, step_days=panel.step_days, mean=mean,
        base=np.broadcast_to(base[:, None], mean.shape),
        factors={name: f[:, panel.steps :] for name, f in ready.factors.items()}, site=panel.site,
        product=panel.product, noise=pool.noise[classes], day_shock=pool.day_shock,
        product_shock=pool.product_shock, fleet_shock=pool.fleet_shock, tail=pool.tail,
        level_error=level_error(pool, classes, past),
        site_error=np.full(panel.series, pool.site_error), fleet_error=pool.fleet_error,
        product_error=np.full(panel.series, pool.product_error),
        method=classes, methods=CLASSES,
        history_days=panel.exposure.sum(axis=1, dtype=np.float64) * panel.step_days, version=FORECAST_VERSION,
    )


def _check(panel: Panel, horizon: int) -> None:
    if horizon < 1:
        raise BadInput(f"A forecast of {horizon} steps says nothing.", "Ask for at least 1 step.")
    if panel.series < 1 or panel.steps < 1:
        raise BadInput("The panel has no series or no step.", "Give at least one day of one product.")
    for name, values in panel.inputs.items():
        if values.shape[1] < panel.steps + horizon:
            raise BadInput(
                f"Input “{name}” ends after {values.shape[1]} steps; {panel.steps} of the past and "
                f"{horizon} of the forecast are needed.",
                "Give each input for the steps of the forecast too.",
            )
