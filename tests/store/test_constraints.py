"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from core.store import tables as t
from core.store.database import Actor, Database


@pytest.fixture
def place(database: Database, acme: Actor) -> Database:
    """Acme with site 1, product 1 in category 1, planogram 1 with version 1."""
    with database.session(acme) as session:
        for row in (
            t.Site(kind="device", name="Lobby", source_name="M1"),
            t.Category(name="snacks"),
            t.Fixture(width_in=20, height_in=60, depth_in=20, row_columns=[8, 8]),
        ):
            session.add(row)
        session.flush()
        session.add(t.Product(category_id=1, name="Chips", upc="1"))
        session.add(t.Planogram(name="Plan", site_id=1, last_version=1))
        session.flush()
        session.add(t.PlanogramVersion(planogram_id=1, version=1, fixture_id=1))
    return database


def _position(**changes: Any) -> t.Position:
    values = {"planogram_version_id": 1, "ordinal": 0, "product_id": 1, "row_index": 0, "column_index": 0,
              "x_in": 0.0, "width_in": 2.5}
    return t.Position(**{**values, **changes})


def _line(**changes: Any) -> t.SalesLine:
    values = {"site_id": 1, "sold_at": 1_700_000_000, "product_id": 1, "price_e4": 12_500,
              "amount_e4": 12_500}
    return t.SalesLine(**{**values, **changes})


BAD_ROWS = {
    "negative quantity sold": lambda: _line(quantity=-1),
    "line of an unknown site": lambda: _line(site_id=99),
    "line of an unknown product": lambda: _line(product_id=99),
    "negative daily units": lambda: t.DailySales(site_id=1, day=1, product_id=1, units=-1),
    "no facing": lambda: _position(facings=0),
    "position of zero width": lambda: _position(width_in=0.0),
    "position left of the fixture": lambda: _position(x_in=-1.0),
    "position above the fixture": lambda: _position(row_index=-1),
    "negative stock": lambda: _position(quantity=-1),
    "position of an unknown product": lambda: _position(product_id=99),
    "fixture of zero width": lambda: t.Fixture(width_in=0, height_in=1, depth_in=1, row_columns=[1]),
    "unknown shape": lambda: t.Fixture(width_in=1, height_in=1, depth_in=1, row_columns=[1], shape="star"),
    "unknown role": lambda: t.User(email="a@b.c", role="owner"),
    "e-mail in capitals": lambda: t.User(email="A@b.c"),
    "negative price": lambda: t.Product(category_id=1, name="x", price_e4=-1),
    "same UPC twice": lambda: t.Product(category_id=1, name="x", upc="1"),
    "same version twice": lambda: t.PlanogramVersion(planogram_id=1, version=1, fixture_id=1),
    "same category twice": lambda: t.Category(name="snacks"),
    "same machine text twice": lambda: t.Site(kind="device", name="Hall", source_name="M1"),
    "unknown status": lambda: t.Planogram(name="x", status="lost"),
    "primary plan without cabinet": lambda: t.Planogram(name="x", is_primary=True),
    "place beyond the poles": lambda: t.Site(kind="store", name="x", latitude=91.0),
    "unknown feedback": lambda: t.Feedback(prediction_id=1, feedback_type="meh"),
    "interval upside down": lambda: t.Experiment(name="x", starts_on=t.now().date(), ends_on=_yesterday()),
}


def _yesterday() -> Any:
    from datetime import timedelta

    return t.now().date() - timedelta(days=1)


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_broken_row_is_refused(place: Database, acme: Actor, bad) -> None:
    """One defect each; the database says no."""
    with pytest.raises(IntegrityError), place.session(acme) as session:
        session.add(bad())


def test_the_good_rows_beside_them_are_accepted(place: Database, acme: Actor) -> None:
    """The helpers above fail for their defect, not for something else."""
    with place.session(acme) as session:
        session.add(_position())
        session.add(_line())
        session.add(_line(k=1))
        session.add(t.DailySales(site_id=1, day=1, product_id=1))


def test_the_same_sales_line_is_kept_once(place: Database, acme: Actor) -> None:
    """The key has everything that tells two lines apart."""
    with place.session(acme) as session:
        session.add(_line())
    with pytest.raises(IntegrityError), place.session(acme) as session:
        session.add(_line(quantity=2))


def test_removing_a_site_takes_its_plans_and_sales_along(place: Database, acme: Actor) -> None:
    """What hangs on a site goes with it; products stay."""
    with place.session(acme) as session:
        session.add(_position())
        session.add(_line())
        session.add(t.DailySales(site_id=1, day=1, product_id=1))
    with place.session(acme) as session:
        session.execute(delete(t.Site))
    with place.session(acme) as session:
        for model in (t.SalesLine, t.DailySales, t.Planogram, t.PlanogramVersion, t.Position):
            assert session.execute(select(func.count()).select_from(model)).scalar_one() == 0
        assert session.execute(select(func.count()).select_from(t.Product)).scalar_one() == 1


def test_a_product_on_a_plan_cannot_be_removed(place: Database, acme: Actor) -> None:
    """History never points into nothing."""
    with place.session(acme) as session:
        session.add(_position())
    with pytest.raises(IntegrityError), place.session(acme) as session:
        session.execute(delete(t.Product))


def test_erasing_a_user_keeps_what_was_made(place: Database) -> None:
    """The version stays and forgets who made it."""
    with place.admin_session() as session:
        session.add(t.User(company_id=1, email="ann@acme.test", role="manager"))
        session.flush()
        session.add(t.PlanogramVersion(company_id=1, planogram_id=1, version=2, fixture_id=1, created_by=1))
    with place.admin_session() as session:
        session.execute(delete(t.User))
    with place.admin_session() as session:
        assert session.execute(select(t.PlanogramVersion.created_by)).scalars().all() == [None, None]


def test_times_come_back_in_utc(place: Database, acme: Actor) -> None:
    """An instant is the same instant after a round trip."""
    with place.session(acme) as session:
        created = session.execute(select(t.Planogram.created_at)).scalar_one()
    assert created.tzinfo is not None
    assert abs((t.now() - created).total_seconds()) < 60


def test_bulk_rows_get_the_fields_defaults(place: Database, acme: Actor) -> None:
    """A bulk insert that names a few columns gets the rest."""
    from sqlalchemy import insert

    with place.session(acme) as session:
        session.execute(insert(t.Product), [{"name": "Gum", "category_id": 1}])
        gum = session.execute(select(t.Product).where(t.Product.name == "Gum")).scalar_one()
    assert (gum.price_e4, gum.width_in, gum.seasonality, gum.is_demo) == (0, 3.0, {}, False)
