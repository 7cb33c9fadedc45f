"""A slice of `benchmarks/fuzz_frames.py`: damaged and odd frames are read or refused, and nothing else."""

from __future__ import annotations

import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

if os.name != "posix":
    pytest.skip("a sandbox needs a POSIX system", allow_module_level=True)

from gatedrnn_course.grading.exchange import frames


def _fuzzer() -> ModuleType:
    spec = spec_from_file_location("fuzz_frames", Path(__file__).parents[3] / "benchmarks/fuzz_frames.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


fuzzer = _fuzzer()


def test_no_frame_of_the_slice_raises_anything_undeclared_and_every_way_through_is_taken() -> None:
    counts, wrong = fuzzer.fuzz(0, 3000, quiet=True)
    assert wrong == [] and sum(counts.values()) == 3000
    assert counts["refused"] > 1000 and counts["read value arguments reply answer"] > 50
    assert any("loading" in words for words in counts)


def test_a_seed_is_one_frame() -> None:
    assert [fuzzer.case(k) for k in range(50)] == [fuzzer.case(k) for k in range(50)]
    assert len({fuzzer.case(k) for k in range(50)}) > 40


def test_what_is_undeclared_is_told_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, cap: int) -> None:
        raise KeyError("odd")

    monkeypatch.setattr(frames, "decode", broken)
    assert fuzzer.fuzz(7, 1, quiet=True) == ({}, ["seed 7: KeyError: 'odd'"])
