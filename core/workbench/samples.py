"""A photo audit for who has no photo yet: of a demo shelf that is drawn, with departures that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.compliance import samples
from core.compliance.samples import Studio
from core.errors import RuleViolation
from core.pictures import check
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.store import audits, catalog, pictures, planograms, records
from core.store.audits import SavedAudit
from core.trust.access import Role
from core.workbench.audits import READ_FROM, TURNS, AuditsDoor
from core.workbench.library import Progress, untold

DRAWN_UNTIL, PHOTOGRAPHED_UNTIL = 0.3, 0.5
"""Shares of the work until the packshots are drawn, and until the shelf is photographed."""


class SamplesDoor(AuditsDoor):
    """Drawn packshots and photos, of the demo's products alone."""

    def can_sample(self, plan: Planogram) -> bool:
        """Whether a photo of this plan may be drawn: all its products are the demo's, and somebody draws."""
        models = self.memory.models
        if models.studio is None or models.reader is None or not plan.positions:
            return False
        with self._session() as session:
            return catalog.demo_ids(session).issuperset(plan.product_ids)

    def audit_sample(
        self, planogram_id: int | str, version: int | None = None, report: Progress = untold
    ) -> SavedAudit:
        """Draw a photo of a demo plan with a few departures, another one each time, and audit it. Products
        without a picture get a drawn packshot, which is kept. Raises RuleViolation for other plans, else as
        ``audit_photo``."""
        self._require(Role.MANAGER, "draw a sample photo")
        self._reader()
        with self._session() as session:
            saved = planograms.load(session, planogram_id, version)
            products = self._may_stand(catalog.load_catalog(session), catalog.demo_ids(session), saved.plan)
            _, earlier = audits.find(session, planogram_id=saved.id, limit=1)
        studio = self.memory.models.studio
        if studio is None or not self.can_sample(saved.plan):
            raise RuleViolation("A sample photo can be drawn of the demo's shelves alone.",
                                "Photograph this shelf, and upload the photo.")
        with TURNS.take("drawing another shelf"):
            packshots = self._packshots(studio, products, report)
            report(DRAWN_UNTIL, f"Drawing a photo of {saved.name}")
            made = studio.photograph(saved.plan, products, packshots, 1000 * saved.id + earlier)
        told = samples.words(made, saved.plan, products)
        return self._audited(saved, made.photo, _later(report, PHOTOGRAPHED_UNTIL), told)

    @staticmethod
    def _may_stand(products: Catalog, demo: frozenset[int], plan: Planogram) -> Catalog:
        """The demo's products of the plan and of its categories."""
        categories = {products[i].category for i in plan.product_ids}
        return {i: p for i, p in products.items() if i in demo and p.category in categories}

    def _packshots(self, studio: Studio, products: Catalog, report: Progress) -> Mapping[int, bytes]:
        """A picture of each product: its newest, or one that is drawn and kept now."""
        with self._session() as session:
            views = catalog.views(session)
        paths = {i: pictures.path_of(self.database, views[i][0]) for i in products if i in views}
        found = {i: path.read_bytes() for i, path in paths.items() if path.exists()}
        drawn: dict[int, bytes] = {}
        for number, key in enumerate(missing := [i for i in products if i not in found]):
            report(DRAWN_UNTIL * number / len(missing), f"Drawing packshot {number + 1} of {len(missing)}")
            drawn[key] = studio.packshot(products, key)
        self._keep_drawn(drawn)
        return found | drawn

    def _keep_drawn(self, drawn: Mapping[int, bytes]) -> None:
        if not drawn:
            return
        checked = {i: check(picture) for i, picture in drawn.items()}
        for key, picture in checked.items():
            pictures.keep(self.database, drawn[key], picture)
        with self._session() as session:
            for key, p in checked.items():
                catalog.add_image(session, key, p.content_hash, p.media_type, p.width_px, p.height_px)
            records.audit(session, "draw", "packshot", "", products=len(drawn))


def _later(report: Progress, share: float) -> Callable[[float, str], None]:
    """Progress of work that begins when ``share`` of all is done."""
    return lambda done, doing: report(share + (1 - share) * max(done - READ_FROM, 0.0), doing)
