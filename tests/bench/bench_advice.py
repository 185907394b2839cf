"""Issues with their fixes, overview, categories and location on a demo company, by its door.

Each call is made once before it is timed: what is read from the database is then in memory, as after a person
has opened a page. The reference of the same run is the door without anything to think about: opening the plan.
"""

from __future__ import annotations

import tempfile
from itertools import cycle, islice
from pathlib import Path

from core.capabilities.location.range import Goals
from core.planogram.fixture import Fixture
from core.settings import Settings
from core.store import users
from core.store.database import Database
from core.store.demo.build import build_demo
from core.workbench import Workbench
from tests.bench.report import ROUNDS, Figure, print_figures, timed

MACHINES, STORES, DAYS, TIMES = 24, 6, 120, 12


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        database.migrate()
        build_demo(database, days=DAYS, machines=MACHINES, stores=STORES)
        actor = users.demo_actor(database)
        assert actor is not None
        figures = measured(Workbench(database, actor, Settings(demo=True)))
        database.close()
    return figures


def measured(wb: Workbench) -> list[Figure]:
    wb.learn(True, calibrated=False)
    plans = [c.id for c in islice(cycle(wb.planograms()), ROUNDS * TIMES)]
    machines = [d.id for d in islice(cycle(wb.devices()), ROUNDS * TIMES)]
    shelf, box = Fixture.shelves(48.0, 5), Fixture.machine((8,) * 5)
    for plan in plans:
        wb.overview(plan)
    opened = timed("", 1e9, lambda i: wb.open(plans[i]), TIMES)
    plain = f"opening the plan: {opened.p50:.1f} ms"
    return [
        timed("issues of a plan with their fixes", 50, lambda i: wb.validate(plans[i]), TIMES, plain),
        timed("overview of a plan", 100, lambda i: wb.overview(plans[i]), TIMES, plain),
        timed("categories for a new plan", 200,
              lambda i: wb.suggest_categories(box if i % 2 else shelf, "summer"), TIMES),
        timed("facings of a product", 200,
              lambda i: wb.facings(wb.open(plans[i]).plan.product_ids[0], plans[i]), TIMES),
        timed("what a place should carry", 2000,
              lambda i: wb.personalize(machines[i], Goals(1.0, 0.3, 0.3)), TIMES),
    ]


if __name__ == "__main__":
    print_figures(main())
