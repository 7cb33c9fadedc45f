"""Answers that want more memory than there is: an exception of their own."""

from __future__ import annotations

import pytest
from hostile import Attacker, Host, text_of

LARGE = {
    "an array of ones": "return np.ones(30 * 2 ** 27).size",
    "an array of zeros, written to": "a = np.zeros(30 * 2 ** 27)\n    a[::512] = 1\n    return a.size",
    "bytes": "return len(bytes(30 * 2 ** 30))",
    "a text": "return len('x' * (30 * 2 ** 30))",
    "a list": "return len([0] * (4 * 2 ** 30))",
    "shared memory": "import mmap\n    return len(mmap.mmap(-1, 30 * 2 ** 30))",
    "private memory": "import mmap\n    return len(mmap.mmap(-1, 30 * 2 ** 30, mmap.MAP_PRIVATE | mmap.MAP_ANON))",
    "the C library": "return 1 if libc.mmap(None, 30 * 2 ** 30, 3, 0x22, -1, 0) not in (None, 2 ** 64 - 1) else 1 / 0",
    "an outer product": "return np.outer(np.ones(60000), np.ones(60000)).size",
    "growing step by step": "a = []\n    while True: a.append(np.empty(2 ** 26))",
}

SHARED = {
    "a file in memory": "return [fd := os.memfd_create(TOKEN), os.ftruncate(fd, 2 ** 20)][0]",
    "a segment of System V": "return 1 / 0 if libc.shmget(0, 2 ** 20, 0o600) < 0 else 1",
    "a semaphore of System V": "return 1 / 0 if libc.semget(0, 1, 0o600) < 0 else 1",
    "a queue of System V": "return 1 / 0 if libc.msgget(0, 0o600) < 0 else 1",
    "a file in the shared memory": "return open('/dev/shm/' + TOKEN, 'wb').write(bytes(2 ** 20))",
    "shared memory of Python": (
        "from multiprocessing import shared_memory\n"
        "    return shared_memory.SharedMemory(TOKEN, create=True, size=2 ** 20).size"
    ),
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_more_memory_than_allowed_is_an_exception_of_the_answers(attacker: Attacker, body: str) -> None:
    attacker.promised("memory")
    problem = attacker.run(f"def attack():\n    {body}", deadline=20).problem
    assert problem is not None
    assert problem.kind == "died" or problem.type in ("MemoryError", "OSError", "ZeroDivisionError")


@pytest.mark.parametrize("body", SHARED.values(), ids=SHARED)
def test_no_memory_is_left_behind(attacker: Attacker, host: Host, body: str) -> None:
    attacker.promised("filesystem", "memory")
    reply = attacker.run(f"def attack():\n    {body}")
    assert reply.problem is not None, text_of(reply)
    host.untouched()


def test_tensors_have_the_same_limit(attacker: Attacker) -> None:
    attacker.promised("memory")
    problem = attacker.run("import torch\ndef attack(): return torch.ones(30 * 2 ** 28)", deadline=60).problem
    assert problem is not None and problem.kind in ("raised", "died")
