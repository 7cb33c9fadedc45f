from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue
from gatedrnn_course.grading.units.written_music import write_chorale
from gatedrnn_course.lab import train_composer as training
from gatedrnn_course.lab.check import check
from gatedrnn_course.lab.composing import Composer, made_chorales, train_composers
from gatedrnn_course.lab.temperature import explore_temperature, stored_composer
from gatedrnn_course.lab.train_composer import train_composer, trained_by


def composer() -> str:
    return catalogue["GRU"].text


def nll(one: Composer, rolls: Any) -> float:
    a = one.outputs(rolls[:-1])
    return float((np.logaddexp(0, a) - rolls[1:] * a).sum(axis=-1).mean())


def test_training_lowers_the_surprise() -> None:
    (first,), (second,) = (train_composers({"x": ("LSTM", 8)}, seeds=1, steps=n)["x"] for n in (1, 60))
    assert nll(second, made_chorales()) < nll(first, made_chorales()) - 1
    assert second.units == 8 and "LSTM of 8 units" in repr(second)
    assert second.run(made_chorales()[:5])["c"].shape == (5, 40, 8)


def test_it_writes_what_the_exercise_s_loop_writes() -> None:
    one = stored_composer()
    given = made_chorales()[:1, 0]
    uniforms = np.random.default_rng(4).random((6, 88))
    written = one.write(given, steps=6, seed=4)
    assert np.array_equal(written[:1], given)
    assert np.array_equal(written[1:], write_chorale(given, uniforms[:, None], one.p)[:, 0])


def test_what_is_given_is_heard() -> None:
    one = stored_composer()
    long, short = made_chorales()[:6, 0], made_chorales()[5:6, 0]
    assert not np.array_equal(one.write(long, 30)[6:], one.write(short, 30)[1:])


def test_the_stored_composer_is_better_than_a_markov_chain() -> None:
    assert nll(stored_composer(), made_chorales()) < 8


def test_a_cold_composer_writes_fewer_notes() -> None:
    widget = explore_temperature()
    said = []
    for temperature in (0.25, 1, 2):
        widget.move(temperature=temperature)
        said.append(float(widget.read_out().split()[0]))
    assert said[0] < said[1] < said[2]


def test_the_widget_writes_with_the_learner_s_function(monkeypatch: pytest.MonkeyPatch) -> None:
    from gatedrnn_course.lab.widget import whose

    calls = []

    def mine(first: Any, uniforms: Any, p: Params) -> Any:
        calls.append(p)
        return write_chorale(first, uniforms, p)

    monkeypatch.setattr(whose, "own", lambda name: mine)
    assert "write_chorale" in explore_temperature().whose and calls


def test_a_cell_of_one_s_own_is_trained_kept_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert trained_by(composer) is None
    assert "no file `composer.npz`" in capsys.readouterr().out
    train_composer(composer, units=12, steps=40)
    assert "40 steps:" in capsys.readouterr().out and (tmp_path / "composer.npz").exists()
    one = trained_by(composer)
    assert one is not None and one.units == 12 and one.write(made_chorales()[:2, 0], 3).shape == (5, 88)
    check(composer)
    assert "held-out" in capsys.readouterr().out
    train_composer(composer, units=12, steps=40)  # it is done already
    assert "40 steps:" in capsys.readouterr().out


def test_in_a_folder_that_cannot_be_written_the_session_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gatedrnn_course.lab import file_beside

    def refuse(*_args: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(file_beside, "write_atomically", refuse)
    monkeypatch.setattr(file_beside, "_here", {})
    monkeypatch.chdir(tmp_path)
    train_composer(composer, units=6, steps=5)
    assert "this session alone" in capsys.readouterr().out and list(tmp_path.iterdir()) == []
    assert trained_by(composer) is not None


@pytest.mark.parametrize(
    ("text", "words"), [("h = tanh(", "cannot be read"), (None, "hands back nothing"), ("c = x", "a line for h")]
)
def test_what_is_no_cell_is_not_trained(text: Any, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    train_composer(lambda: text)
    assert words in capsys.readouterr().out


def test_what_is_not_written_yet_or_raises_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def blank() -> Any: ...

    def broken() -> Any:
        raise ValueError("no")

    train_composer(blank)
    assert "not written yet" in capsys.readouterr().out
    train_composer(broken)
    assert "ValueError: no" in capsys.readouterr().out
    assert training._item().name == "composer"
