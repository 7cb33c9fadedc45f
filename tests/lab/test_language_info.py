from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from gatedrnn_course.lab.language_info import LANGUAGE_INFO, load_ipython_extension

CONFIGURATION = Path(__file__).parents[2] / "etc" / "ipython" / "ipython_kernel_config.py"


def test_a_kernel_says_nothing_of_its_machine() -> None:
    kernel = SimpleNamespace(language_info={"name": "python", "version": "3.12.1"})
    load_ipython_extension(SimpleNamespace(kernel=kernel))
    assert kernel.language_info == LANGUAGE_INFO
    load_ipython_extension(SimpleNamespace())


def test_the_configuration_loads_it() -> None:
    assert '"gatedrnn_course.lab.language_info"' in CONFIGURATION.read_text("utf-8")


def test_it_keeps_to_the_protocol_of_jupyter() -> None:
    from ipykernel.ipkernel import IPythonKernel

    assert set(LANGUAGE_INFO) == set(IPythonKernel.language_info)
