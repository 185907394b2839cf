"""Forecasts of a fleet of 2,000 machines × 40 slots × 365 days, and of one machine.

Reference of the same run: the mean of the last 28 days of the same panel, the least that any forecast does.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from datetime import date

import numpy as np

from core.forecast.fleet import choose, forecast
from core.forecast.panel import Panel
from tests.bench.report import Figure, print_figures, quickest

MACHINES, SLOTS, DAYS, HORIZON, PRODUCTS, SEED = 2_000, 40, 365, 28, 300, 4711
LIMIT_S, LIMIT_GB, MACHINE_LIMIT_S = 60.0, 4.0, 1.0


def fleet(machines: int) -> Panel:
    """Poisson sales of slots at gamma rates, with weekdays, a drifting site level and stockouts."""
    rng = np.random.default_rng(SEED)
    series = machines * SLOTS
    site, venue = np.repeat(np.arange(machines), SLOTS), np.arange(machines) % 6
    product = rng.integers(0, PRODUCTS, series)
    weekday = rng.uniform(0.5, 1.4, (6, 7))
    drift = np.cumsum(rng.normal(0, 0.01, (machines, DAYS)), axis=1)
    level = np.exp(drift) * weekday[venue][:, np.arange(DAYS) % 7]
    rate = rng.gamma(1.5, 0.4, series)
    units = np.empty((series, DAYS), np.float32)
    for first in range(0, series, 4_000):
        part = slice(first, first + 4_000)
        units[part] = rng.poisson(rate[part, None] * level[site[part]])
    censored = (units > 4) & (rng.random((series, DAYS), dtype=np.float32) < 0.2)
    return Panel(
        start=date(2025, 1, 6), units=units, exposure=np.ones((series, DAYS), np.float32), censored=censored,
        site=site, product=product, category=product % 12, venue=venue[site],
        price=np.full(series, 2.0), prior_rate=np.full(series, np.nan),
        inputs={"holiday": (np.arange(DAYS + HORIZON) % 61 == 0)[None].astype(np.float32)},
    )


def main() -> list[Figure]:
    alone = subprocess.run(  # its own process, so that the peak of memory is that of the forecast
        [sys.executable, "-m", "tests.bench.bench_forecast"], capture_output=True, text=True, check=True
    )
    seconds, gigabytes, mean_ms = (float(x) for x in alone.stdout.split()[-3:])
    one = fleet(1)
    forecast(one, HORIZON)
    began = time.perf_counter()
    forecast(one, HORIZON)
    machine = time.perf_counter() - began
    reference = f"28-day mean of the same panel {mean_ms:.0f} ms"
    task = f"choose and forecast {MACHINES:,} machines × {SLOTS} slots × {DAYS} days"
    return [
        Figure(task, "s", LIMIT_S, seconds, reference=reference),
        Figure(f"peak memory of the same, panel included ({MACHINES * SLOTS:,} series)", "GB", LIMIT_GB, gigabytes),
        Figure(f"choose and forecast one machine, {SLOTS} slots × {DAYS} days", "s", MACHINE_LIMIT_S, machine),
    ]


def alone() -> None:
    """The large fleet in this process: seconds, peak gigabytes, milliseconds of the reference."""
    panel = fleet(MACHINES)
    mean_ms = quickest(lambda: panel.units[:, -28:].mean(axis=1), 3)
    began = time.perf_counter()
    told = forecast(panel, HORIZON, pool=choose(panel, HORIZON))
    told.totals(panel.site)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{seconds:.2f} {peak:.3f} {mean_ms:.2f}")


if __name__ == "__main__":
    if sys.argv[0].endswith("bench_forecast.py") and "--table" not in sys.argv:
        alone()
    else:
        print_figures(main())
