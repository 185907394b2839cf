"""Forecasts of a whole fleet: choose once, forecast often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import BadInput
from core.forecast import boosting, methods
from core.forecast.censoring import filled
from core.forecast.forecast import Forecast
from core.forecast.insight import View
from core.forecast.outliers import steady
from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel, codes, sums
from core.forecast.pool import FORECAST_VERSION, Pool
from core.forecast.profiles import Feature, features_of, learn, multipliers
from core.forecast.reconcile import best_power, site_ratios
from core.forecast.spread import Outcome, level_error, spreads
from core.forecast.weights import CLASSES, class_of, fit_weights, normal_of
from core.forecast.weights import View as Window

ORIGINS = 6
MOST_CHOSEN = 10_000
LEAST_DAYS = 21
"""Days of history before the first origin that a choice looks at."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A panel made ready: ``units`` (S, T), ``steady``: the same with what stands out
    cut, ``factors`` over T + H steps, ``due`` (S, T + H): profile, times
    the exposure where that is known; ``week``: steps of one."""

    units: FloatArray
    steady: FloatArray
    factors: Mapping[str, FloatArray]
    profile: FloatArray
    due: FloatArray
    features: Sequence[Feature]
    week: int


def choose(panel: Panel, horizon: int) -> Pool:
    """Weights of the methods and spreads, from rolling origins inside the panel: profiles are learned before
    the first of them, and an origin's errors are those of weights that the other origins chose. Of a fleet
    of more than ``MOST_CHOSEN`` series some of the sites speak for all."""
    panel = panel.of(_some_sites(panel, MOST_CHOSEN))
    origins, reach = rolling(panel, horizon)
    if not origins:
        even = np.full((len(CLASSES), len(methods.METHODS)), 1 / len(methods.METHODS))
        return spreads([], [], even, panel)
    ready = prepare(panel, panel.until(origins[0]), 0)
    outcomes, ratios = _outcomes(panel, ready, origins, reach)
    normals = [normal_of(_views(o, panel.step_days), o.classes) for o in outcomes]
    others = [normals[:k] + normals[k + 1 :] or normals for k in range(len(normals))]
    apart = [fit_weights(each, len(CLASSES)) for each in others]
    level = [(o.level * w[o.classes]).sum(axis=1) for o, w in zip(outcomes, apart, strict=True)]
    power = best_power(lambda given: _lost(outcomes, given, panel.step_days), level, ratios)
    level = [x * ratio(x) ** power for x, ratio in zip(level, ratios, strict=True)]
    boost, seen = _boosted(panel, ready, origins, outcomes, level)
    pool = spreads(seen, level, fit_weights(normals, len(CLASSES)), panel)
    return replace(pool, power=power, boost=boost)


def _boosted(
    panel: Panel, ready: Prepared, origins: Sequence[int], outcomes: Sequence[Outcome],
    level: Sequence[FloatArray],
) -> tuple[float, Sequence[Outcome]]:
    """How far trees are let in, none where the later half of the origins, from whose targets they have not
    learned, speaks against them; and the outcomes with them."""
    half, reach = len(origins) // 2, outcomes[0].due.shape[1]
    model = _trees(panel, ready, origins[half], reach)
    if model is None:
        return 0.0, outcomes
    late, levels = outcomes[half:], level[half:]
    with_trees = []
    for o, x, origin in zip(late, levels, origins[half:], strict=True):
        r = 1.0 + boosting.SHARE * (_told_ratio(model, ready, o, origin, x) - 1.0)
        with_trees.append(replace(o, due=o.due * r, stood=o.stood * r))
    before, after = (_lost(each, levels, panel.step_days) for each in (late, with_trees))
    if after > before * (1 + boosting.MOST_LOSS):
        return 0.0, outcomes
    return boosting.SHARE, [*outcomes[:half], *with_trees]


def _told_ratio(
    model: boosting.Trees, ready: Prepared, o: Outcome, origin: int, level: FloatArray
) -> FloatArray:
    """What trees say of the steps ahead over what the pool's ``level`` (S,) does, (S, reach)."""
    view = _view_of(o, ready, origin)
    told = boosting.told(model, view, ready.features, ready.week)
    reach = o.due.shape[1]
    expected = level[:, None] * view.due * view.price[:, origin : origin + reach]
    return np.asarray(np.where(expected > 0, told / np.maximum(expected, 1e-12), 1.0))


