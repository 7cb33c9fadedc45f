"""A study stops, however it stops, and goes on to the same trials and the same table."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
import tiny_odyssey as tiny

from gatedrnn_course.errors import CourseError
from gatedrnn_course.studies.odyssey.plan import plan, portions_of, trial_of
from gatedrnn_course.studies.odyssey.report import write_report
from gatedrnn_course.studies.odyssey.space import PAPER
from gatedrnn_course.studies.odyssey.study import load, refresh, run_odyssey

PROGRAM = Path(tiny.__file__)
TABLES = ("trials.csv", "summary.csv")


@pytest.fixture(scope="module", autouse=True)
def _tiny():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tiny.SIZES._entries, "tiny", tiny.TINY)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a study that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    rows = tiny.run(folder)
    assert len(rows) == tiny.TOTAL
    write_report(folder)
    return folder


def start(folder: Path, *options: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, PROGRAM, folder, *options], stderr=subprocess.PIPE, text=True)


def same_tables(one: Path, other: Path) -> bool:
    write_report(one)
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in TABLES)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_study_that_was_stopped_goes_on_to_the_same_table(tmp_path, whole, sign):
    running = start(tmp_path, "--hold", "4")
    while tiny.finished(tmp_path) < 4:
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.005)
    running.send_signal(sign)
    running.communicate()
    assert running.returncode == (-signal.SIGKILL if sign == signal.SIGKILL else -signal.SIGINT)
    done = len(refresh(tmp_path))
    assert 4 <= done < tiny.TOTAL
    tiny.run(tmp_path, jobs=2 if sign == signal.SIGKILL else 1)
    assert same_tables(tmp_path, whole)


def test_a_study_on_a_cluster_that_loses_a_worker_has_the_same_table(tmp_path, whole):
    pytest.importorskip("distributed")
    running = start(tmp_path, "--dask")
    told = running.communicate()[1]
    assert running.returncode == 0, told
    assert same_tables(tmp_path, whole)


def test_a_finished_study_trains_nothing(whole, monkeypatch):
    monkeypatch.setattr(tiny.study, "train_portion", None)
    before = (whole / "trials.csv").read_bytes()
    assert len(tiny.run(whole)) == tiny.TOTAL
    assert (whole / "trials.csv").read_bytes() == before


def test_two_folders_share_a_storage(tmp_path, monkeypatch):
    address = f"sqlite:///{tmp_path / 'shared.db'}"
    settings = {"tasks": ["music"], "variants": ["V"], "trials": 3, "storage": address, "progress": False}
    first = run_odyssey(tmp_path / "one", "tiny", **settings)
    monkeypatch.setattr(tiny.study, "train_portion", None)
    assert run_odyssey(tmp_path / "two", "tiny", **settings) == first
    assert not (tmp_path / "one" / "trials.db").exists()


def test_a_study_grows(tmp_path):
    tiny_part = {"tasks": ["music"], "progress": False}
    few = run_odyssey(tmp_path, "tiny", variants=["v"], trials=2, **tiny_part)
    more = run_odyssey(tmp_path, "tiny", variants=["V", "NP"], trials=3, **tiny_part)
    assert [row for row in more if row.variant == "V"][:2] == few
    assert [(row.variant, row.number) for row in more] == [(v, k) for v in ("V", "NP") for k in range(3)]
    assert load(tmp_path)[0].variants == ("V", "NP")


def test_a_folder_keeps_to_its_study(whole):
    with pytest.raises(CourseError, match=r"It has seed 0\.\n1 was asked for\."):
        tiny.run(whole, seed=1)
    with pytest.raises(CourseError, match="Near it: NOG, NIG, NFG"):
        run_odyssey(whole, "tiny", variants=["NXG"])


def test_a_trial_is_the_same_whatever_is_searched_beside_it():
    one, other = plan("music", "NP", 3, PAPER, 7), plan("music", "NP", 30, PAPER, 7)
    assert one == other[:3]
    assert plan("speech", "NP", 3, PAPER, 7) != one != plan("music", "V", 3, PAPER, 7)
    assert plan("music", "NP", 3, PAPER, 8) != one


def test_portions_hold_every_trial_once_and_are_of_similar_size():
    planned = plan("music", "V", 50, PAPER, 0)
    portions = portions_of(planned, 20)
    assert sorted(k for numbers in portions for k in numbers) == list(range(50))
    sizes = [[trial_of(planned[k]).hidden_size for k in numbers] for numbers in portions]
    assert all(max(a) <= min(b) for a, b in pairwise(sizes))


def test_the_folder_says_what_made_it(whole):
    about = json.loads((whole / "study.json").read_text())
    assert (about["command"], about["seed"], about["trials"]) == ("tiny", 0, tiny.TINY.trials)
    assert "generated" in about["data"]["music"] and about["machine"]
