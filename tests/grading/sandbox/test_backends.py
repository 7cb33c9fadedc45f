"""What every kind of sandbox does alike, and what is left of fifty sessions."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gatedrnn_course.grading.sandbox import KINDS, BubblewrapSandbox, Limits, Sandbox, SandboxUnavailable, examine
from gatedrnn_course.grading.sandbox.forked import ForkingSandbox

X = np.array([1.0, 2.0])


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def sandbox(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Each kind in turn, where it works."""
    if why := examine(request.param).why:
        pytest.skip(f"the sandbox `{request.param.name}` does not work here: {why}")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = request.param()
    yield made
    made.close()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def forking(sandbox: Sandbox) -> ForkingSandbox:
    """The kinds that fork."""
    if not isinstance(sandbox, ForkingSandbox):
        pytest.skip("it starts a process for each session")
    return sandbox


def test_files_cells_calls_and_output(sandbox: Sandbox) -> None:
    with sandbox.open(files={"data/a.txt": b"kept", "examples.npz": bytes(100_000)}) as session:
        report = session.load(
            [
                "import numpy as np, os\ntext = open('data/a.txt').read()\nsize = os.path.getsize('examples.npz')",
                "1 / 0",
                "def f(x):\n    print(text, size)\n    return 2 * x",
            ],
            names=["f"],
            deadline=60,
        )
        assert report.problem is None and [fault.type for fault in report.faults] == ["ZeroDivisionError"]
        reply = session.call("f", [X])
        np.testing.assert_array_equal(reply.value, 2 * X)  # type: ignore[arg-type]
        assert session.output() == b"kept 100000\n"
    assert not session.alive
    session.close()


def test_a_name_that_leads_out_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="leads out"):
        sandbox.open(files={"../a": b""})


def test_sessions_know_nothing_of_each_other_and_draw_from_their_seed(sandbox: Sandbox) -> None:
    draw = "import numpy as np, random\ndef f(): return np.append(np.random.rand(2), random.random())\nkept = 1"
    values = []
    for seed in (3, 3, 4):
        with sandbox.open(seed=seed) as session:
            assert not session.load(["kept" if values else "pass", draw], deadline=60).faults[1:]
            values.append(session.call("f", []).value)
    assert np.array_equal(values[0], values[1]) and not np.array_equal(values[0], values[2])  # type: ignore[arg-type]


def test_how_a_session_ends_is_told_and_the_next_one_works(sandbox: Sandbox) -> None:
    ends = {
        "while True: pass": ("timeout", ""),
        "import os; os._exit(3)": ("died", "code 3"),
        "import ctypes; ctypes.string_at(0)": ("died", "SIGSEGV"),
        "while True: print('x' * 100000)": ("died", "8 MiB"),
    }
    for body, (kind, words) in ends.items():
        with sandbox.open() as session:
            session.load([f"def f():\n    {body}"], names=["f"], deadline=60)
            problem = session.call("f", [], deadline=1 if kind == "timeout" else 60).problem
            assert problem is not None and problem.kind == kind and words in problem.message, (body, problem)


def test_memory_and_processor_time_are_limited(sandbox: Sandbox) -> None:
    with sandbox.open(Limits(cpu_s=1)) as session:
        session.load(["def f(): return len(bytearray(5 << 30))\ndef g():\n    while True: pass"], deadline=60)
        problem = session.call("f", []).problem
        assert problem is not None and problem.type == "MemoryError"
        problem = session.call("g", [], deadline=60).problem
        assert problem is not None and problem.kind == "died" and problem.type in ("SIGXCPU", "SIGKILL")


def test_what_is_too_little_to_start_with_is_no_fault_of_the_answer(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxUnavailable):
        sandbox.open(Limits(mem_mb=20))
    sandbox.open().close()


WRITE = """
def f():
    with open('w', 'wb') as file:
        return file.write(bytes(100))
def g():
    for k in range(64):
        with open(f'{k}', 'wb') as file:
            file.write(bytes(1 << 19))
"""


def test_only_a_disk_of_its_own_can_be_written(forking: ForkingSandbox) -> None:
    with forking.open(Limits(disk_mb=4)) as session:
        session.load([WRITE], deadline=60)
        told = session.call("f", [])
        if isinstance(forking, BubblewrapSandbox):
            assert told.value == 100
            problem = session.call("g", []).problem
            assert problem is not None and "No space left" in problem.message
        else:
            assert told.problem is not None and told.problem.type == "PermissionError"


