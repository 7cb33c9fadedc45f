"""What all tests share: a cache of compiled kernels, and a home for what learners got right, of their own."""

from __future__ import annotations

import os

import pytest
import tqdm.auto  # noqa: F401  it chooses its bar once: before any test stands in for a notebook


@pytest.fixture(autouse=True, scope="session")
def _kernels(tmp_path_factory):
    """One folder for all tests of a run, those side by side included, so that each cell is compiled once."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "kernels"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEDRNN_CACHE", str(folder))
        patch.setenv("GATEDRNN_HOME", str(base / "home"))
        yield


def pytest_collection_modifyitems(items):
    """Files with slow tests come first, the proofs of units before all others: begun last, one would go on alone."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, not item.path.name.startswith("test_prove")))
