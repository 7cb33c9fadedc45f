"""What passed outlives the kernel; a broken or unwritable file never stops anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatedrnn_course.lab import kept, passed


def one(x: int) -> int:
    return x + 1


def test_what_passed_is_read_by_another_session(monkeypatch: pytest.MonkeyPatch) -> None:
    passed.remember("forget_gate", one)
    monkeypatch.setattr(passed, "_passed", {})  # as after a restart
    assert not passed.holds("forget_gate", one)
    assert passed.before("forget_gate") and passed.before("forget_gate", one)
    assert not passed.before("forget_gate", lambda x: x + 2)
    assert not passed.before("input_gate")
    assert kept.kept()["forget_gate"]["source"].startswith("def one")


def test_what_no_longer_passes_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    passed.remember("forget_gate", one)
    passed.remember("input_gate", one)
    passed.forget("forget_gate")
    monkeypatch.setattr(passed, "_passed", {})
    assert not passed.before("forget_gate")
    assert passed.before("input_gate")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"forget_gate": 7}', b"\xff\xfe", b"[" * 100_000])
def test_a_broken_file_counts_as_none_and_is_written_anew(content: bytes) -> None:
    kept.folder().mkdir(parents=True)
    (kept.folder() / kept.FILE).write_bytes(content)
    assert kept.kept() == {}
    kept.keep("forget_gate", "12", "source")
    assert kept.kept() == {"forget_gate": {"fingerprint": "12", "source": "source"}}


def test_where_nothing_can_be_written_the_session_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(kept.HOME, str(tmp_path / "file" / "home"))
    told = passed.remember("forget_gate", one)
    assert str(tmp_path / "file" / "home") in told and kept.HOME in told
    assert passed.remember("input_gate", one) == ""  # once is enough
    passed.forget("input_gate")
    assert passed.holds("forget_gate", one)
    assert kept.kept() == {}


def test_nothing_is_said_where_it_is_kept() -> None:
    assert passed.remember("forget_gate", one) == ""


def test_it_lies_in_the_home_folder_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(kept.HOME)
    assert kept.folder() == Path.home() / ".gatedrnn_course"
