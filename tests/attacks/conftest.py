"""The sandboxes that work here, a host to attack, and one attacker for each sandbox."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

if not sys.platform.startswith("linux"):
    collect_ignore_glob = ["test_*.py"]
else:
    from hostile import Attacker, Host

    from gatedrnn_course.grading.sandbox import KINDS, Sandbox

    BACKENDS = {kind.name: kind for kind in KINDS}

    @pytest.fixture(scope="module")
    def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        """The folder in which sandboxes make theirs; none is left at the end."""
        folder, before = tmp_path_factory.mktemp("children"), tempfile.tempdir
        tempfile.tempdir = str(folder)
        yield folder
        tempfile.tempdir = before
        assert list(folder.iterdir()) == []

    @pytest.fixture(scope="module", params=BACKENDS)
    def sandbox(request: pytest.FixtureRequest, children: Path) -> Iterator[Sandbox]:
        """Each sandbox in turn."""
        kind = BACKENDS[request.param]
        probe = kind.probe()
        if not probe.ok:
            pytest.skip(f"the sandbox `{request.param}` does not work here: {probe.reason}")
        made = kind()
        yield made
        made.close()

    @pytest.fixture(scope="module")
    def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
        """What is attacked."""
        patch = pytest.MonkeyPatch()
        made = Host(tmp_path_factory.mktemp("host"))
        patch.setenv("ATTACK_SECRET", made.secret)  # children opened from now on must not see it
        yield made
        patch.undo()
        made.close()

    @pytest.fixture(scope="module")
    def attacker(sandbox: Sandbox, host: Host) -> Iterator[Attacker]:
        """Attacks the host from inside a sandbox."""
        made = Attacker(sandbox, host)
        yield made
        made.close_all()
