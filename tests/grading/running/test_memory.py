from __future__ import annotations

import sys

import numpy as np
import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("the limit on memory holds on Linux", allow_module_level=True)

import resource

from gatedrnn_course.grading.running.memory import memory_limit


def test_an_allocation_beyond_the_limit_fails_and_afterwards_the_old_limit_holds() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with memory_limit(1 << 20):
        assert resource.getrlimit(resource.RLIMIT_AS)[1] == before[1]
        with pytest.raises(MemoryError):
            np.zeros(1 << 33, np.uint8)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_what_is_within_the_limit_is_made() -> None:
    with memory_limit(64 << 20):
        assert np.ones(4 << 20).sum() == 4 << 20


def test_a_stricter_limit_of_the_process_stays() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    strict = 1 << 40
    resource.setrlimit(resource.RLIMIT_AS, (strict, before[1]))
    try:
        with memory_limit(1 << 50):
            assert resource.getrlimit(resource.RLIMIT_AS)[0] == strict
        assert resource.getrlimit(resource.RLIMIT_AS)[0] == strict
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
