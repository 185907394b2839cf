"""From the store to sites ready to compute with: fits, histories, caches.

One fit serves all of a company's places of one kind of origin: the demo's places learn from the demo
alone, the user's own never learn from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime

from core.models import Embedder, HashedWords, Vectors
from core.planogram.product import Catalog
from core.site.build import bare_site, build_site
from core.site.contest import Verdict, compare, trial_of
from core.site.kin import ProductVectors, product_words
from core.site.posterior import MODEL_VERSION, FleetFit
from core.site.site import Site, SiteHistory
from core.store import catalog, embeddings, sites
from core.store.planograms import SavedPlanogram
from core.store.tenant import TenantSession
from core.telemetry import log
from core.workbench.door import Memory

Progress = Callable[[float, str], None]


def untold(_share: float, _doing: str) -> None:
    """Progress that nobody follows."""


DECISIONS_KEPT = 20
KEPT_AT_ONCE = 2_000
PRODUCT = "product"
"""The kind of stored vectors that a product's words have."""


def site_of(session: TenantSession, memory: Memory, saved: SavedPlanogram) -> Site:
    """The site where a planogram stands, from memory where nothing changed since."""
    versions = sites.data_versions(session, [saved.site_id]) if saved.site_id is not None else {}
    name = fit_name(saved.is_demo)
    learned_at = sites.fit_time(session, name)
    key = (session.company_id, saved.id, saved.version, versions.get(saved.site_id or 0), learned_at)
    return memory.sites.get(key, lambda: _load(session, memory, saved, learned_at))


def refit(
    session: TenantSession, is_demo: bool, progress: Progress | None = None,
    words: ProductVectors | None = None, *, anyway: bool = False, calibrated: bool = True,
) -> FleetFit | None:
    """Learn anew from all places of one origin, with what the products' ``words`` mean, and keep what was
    learned; None without history. A fit of this version of the model that is kept already stays where the
    new one tells the newest days clearly worse (``contest``), unless it is wanted ``anyway``. Without
    ``calibrated`` the intervals are not checked against past resets, which halves the time, and the fit
    ``is_rough`` until a later one is."""
    from core.site.estimate import fit_fleet  # only a fit needs it, and the first page should not wait for it

    report = progress or (lambda share, doing: None)
    report(0.0, "Reading the sales")
    histories = sites.load_history(session, demo=is_demo, baskets=True)
    if not histories:
        return None
    report(0.4, f"Learning from {len(histories)} planograms")
    started = time.perf_counter()
    products = catalog.load_catalog(session)
    stored = sites.load_fit(session, fit_name(is_demo))
    kept = None if stored is None else FleetFit.from_bytes(stored[1])
    verdict = Verdict(True, "It was wanted anyway.") if anyway else _verdict(kept, histories, products, words)
    past = [] if stored is None else list(stored[2].get("decisions", []))
    decisions = [*past, {"at": datetime.now(UTC).isoformat(), **verdict.facts()}][-DECISIONS_KEPT:]
    if kept is not None and stored is not None and not verdict.replaces:
        log().warning("fit_refused", fit=fit_name(is_demo), **verdict.facts())
        sites.save_fit(session, fit_name(is_demo), stored[1], {**stored[2], "decisions": decisions})
        return kept
    fit = fit_fleet(histories, products, words=words, calibrated=calibrated)
    report(0.95, "Keeping what was learned")
    facts = {
        "planograms": len(histories), "seconds": round(time.perf_counter() - started, 2),
        "rough": not calibrated, "resets": fit.calibration.resets,
        "scale": round(fit.calibration.scale, 3), "decisions": decisions,
    }
    log().info("fit_kept", fit=fit_name(is_demo), **verdict.facts())
    sites.save_fit(session, fit_name(is_demo), fit.to_bytes(), facts)
    return fit


def is_rough(session: TenantSession, is_demo: bool) -> bool:
    """Whether the kept fit of one origin's places still has to be checked against past resets."""
    return bool((sites.fit_facts(session, fit_name(is_demo)) or {}).get("rough"))


def _verdict(
    kept: FleetFit | None, histories: Sequence[SiteHistory], products: Catalog, words: ProductVectors | None
) -> Verdict:
    """Whether what the histories teach may take the kept fit's place."""
    from core.site.estimate import fit_fleet

    if kept is None:
        return Verdict(True, "It is the first of this version of the model.")
    trial = trial_of(histories, kept)
    if trial is None:
        return Verdict(True, "Too few days came since to compare.")
    learned = fit_fleet(trial.seen, products, words=words, calibrated=False)
    return compare(kept, learned, histories, trial.judged, products)


def embed_products(
    open_session: Callable[[], AbstractContextManager[TenantSession]], embedder: Embedder
) -> ProductVectors | None:
    """Vectors of the words of all products; what is new or was renamed is computed between two sessions, so
    that nobody waits for it. None where no model knows what words mean."""
    if not embedder.learned:
        return None
    with open_session() as session:
        texts = product_texts(catalog.load_catalog(session))
        known = embeddings.stored(session, PRODUCT, embedder.name, texts)
    missing = {i: text for i, text in texts.items() if i not in known}
    if missing:
        known |= keep_meanings(open_session, embedder, missing)
        with open_session() as session:
            catalog.touch_catalog(session)
    return ProductVectors(embedder.name, known)


def keep_meanings(
    open_session: Callable[[], AbstractContextManager[TenantSession]], embedder: Embedder,
    texts: Mapping[int, str],
) -> dict[int, Vectors]:
    """Compute and keep the vectors of products' words, some thousand at a time, so that what was done stays
    done."""
    made: dict[int, Vectors] = {}
    ids = [*texts]
    for start in range(0, len(ids), KEPT_AT_ONCE):
        some = {i: texts[i] for i in ids[start : start + KEPT_AT_ONCE]}
        vectors = embedder.embed([*some.values()])
        with open_session() as session:
            embeddings.keep(session, PRODUCT, embedder.name, some, vectors)
        made |= dict(zip(some, vectors, strict=True))
    return made


def fit_name(is_demo: bool) -> str:
    """The name under which a group's fit is kept."""
    return f"{MODEL_VERSION} {'demo' if is_demo else 'own'}"


def product_texts(products: Catalog) -> dict[int, str]:
    """The words by which each product is known to a model."""
    return {i: product_words(product) for i, product in products.items()}


def knowing(session: TenantSession, fit: FleetFit | None, products: Catalog) -> FleetFit | None:
    """The fit with the kept vectors of what no site has stocked, where its kin was found by a model."""
    if fit is None or fit.kin.model == HashedWords().name:
        return fit
    stocked = set(fit.goods.product_ids[fit.index.stocked].tolist())
    newer = product_texts({i: product for i, product in products.items() if i not in stocked})
    return replace(
        fit, newer=ProductVectors(fit.kin.model, embeddings.stored(session, PRODUCT, fit.kin.model, newer))
    )


def _load(
    session: TenantSession, memory: Memory, saved: SavedPlanogram, learned_at: datetime | None
) -> Site:
    products = catalog.load_catalog(session)
    fit = knowing(session, fleet_fit(session, memory, saved.is_demo, learned_at), products)
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
