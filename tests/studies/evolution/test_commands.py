from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.studies.evolution import forget_bias, search, sizes
from gatedrnn_course.studies.evolution.forget_bias import BiasSize
from gatedrnn_course.studies.evolution.sizes import Stage
from gatedrnn_course.tasks import Arithmetic, XMLTags

BIAS = BiasSize(
    name="tiny",
    stages=(Stage(task=Arithmetic(1), steps=2), Stage(task=XMLTags(1), steps=2)),
    parameters=400,
    learning_rates=(0.01,),
    scales=(1.0,),
    choosing=1,
    seeds=2,
    batch=4,
    validation=10,
    looks=1,
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tiny: Any) -> None:
    monkeypatch.setattr(sizes, "SIZES", {"lesson": tiny})
    monkeypatch.setattr(forget_bias, "BIAS_SIZES", {"lesson": BIAS})


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["study", *words])


def test_an_evolution_leaves_a_folder_and_a_page(tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "docs" / "evolution.md"
    found = run("evolution", "--out", str(out), "--page", str(page), "--jobs", "1")
    assert found.exit_code == 0, found.output
    assert {"evolution.sqlite", "architectures.csv", "evaluations.csv", "index.html"} <= {p.name for p in out.iterdir()}
    assert page.is_file()
    assert (page.parent / "images" / "evolution" / "ancestry.svg").is_file()
    assert run("evolution", "--out", str(out)).exit_code == 0  # done: only the report is written anew


@pytest.mark.parametrize("command", ["evolution", "forget-bias"])
def test_a_report_is_written_anew_from_the_folder(command: str, tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "docs" / "page.md"
    assert run(command, "--out", str(out), "--page", str(page), "--seed", "3", "--jobs", "1").exit_code == 0
    before, told = page.read_text(encoding="utf-8"), (out / "index.html").read_text(encoding="utf-8")
    page.unlink()
    (out / "index.html").unlink()
    for more in ((), ("--page", str(page))):
        found = run("report", str(out), *more)
        assert found.exit_code == 0, found.output
    assert page.read_text(encoding="utf-8") == before
    assert (out / "index.html").read_text(encoding="utf-8") == told


def test_a_size_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("forget-bias", "--out", str(tmp_path), "--jobs", "1").exit_code == 0
    monkeypatch.setattr(forget_bias, "BIAS_SIZES", {})
    found = run("report", str(tmp_path))
    assert found.exit_code == 2
    assert "does not have" in found.output


def test_a_folder_without_a_study_is_told(tmp_path: Path) -> None:
    found = run("report", str(tmp_path))
    assert found.exit_code == 2
    assert "evolution.sqlite" in found.output


def test_the_experiment_leaves_a_folder_and_a_page(tmp_path: Path) -> None:
    out, page = tmp_path / "out", tmp_path / "docs" / "forget_bias.md"
    found = run("forget-bias", "--out", str(out), "--page", str(page), "--jobs", "1")
    assert found.exit_code == 0, found.output
    assert {"forget_bias.sqlite", "forget_bias.csv", "index.html"} <= {path.name for path in out.iterdir()}
    assert "LSTM-b" in page.read_text(encoding="utf-8")
    assert (page.parent / "images" / "forget_bias" / "xml.svg").is_file()


def test_another_seed_in_the_same_folder_is_told(tmp_path: Path) -> None:
    assert run("forget-bias", "--out", str(tmp_path), "--jobs", "1").exit_code == 0
    found = run("forget-bias", "--out", str(tmp_path), "--seed", "1")
    assert found.exit_code == 2
    assert "begun with seed = 0, not 1" in found.output


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_study: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search.Evolution, "portion", stop)
    found = run("evolution", "--out", str(tmp_path))
    assert found.exit_code == 130
    assert "run the same command again" in found.output