READ = """
import os, sys, importlib.metadata, json.tool, numpy as np, numpy.testing, zipfile, unittest, ctypes.util
def read(path):
    folders = [path] if os.path.isfile(path) else [os.path.join(f, n) for f, _, names in os.walk(path) for n in names]
    count = 0
    for name in folders:
        try:
            count += bool(open(name, 'rb').read())
        except OSError:
            pass
    return count
def libraries():
    return read(json.__file__) and read(os.path.dirname(np.testing.__file__))
"""


def test_nothing_of_the_course_can_be_read_and_libraries_can(forking: ForkingSandbox) -> None:
    paths = _course(Path(__file__).resolve().parents[3])
    with forking.open() as session:
        asked = f"def course():\n    return sum(map(read, {paths!r}))"
        assert session.load([READ, asked], deadline=60).faults == ()
        assert session.call("course", []).value == 0
        told = session.call("libraries", []).value
        assert told is not None and np.all(np.asarray(told) > 1)


def _course(checkout: Path) -> list[str]:
    """Paths that hold it: what lies in the working copy, and what an installation leaves."""
    package = [path for path in (checkout / "gatedrnn_course").iterdir() if path.name != "grading"]
    grading = [
        path for path in (checkout / "gatedrnn_course/grading").iterdir() if path.name not in ("exchange", "sandbox")
    ]
    folders = [checkout / name for name in ("course", "solutions", "exercises", "tests")]
    installed = [path for folder in sys.path if "packages" in folder for path in Path(folder).glob("*gatedrnn*")]
    return list(map(str, (*package, *grading, *folders, *installed)))


def _state(me: str) -> tuple[int, int, int, int]:
    """Descriptors, children in any state, mounts and files for temporary things of this process."""
    children = sum(len(Path(f"/proc/{task}/children").read_text().split()) for task in _tasks(me))
    mounts = len(Path(f"/proc/{me}/mountinfo").read_text().splitlines())
    return len(os.listdir(f"/proc/{me}/fd")), children, mounts, len(os.listdir(tempfile.gettempdir()))


def _tasks(me: str) -> list[str]:
    return [f"{me}/task/{name}" for name in os.listdir(f"/proc/{me}/task")]


def test_fifty_sessions_leave_nothing(forking: ForkingSandbox) -> None:
    forking.open().close()
    template = forking.templates.current()
    pids = (str(os.getpid()), str(template.pid))
    before = [_state(pid) for pid in pids]
    for k in range(50):
        with forking.open(files={"a": b"1"}) as session:
            session.load(["open('b', 'w')" if k % 3 else "while True: pass"], deadline=60 if k % 3 else 0.02)
    assert [_state(pid) for pid in pids] == before
    assert forking.templates.current() is template and template.living == 0


def test_a_template_that_dies_is_replaced_and_costs_nobody_a_point(forking: ForkingSandbox) -> None:
    session = forking.open()
    session.load(["def f(): return 1"], deadline=60)
    first = forking.templates.current()
    os.killpg(first.pid, 9)
    first.wait_for_end()
    problem = session.call("f", []).problem
    assert problem is not None and problem.kind == "died"
    session.close()
    with forking.open() as another:
        assert another.load(["x = 1"], deadline=60).problem is None
    assert forking.templates.current() is not first


GRADER = """
import os, sys
from gatedrnn_course.grading.sandbox import KINDS
sandbox = next(kind for kind in KINDS if kind.name == sys.argv[1])()
session = sandbox.open()
session.load(["def f():\\n    while True: pass"], deadline=60)
print(session.pid, sandbox.templates.current().pid, flush=True)
session.call("f", [], deadline=1000)
"""


def test_a_killed_grader_leaves_neither_child_nor_template(forking: ForkingSandbox) -> None:
    with subprocess.Popen([sys.executable, "-c", GRADER, forking.name], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        pids = [os.pidfd_open(int(pid)) for pid in grader.stdout.readline().split()]
        grader.kill()
    for pid in pids:
        waiting = select.poll()
        waiting.register(pid, select.POLLIN)
        assert waiting.poll(60_000), "a process runs on"
        os.close(pid)