def _trees(panel: Panel, ready: Prepared, last: int, reach: int) -> boosting.Trees | None:
    """Learned from weeks that ended by step ``last``, of some of the sites; None where that is too little."""
    week = ready.week
    least = max(-(-LEAST_DAYS // panel.step_days), last // 4)
    at = boosting.anchors(last, reach, week, least)
    if len(at) < boosting.LEAST_ANCHORS or ready.units.sum(dtype=np.float64) < boosting.LEAST_UNITS:
        return None
    use = _some_sites(panel, boosting.MOST_SERIES)
    some = panel.of(use)
    part = Prepared(
        ready.units[use], ready.steady[use],
        {name: f if len(f) == 1 else f[use] for name, f in ready.factors.items()},
        ready.profile if len(ready.profile) == 1 else ready.profile[use], ready.due[use],
        [f if len(f.values) == 1 else replace(f, values=f.values[use]) for f in ready.features], week,
    )
    views = [_view_of(o, part, k) for o, k in zip(_states(some, part, at, reach), at, strict=True)]
    return boosting.train(views, part.features, week)


def _some_sites(panel: Panel, most: int) -> BoolArray:
    """Series (S,) of every k-th site, so that about ``most`` remain."""
    site, count = codes(panel.site)
    return np.asarray(site % min(max(-(-panel.series // most), 1), count) == 0)


def _view_of(o: Outcome, ready: Prepared, origin: int) -> View:
    price = ready.factors.get("price", np.ones((1, ready.profile.shape[1]), np.float32))
    due = o.due / price[:, origin : origin + o.due.shape[1]]
    return View(
        origin, o.level, o.past, due, o.units, o.site, o.product, ready.units, ready.due, price, o.standing
    )


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
    panel: Panel, ready: Prepared, origins: Sequence[int], reach: int
) -> tuple[list[Outcome], list[Callable[[FloatArray], FloatArray]]]:
    site = codes(panel.site)[0]
    ratios = site_ratios(ready.steady, ready.profile, panel.exposure, site, origins, panel.step_days)
    return _states(panel, ready, origins, reach), ratios


def _states(panel: Panel, ready: Prepared, origins: Sequence[int], reach: int) -> list[Outcome]:
    """What was known at each origin, and what came."""
    labels = methods.Labels.of(panel)
    due = ready.due[:, : panel.steps]
    seen = methods.evidence(ready.steady, due, origins, panel.step_days)
    chances = methods.tsb(ready.steady, due, origins)
    found = []
    for origin, past, chance in zip(origins, seen, chances, strict=True):
        level = methods.levels(past, labels, chance)
        ahead = slice(origin, origin + reach)
        standing = np.asarray(panel.exposure[:, [origin - 1]] > 0, np.float32)
        profile = ready.profile[:, ahead] if len(ready.profile) in (1, panel.series) else ready.due[:, ahead]
        found.append(Outcome(
            level, class_of(level[:, methods.LONG], panel.step_days), past, ready.due[:, ahead],
            np.broadcast_to(profile * standing, ready.due[:, ahead].shape),
            ready.units[:, ahead], labels.site, labels.product, standing[:, 0],
        ))
    return found


def _views(o: Outcome, step_days: int) -> list[Window]:
    steps, week = o.due.shape[1], max(7 // step_days, 1)
    weeks = [slice(k, k + week) for k in range(0, steps, week)]
    found = [_view("site", o.site, o, o.stood, w) for w in weeks]
    whole = slice(0, steps)
    found.append(_view("product", o.product, o, o.due, whole))
    found.append(_view("series", np.arange(len(o.site)), o, o.due, whole))
    return found


def _view(name: str, group: IntArray, o: Outcome, due: FloatArray, window: slice) -> Window:
    ahead, sold = due[:, window].sum(axis=1), o.units[:, window].sum(axis=1)
    return Window(name, group, o.level * ahead[:, None], sold)


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
    return Prepared(units, cut, factors, profile, due, features, max(7 // panel.step_days, 1))


def forecast(panel: Panel, horizon: int, *, pool: Pool | None = None) -> Forecast:
    """The demand of every series over the ``horizon`` steps after the panel's last.

    ``pool``: as ``choose`` gave it for this panel or an earlier state of it; by default chosen now. Raises
    BadInput for a horizon below 1, an empty panel or inputs that end before the horizon does.
    """
    _check(panel, horizon)
    pool = pool or choose(panel, horizon)
    ready = prepare(panel, panel, horizon)
    state = _states(panel, ready, [panel.steps], horizon)[0]
    classes = state.classes
    base = (state.level * pool.weights[classes]).sum(axis=1)
    now, site = [panel.steps], codes(panel.site)[0]
    ratio = site_ratios(ready.steady, ready.profile, panel.exposure, site, now, panel.step_days)[0]
    base = np.maximum(base * ratio(base) ** pool.power, 1e-6)[:, None]
    if pool.boost:
        base = base * (1.0 + pool.boost * (_boost(panel, ready, state, horizon, base[:, 0]) - 1.0))
    mean = base * ready.profile[:, panel.steps :]
    return Forecast(
        first_day=panel.end, step_days=panel.step_days, mean=mean,
        base=np.broadcast_to(base, mean.shape),
        factors={name: f[:, panel.steps :] for name, f in ready.factors.items()}, site=panel.site,
        product=panel.product, noise=pool.noise[classes], day_shock=pool.day_shock,
        product_shock=pool.product_shock, fleet_shock=pool.fleet_shock, tail=pool.tail,
        level_error=level_error(pool, classes, state.past),
        site_error=np.full(panel.series, pool.site_error), fleet_error=pool.fleet_error,
        product_error=np.full(panel.series, pool.product_error),
        method=classes, methods=CLASSES,
        history_days=panel.exposure.sum(axis=1, dtype=np.float64) * panel.step_days, version=FORECAST_VERSION,
    )


def _boost(
    panel: Panel, ready: Prepared, state: Outcome, horizon: int, level: FloatArray
) -> FloatArray:
    """What trees learned from the whole panel say of the steps ahead over what ``level`` (S,) does (S, H),
    the last known for those beyond what they learn."""
    _, reach = rolling(panel, horizon)
    model = _trees(panel, ready, panel.steps, reach)
    if model is None:
        return np.ones((panel.series, horizon))
    near = replace(state, due=state.due[:, :reach], units=state.units[:, :reach])
    found = _told_ratio(model, ready, near, panel.steps, level)
    return np.pad(found, ((0, 0), (0, horizon - reach)), mode="edge")


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
