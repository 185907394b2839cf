"""From process start to first content in the browser, and resident memory, with the demo data there.

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


def measure(script: Path, selector: str, database_url: str, browser: object) -> tuple[float, float, float]:
    """Seconds until ``selector`` is visible, the server's processor seconds until then, and its resident
    megabytes once the page is complete."""
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
        page.wait_for_selector(selector, timeout=60_000)
        seconds, busy = time.perf_counter() - started, _busy_s(server.pid)
        page.wait_for_timeout(3_000)
        return seconds, busy, _resident_mb(server.pid)
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
        ours = [measure(ROOT / "app.py", "h1", url, browser) for _ in range(RUNS)]
        browser.close()
    (empty_s, empty_busy, empty_mb), (seconds, busy, megabytes) = _quickest(bare), _quickest(ours)
    return [
        Figure("process start to first content in the browser, demo data there", "s", 3.0, seconds,
               reference=f"an empty page of the framework {empty_s:.2f} s; the server's processor time "
                         f"{busy:.1f} s, with the empty page {empty_busy:.1f} s"),
        Figure("resident memory then", "MB", 300.0, megabytes,
               reference=f"an empty page of the framework {empty_mb:.0f} MB"),
    ]


def _quickest(runs: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The shortest times, because other work on the machine only adds, and the most memory."""
    seconds, busy, megabytes = zip(*runs, strict=True)
    return min(seconds), min(busy), max(megabytes)


if __name__ == "__main__":
    print_figures(main())
