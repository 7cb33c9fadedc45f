from __future__ import annotations

import hashlib
import socket
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import MissingData, Music
from gatedrnn_course.tasks.digits import FILE as DIGITS
from gatedrnn_course.tasks.files import VARIABLE, DataFile, fetch, optional
from gatedrnn_course.tasks.music import FILES as MUSIC
from gatedrnn_course.tasks.strokes import FILES as STROKES

CONTENT = b"seven notes"


@pytest.fixture
def nowhere() -> str:
    """An address on this machine where nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    return f"http://127.0.0.1:{port}/notes"


@pytest.fixture
def file(nowhere, tmp_path, monkeypatch) -> DataFile:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return DataFile("tunes", "notes.bin", nowhere, hashlib.sha256(CONTENT).hexdigest(), "MIT")


def put(tmp_path, content: bytes) -> None:
    (tmp_path / "data" / "tunes").mkdir(parents=True)
    (tmp_path / "data" / "tunes" / "notes.bin").write_bytes(content)


def test_the_folder_in_the_environment_comes_first(file, tmp_path):
    put(tmp_path, CONTENT)
    assert fetch(file).read_bytes() == CONTENT


def test_a_changed_file_is_refused(file, tmp_path):
    put(tmp_path, b"six notes")
    with pytest.raises(MissingData, match=file.sha256):
        fetch(file)


def test_offline_the_error_says_what_to_do(file, capsys):
    with pytest.raises(CourseError) as caught:
        fetch(file)
    assert VARIABLE in caught.value.do
    assert "tunes/notes.bin" in caught.value.do
    assert "stand_in" in caught.value.do
    assert "Licence: MIT" in capsys.readouterr().out


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on stderr."""


def test_a_download_is_checked_and_kept(file, tmp_path):
    (tmp_path / "notes").write_bytes(CONTENT)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = replace(file, address=f"http://127.0.0.1:{server.server_port}/notes")
        with pytest.raises(MissingData, match="no good copy"):
            fetch(replace(here, name="other.bin", sha256="0" * 64))
        path = fetch(here)
        server.shutdown()
    assert path.read_bytes() == CONTENT
    assert path.is_relative_to(tmp_path / "cache")
    assert fetch(here) == path  # without a server: from the cache


def test_offline_a_task_may_go_on_with_a_stand_in(nowhere, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lost = MUSIC["nottingham"]
    monkeypatch.setitem(MUSIC, "nottingham", DataFile(lost.folder, lost.name, nowhere, lost.sha256, lost.licence))
    with pytest.raises(MissingData):
        Music("nottingham").sequences("train")
    task = Music("nottingham", stand_in="offline", longest=50)
    assert task.is_stand_in
    assert task.batch(0, 2).size == 2
    assert "generated set" in capsys.readouterr().out


def test_a_package_that_is_not_installed_is_named_with_its_extra():
    with pytest.raises(MissingData, match=r"gatedrnn-course\[data\]"):
        optional("a_package_that_nobody_wrote")


def test_every_file_has_a_fixed_address_and_a_hash():
    for file in [*MUSIC.values(), *STROKES.values(), DIGITS]:
        assert file.address.startswith("https://")
        assert any(len(part.removesuffix(".tar.gz")) == 40 for part in file.address.split("/"))  # a commit
        assert file.licence
        assert len(file.sha256) == 64 or file is DIGITS  # the digits are checked sound by sound
