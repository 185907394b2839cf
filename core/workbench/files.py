"""Planograms out as files and in again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import BadInput, WorkbenchError
from core.language import Tier
from core.planogram import files
from core.planogram import tone as tones
from core.planogram.files import Format, PlanFile, RowProblem
from core.planogram.files.match import Matched, find_products, match
from core.planogram.files.values import FileOut, FileProduct
from core.planogram.instructions import Instructions, instructions
from core.planogram.product import Catalog
from core.planogram.tone import PLAIN, TONES
from core.store import catalog, plan_files, planograms, records, sites
from core.store.imports.lock import import_lock
from core.store.language import StoreLedger
from core.store.planograms import SavedPlanogram
from core.store.tenant import TenantSession
from core.trust.access import Role
from core.workbench.plans import PlansDoor

MEDIA_TYPES = {
    "csv": "text/csv", "json": "application/json", "psa": "application/octet-stream", "md": "text/markdown",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf",
    "png": "image/png",
}
EXPORTS = ("csv", "xlsx", "json", "psa", "pdf", "png")
GUIDES = ("md", "pdf", "json")
UNCATEGORIZED = "Uncategorized"
MAX_NAME = 200
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


@dataclass(frozen=True, slots=True)
class PlanImport:
    """What came of a planogram file. ``rejected`` names the rows that are in none of the plans, by line;
    ``planograms`` is what was saved, or in a dry run what would be, each with its plan."""

    planograms: tuple[SavedPlanogram, ...]
    rows_read: int
    rows_imported: int
    rejected: tuple[RowProblem, ...]
    products_created: int
    notes: tuple[str, ...]


class FilesDoor(PlansDoor):
    """Planograms as files."""

    def export_planogram(self, planogram_id: int | str, kind: str, version: int | None = None) -> FileOut:
        """The plan as a file of one of ``EXPORTS``. Raises BadInput for another kind."""
        if kind not in EXPORTS:
            raise BadInput(f"“{kind[:40]}” is not a format.", f"Choose one of {', '.join(EXPORTS)}.")
        with self._session() as session:
            saved = planograms.load(session, planogram_id, version)
            products = catalog.load_catalog(session)
            source = plan_files.source_of(session, saved.id) if kind == "psa" else None
            records.audit(session, "export", "planogram", saved.id, format=kind, version=saved.version)
        content = _written(saved, products, kind, source)
        return FileOut(file_name(saved.name, kind), MEDIA_TYPES[kind], content)

    def instructions(
        self, planogram_id: int | str, kind: str = "md", from_version: int | None = None,
        version: int | None = None, tone: str = "plain",
    ) -> FileOut:
        """How to set a plan up in the store, or to reset it from ``from_version``, as one of ``GUIDES``, in
        one of ``TONES``: by rules, and more freely by a language model where one is set up and the tone is
        not plain. Raises BadInput for another kind or tone, NotFound for a version that does not exist."""
        if kind not in GUIDES:
            raise BadInput(f"“{kind[:40]}” is not a format.", f"Choose one of {', '.join(GUIDES)}.")
        if tone not in TONES:
            raise BadInput(f"“{tone[:40]}” is not a tone.", f"Choose one of {', '.join(TONES)}.")
        with self._session() as session:
            saved = planograms.load(session, planogram_id, version)
            before = None if from_version is None else planograms.load(session, saved.id, from_version)
            products = catalog.load_catalog(session)
            records.audit(session, "export", "planogram", saved.id, format=f"instructions {kind}",
                          version=saved.version, from_version=from_version, tone=tone)
        about = f"reset from version {before.version}" if before else "instructions"
        found, by = self._in_tone(
            instructions(saved.plan, products, before.plan if before else None), products, tone)
        content = _guide(found, saved, before, products, kind, by)
        return FileOut(file_name(saved.name, kind, about), MEDIA_TYPES[kind], content)

    def _in_tone(self, found: Instructions, products: Catalog, tone: str) -> tuple[Instructions, str]:
        """The steps in a tone, and the model that worded them, "" for the rules."""
        by_rule, by = tones.in_tone(found, products, tone), ""
        if tone == PLAIN or not self.memory.models.language.models:
            return by_rule, ""
        said: list[Mapping[str, Any]] = []
        ledger = StoreLedger(self.database, self.actor)
        for task in tones.tasks(found, products, tone):
            answer = self.memory.models.language.answer(task, ledger)
            if answer.tier is Tier.RULES:
                return by_rule, ""
            by = answer.model
            said.append(answer.value)
        return tones.reworded(found, said), by

    def import_planograms(
        self, content: bytes, file: str = "", *, name: str | None = None, project_id: int | None = None,
        site_id: int | None = None, create_products: bool = False, dry_run: bool = False,
    ) -> PlanImport:
        """The planograms of a file as new drafts, all or none.

        Products are found by UPC, id or name; with ``create_products`` those that are not there are made,
        else their rows are reported. Raises what ``files.read`` raises, and BadInput where no row of a plan
        can be taken over; nothing is changed then.
        """
        self._require(Role.MANAGER, "import a planogram")
        plans = files.read(content)
        with import_lock(self.database, self.actor.company_id), \
                self.database.writing_session(self.actor) as session:
            done = _import(session, plans, _Wishes(name, _stem(file), project_id, site_id, create_products))
            if dry_run:
                session.rollback()
            return done


def _guide(
    found: Instructions, saved: SavedPlanogram, before: SavedPlanogram | None, products: Catalog, kind: str,
    by: str,
) -> bytes:
    """``by``: the model that worded the steps, "" for the rules."""
    from core.planogram import instructions_text
    from core.planogram.files import pdf_instructions

    about = f"{_about(saved, before)} Worded by {by}." if by else _about(saved, before)
    if kind == "json":
        return instructions_text.as_json(
            found, products, name=saved.name, version=saved.version,
            from_version=before.version if before else None, worded_by=by)
    if kind == "md":
        return instructions_text.as_markdown(found, name=saved.name, about=about)
    return pdf_instructions.write(found, products, name=saved.name, about=about)


def file_name(name: str, kind: str, about: str = "") -> str:
    """A name for people and every file system, made from the plan's own."""
    plain = " ".join(_UNSAFE.sub(" ", f"{name} {about}").split()).strip(". ")
    return f"{plain[:100].rstrip('. ') or 'planogram'}.{kind}"


