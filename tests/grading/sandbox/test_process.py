"""What a child can do to its judge: cost its own session, and nothing else."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange.values import Caller, Problem
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox, Sandbox, SandboxUnavailable, Session
from gatedrnn_course.grading.sandbox.protocol import Guarantee
from gatedrnn_course.grading.sandbox.untrusted import clean

Loaded = Callable[..., Session]
X = np.array([1.0, 2.0, 3.0])
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and pidfd, which only Linux has")


def gone(pid: int) -> bool:
    """Whether the process has ended, be it unreaped by its own parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture(autouse=True)
def no_folder_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Children's folders are made in a folder of the test's, which is empty again at the end."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def sandbox(no_folder_stays: Path) -> Iterator[ProcessSandbox]:
    made = ProcessSandbox()
    yield made
    made.close()


def dead(session: Session, kind: str) -> Problem:
    """The problem of a call to `f`, after which the session is dead."""
    problem = session.call("f", [X], deadline=1).problem
    assert problem is not None and problem.kind == kind, problem
    assert not session.alive
    again = session.call("f", [X]).problem
    assert again is not None and again.kind == "died"
    after = session.load(["x = 1"])
    assert after.problem is not None and after.stopped == 0
    session.replace({"f": lambda x: x})
    session.close()
    return problem


def test_it_is_a_sandbox_whose_sessions_are_callers(sandbox: ProcessSandbox) -> None:
    as_sandbox: Sandbox = sandbox
    with as_sandbox.open() as session:
        caller: Caller = session
        assert session.alive and caller.call("f", []).problem == Problem("missing")
    assert not session.alive and session.call("f", []).problem is not None
    session.close()


def test_what_is_kept_and_what_is_missing_is_said(sandbox: ProcessSandbox) -> None:
    everything = set(Guarantee.__args__)
    assert sandbox.level == "weak" and sandbox.guarantees | set(sandbox.missing) == everything
    assert {"filesystem", "network", "leftovers"} <= set(sandbox.missing) and not sandbox.guarantees & set(
        sandbox.missing
    )
    assert ProcessSandbox.probe().ok


def test_an_endless_loop_in_a_cell(sandbox: ProcessSandbox) -> None:
    session = sandbox.open()
    report = session.load(["def f(x): return x", "1 / 0", "while True: pass", "y = 1"], names=["f"], deadline=1)
    assert report.problem is not None and report.problem.kind == "timeout" and report.stopped == 2
    assert report.defined == ("f",) and [fault.cell for fault in report.faults] == [1] and not session.alive


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "sum(range(10 ** 13))",
        "import signal, time\n    for s in range(1, 65):\n        try: signal.signal(s, signal.SIG_IGN)\n"
        "        except (OSError, ValueError): pass\n    time.sleep(1000)",
        "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    ],
)
def test_a_call_that_never_ends(loaded: Loaded, body: str) -> None:
    assert "1 s" in dead(loaded(f"def f(x):\n    {body}"), "timeout").message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("import os; os._exit(0)", "code 0"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.closerange(3, 4096); return x", ""),
        ("import os, signal; os.killpg(0, signal.SIGTERM)", "SIGTERM"),
    ],
)
def test_a_call_that_ends_the_process(loaded: Loaded, body: str, told: str) -> None:
    assert told in dead(loaded(f"def f(x):\n    {body}"), "died").message


def test_processor_time_ends_too(loaded: Loaded) -> None:
    session = loaded("def f(x):\n    while True: pass", limits=Limits(cpu_s=1))
    problem = session.call("f", [X], deadline=60).problem
    assert problem is not None and problem.kind == "died" and problem.type in ("SIGXCPU", "SIGKILL")


def test_a_flood_of_printing(loaded: Loaded) -> None:
    session = loaded("def f(x):\n    while True: print('x' * 1000)")
    problem = session.call("f", [X], deadline=60).problem
    assert problem is not None and problem.kind == "died" and "8 MiB" in problem.message
    assert session.output() == (b"x" * 1000 + b"\n") * 65 + b"x" * 471


def test_printing_up_to_the_limit_is_read_and_its_beginning_kept(loaded: Loaded) -> None:
    session = loaded(
        "import sys, os\nprint('first \\ud800')\nprint('second', file=sys.stderr)",
        "def f(x):\n    print('y' * 200 * 2 ** 20)\n    return x",
        limits=Limits(out_bytes=256 << 20, kept_bytes=100, mem_mb=4096),
    )
    assert np.array_equal(session.call("f", [X], deadline=60).value, X)
    assert len(session.output()) == 100 and b"first" in session.output() and b"second" in session.output()


def test_a_closed_output_is_no_fault(loaded: Loaded) -> None:
    session = loaded("import os, sys\nsys.stdout.close()\nos.close(2)", "def f(x): return x")
    assert np.array_equal(session.call("f", [X]).value, X)


CHANNEL = """
import os
def channel():
    return [k for k in range(100, 200) if os.path.exists(f'/proc/self/fd/{k}')][0]
"""


@LINUX
@pytest.mark.parametrize(
    ("garbage", "kind"),
    [
        ("b'hello'", "frame"),
        ("b'GRN1' + bytes(200)", "frame"),
        ("b'GRN1' + (2).to_bytes(4, 'little') + (2 ** 60).to_bytes(8, 'little') + b'{}'", "frame"),
        ("b'GRN1' + (27).to_bytes(4, 'little') + bytes(8) + b'{\"m\":{\"id\":[0]},    \"a\":[]}'", "frame"),
        ("b'GRN1' + (60000).to_bytes(4, 'little') + bytes(8) + b'['", "timeout"),
    ],
)
def test_garbage_on_the_channel(loaded: Loaded, garbage: str, kind: str) -> None:
    wait = "import time; time.sleep(1000)" if kind == "timeout" else "return x"
    dead(loaded(CHANNEL, f"def f(x):\n    os.write(channel(), {garbage})\n    {wait}"), kind)


