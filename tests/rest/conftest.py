"""A small company with one machine's sales, and a client that acts as its manager."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
import structlog
from fastapi.testclient import TestClient

from core.rest import create_api
from core.settings import Settings
from core.store import tables as t
from core.store.database import Database
from core.trust.access import hash_password
from tests.support import postgres

PASSWORD = "correct horse"
DAYS = 45
SLOTS = [f"{row}{column}" for row in "ABC" for column in (1, 2, 3, 4)]
HEADER = ["Date", "Machine", "Product", "Category", "Slot", "Price", "Quantity", "Total"]


def sales_csv(days: int = DAYS, seed: int = 3) -> bytes:
    """Vends of one machine with twelve products, one a slot."""
    rng = np.random.default_rng(seed)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for day in range(days):
        when = (date(2024, 3, 1) + timedelta(days=day)).isoformat()
        for i, slot in enumerate(SLOTS):
            for _ in range(int(rng.poisson(0.6 + 0.15 * i))):
                price = 1.5 + 0.25 * (i % 5)
                product = (f"Snack {i + 1}", ("Chips", "Candy", "Soda")[i % 3])
                writer.writerow([when, "Lobby", *product, slot, price, 1, price])
    return text.getvalue().encode()


def settings_for(path: Path, **values: object) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite:///{path}", secret_key="test", **values)  # type: ignore[call-arg]


@pytest.fixture(scope="session", autouse=True)
def _plain_log() -> None:
    """As in the app; the default draws every frame of a trace, which takes seconds."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the company, its users and the imported sales; to copy."""
    path = tmp_path_factory.mktemp("rest") / "filled.db"
    _fill(Database(f"sqlite:///{path}"))
    return path


def _fill(database: Database) -> None:
    """Two companies with a user of each role, and the imported sales of the first."""
    database.migrate()
    with database.admin_session() as session:
        for name, demo in (("Acme", True), ("Other", False)):
            company = t.Company(name=name, is_demo=demo)
            session.add(company)
            session.flush()
            for role in ("viewer", "manager", "admin"):
                session.add(t.User(
                    company_id=company.id, email=f"{role}@{name.lower()}.test", name=role.title(), role=role,
                    password_hash=hash_password(PASSWORD),
                ))
    client = TestClient(create_api(database, settings_for(database.path or Path("none"))))
    done = client.post("/sales/import", files={"file": ("sales.csv", sales_csv())})
    assert done.status_code == 200, done.text
    database.close()


@pytest.fixture(scope="session")
def filled_server() -> Iterator[str]:
    """URL of a PostgreSQL server whose database ``filled`` holds the same; to copy."""
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with postgres.server() as url:
        _fill(Database(postgres.create_database(url, "filled")))
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def each_database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The filled database on each kind of server in turn; pictures go to a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('filled'), tmp_path / 'test.db')}"
    else:
        server = request.getfixturevalue("filled_server")
        url = postgres.create_database(server, f"test_{token_hex(6)}", "filled")
    db = Database(url)
    yield db
    db.close()


@pytest.fixture
def database(filled: Path, tmp_path: Path) -> Iterator[Database]:
    path = Path(shutil.copy(filled, tmp_path / "test.db"))
    db = Database(f"sqlite:///{path}")
    yield db
    db.close()


@pytest.fixture
def settings(database: Database) -> Settings:
    return settings_for(database.path or Path("none"))


@pytest.fixture
def client(database: Database, settings: Settings) -> TestClient:
    """Acts as the demo's manager, as a request without a token does in demo mode."""
    return TestClient(create_api(database, settings), raise_server_exceptions=False)


@pytest.fixture
def machine(client: TestClient) -> dict[str, object]:
    """The planogram that was inferred from the sales."""
    device = client.get("/devices").json()["items"][0]
    found: dict[str, object] = client.get(f"/planograms/{device['cabinets'][0]['planogram_id']}").json()
    return found