def _stem(file: str) -> str:
    base = re.split(r"[/\\]", file)[-1]
    return _UNSAFE.sub(" ", base.rpartition(".")[0] or base).strip()


def _written(saved: SavedPlanogram, products: Catalog, kind: str, source: str | None) -> bytes:
    # Drawing takes packages that the first page does not need, so they are loaded when asked for.
    from core.planogram.files import pdf, png

    if kind == "png":
        return png.write(saved.plan, products, name=saved.name, about=_about(saved))
    if kind == "pdf":
        return pdf.write(saved.plan, products, name=saved.name, about=_about(saved))
    return files.write(
        Format(kind), saved.plan, products, name=saved.name, season=saved.season, source=source)


def _about(saved: SavedPlanogram, before: SavedPlanogram | None = None) -> str:
    """Version, place and date, for the head of a page."""
    version = f"Version {saved.version}" if before is None else (
        f"From version {before.version} to version {saved.version}")
    today = datetime.now(UTC).date()
    place = saved.site_name if saved.site_name and saved.site_name not in saved.name else ""
    return " · ".join(part for part in (version, place, f"{today:%B} {today.day}, {today.year}") if part)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the person asked for: a name for the plan, one to fall back on, and where it belongs."""

    name: str | None
    fallback: str
    project_id: int | None
    site_id: int | None
    create_products: bool


def _import(session: TenantSession, plans: Sequence[PlanFile], wishes: _Wishes) -> PlanImport:
    saved: list[SavedPlanogram] = []
    rejected: list[RowProblem] = []
    notes: list[str] = []
    created = 0
    for number, plan in enumerate(plans):
        products = catalog.load_catalog(session)
        made: dict[int, int] = {}
        if wishes.create_products:
            made, problems = _create_products(session, plan, products)
            rejected += problems
            created += len(made)
            products = catalog.load_catalog(session)
        matched = match(plan, products, made)
        _require_any(plan, matched)
        rejected += matched.problems
        notes += plan.notes
        saved.append(_save(session, plan, matched, wishes, number))
    if created:
        sites.touch_sites(session)
    read = sum(len(p.positions) + len(p.problems) for p in plans)
    imported = sum(len(s.plan.positions) for s in saved)
    ordered = tuple(sorted(set(rejected), key=lambda r: (r.line, r.error)))
    return PlanImport(tuple(saved), read, imported, ordered, created, tuple(dict.fromkeys(notes)))


def _require_any(plan: PlanFile, matched: Matched) -> None:
    """Raises BadInput where the file has positions and none of them can be taken over."""
    if matched.problems and not matched.plan.positions:
        first = matched.problems[0]
        raise BadInput(
            f"None of the {len(matched.problems)} rows can be taken over. Line {first.line}: {first.error}",
            "Correct the file, or let the missing products be created.",
        )


def _save(
    session: TenantSession, plan: PlanFile, matched: Matched, wishes: _Wishes, number: int
) -> SavedPlanogram:
    name = (wishes.name if wishes.name and number == 0 else None) or plan.name or wishes.fallback
    saved = planograms.create(
        session, (name or "Imported planogram")[:MAX_NAME], matched.plan, season=plan.season,
        project_id=wishes.project_id, site_id=wishes.site_id, comment="Imported from a file",
    )
    if plan.source is not None:
        plan_files.keep_source(session, saved.id, plan.source)
    records.audit(session, "import", "planogram", saved.id, rejected=len(matched.problems))
    return saved


def _create_products(
    session: TenantSession, plan: PlanFile, known: Catalog
) -> tuple[dict[int, int], list[RowProblem]]:
    """(catalog id of each product that was made, by its index in the file; what could not be made)."""
    used = {p.product for p in plan.positions}
    made: dict[int, int] = {}
    problems: list[RowProblem] = []
    for index, found in enumerate(find_products(plan.products, known)):
        if found is not None or index not in used:
            continue
        entry = plan.products[index]
        try:
            with session.begin_nested():
                made[index] = _create(session, entry)
        except WorkbenchError as error:
            problems.append(RowProblem(entry.line, f"{entry.product.name or 'A product'}: {error.message}"))
    return made, problems


def _create(session: TenantSession, entry: FileProduct) -> int:
    product = entry.product
    fields = {name: getattr(product, name) for name in entry.given & _FIELDS}
    if "temperature" in fields and product.temperature is not None:
        fields["temperature"] = product.temperature.value
    name = product.name or (f"UPC {product.upc}" if product.upc else "")
    return catalog.create_product(session, name, product.category or UNCATEGORIZED, **fields).id


_FIELDS = frozenset({
    "brand", "size", "upc", "width_in", "height_in", "depth_in", "pack_height_in", "price", "cost",
    "velocity", "seasonality", "shelf_life_days", "temperature", "health_score",
})
