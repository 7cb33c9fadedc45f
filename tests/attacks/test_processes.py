"""Processes that an answer starts: none is there when its session has ended."""

from __future__ import annotations

import pytest
from hostile import Attacker, Host

SLEEPER = "[PYTHON, '-c', f'import time; time.sleep({STAYS})', TOKEN]"

DAEMONS = {
    "a fork": "if os.fork() == 0: marked()\n    return 1",
    "a double fork with a session of its own": (
        "if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: marked()\n        os._exit(0)\n"
        "    return 1"
    ),
    "a fork by the C library": "if libc.fork() == 0: marked()\n    return 1",
    "a raw clone": "if libc.syscall(56, 17, 0, 0, 0, 0) == 0: marked()\n    return 1",
    "a pseudo-terminal": "import pty\n    if pty.fork()[0] == 0: marked()\n    return 1",
    "another program": f"import subprocess\n    subprocess.Popen({SLEEPER}, start_new_session=True)\n    return 1",
    "another program elsewhere without an environment": (
        f"import subprocess\n    subprocess.Popen({SLEEPER}, start_new_session=True, env={{}}, cwd='/')\n    return 1"
    ),
    "posix_spawn": f"os.posix_spawn(PYTHON, {SLEEPER}, {{}})\n    return 1",
    "a shell": "os.system(f'(exec -a {TOKEN} sleep {STAYS}; true {TOKEN}) >/dev/null 2>&1 &')\n    return 1",
    "a fork that becomes another program": (
        f"if os.fork() == 0:\n        os.setsid()\n        os.chdir('/')\n        os.execve(PYTHON, {SLEEPER}, {{}})\n"
        "    return 1"
    ),
    "multiprocessing": (
        "import multiprocessing\n    multiprocessing.get_context('fork').Process(target=marked).start()\n    return 1"
    ),
    "a fork at the end of the process": (
        "import atexit\n    atexit.register(lambda: os.fork() or marked())\n    sys.exit(0)"
    ),
}

BOMBS = {
    "forks": "for k in range(200):\n        if os.fork() == 0: marked()\n    return 1",
    "forks of forks": (
        "for k in range(7):\n        if os.fork() == 0: libc.prctl(15, TOKEN.encode(), 0, 0, 0)\n    time.sleep(1)"
    ),
    "threads": (
        "import threading\n    for k in range(500): threading.Thread(target=time.sleep, args=[9]).start()\n    return 1"
    ),
}

HARMLESS = {
    "a thread": "import threading\n    one = threading.Thread(target=lambda: None)\n    one.start()\n    one.join()\n"
    "    return 1",
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\n    with ThreadPoolExecutor(2) as pool:\n"
        "        return sum(pool.map(abs, [-1]))"
    ),
    "asyncio": "import asyncio\n    async def one(): return 1\n    return asyncio.run(one())",
}


@pytest.mark.parametrize("body", DAEMONS.values(), ids=DAEMONS)
def test_no_process_outlives_its_session(attacker: Attacker, host: Host, body: str) -> None:
    attacker.promised("leftovers")
    attacker.run(f"def attack():\n    {body}", deadline=3)
    attacker.close()
    assert host.survivors() == []
    host.untouched()


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_small_and_gone_with_its_session(attacker: Attacker, host: Host, body: str) -> None:
    attacker.promised("processes", "leftovers")
    reply = attacker.run(f"def attack():\n    {body}", deadline=3)
    assert reply.problem is not None
    attacker.close()
    assert host.survivors() == []
    host.untouched()


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS)
def test_a_few_threads_are_no_attack(attacker: Attacker, body: str) -> None:
    assert attacker.run(f"def attack():\n    {body}").value == 1
