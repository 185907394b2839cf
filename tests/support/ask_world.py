"""Two small companies with everything that questions are asked of: the second one's rows must never show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlmodel import Session

from core.store import tables as t
from core.store.database import Database

LAST = date(2026, 3, 12)
DAYS = 70
BRANDS = ("Alpine", "O'Neil", "", "<b>Bold</b>")
ZONES = ("ambient", "frozen", "refrigerated")
NAMES = ("Beef Jerky", "Salt \"n\" Pepper", "Robert'); DROP TABLE product;--", "Ice Pop", "Cola", "Nuts",
         "Gum", "Water", "{{system}}", "Ünïcode Bar", "Mint", "Juice")


def build(database: Database, seed: int = 5, companies: tuple[int, ...] = (1, 2)) -> None:
    """Company 3 with nothing, 1 and 2 (those named) each with two stores, a machine of two cabinets and a machine that stands in a store."""
    with database.admin_session() as session:
        for company, name in ((1, "Acme"), (2, "Other"), (3, "Empty")):
            if company in (*companies, 3):
                session.add(t.Company(id=company, name=name, currency="USD"))
        session.flush()
        for company in companies:
            _Company(session, company, np.random.default_rng(seed + company)).build()


class _Company:
    def __init__(self, session: Session, company: int, rng: np.random.Generator) -> None:
        self.session, self.company, self.rng = session, company, rng
        self.base = 1000 * (company - 1)

    def add(self, row: Any) -> Any:
        row.company_id = self.company
        self.session.add(row)
        return row

    def build(self) -> None:
        self._catalog()
        self.session.flush()
        self._places()
        self.session.flush()
        self._plans()
        self.session.flush()
        self._sales()
        self.session.flush()
        self._audits()

    def _catalog(self) -> None:
        for i, name in enumerate(("Snacks & nuts", "Drinks", "Ice cream", "Empty")):
            self.add(t.Category(id=self.base + i + 1, name=name))
        self.session.flush()
        for i, name in enumerate(NAMES):
            self.add(t.Product(
                id=self.base + i + 1, category_id=self.base + i % 3 + 1, name=name, brand=BRANDS[i % 4],
                size=("" if i % 5 else "1 oz"), price_e4=10_000 + 1_250 * i, cost_e4=0 if i % 4 == 1 else 4_000 + 300 * i,
                shelf_life_days=None if i % 3 else 30 + i, temperature=None if i % 5 == 4 else ZONES[i % 3],
            ))

    def _places(self) -> None:
        venues = ("grocery store", "convenience store", "office", "")
        for i in range(4):
            kind = "store" if i < 2 else "device"
            self.add(t.Site(id=self.base + i + 1, kind=kind, name=f"Place {i} of {self.company}",
                            source_name=f"{kind}-{i}", venue_type=venues[i]))
        self.session.flush()
        for i in (1, 2):
            self.add(t.Store(id=self.base + 10 + i, site_id=self.base + i, code=f"S-{i}"))
        self.session.flush()
        self.add(t.Device(id=self.base + 20, site_id=self.base + 3))
        self.add(t.Device(id=self.base + 21, site_id=self.base + 4, store_id=self.base + 11))
        self.add(t.Project(id=self.base + 5, name="Summer project"))
        for i, (shape, zone, placement) in enumerate((
            ("straight", "ambient", "cells"), ("end cap", "frozen", "cells"), ("straight", "refrigerated", "slots"),
        )):
            self.add(t.Fixture(id=self.base + i + 1, width_in=48, height_in=60, depth_in=18, shape=shape,
                               temperature_zone=zone, placement=placement, row_columns=[8, 8, 8]))
        self.session.flush()
        for i, (device, index) in enumerate(((20, 0), (20, 1), (21, 0))):
            self.add(t.Cabinet(id=self.base + i + 1, device_id=self.base + device, cabinet_index=index,
                               fixture_id=self.base + 3))

    def _plans(self) -> None:
        """(site, fixture, season, status, cabinet, versions that stand)"""
        specs = (
            (1, 1, "summer", "implemented", None, 2), (1, 2, "Fall", "implemented", None, 1),
            (2, 1, None, "implemented", None, 1), (2, 1, "summer", "archived", None, 1),
            (2, 2, "summer ", "draft", None, 2), (3, 3, "autumn", "implemented", 1, 2),
            (3, 3, "", "implemented", 2, 1), (4, 3, "winter", "implemented", 3, 1), (1, 1, "summer", "draft", None, 0),
            (None, 1, "Summer", "draft", None, 0),
        )
        version_id = self.base
        for i, (site, fixture, season, status, cabinet, stood) in enumerate(specs):
            plan_id = self.base + i + 1
            versions = max(stood, 1) + (status == "draft" and stood > 0)
            self.add(t.Planogram(
                id=plan_id, name=f"Plan {i}", season=season, status=status, last_version=versions,
                site_id=None if site is None else self.base + site, is_primary=cabinet is not None,
                cabinet_id=None if cabinet is None else self.base + cabinet,
                project_id=self.base + 5 if i % 3 == 0 else None,
            ))
            self.session.flush()
            for number in range(1, versions + 1):
                version_id += 1
                since = LAST - timedelta(days=60 - 25 * number) if number <= stood else None
                self.add(t.PlanogramVersion(id=version_id, planogram_id=plan_id, version=number,
                                            fixture_id=self.base + fixture, effective_from=since))
                self.session.flush()
                self._positions(version_id)

    def _positions(self, version_id: int) -> None:
        chosen = self.rng.choice(len(NAMES), 6, replace=False)
        for ordinal, product in enumerate([*chosen, chosen[0]]):
            known = ordinal % 3
            self.add(t.Position(
                planogram_version_id=version_id, ordinal=ordinal, product_id=self.base + int(product) + 1,
                row_index=ordinal // 3, column_index=ordinal % 3, x_in=6.0 * (ordinal % 3),
                width_in=6.0 + 0.5 * ordinal, facings=1 + ordinal % 4,
                capacity=None if known == 2 else 8 + ordinal, quantity=5 if known == 1 else None,
                par_level=None if known == 2 else 4, price_e4=None if known == 0 else 12_000 + 500 * ordinal,
            ))

    def _sales(self) -> None:
        slots = (0, 1, 2, 257, 65_537, 65_794)
        for site in range(1, 5):
            last = LAST if site != 2 else LAST - timedelta(days=9)
            for back in range(DAYS):
                if self.rng.random() < 0.15:
                    continue
                day = (last - date(1970, 1, 1)).days - back
                for slot in slots:
                    if self.rng.random() < 0.6:
                        continue
                    product = int(self.rng.integers(len(NAMES) - 1))
                    units = int(self.rng.integers(0, 5))
                    self.add(t.DailySales(
                        site_id=self.base + site, day=day, slot=slot, product_id=self.base + product + 1,
                        units=units, revenue_e4=units * (10_000 + 1_250 * product),
                        stockout=bool(units == 0 or self.rng.random() < 0.1),
                    ))

    def _audits(self) -> None:
        for i in range(24):
            at = datetime.combine(LAST, datetime.min.time(), UTC) - timedelta(days=3 * (i % 12), hours=i)
            usable = i % 6 != 5
            self.add(t.PhotoAudit(
                planogram_id=self.base + i % 8 + 1, photo_hash="x", media_type="image/png", width_px=1, height_px=1,
                reading={}, result={}, usable=usable, score=None if i % 7 == 6 else (i % 10) / 10,
                availability=None if i % 5 == 0 else (i % 8) / 8, expected_facings=i % 4 * 5,
                violations=i % 3, created_at=at,
            ))
