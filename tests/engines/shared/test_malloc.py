from __future__ import annotations

import subprocess
import sys

import pytest

from gatedrnn_course.engines.shared.malloc import keep_memory


@pytest.mark.skipif(sys.platform == "linux", reason="glibc is here; the other test runs")
def test_elsewhere_nothing_happens() -> None:
    assert not keep_memory()


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has mallopt")
def test_freed_memory_is_kept() -> None:
    code = (
        "import resource, numpy as np\n"
        "from gatedrnn_course.engines.shared.malloc import keep_memory\n"
        "assert keep_memory()\n"
        "np.ones(4_000_000); a = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(10): np.ones(4_000_000)\n"
        "assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - a < 1000\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
