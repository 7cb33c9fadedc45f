"""The machine in words, for reports."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from gatedrnn_course.text import _

__all__ = ["machine"]

CPUINFO = Path("/proc/cpuinfo")


def machine(jobs: int = 1, device: str = "cpu") -> str:
    """Processor, cores, device and versions, without any name of the machine's own."""
    import torch

    device_name = torch.cuda.get_device_name(device) if device.startswith("cuda") else ""
    words = _("{processor}, {cores} cores, {jobs} processes{device}; Python {python}, torch {torch}")
    return words.format(
        processor=_processor(),
        cores=os.cpu_count(),
        jobs=jobs,
        device=f", {device_name}" if device_name else "",
        python=platform.python_version(),
        torch=torch.__version__,
    )


def _processor() -> str:
    lines = CPUINFO.read_text().splitlines() if CPUINFO.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
