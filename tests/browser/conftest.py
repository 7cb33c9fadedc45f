"""A headless Chromium, and a JupyterLab of its own for the tests."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
TOKEN = "course"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000  # milliseconds for one thing to appear; a machine under load takes its time


@dataclass
class Lab:
    """A running JupyterLab.

    Attributes:
        folder: Where its notebooks lie.
        address: Where it listens.
    """

    folder: Path
    address: str

    def write(self, name: str, *sources: str) -> str:
        """A notebook with these code cells; returns where to open it."""
        cells = [
            {
                "cell_type": "code",
                "id": f"cell-{k}",
                "metadata": {},
                "source": s,
                "outputs": [],
                "execution_count": None,
            }
            for k, s in enumerate(sources)
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        return self.put(name, json.dumps(notebook))

    def put(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, "utf-8")
        return f"{self.address}/lab/tree/{name}?token={TOKEN}&reset"

    def stop_kernels(self) -> None:
        for kernel in json.loads(self._ask("GET", "/api/kernels")):
            self._ask("DELETE", f"/api/kernels/{kernel['id']}")

    def _ask(self, method: str, path: str) -> bytes:
        request = Request(self.address + path, method=method, headers={"Authorization": f"token {TOKEN}"})
        with urlopen(request, timeout=60) as reply:
            return bytes(reply.read())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("No Chromium or Chrome is installed here.")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed here.")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1100, "height": 1000})
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    yield opened
    opened.screenshot(path=tmp_path / "last.png")
    context.close()


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed here.")
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("notebooks")
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (home / ".jupyter" / "labconfig").mkdir(parents=True)
    (home / ".jupyter" / "labconfig" / "page_config.json").write_text(json.dumps(quiet), "utf-8")
    profile = home / ".ipython" / "profile_default"
    profile.mkdir(parents=True)
    shutil.copy(ROOT / "etc" / "ipython" / "ipython_kernel_config.py", profile)  # the tree's, installed or not
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    places = {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        command, cwd=folder, env={**kept, **places}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    log: list[str] = []
    try:
        for line in server.stderr:
            log.append(line)
            if "is running at" in line:
                break
        else:
            pytest.fail("JupyterLab did not start:\n" + "".join(log[-20:]))
        rest = threading.Thread(target=log.extend, args=(server.stderr,), daemon=True)
        rest.start()
        yield Lab(folder, f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if "rest" in locals():
            rest.join(60)
        server.stderr.close()


@pytest.fixture
def lab(jupyterlab: Lab) -> Iterator[Lab]:
    yield jupyterlab
    jupyterlab.stop_kernels()


@pytest.fixture
def cell(page: Any) -> Callable[[str], Any]:
    """Finds the code cell of an open notebook whose code begins with a text."""

    def find(begin: str) -> Any:
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        return cells.filter(has=page.locator(".cm-content").filter(has_text=begin)).first

    return find