@LINUX
def test_a_forged_question_gets_no_answer(loaded: Loaded) -> None:
    forged = "import sys\nserver = sys.modules['_judge_child.serve']"
    forge = "def f(x):\n    s = [o for o in __import__('gc').get_objects() if type(o).__name__ == '_Server'][0]\n"
    session = loaded(forged, forge + "    return s._ask('hidden', (x,))")
    session.replace({"gate": lambda x: x})
    dead(session, "frame")


def test_patching_what_a_judge_would_compare_with_changes_no_value(loaded: Loaded) -> None:
    session = loaded(
        "import builtins, numpy.testing",
        "np.allclose = np.array_equal = numpy.testing.assert_allclose = lambda *a, **k: True",
        "builtins.abs = lambda x: np.zeros(1)\nbuiltins.isinstance_ = isinstance",
        "def f(x): return abs(x) + 0 * x",
    )
    assert np.array_equal(session.call("f", [X]).value, [0, 0, 0]) and abs(-1) == 1
    assert not np.allclose(session.call("f", [X]).value, X)


def test_a_child_sees_no_variable_of_the_graders(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEDRNN_TEST_SECRET", "s3cret")
    session = loaded("import os", "def f(): return int(any('s3cret' in v for v in os.environ.values()))")
    assert session.call("f", []).value == 0


def test_large_files_and_many_files_are_refused(loaded: Loaded) -> None:
    session = loaded(
        "def f(x):\n    with open('big', 'wb') as file: file.write(bytes(2 << 20))",
        "def g(x): return len([open('/dev/null') for k in range(1000)])",
        limits=Limits(file_mb=1, open_files=200),
    )
    for name in "fg":
        problem = session.call(name, [X]).problem
        assert problem is not None and problem.type == "OSError"


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="the limit on processes does not hold for root")
@LINUX
def test_many_processes_are_refused(loaded: Loaded) -> None:
    fork = "import os, signal\ndef f(x):\n    for k in range(100):\n        if os.fork() == 0: signal.pause()"
    problem = loaded(fork, limits=Limits(processes=20)).call("f", [X]).problem
    assert problem is not None and problem.type == "BlockingIOError"


def test_a_folder_locked_by_its_child_is_removed(loaded: Loaded) -> None:
    loaded("import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a', 0)\nos.chmod('.', 0)").close()


DETACH = """
import os, signal
def f(x):
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.chdir('/')
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(write, str(os.getpid()).encode())
            os.close(write)
            while True: signal.pause()
        os._exit(0)
    os.wait()
    return float(os.read(read, 20))
"""


@LINUX
def test_a_detached_process_is_killed_at_close(loaded: Loaded) -> None:
    session = loaded(DETACH)
    pid = int(session.call("f", [X]).value)
    assert not gone(pid)
    session.close()
    assert gone(pid)


@LINUX
def test_a_program_started_in_the_folder_is_killed_at_close(loaded: Loaded) -> None:
    session = loaded(
        "import subprocess",
        "def f(): return subprocess.Popen(['sleep', '1000'], env={}, start_new_session=True).pid",
    )
    pid = int(session.call("f", []).value)
    session.close()
    assert gone(pid)


@LINUX
def test_nothing_stays_open_after_close(sandbox: ProcessSandbox) -> None:
    before = os.listdir("/proc/self/fd")
    sessions = [sandbox.open() for _ in range(3)]
    sessions[0].load(["import os; os._exit(1)"])
    sandbox.close()
    assert os.listdir("/proc/self/fd") == before
    for session in sessions:
        with pytest.raises(ProcessLookupError):
            os.kill(session.pid, 0)


PARENT = """
import signal
from gatedrnn_course.grading.sandbox import ProcessSandbox
session = ProcessSandbox().open()
session.load(["def f():\\n    while True: pass"])
print(session.pid, session._child.folder, flush=True)
session.call("f", [], deadline=1000)
"""


@LINUX
def test_a_killed_parent_leaves_no_child() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        child = os.pidfd_open(int(pid))
        parent.send_signal(signal.SIGKILL)
    waiting = select.poll()
    waiting.register(child, select.POLLIN)
    assert waiting.poll(60_000), "the child runs on"
    os.close(child)
    os.rmdir(folder)


def test_a_child_that_cannot_start_is_no_fault_of_the_answer(sandbox: ProcessSandbox) -> None:
    with pytest.raises(SandboxUnavailable):
        sandbox.open(Limits(mem_mb=20))


def test_what_an_author_gets_wrong_is_raised_and_the_session_lives(loaded: Loaded) -> None:
    session = loaded("def f(x): return x")
    bad: Any = np.array(["text"])
    with pytest.raises(ValueError, match="cannot travel"):
        session.call("f", [bad])
    assert np.array_equal(session.call("f", [X]).value, X)


def test_untrusted_text_is_cleaned() -> None:
    assert clean("a\x1b[31mred\x1b[0m\x07\x00\ud800\u202eb\n", 100) == "aredb\n"
    assert clean("x" * 1000, 10) == "x" * 10


def test_a_childs_message_is_cleaned(loaded: Loaded) -> None:
    problem = loaded("def f(x): raise ValueError('\\x1b[31m' + 'y' * 10000)").call("f", [X]).problem
    assert problem is not None and problem.message == "y" * 1995
