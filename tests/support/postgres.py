"""A throwaway PostgreSQL server on loopback for the tests, started from the installed programs."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SUPERUSER = "workbench"


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, or None where no server is installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def server() -> Iterator[str]:
    """URL of a running server (database ``postgres``), stopped and removed on leaving."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("No PostgreSQL server is installed.")
    home = Path(tempfile.mkdtemp(prefix="workbench-pg-"))
    account = _account(home)
    try:
        data = home / "data"
        subprocess.run(
            [folder / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale=C"],
            check=True, capture_output=True, cwd=home, **account,
        )
        port = _free_port()
        with (home / "log").open("w") as log:
            process = subprocess.Popen(
                [folder / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", home,
                 "-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_connections=40"],
                stdout=log, stderr=log, cwd=home, **account,
            )
        try:
            _wait(port, process, home / "log")
            yield f"postgresql://{SUPERUSER}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown: SIGTERM waits for every session to end
            process.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def create_database(url: str, name: str, template: str = "template1") -> str:
    """A new database on the server, empty or a copy of one that nobody uses; returns its URL."""
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(made)
    return url.rsplit("/", 1)[0] + "/" + name


def _account(home: Path) -> dict[str, Any]:
    """The server refuses to run as root: give it another account, and the folder with it."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    os.chown(home, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once: {log.read_text()[-500:]}")
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not answer within {seconds:g} s.")
