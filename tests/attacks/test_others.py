"""Other processes: the grader, another student's session, anything of the same user."""

from __future__ import annotations

import pytest
from hostile import Attacker, Host, text_of

CONSTANTS = "import signal\nATTACH, SEIZE = 16, 0x4206\n"

REACH = {
    "SIGKILL": "os.kill(DECOY, signal.SIGKILL)",
    "SIGSTOP": "os.kill(DECOY, signal.SIGSTOP)",
    "SIGKILL to its group": "os.killpg(os.getpgid(DECOY), signal.SIGKILL)",
    "a queued signal": "libc.syscall(129, DECOY, 9, bytes(128))",
    "a signal to one thread": "libc.syscall(234, DECOY, DECOY, 9)",
    "a signal to any thread": "libc.syscall(200, DECOY, 9)",
    "a signal by a descriptor": "signal.pidfd_send_signal(os.pidfd_open(DECOY), signal.SIGKILL)",
    "stopped as a debugger does": "libc.ptrace(ATTACH, DECOY, 0, 0)",
    "seized as a debugger does": "libc.ptrace(SEIZE, DECOY, 0, 0)",
    "its priority": "os.setpriority(os.PRIO_PROCESS, DECOY, 19)",
    "its cores": "os.sched_setaffinity(DECOY, {0})",
    "its limits": "__import__('resource').prlimit(DECOY, 1, (1, 1))",
    "its memory": "open(f'/proc/{DECOY}/mem', 'r+b').seek(0)",
    "its oom score": "open(f'/proc/{DECOY}/oom_score_adj', 'w').write('1000')",
}

SEEN = {
    "a signal to the grader": "os.kill(GRADER, 0)",
    "a signal to everybody": "os.kill(-1, 0)",
    "a signal to the parent": "os.kill(os.getppid(), 0) or 1 / os.getppid()",
    "a descriptor of the grader": "os.pidfd_open(GRADER)",
    "the grader's threads": "os.listdir(f'/proc/{GRADER}/task')",
    "the grader's folder": "os.readlink(f'/proc/{GRADER}/cwd')",
    "the grader's command": "open(f'/proc/{GRADER}/cmdline').read()[1]",
    "the sibling's memory": "open(f'/proc/{SIBLING}/mem', 'rb')",
}

NUMBERS = {  # what a process id alone tells: only a namespace of its own hides that a process is there
    "the grader's group": "os.getpgid(GRADER)",
    "the grader's session": "os.getsid(GRADER)",
    "the grader's priority": "os.getpriority(os.PRIO_PROCESS, GRADER)",
    "the grader's limits": "__import__('resource').prlimit(GRADER, 7)",
}

MEMORY = """
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
def attack():
    "Whether memory of the grader, a decoy or a sibling can be copied out or into."
    here = ctypes.create_string_buffer(8)
    mine, theirs = Part(ctypes.addressof(here), 8), Part(ADDRESS, 8)
    done = 0
    for pid in (GRADER, DECOY, SIBLING):
        for call in (310, 311):
            if pid: done += libc.syscall(call, pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) > 0
    return done
"""
REFUSED = ("PermissionError", "ProcessLookupError", "FileNotFoundError", "OSError", "NotADirectoryError", "IndexError")


def attack(expression: str) -> str:
    return f"{CONSTANTS}def attack(): return tried(lambda: {expression})"


@pytest.mark.parametrize("expression", REACH.values(), ids=REACH)
def test_no_other_process_is_touched(attacker: Attacker, host: Host, expression: str) -> None:
    attacker.promised("filesystem")
    attacker.run(attack(expression), deadline=3)
    host.untouched()


@pytest.mark.parametrize("expression", SEEN.values(), ids=SEEN)
def test_no_other_process_is_there_to_be_seen(attacker: Attacker, expression: str) -> None:
    attacker.promised("filesystem")
    assert text_of(attacker.run(attack(expression), deadline=3)) in (*REFUSED, "ZeroDivisionError")


@pytest.mark.parametrize("expression", NUMBERS.values(), ids=NUMBERS)
def test_where_processes_have_a_namespace_the_grader_is_in_another(attacker: Attacker, expression: str) -> None:
    if attacker.sandbox.name != "bubblewrap":
        pytest.skip(f"the sandbox `{attacker.sandbox.name}` has no namespaces")
    assert text_of(attacker.run(attack(expression), deadline=3)) in REFUSED


def test_no_memory_of_another_process_is_copied(attacker: Attacker, host: Host) -> None:
    import ctypes

    attacker.promised("filesystem")
    ours = ctypes.create_string_buffer(b"8 bytes!")
    assert attacker.run(f"ADDRESS = {ctypes.addressof(ours)}\n{MEMORY}").value == 0
    assert ours.raw.startswith(b"8 bytes!")
    host.untouched()
