"""The raw tables of a company as rows of sales, space, audits and the catalog, with pandas."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import select

from core.store import tables as t
from core.store.database import Database
from tests.support.ask_formulas import NOWHERE, of_plan, times_of

EPOCH = date(1970, 1, 1)


class Raw:
    """One company's tables as frames, and the rows that measures are read from."""

    def __init__(self, database: Database, company: int) -> None:
        with database.engine.connect() as connection:
            def frame(model: Any) -> pd.DataFrame:
                table = model.__table__
                rows = connection.execute(select(table).where(table.c.company_id == company)).mappings().all()
                return pd.DataFrame([dict(r) for r in rows], columns=[c.name for c in table.columns], dtype=object)

            self.raw = {name: frame(getattr(t, name)) for name in (
                "Site", "Store", "Device", "Cabinet", "Fixture", "Planogram", "PlanogramVersion", "Position",
                "Product", "Category", "DailySales", "PhotoAudit", "Project")}
        self.products = {
            r["id"]: {
                "product": r["id"], "brand": r["brand"] or None, "category": r["category_id"],
                "temperature": r["temperature"], "price": r["price_e4"], "cost": r["cost_e4"],
                "life": r["shelf_life_days"], "name": r["name"],
            } for r in self.raw["Product"].to_dict("records")
        }
        self.places = self._places()
        self.plans = self._plans(None)

    def _places(self) -> dict[int, dict[str, Any]]:
        stores = {r["site_id"]: r["id"] for r in self.raw["Store"].to_dict("records")}
        devices = {r["site_id"]: r for r in self.raw["Device"].to_dict("records")}
        return {
            r["id"]: {
                "place": r["id"], "kind": r["kind"], "venue": r["venue_type"] or None, "name": r["name"],
                "store": stores.get(r["id"], (devices.get(r["id"]) or {}).get("store_id")),
                "machine": (devices.get(r["id"]) or {}).get("id"),
            } for r in self.raw["Site"].to_dict("records")
        }

    def _plans(self, as_of: date | None) -> dict[int, dict[str, Any]]:
        fixtures = {r["id"]: r for r in self.raw["Fixture"].to_dict("records")}
        cabinets = {r["id"]: r["cabinet_index"] for r in self.raw["Cabinet"].to_dict("records")}
        versions = self.raw["PlanogramVersion"].to_dict("records")
        found: dict[int, dict[str, Any]] = {}
        ranks: dict[int | None, int] = {}
        for r in sorted(self.raw["Planogram"].to_dict("records"), key=lambda r: r["id"]):
            own = [v for v in versions if v["planogram_id"] == r["id"]]
            stood = [v for v in own if v["effective_from"] is not None
                     and (as_of is None or v["effective_from"] <= as_of)]
            if as_of is not None and not stood:
                continue
            version = (max(stood, key=lambda v: (v["effective_from"], v["version"])) if stood
                       else max(own, key=lambda v: v["version"]))
            rank = ranks.get(r["site_id"], 0)
            if stood:
                ranks[r["site_id"]] = rank + 1
            if r["status"] == "archived":
                continue
            fixture = fixtures[version["fixture_id"]]
            season = (r["season"] or "").strip().lower() or None
            found[r["id"]] = {
                "planogram": r["id"], "project": r["project_id"], "status": r["status"], "name": r["name"],
                "plan_season": "autumn" if season == "fall" else season, "zone": fixture["temperature_zone"],
                "shape": fixture["shape"], "placement": fixture["placement"], "site": r["site_id"],
                "version": version["id"], "stands": bool(stood),
                "number": cabinets.get(r["cabinet_id"], rank),
            }
        return found

    @lru_cache(maxsize=1)  # noqa: B019
    def sales(self) -> list[dict[str, Any]]:
        standing: dict[int, list[dict[str, Any]]] = {}
        for plan in self.plans.values():
            if plan["stands"] and plan["site"] is not None:
                standing.setdefault(plan["site"], []).append(plan)
        rows = []
        for r in self.raw["DailySales"].to_dict("records"):
            here, slot = standing.get(r["site_id"], []), r["slot"]
            if slot:
                owner = next((p for p in here if p["number"] == (slot - 1) // 65_536), None)
            else:
                owner = here[0] if len(here) == 1 else None
            day = EPOCH + timedelta(days=r["day"])
            rows.append({
                **self.products[r["product_id"]], **self.places[r["site_id"]], **of_plan(owner), **times_of(day),
                "at": day, "cabinet": (slot - 1) // 65_536 if slot else None,
                "row": (slot - 1) // 256 % 256 if slot else None, "column": (slot - 1) % 256 if slot else None,
                "units": r["units"], "revenue": r["revenue_e4"], "stockout": bool(r["stockout"]),
            })
        return rows

    @lru_cache(maxsize=16)  # noqa: B019
    def space(self, as_of: date | None, standing: bool = True) -> list[dict[str, Any]]:
        plans = {p["version"]: p for p in (self.plans if as_of is None else self._plans(as_of)).values()}
        rows = []
        for r in self.raw["Position"].to_dict("records"):
            plan = plans.get(r["planogram_version_id"])
            if plan is None or (standing and not (plan["stands"] and plan["site"] is not None)):
                continue
            stock = r["quantity"] if r["quantity"] is not None else r["capacity"]
            rows.append({
                **self.products[r["product_id"]], **self.places.get(plan["site"], NOWHERE), **of_plan(plan),
                "cabinet": plan["number"], "row": r["row_index"], "column": r["column_index"],
                "facings": r["facings"], "width": r["width_in"], "capacity": r["capacity"], "stock": stock,
                "par": r["par_level"], "shelf_price": r["price_e4"],
            })
        return rows

    @lru_cache(maxsize=1)  # noqa: B019
    def audits(self) -> list[dict[str, Any]]:
        rows = []
        for r in self.raw["PhotoAudit"].to_dict("records"):
            plan = self.plans.get(r["planogram_id"])
            if plan is None or not r["usable"] or r["score"] is None:
                continue
            day = r["created_at"].date()
            rows.append({
                **self.places.get(plan["site"], NOWHERE), **of_plan(plan), **times_of(day), "at": day, "id": r["id"],
                "moment": r["created_at"], "score": r["score"], "available": r["availability"],
                "weight": max(r["expected_facings"], 1), "violations": r["violations"],
            })
        return rows

    def catalog(self) -> list[dict[str, Any]]:
        return list(self.products.values())
