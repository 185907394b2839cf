"""A vision model as third opinion: what is sent, what is made of the answer, and that it decides nothing."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.errors import NotAllowed, RuleViolation
from core.language import Caps, LanguageModel, Tier
from core.models import Models
from core.store.database import Database
from core.store.language import calls
from core.workbench import Workbench
from core.workbench.door import equip
from ml.backends import Backend
from ml.claude import Claude
from ml.openai_compatible import OpenAICompatible
from ml.router import Router
from tests.support import audited
from tests.support.audited import door
from tests.support.language_server import LanguageServer, Reply, Sent, language_server
from tests.support.readers import FakeReader, named, photo_of

SECRETS = ("GPSLatitude", "Jane Secret", "48.8566", "shot-by-jane")
Make = Callable[[LanguageServer], LanguageModel]
every = pytest.mark.parametrize("make", [
    lambda server: Claude("seer", "k", server.url), lambda server: OpenAICompatible("seer", f"{server.url}/v1", "seer"),
], ids=["claude", "chat"])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four products on a shelf of two rows, the first by the name of a person."""
    names = ["Chips jane@secret.com", *(f"Product {i}" for i in (2, 3, 4))]
    return audited.build(tmp_path_factory.mktemp("opinions") / "template.db", names)


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Iterator[Database]:
    with audited.copied(template, tmp_path) as made:
        yield made


def _photo() -> bytes:
    """With a place, a name, a comment and a thumbnail's worth of what nobody should get."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "Jane Secret", "shot-by-jane"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 23.76), 29: "GPSLatitude 48.8566"})
    out = io.BytesIO()
    with Image.open(io.BytesIO(photo_of(2))) as plain:
        plain.save(out, "JPEG", exif=exif, comment=b"Jane Secret, 48.8566")
    return out.getvalue()


def _unsure(facings: tuple[Any, ...]) -> tuple[Any, ...]:
    """The first package is likelier the second product than not, the second wrong for sure."""
    return (named(facings[0], 2, 0.55), named(facings[1], 3, 0.93), *facings[2:])


def _bench(database: Database, model: LanguageModel, caps: Caps | None = None, role: str = "driver") -> Workbench:
    router = Router((Backend(model, Tier.MID, 0.1, 0.5),), caps or Caps(), sleep=lambda _s: None)
    equip(database, Models(reader=FakeReader(change=_unsure), language=router))
    return door(database, role)


def _said(product: str, sure: str = "sure") -> Reply:
    return Reply(json.dumps({"product": product, "sure": sure}))


def _pictures(sent: Sent) -> list[bytes]:
    """The pictures of a request, of either protocol."""
    found = re.findall(r'"data":\s*"([A-Za-z0-9+/=]{200,})"', sent.raw)
    found += re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", sent.raw)
    return [base64.b64decode(data) for data in found]


@every
def test_an_opinion_names_a_candidate_and_its_model(database: Database, make: Make) -> None:
    """Of the packages that the reader is unsure of, one request each."""
    with language_server(_said("1", "likely")) as server:
        wb = _bench(database, make(server))
        saved = wb.audit_photo(1, _photo())
        (found,) = wb.third_opinion(saved.id)
        assert len(server.sent) == 1
    assert (found.facing, found.product_id, found.sure, found.by) == (0, 1, "likely", "seer")
    assert found.reader == "Product 2"
    assert not found.agrees


@every
def test_nothing_private_of_the_photo_arrives(database: Database, make: Make) -> None:
    """One small picture without EXIF, place, comment or the rest of the shelf; names redacted."""
    with language_server(_said("none")) as server:
        wb = _bench(database, make(server))
        saved = wb.audit_photo(1, _photo())
        found = wb.third_opinion(saved.id, next(v.id for v in saved.audit.violations))
        (sent,) = server.sent
    (picture,) = _pictures(sent)
    for secret in SECRETS:
        assert secret.encode() not in picture
        assert secret not in sent.raw
    assert "jane@secret.com" not in sent.raw
    assert b"Exif" not in picture
    with Image.open(io.BytesIO(picture)) as seen:
        assert max(seen.size) <= 1568
        assert not seen.getexif()
        assert "comment" not in seen.info
    assert found[0].product_id is None


@every
def test_a_model_cannot_hide_a_wrong_product(database: Database, make: Make) -> None:
    """Whatever it says, the finding, the score and the fixes stay."""
    with language_server(_said("1")) as server:
        wb = _bench(database, make(server))
        saved = wb.audit_photo(1, _photo())
        wrong = next(v for v in saved.audit.violations if v.expected and v.expected.product_id == 1)
        fixes = wb.audit_fixes(saved.id)
        (said, *_) = wb.third_opinion(saved.id, wrong.id)
        after = wb.judged(saved.id)
    assert said.product_id == 1
    assert after.audit == wb.audit(saved.id).audit == saved.audit
    assert wb.audit_fixes(saved.id) == fixes
    assert wb.audit(saved.id).verdicts == {}


@every
@pytest.mark.parametrize("reply", [
    _said("4711"), _said("Product 3"), Reply("It is Product 3."), Reply('{"product": "1"}'),
    Reply('{"product": "1", "sure": "sure", "dismiss": true}'), Reply("x", "500"), Reply("x", "cut"),
    Reply("x", "bad json"), Reply("x", "refusal"), Reply("x", "401"), Reply("x", "hang up"),
], ids=lambda r: r.fault or r.text[:24])
def test_an_answer_that_does_not_hold_is_none(database: Database, make: Make, reply: Reply) -> None:
    """No candidate, no structure, more than was asked, or no answer at all."""
    with language_server(reply) as server:
        wb = _bench(database, make(server))
        saved = wb.audit_photo(1, _photo())
        assert wb.third_opinion(saved.id) == ()


def test_no_opinion_costs_more_than_is_left(database: Database) -> None:
    """The budget is kept before anything is sent."""
    with language_server(_said("1")) as server:
        wb = _bench(database, Claude("seer", "k", server.url), Caps(request=10))
        saved = wb.audit_photo(1, _photo())
        assert wb.third_opinion(saved.id) == ()
        assert server.sent == []
    with database.session(wb.actor) as session:
        assert "over budget" in {c.call.outcome for c in calls(session, saved.card.at)}


def test_the_same_package_is_asked_about_once(database: Database) -> None:
    """Kept by content."""
    with language_server(_said("1")) as server:
        wb = _bench(database, Claude("seer", "k", server.url))
        saved = wb.audit_photo(1, _photo())
        assert wb.third_opinion(saved.id) == wb.third_opinion(saved.id)
        assert len(server.sent) == 1


def test_without_a_model_that_sees_nobody_is_asked(database: Database) -> None:
    """And a viewer may not ask."""
    with language_server(_said("1")) as server:
        wb = _bench(database, Claude("seer", "k", server.url))
        saved = wb.audit_photo(1, _photo())
        assert wb.can_look
        with pytest.raises(NotAllowed):
            _bench(database, Claude("seer", "k", server.url), role="viewer").third_opinion(saved.id)
    blind = Router((Backend(OpenAICompatible("b", "http://127.0.0.1:1/v1", "b"), Tier.MID, 0.1, 0.5, sees=False),))
    equip(database, Models(reader=FakeReader(change=_unsure), language=blind))
    assert not wb.can_look
    with pytest.raises(RuleViolation):
        wb.third_opinion(saved.id)
