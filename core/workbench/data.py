"""History in, results out: imports, summaries, the fleet, the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.fleet.glance import WINDOW_DAYS, FleetView, glance
from core.site.kin import ProductVectors
from core.store import fleet, records, sales, sites
from core.store.sales import Grouping, SalesSummary
from core.trust.access import Role
from core.workbench.judgement import JudgementDoor
from core.workbench.library import embed_products, is_rough, refit

if TYPE_CHECKING:
    from core.store.imports.preview import ImportCard, Preview
    from core.store.imports.run import ImportReport

Progress = Callable[[float, str], None]
IMPORT_SHARE = 0.85


class DataDoor(JudgementDoor):
    """Sales files and what is read from them."""

    def fleet(self) -> FleetView:
        """The fleet at a glance, from memory until any site changes."""
        with self._session() as session:
            key = (self.actor.company_id, "fleet", sites.fleet_version(session))
            view = self.memory.views.get(key, lambda: self._glance(session))
        assert isinstance(view, FleetView)
        return view

    # The reading of files loads much that the first page does not need, so it is loaded when asked for.

    def preview_sales(self, path: Path, name: str, mapping: Mapping[str, str] | None = None) -> Preview:
        from core.store.imports.preview import preview

        return preview(path, name, mapping, limit_bytes=self.settings.upload_limit_bytes)

    def import_sales(
        self, path: Path, name: str, mapping: Mapping[str, str] | None = None, dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import sales, or what an EVA-DTS audit tells of them, then learn anew from the user's own
        places; ``forecast_after_import`` comes next."""
        from core.store.imports.dex_run import import_audits, is_audit_file
        from core.store.imports.run import import_sales

        self._require(Role.MANAGER, "import sales")
        report = progress or (lambda share, doing: None)

        def tell(share: float, doing: str) -> None:
            report(IMPORT_SHARE * share, doing)

        if is_audit_file(path):
            result = import_audits(self.database, self.actor, path, name, dry_run, tell)
        else:
            limit = self.settings.upload_limit_bytes
            result = import_sales(self.database, self.actor, path, name, mapping, dry_run, tell, limit)
        if result.rows_imported and not dry_run:
            self.learn(False, lambda share, doing: report(IMPORT_SHARE + (1 - IMPORT_SHARE) * share, doing))
        return result

    def learn(self, is_demo: bool, progress: Progress | None = None, *, calibrated: bool = True) -> bool:
        """Fit the response of the demo's places or of the user's own; false where nothing sold yet. See
        ``refit`` for ``calibrated``."""
        words = self.embed_products()
        with self._session() as session:
            return refit(session, is_demo, progress, words, calibrated=calibrated) is not None

    def finish_learning(self, is_demo: bool) -> bool:
        """Learn anew where the last fit was in a hurry; whether it was."""
        with self._session() as session:
            rough = is_rough(session, is_demo)
        return rough and self.learn(is_demo)

    def embed_products(self) -> ProductVectors | None:
        """Bring what the products' names mean up to date; None where no model knows it. Slow: for jobs."""
        return embed_products(self._session, self.memory.models.embedder)

    def imports(self) -> list[ImportCard]:
        """Files that were read, the newest first."""
        from core.store.imports.preview import past_imports

        with self._session() as session:
            return past_imports(session)

    def sales_summary(
        self, device_ids: Sequence[int] | None = None, start: date | None = None,
        end: date | None = None, by: Grouping | None = None,
    ) -> SalesSummary:
        """Totals of a period, by ``by`` where named; those without names from memory until a site changes."""
        devices = None if device_ids is None else tuple(device_ids)
        with self._session() as session:
            if by not in (None, "day"):
                return sales.summary(session, devices, start, end, by)
            key = (self.actor.company_id, "sales", devices, start, end, by, sites.fleet_version(session))
            view = self.memory.views.get(key, lambda: sales.summary(session, devices, start, end, by))
        assert isinstance(view, sales.SalesSummary)
        return view

    def remove_demo(self) -> None:
        """Take the demo company's places and sales away; what the user brought stays."""
        self._require(Role.ADMIN if not self.settings.demo_mode else Role.MANAGER, "remove the demo data")
        from core.store.demo.remove import remove_demo

        remove_demo(self.database)
        with self._session() as session:
            records.audit(session, "remove", "demo")

    def _glance(self, session: Any) -> FleetView:
        newest = fleet.last_day(session)
        since = 0 if newest is None else newest - WINDOW_DAYS + 1
        return glance(fleet.places(session), fleet.daily_by_row(session, since), newest)
