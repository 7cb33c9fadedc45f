"""Answers that never end, or end their process: it costs their own call, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import Attacker, Host

DEADLINE = 0.4

ENDLESS = {
    "a loop": "while True: pass",
    "a loop in C that keeps the lock": "return sum(range(10 ** 13))",
    "a product of matrices, over and over": "a = np.ones((300, 300))\n    while True: a = a @ a * 0",
    "sleeping": "time.sleep(10 ** 9)",
    "all signals ignored": (
        "import signal\n    for s in range(1, 65):\n        try: signal.signal(s, signal.SIG_IGN)\n"
        "        except (OSError, ValueError): pass\n    time.sleep(10 ** 9)"
    ),
    "all signals blocked": (
        "import signal\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    time.sleep(10 ** 9)"
    ),
    "every exception swallowed": (
        "while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    ),
    "a regular expression": "import re\n    return len(re.findall('(a+)+$', 'a' * 40 + 'b'))",
    "a lock taken twice": "import threading\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()",
    "a huge number as text": "sys.set_int_max_str_digits(0)\n    return len(str(7 ** (10 ** 8)))",
    "an object whose end never ends": (
        "class Last:\n        def __del__(self):\n            while True: pass\n    Last()\n    return 1"
    ),
    "a value that never ends to be read": (
        "class Value:\n        @property\n        def h(self):\n            while True: pass\n    return Value()"
    ),
    "an array that is computed when asked for": (
        "class Value:\n        def __array__(self, *a, **k):\n            while True: pass\n    return Value()"
    ),
    "an exception whose text never ends": (
        "class Fault(Exception):\n        def __str__(self):\n            while True: pass\n    raise Fault"
    ),
}

ENDING = {
    "os._exit": "os._exit(0)",
    "a segmentation fault": "ctypes.string_at(0)",
    "abort": "os.abort()",
    "SIGKILL to itself": "import signal\n    os.kill(os.getpid(), signal.SIGKILL)\n    os._exit(9)",
    "a stack without end": "sys.setrecursionlimit(10 ** 9)\n    f = lambda: f()\n    f()\n    os._exit(3)",
    "every descriptor closed": "os.closerange(0, 4096)\n    return 1",
    "SIGTERM to its group": "import signal\n    os.killpg(0, signal.SIGTERM)\n    os._exit(1)",
    "a stop": "import signal\n    os.kill(os.getpid(), signal.SIGSTOP)\n    os._exit(1)",
}


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_ended(attacker: Attacker, host: Host, body: str) -> None:
    attacker.promised("time")
    problem = attacker.run(f"def attack():\n    {body}", deadline=DEADLINE).problem
    assert problem is not None and problem.kind in ("timeout", "died")
    host.untouched()


@pytest.mark.parametrize("body", ENDING.values(), ids=ENDING)
def test_what_ends_its_process_ends_no_other(attacker: Attacker, host: Host, body: str) -> None:
    problem = attacker.run(f"def attack():\n    {body}", deadline=2).problem
    assert problem is not None and problem.kind in ("died", "timeout", "raised")
    host.untouched()


@pytest.mark.parametrize("cell", ["while True: pass", "import os; os._exit(0)", "raise SystemExit", "exit()"])
def test_a_cell_that_ends_it_costs_the_session_at_most(attacker: Attacker, cell: str) -> None:
    report = attacker.session.load(["x = 1", cell, "def attack(): return 1"], deadline=DEADLINE)
    assert report.problem is not None or [fault.cell for fault in report.faults] == [1]
    attacker.sibling_answers()
    attacker.close()


def test_the_process_of_a_dead_session_is_gone(attacker: Attacker) -> None:
    session = attacker.session
    pid = getattr(session, "pid", None)
    session.call("time.sleep", [], deadline=0.01)
    attacker.close()
    assert pid is None or not Path(f"/proc/{pid}").exists()
