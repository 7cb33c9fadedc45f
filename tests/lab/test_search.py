from __future__ import annotations

import re

import numpy as np
import pytest

from gatedrnn_course.lab import my_odyssey, search
from gatedrnn_course.lab.my_odyssey import run_my_odyssey
from gatedrnn_course.lab.search import FEW, explore_search
from gatedrnn_course.lab.small_odyssey import SPACE, Search


def made(trials: int = 150) -> Search:
    """A search that cost nothing: NFG is worse by 1."""
    rng = np.random.default_rng(0)
    names = ("V", *FEW)
    places = {name: rng.uniform(size=(trials, 4)) for name in names}
    settings = {
        name: {
            key: np.array([float(getattr(SPACE.trial(u), key)) for u in rows])
            for key in ("hidden_size", "learning_rate", "momentum", "noise")
        }
        for name, rows in places.items()
    }
    test = {name: rng.uniform(0.5, 2.0, trials) + (name == "NFG") for name in names}
    return Search(places, settings, {name: row + rng.normal(0, 0.05, trials) for name, row in test.items()}, test)


def test_the_dots_are_the_trials() -> None:
    widget = explore_search(made())
    for trials in (20, 40, 150):
        widget.move(variant="NFG", setting="learning_rate", trials=trials)
        others, best_v, best = re.findall(r'<path d="((?:M-?\d+,\d+h0)+)"', widget.picture().svg)
        inside = [row.count("M") - row.count("M-400,") for row in (others, best_v, best)]
        assert inside == [trials - trials // 10, trials // 10, trials // 10]


def test_it_says_what_the_test_says() -> None:
    widget = explore_search(made())
    widget.move(variant="NFG", trials=150)
    assert "Significantly different at 0.05, corrected for 2 tests." in widget.read_out()
    widget.move(variant="CIFG", trials=20)
    assert "cannot tell them apart" in widget.read_out()


def test_the_test_is_the_learner_s_own_once_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def mine(*_losses: object) -> tuple[float, float]:
        return 7.0, 0.5

    monkeypatch.setattr(search, "owned", lambda **_ours: ({"top_tenth_test": mine}, ("top_tenth_test",)))
    widget = explore_search(made())
    assert "t = 7.0, p = 0.500" in widget.read_out() and "top_tenth_test" in widget.whose


def test_the_learner_s_own_odyssey(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[object] = []

    def no_training(cells: dict[str, object], trials: int, seed: int) -> Search:
        asked.extend((set(cells), trials, seed))
        found = made(trials)
        more = dict.fromkeys(cells, found.test["V"])
        return Search({}, {}, {**more, **found.validation}, {**more, **found.test})

    monkeypatch.setattr(my_odyssey, "small_odyssey", no_training)
    run_my_odyssey(trials=40, seed=3)
    said = capsys.readouterr().out
    assert asked[1:] == [40, 3] and len(asked[0]) == 9  # type: ignore[arg-type]
    assert "Different from V at 0.05: NFG." in said and "Computed with your functions: none yet." in said
