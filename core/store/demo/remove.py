"""Taking the demo company's data out again, and nothing that a user has made.

What a user's own rows still need (a demo product on a plan of theirs, a demo site into which they have
imported sales) stays and becomes theirs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from core.store import label_files
from core.store import tables as t
from core.store.database import Database
from core.store.demo.build import truth_path_of
from core.store.demo.bulk import exclusive, table

_line, _daily, _site, _product = map(table, (t.SalesLine, t.DailySales, t.Site, t.Product))
_plan, _version, _position = map(table, (t.Planogram, t.PlanogramVersion, t.Position))
_fixture, _device, _cabinet, _store = map(table, (t.Fixture, t.Device, t.Cabinet, t.Store))
_project, _category, _experiment = map(table, (t.Project, t.Category, t.Experiment))
_prediction, _assignment = map(table, (t.Prediction, t.ExperimentAssignment))

Ids = Select[Any]


def remove_demo(database: Database) -> int:
    """Delete every demo row and the truth file, all or nothing; returns how many sales lines went.

    The company and its users stay: they are who is signed in.
    """
    with exclusive(database) as connection:
        packages = _packages(connection)
        owners = select(_site.c.company_id).where(_site.c.is_demo).distinct()
        companies = list(connection.execute(owners).scalars())
        _give_sites_to_user(connection)
        removed = _delete_sales(connection)
        _detach_user_plans(connection)
        _delete_plans(connection)
        _delete_places(connection)
        _delete_products(connection)
        fits = table(t.ResponseFit)
        connection.execute(delete(fits).where(fits.c.company_id.in_(companies)))
        kept = _packages(connection)
    label_files.remove(database, {i: crop for i, crop in packages.items() if i not in kept})
    path = truth_path_of(database)
    if path is not None:
        path.unlink(missing_ok=True)
    return removed


def _packages(connection: Connection) -> dict[int, str]:
    """Packages that wait for a name or have one: id → hash of the picture."""
    item = table(t.LearningItem)
    return {row[0]: row[1] for row in connection.execute(select(item.c.id, item.c.crop_hash))}


def _ids(rows: Any) -> Ids:
    """The ids of the demo rows of a table."""
    return select(rows.c.id).where(rows.c.is_demo)


def _delete_sales(connection: Connection) -> int:
    """Lines and days of the demo sites that go."""
    other = connection.execute(select(literal(1)).where(
        select(_line.c.site_id).where(_line.c.site_id.not_in(_ids(_site))).exists()
    )).first()
    here: ColumnElement[bool] = _line.c.site_id.in_(_ids(_site)) if other else true()
    removed = connection.execute(select(func.count()).select_from(_line).where(here)).scalar_one()
    # Without a condition SQLite empties a table at once instead of row by row.
    connection.execute(delete(_line).where(here) if other else delete(_line))
    connection.execute(delete(_daily).where(_daily.c.site_id.in_(_ids(_site))))
    return int(removed)


def _give_sites_to_user(connection: Connection) -> None:
    """A demo site with imported lines becomes the user's, and keeps those lines alone."""
    imported = select(_line.c.site_id).where(_line.c.import_id.is_not(None), _line.c.site_id.in_(_ids(_site)))
    kept = list(connection.execute(imported.distinct()).scalars())
    if not kept:
        return
    connection.execute(delete(_line).where(_line.c.site_id.in_(kept), _line.c.import_id.is_(None)))
    connection.execute(delete(_daily).where(_daily.c.site_id.in_(kept)))
    day = _line.c.sold_at // 86_400
    key = (_line.c.company_id, _line.c.site_id, day, _line.c.slot, _line.c.product_id)
    connection.execute(insert(_daily).from_select(
        ["company_id", "site_id", "day", "slot", "product_id", "units", "revenue_e4", "stockout"],
        select(*key, func.sum(_line.c.quantity), func.sum(_line.c.amount_e4), literal(False))
        .where(_line.c.site_id.in_(kept)).group_by(*key),
    ))
    for rows, column in ((_device, _device.c.site_id), (_store, _store.c.site_id), (_site, _site.c.id)):
        connection.execute(update(rows).where(column.in_(kept)).values(is_demo=False))


def _detach_user_plans(connection: Connection) -> None:
    """A user's plan at a demo site loses the site, not its positions; its fixture becomes the user's."""
    mine = ~_plan.c.is_demo
    cabinets = select(_cabinet.c.id).where(_cabinet.c.device_id.in_(_ids(_device)))
    for condition, values in (
        (_plan.c.cabinet_id.in_(cabinets), {"cabinet_id": None, "is_primary": False}),
        (_plan.c.site_id.in_(_ids(_site)), {"site_id": None}),
        (_plan.c.project_id.in_(_ids(_project)), {"project_id": None}),
    ):
        connection.execute(update(_plan).where(mine, condition).values(**values))
    own = select(_version.c.fixture_id).join(_plan, _plan.c.id == _version.c.planogram_id).where(mine)
    standing = select(_cabinet.c.fixture_id).where(_cabinet.c.device_id.not_in(_ids(_device)))
    in_use = or_(_fixture.c.id.in_(own), _fixture.c.id.in_(standing))
    connection.execute(update(_fixture).where(in_use).values(is_demo=False))


