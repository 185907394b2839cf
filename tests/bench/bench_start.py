"""From process start to first content in the browser, the navigation and then the fleet's headline with its
figures, and resident memory, with the demo data there.

Reference of the same run: an empty Streamlit page started and opened the same way.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.report import Figure, print_figures
from tests.support.chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).parents[2]
RUNS = 3
NAVIGATION = '[data-testid="stSidebarNav"]'


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _busy_s(pid: int) -> float:
    """Processor time of a process until now, which other work on the machine lengthens less."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(script: Path, first: str, database_url: str, browser: object) -> tuple[float, ...]:
    """Seconds until ``first`` is visible and until the headline is, the server's processor seconds until
    then, and its resident megabytes once the page is complete."""
    port = _free_port()
    environment = os.environ | {"WORKBENCH_DATABASE_URL": database_url}
    page = browser.new_page()  # type: ignore[attr-defined]
    started = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
         "--server.headless", "true"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port) and time.perf_counter() - started < 60:
            time.sleep(0.01)
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        page.wait_for_selector(first, timeout=60_000)
        begins = time.perf_counter() - started
        page.wait_for_selector("h1", timeout=60_000)
        seconds, busy = time.perf_counter() - started, _busy_s(server.pid)
        page.wait_for_timeout(3_000)
        return begins, seconds, busy, _resident_mb(server.pid)
    finally:
        page.close()
        server.terminate()
        server.wait(10)


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = f"sqlite:///{folder}/workbench.db"
        code = "from pages.parts.start import house; assert house().wait().ready"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True,
                       env=os.environ | {"WORKBENCH_DATABASE_URL": url})
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit as st\nst.markdown('# empty')\n")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        bare = [measure(empty, "h1", url, browser) for _ in range(RUNS)]
        ours = [measure(ROOT / "app.py", NAVIGATION, url, browser) for _ in range(RUNS)]
        browser.close()
    _, empty_s, empty_busy, empty_mb = _quickest(bare)
    begins, seconds, busy, megabytes = _quickest(ours)
    bare_page = f"an empty page of the framework {empty_s:.2f} s"
    return [
        Figure("process start to the navigation in the browser, demo data there", "s", 3.0, begins,
               reference=bare_page),
        Figure("process start to the fleet's headline in the browser", "s", 3.0, seconds,
               reference=f"{bare_page}; the server's processor time {busy:.1f} s, with the empty page "
                         f"{empty_busy:.1f} s"),
        Figure("resident memory then", "MB", 300.0, megabytes,
               reference=f"an empty page of the framework {empty_mb:.0f} MB"),
    ]


def _quickest(runs: list[tuple[float, ...]]) -> tuple[float, ...]:
    """The shortest times, because other work on the machine only adds, and the most memory."""
    *times, megabytes = zip(*runs, strict=True)
    return (*(min(each) for each in times), max(megabytes))


if __name__ == "__main__":
    print_figures(main())
