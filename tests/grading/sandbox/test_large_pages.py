"""Memory that was collapsed lies in large pages and holds what it held, here and in a child."""

from __future__ import annotations

import subprocess
import sys

import pytest

BODY = """
import os, re
from gatedrnn_course.grading.sandbox.child.large_pages import collapse

def large():
    return int(re.search(r"AnonHugePages:\\s*(\\d+)", open("/proc/self/smaps_rollup").read())[1])

content = bytes(range(256)) * (1 << 16)
memory = bytearray(content)  # 16 MiB in small pages; NumPy asks for large ones by itself
before = large()
collapse()
grown = large() - before
pid = os.fork()
if pid == 0:
    memory[::1000] = bytes(len(memory[::1000]))
    os._exit(0 if memory[1000] == 0 and memory[1001] == content[1001] else 1)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
assert memory == content
print(grown)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="large pages of Linux")
def test_numbers_stay_what_they_are_here_and_in_a_child() -> None:
    done = subprocess.run([sys.executable, "-c", BODY], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    grown = int(done.stdout)
    if grown == 0:
        pytest.skip("this kernel gives no large pages on demand")
    assert grown > 8 << 10
