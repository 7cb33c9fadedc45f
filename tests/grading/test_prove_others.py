"""Published kill matrices, one group of units; see `proved.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from proved import GROUPS, refuse_a_stale_page

from gatedrnn_course.grading.units import UNITS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a sandbox needs a POSIX system")


@pytest.mark.slow
@pytest.mark.parametrize("number", GROUPS["others"])
def test_the_committed_page_is_what_prove_says_and_nothing_failed(number: str, tmp_path: Path) -> None:
    refuse_a_stale_page(number, tmp_path)


def test_every_unit_is_in_one_group() -> None:
    assert sorted(number for group in GROUPS.values() for number in group) == sorted(UNITS)
