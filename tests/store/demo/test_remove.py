"""Taking the demo out leaves what users made."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text

from core.store import batches, label_files, labels, life, plan_talk, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.demo.build import build_demo, has_demo, truth_path_of
from core.store.demo.remove import remove_demo
from tests.store.demo.demo_support import build, count


def _all_counts(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in t.metadata.tables
        }


def test_remove_leaves_only_companies_and_users(database: Database, tmp_path: Path):
    """Every other table is empty again, and the demo can be built anew."""
    summary = build(database, tmp_path)
    assert remove_demo(database) == summary.sales_lines
    assert {name for name, n in _all_counts(database).items() if n} == {"company", "user_account"}
    assert not has_demo(database)
    again = build(database, tmp_path)
    assert (again.company_id, again.users) == (summary.company_id, summary.users)


def test_remove_without_a_demo_does_nothing(database: Database):
    """It may be pressed twice."""
    before = _all_counts(database)
    assert remove_demo(database) == 0
    assert _all_counts(database) == before


def test_remove_takes_the_truth_along(tmp_path: Path):
    """The file beside a SQLite database goes too."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.migrate()
    build_demo(database, days=20, machines=1, stores=0)
    path = truth_path_of(database)
    assert path is not None
    assert path.exists()
    remove_demo(database)
    assert not path.exists()
    database.close()


def test_a_users_site_sales_and_products_stay(database: Database, tmp_path: Path):
    """Of the same company, and a plan of theirs keeps the demo products that stand on it."""
    summary = build(database, tmp_path)
    actor = Actor(summary.manager_id, summary.company_id, "manager")
    with database.session(actor) as session:
        demo = planograms.load(session, planograms.cards(session)[0].id)
        mine = planograms.create(session, "Mine", demo.plan, site_id=demo.site_id, project_id=demo.project_id)
        site = t.Site(kind="device", name="My machine")
        session.add(site)
        session.flush()
        product = demo.plan.positions[0].product_id
        session.add(t.SalesLine(site_id=site.id, sold_at=10, product_id=product, price_e4=1, amount_e4=1))
        session.add(t.DailySales(site_id=site.id, day=1, product_id=product, units=1))
    remove_demo(database)
    with database.session(actor) as session:
        kept = planograms.load(session, mine.id)
        assert kept.plan == mine.plan
        assert kept.site_id is None
        assert session.scalars(select(t.Site.name)).all() == ["My machine"]
        assert len(session.scalars(select(t.SalesLine)).all()) == 1
        products = session.scalars(select(t.Product)).all()
        assert {p.id for p in products} == set(mine.plan.product_ids)
        assert not any(p.is_demo for p in products)


def test_a_demo_site_with_imported_sales_becomes_the_users(database: Database, tmp_path: Path):
    """With the imported lines and days alone."""
    summary = build(database, tmp_path)
    actor = Actor(summary.manager_id, summary.company_id, "manager")
    with database.session(actor) as session:
        site = session.scalars(select(t.Site).order_by(t.Site.id)).first()
        product = session.scalars(select(t.Product).order_by(t.Product.id)).first()
        assert site is not None
        assert product is not None
        file = t.SalesImport(file_name="mine.csv", sha256="0", size_bytes=1)
        session.add(file)
        session.flush()
        session.add(t.SalesLine(site_id=site.id, sold_at=3 * 86_400 + 5, slot=1, product_id=product.id,
                                price_e4=200, quantity=2, amount_e4=400, import_id=file.id))
    remove_demo(database)
    assert count(database, t.SalesLine) == 1
    with database.session(actor) as session:
        assert session.scalars(select(t.Site)).one().is_demo is False
        day = session.scalars(select(t.DailySales)).one()
        assert (day.day, day.units, day.revenue_e4, day.stockout) == (3, 2, 400, False)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []


def test_what_was_said_of_demo_plans_goes_and_of_users_plans_stays(database: Database, tmp_path: Path):
    """A comment on a plan of theirs keeps its words, not the demo product that it spoke of."""
    summary = build(database, tmp_path)
    actor = Actor(summary.manager_id, summary.company_id, "manager")
    with database.session(actor) as session:
        demo = planograms.load(session, planograms.cards(session)[0].id)
        other = next(i for i in session.scalars(select(t.Product.id)) if i not in demo.plan.product_ids)
        mine = planograms.create(session, "Mine", demo.plan)
        life.add_variant(session, mine.id, demo.id)
        plan_talk.add_comment(session, demo.id, "Theirs")
        plan_talk.add_comment(session, mine.id, "Mine", product_id=other)
        for item in (demo, mine):
            batches.save_all(session, item.name, [batches.NewVersion(item.id, item.version, demo.plan)])
    remove_demo(database)
    with database.session(actor) as session:
        (said,) = plan_talk.comments(session, mine.id)
        assert (said.text, said.product_id) == ("Mine", None)
        assert life.life(session, mine.id).variant_of is None
        assert [b.title for b in batches.batches(session)] == ["Mine"]
        assert count(database, t.PlanComment) == 1
        assert count(database, t.PlanStep) == count(database, t.PlanVariant) == 0


def test_audits_of_demo_plans_go_with_their_packages(tmp_path: Path):
    """Also their files; those of the user's plans stay, but for names of products that go."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.migrate()
    summary = build(database, tmp_path)
    actor = Actor(summary.manager_id, summary.company_id, "manager")
    with database.session(actor) as session:
        demo = planograms.load(session, planograms.cards(session)[0].id)
        unused = next(i for i in session.scalars(select(t.Product.id)) if i not in demo.plan.product_ids)
        mine = planograms.create(session, "Mine", demo.plan)
        stays = []
        for plan, named in ((demo, demo.plan.positions[0].product_id), (mine, mine.plan.positions[0].product_id),
                            (mine, unused)):
            row = t.PhotoAudit(planogram_id=plan.id, photo_hash="p", media_type="image/jpeg", width_px=1,
                               height_px=1, reading={}, result={})
            session.add(row)
            session.flush()
            session.add(t.AuditVerdict(audit_id=row.id, violation="A1", verdict="confirmed"))
            (item,) = labels.add(session, [labels.NewItem("p", f"crop{row.id}", (0, 0, 1, 1), audit_id=row.id)])
            stays.append(labels.label(session, item, named))
    label_files.write(database, summary.company_id, stays)
    remove_demo(database)
    assert count(database, t.PhotoAudit) == count(database, t.AuditVerdict) == 2
    with database.session(actor) as session:
        assert [i.id for i in labels.queue(session, "labelled")[0]] == [stays[1].id]
    files = (tmp_path / label_files.FOLDER).glob("*.json")
    assert [f.stem for f in files] == [str(stays[1].id)]
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    database.close()
