from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gatedrnn_course import setup


def test_setup_does_nothing_where_there_is_nothing_to_do() -> None:
    before = set(sys.modules)
    assert setup() is None
    assert set(sys.modules) == before


def test_setup_on_colab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "google" / "colab"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "output.py").write_text("def enable_custom_widget_manager():\n    print('enabled')\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("google", "google.colab", "google.colab.output"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    setup()
    assert capsys.readouterr().out == "enabled\n"
    for name in ("google", "google.colab", "google.colab.output"):
        sys.modules.pop(name, None)
