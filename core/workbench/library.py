"""From the store to sites ready to compute with: fits, histories, caches.

One fit serves all of a company's places of one kind of origin: the demo's places learn from the demo
alone, the user's own never learn from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from core.site.build import bare_site, build_site
from core.site.posterior import MODEL_VERSION, FleetFit
from core.site.site import Site
from core.store import catalog, sites
from core.store.planograms import SavedPlanogram
from core.store.tenant import TenantSession
from core.workbench.door import Memory

Progress = Callable[[float, str], None]


def site_of(session: TenantSession, memory: Memory, saved: SavedPlanogram) -> Site:
    """The site where a planogram stands, from memory where nothing changed since."""
    versions = sites.data_versions(session, [saved.site_id]) if saved.site_id is not None else {}
    name = fit_name(saved.is_demo)
    learned_at = sites.fit_time(session, name)
    key = (session.company_id, saved.id, saved.version, versions.get(saved.site_id or 0), learned_at)
    return memory.sites.get(key, lambda: _load(session, memory, saved, learned_at))


def refit(
    session: TenantSession, is_demo: bool, progress: Progress | None = None
) -> FleetFit | None:
    """Learn anew from all places of one origin and keep what was learned; None without history."""
    from core.site.estimate import fit_fleet  # only a fit needs it, and the first page should not wait for it

    report = progress or (lambda share, doing: None)
    report(0.0, "Reading the sales")
    histories = sites.load_history(session, demo=is_demo, baskets=True)
    if not histories:
        return None
    report(0.4, f"Learning from {len(histories)} planograms")
    started = time.perf_counter()
    fit = fit_fleet(histories, catalog.load_catalog(session))
    report(0.95, "Keeping what was learned")
    facts = {"planograms": len(histories), "seconds": round(time.perf_counter() - started, 2)}
    sites.save_fit(session, fit_name(is_demo), fit.to_bytes(), facts)
    return fit


def fit_name(is_demo: bool) -> str:
    """The name under which a group's fit is kept."""
    return f"{MODEL_VERSION} {'demo' if is_demo else 'own'}"


def _load(
    session: TenantSession, memory: Memory, saved: SavedPlanogram, learned_at: datetime | None
) -> Site:
    products = catalog.load_catalog(session)
    fit = fleet_fit(session, memory, saved.is_demo, learned_at)
    histories = sites.load_history(session, [saved.id])
    if not histories:
        return bare_site(saved.id, saved.site_name, saved.venue_type, saved.plan.fixture, products, fit)
    return build_site(histories[0], products, fit)


def fleet_fit(
    session: TenantSession, memory: Memory, is_demo: bool, learned_at: datetime | None
) -> FleetFit | None:
    """The fit of one origin's places as kept at ``learned_at``, from memory; None where there is none."""
    if learned_at is None:
        return None
    name = fit_name(is_demo)

    def read() -> FleetFit | None:
        stored = sites.load_fit(session, name)
        return FleetFit.from_bytes(stored[1]) if stored else None

    return memory.fits.get((session.company_id, name, learned_at), read)
