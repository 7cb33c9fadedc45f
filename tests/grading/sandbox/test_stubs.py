from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.grading.sandbox.child.jail import Quiet
from gatedrnn_course.grading.sandbox.child.stubs import MAX_SKIPPED, Shell


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def shell(ran: list[str]) -> Shell:
    return Shell(ran.append, {})


@pytest.mark.parametrize(
    ("line", "runs"),
    [("f(x)", "f(x)"), ("-n 10 -r 3 f(x)", "f(x)"), ("-o f(x)", "f(x)"), ("-n10 f(-n)", "f(-n)"), ("", "")],
)
def test_a_timer_runs_its_statement_once_without_its_options(
    shell: Shell, ran: list[str], line: str, runs: str
) -> None:
    shell.run_line_magic("timeit", line)
    assert ran == [runs]
    assert shell.skipped == []


@pytest.mark.parametrize("name", ["time", "timeit", "prun", "capture"])
def test_these_magics_run_their_cell(shell: Shell, ran: list[str], name: str) -> None:
    shell.run_cell_magic(name, "out", "x = 1\n")
    assert ran == ["x = 1\n"]


def test_what_is_captured_has_a_quiet_name(shell: Shell) -> None:
    shell.run_cell_magic("capture", "out --no-stderr", "x = 1")
    assert set(shell.user_ns) == {"out"}
    assert isinstance(shell.user_ns["out"], Quiet)


def test_other_magics_and_every_command_are_noted_and_skipped(shell: Shell, ran: list[str]) -> None:
    shell.run_line_magic("pip", "install numpy")
    shell.run_cell_magic("bash", "", "rm -r /")
    shell.system("ls")
    assert shell.getoutput("whoami") == []
    shell.magic("matplotlib inline")
    assert ran == []
    assert shell.skipped == ["%pip install numpy", "%%bash", "!ls", "!whoami", "%matplotlib inline"]


def test_what_is_noted_is_bounded(shell: Shell) -> None:
    for _ in range(MAX_SKIPPED + 10):
        shell.system("x" * 1000)
    assert len(shell.skipped) == MAX_SKIPPED
    assert max(map(len, shell.skipped)) == 200


def test_anything_else_that_is_asked_is_quiet(shell: Shell) -> None:
    anything: Any = shell.events.register("post_run_cell", print)
    assert isinstance(anything, Quiet)
    with pytest.raises(AttributeError):
        _ = shell.__wrapped__
