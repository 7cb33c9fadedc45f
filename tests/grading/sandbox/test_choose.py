"""Which sandbox is chosen, and when none may be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.sandbox import (
    CHOSEN,
    KINDS,
    UNSAFE,
    BubblewrapSandbox,
    LandlockSandbox,
    ProcessSandbox,
    SandboxUnavailable,
    best_sandbox,
    choose,
    examine,
)
from gatedrnn_course.grading.sandbox.canaries import CANARIES, got_through
from gatedrnn_course.grading.sandbox.protocol import Level
from gatedrnn_course.grading.sandbox.seatbelt import profile
from gatedrnn_course.grading.sandbox.surroundings import bubblewrap
from gatedrnn_course.grading.sandbox.templates import Templates

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="attacks by what only Linux has")


class Open(ProcessSandbox):
    """Says that it is strong, and is a plain process."""

    name = "open"
    level: Level = "strong"


EXAMINED = "gatedrnn_course.grading.sandbox.choose._examined"


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (CHOSEN, UNSAFE):
        monkeypatch.delenv(name, raising=False)
    known = {kind.name: examine(kind) for kind in KINDS}
    monkeypatch.setattr(EXAMINED, known)


def forget_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it start another template, and be tried anew."""
    monkeypatch.setattr(BubblewrapSandbox, "templates", Templates(bubblewrap, True))
    monkeypatch.delitem(choose._examined, "bubblewrap")


def test_the_first_that_works_is_chosen_and_is_fit_for_strangers() -> None:
    fit = [kind for kind in KINDS if examine(kind).safe]
    if not fit:
        with pytest.raises(SandboxUnavailable, match="doctor"):
            best_sandbox()
    else:
        assert type(best_sandbox()) is fit[0] and fit[0].level in ("strong", "medium")


def test_a_weak_one_needs_to_be_asked_for_by_flag_and_not_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SandboxUnavailable, match="process is weak"):
        best_sandbox("process")
    assert best_sandbox("process", unsafe=True).level == "weak"
    monkeypatch.setenv(CHOSEN, "process")
    with pytest.raises(SandboxUnavailable, match="--unsafe-sandbox"):
        best_sandbox()
    monkeypatch.setenv(UNSAFE, "1")
    assert best_sandbox().name == "process"


def test_a_name_that_no_kind_has_is_told() -> None:
    with pytest.raises(CourseError, match="bubblewrap, landlock, seatbelt, process"):
        best_sandbox("jail")


@LINUX
def test_every_attack_works_where_nothing_keeps_it_in() -> None:
    memory = {canary.words for canary in CANARIES if canary.attack == "take_all_memory"}  # that is limited everywhere
    assert set(got_through(ProcessSandbox())) == {canary.words for canary in CANARIES} - memory


@LINUX
@pytest.mark.parametrize("kind", [BubblewrapSandbox, LandlockSandbox], ids=lambda kind: kind.name)
def test_no_attack_works_in_a_strong_one(kind: type[BubblewrapSandbox]) -> None:
    examined = examine(kind)
    if examined.why:
        pytest.skip(f"the sandbox `{kind.name}` does not work here: {examined.why}")
    assert examined.escapes == () and examined.safe


@LINUX
def test_one_that_an_attack_gets_out_of_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "KINDS", (Open,))
    with pytest.raises(SandboxUnavailable, match=r"open does not hold: an answer can .*use the network"):
        best_sandbox()
    assert best_sandbox(unsafe=True).level == "weak", "the stamp says what it is"
    monkeypatch.setattr(choose, "KINDS", (Open, ProcessSandbox))
    with pytest.raises(SandboxUnavailable):
        best_sandbox()


REFUSALS = {
    "user namespaces are refused": "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n",
    "it ends without a word": "#!/bin/sh\nexit 0\n",
    "it is no program": "nothing",
}


@LINUX
@pytest.mark.parametrize("script", REFUSALS.values(), ids=REFUSALS)
def test_where_bubblewrap_is_refused_the_next_one_is_used(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bwrap"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    forget_bubblewrap(monkeypatch)
    examined = examine(BubblewrapSandbox)
    assert examined.why and not examined.safe
    if "uid map" in script:
        assert "Permission denied" in examined.why
    if examine(LandlockSandbox).safe:
        assert best_sandbox().name == "landlock"


@LINUX
def test_without_bubblewrap_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    forget_bubblewrap(monkeypatch)
    assert "not installed" in examine(BubblewrapSandbox).why


def test_the_profile_of_macos_names_the_folder_and_denies_by_default(tmp_path: Path) -> None:
    lines = profile(str(tmp_path)).splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert f'(allow file-write* (subpath "{tmp_path}") (literal "/dev/null"))' in lines
    assert not any("network" in line or "process-fork" in line for line in lines)