def _delete_plans(connection: Connection) -> None:
    versions = select(_version.c.id).where(_version.c.planogram_id.in_(_ids(_plan)))
    predictions = select(_prediction.c.id).where(_prediction.c.planogram_id.in_(_ids(_plan)))
    feedback, performance = table(t.Feedback), table(t.PlanogramPerformance)
    assignment = or_(
        _assignment.c.site_id.in_(_ids(_site)), _assignment.c.experiment_id.in_(_ids(_experiment)),
        _assignment.c.planogram_version_id.in_(versions),
    )
    for statement in (
        delete(feedback).where(feedback.c.prediction_id.in_(predictions)),
        delete(_prediction).where(_prediction.c.planogram_id.in_(_ids(_plan))),
        delete(performance).where(performance.c.planogram_id.in_(_ids(_plan))),
        delete(_assignment).where(assignment),
        delete(_experiment).where(_experiment.c.is_demo),
        *_delete_audits(),
        *_delete_life(versions),
        delete(_position).where(_position.c.planogram_version_id.in_(versions)),
        delete(_version).where(_version.c.planogram_id.in_(_ids(_plan))),
        delete(_plan).where(_plan.c.is_demo),
    ):
        connection.execute(statement)


def _delete_audits() -> list[Delete]:
    """Photos held against the plans, what people made of them and what they taught."""
    audit, verdict, item = map(table, (t.PhotoAudit, t.AuditVerdict, t.LearningItem))
    audits = select(audit.c.id).where(audit.c.planogram_id.in_(_ids(_plan)))
    return [
        delete(verdict).where(verdict.c.audit_id.in_(audits)),
        delete(item).where(item.c.audit_id.in_(audits)),
        delete(audit).where(audit.c.id.in_(audits)),
    ]


def _delete_life(versions: Ids) -> list[Delete]:
    """What happened to the plans, and changes of many plans of which none is left."""
    item, batch, variant = map(table, (t.PlanBatchItem, t.PlanBatch, t.PlanVariant))
    of_plans = [
        delete(rows).where(rows.c.planogram_id.in_(_ids(_plan)))
        for rows in map(table, (t.PlanStep, t.PlanComment, t.PlanProof))
    ]
    return [
        *of_plans,
        delete(variant).where(or_(
            variant.c.planogram_id.in_(_ids(_plan)), variant.c.of_planogram_id.in_(_ids(_plan)))),
        delete(item).where(or_(item.c.after_id.in_(versions), item.c.before_id.in_(versions))),
        delete(batch).where(batch.c.id.not_in(select(item.c.batch_id))),
    ]


def _delete_places(connection: Connection) -> None:
    """Machines, stores, projects, sites and fixtures, with what was estimated for them."""
    for model in (t.Forecast, t.SiteForecast, t.ZonePerformance, t.ProductAffinity):
        rows = table(model)
        connection.execute(delete(rows).where(rows.c.site_id.in_(_ids(_site))))
    runs = table(t.ForecastRun)
    connection.execute(delete(runs).where(runs.c.is_demo))
    connection.execute(update(_project).where(
        ~_project.c.is_demo, _project.c.store_id.in_(_ids(_store))).values(store_id=None))
    connection.execute(update(_device).where(
        ~_device.c.is_demo, _device.c.store_id.in_(_ids(_store))).values(store_id=None))
    connection.execute(delete(_cabinet).where(_cabinet.c.device_id.in_(_ids(_device))))
    for rows in (_project, _device, _store, _site, _fixture):
        connection.execute(delete(rows).where(rows.c.is_demo))


def _delete_products(connection: Connection) -> None:
    """Products and categories that nothing of the user's needs; the others become the user's."""
    for needed in (_position, _line, _daily):
        used = _product.c.id.in_(select(needed.c.product_id).distinct())
        connection.execute(update(_product).where(_product.c.is_demo, used).values(is_demo=False))
    for model, column in (
        (t.ProductAlias, "product_id"), (t.ProductImage, "product_id"), (t.LearningItem, "product_id"),
        (t.Forecast, "product_id"),
        (t.ProductAffinity, "product_1_id"), (t.ProductAffinity, "product_2_id"),
    ):
        rows = table(model)
        connection.execute(delete(rows).where(rows.c[column].in_(_ids(_product))))
    comment, embedding = table(t.PlanComment), table(t.Embedding)
    connection.execute(update(comment).where(
        comment.c.product_id.in_(_ids(_product))).values(product_id=None))
    connection.execute(delete(embedding).where(
        embedding.c.kind.like("product%"), embedding.c.object_id.in_(_ids(_product))))
    connection.execute(delete(_product).where(_product.c.is_demo))
    company = table(t.Company)
    connection.execute(update(company).values(catalog_version=company.c.catalog_version + 1))
    filled = _category.c.id.in_(select(_product.c.category_id).distinct())
    connection.execute(update(_category).where(filled).values(is_demo=False))
    connection.execute(delete(_category).where(_category.c.is_demo))
