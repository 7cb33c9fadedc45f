"""Unit 05: what its items ask is right, mistakes are named as learners write them, right answers pass in any style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from gatedrnn_course.cells import catalogue, draw_params, sigmoid, whole_step
from gatedrnn_course.grading.items import FunctionItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.half_life import bias_for_half_life

UNIT = load("05")
ITEMS = {item.name: item for item in UNIT.items}
Function = Callable[..., Any]


def verdict_of(name: str, function: Function) -> Verdict:
    function.__name__ = name
    return judge(ITEMS[name], LocalCaller(function), 3)


def test_the_direct_path_is_what_multiplies_c_where_nothing_else_is() -> None:
    fs = np.random.default_rng(0).uniform(0.1, 1, (6, 2, 3))
    path: Any = ITEMS["cell_path_gradient"].reference(fs)
    for k in range(6):
        c = np.ones((2, 3))
        for f in fs[k + 1 :]:
            c = f * c
        assert path[k] == pytest.approx(c)
    assert (path <= 1).all() and (path[-1] == 1).all()


def test_the_whole_gradient_is_that_of_torch_and_the_direct_path_only_part_of_it() -> None:
    from gatedrnn_course.lab.flow import step_jacobians

    cell, rng = catalogue["LSTM"], np.random.default_rng(1)
    p, xs = draw_params(cell, 2, 3, rng, 0.8), rng.normal(size=(5, 1, 2))
    step = whole_step(cell).function
    js = step_jacobians(step, [np.zeros((1, 3))] * 2, p, xs)
    whole: Any = ITEMS["whole_gradient"].reference(js)
    lstm = torch.nn.LSTM(2, 3).double()
    with torch.no_grad():
        for name, letter in (("weight_ih_l0", "W"), ("weight_hh_l0", "U"), ("bias_ih_l0", "b")):
            getattr(lstm, name).copy_(torch.tensor(np.concatenate([p[f"{letter}_{gate}"] for gate in "ifco"])))
        lstm.bias_hh_l0.zero_()
    states = [(torch.zeros(1, 1, 3, dtype=torch.double),) * 2]
    for x in torch.tensor(xs):
        h, c = states[-1]
        c = c.clone().requires_grad_()
        states[-1] = (h, c)
        states.append(lstm(x[None], (h, c))[1])
    last = states[-1][1]
    for k in range(4):
        rows = [torch.autograd.grad(last[0, 0, i], states[k + 1][1], retain_graph=True)[0] for i in range(3)]
        assert whole[k, 0] == pytest.approx(torch.stack(rows).numpy()[:, 0, 0], abs=1e-6)
    cells: Any = ITEMS["cell_path_gradient"].reference(np.diagonal(js[..., 3:, 3:], axis1=-2, axis2=-1))
    assert np.abs(whole[0, 0] - np.diag(cells[0, 0])).max() > 1e-3


def test_steady_gates_need_the_bias_of_unit_03_and_moving_ones_a_larger_one() -> None:
    n, rng = np.array([2.0, 7.0, 30.0]), np.random.default_rng(2)
    bias: Any = ITEMS["forget_bias_for_half_life"].reference
    assert bias(n, np.zeros((5, 3))) == pytest.approx(bias_for_half_life(n))
    a = rng.normal(size=(40, 3))
    found = bias(n, a)
    assert np.prod(sigmoid(a + found), axis=0) == pytest.approx(0.5 ** (40 / n))
    assert (found > bias_for_half_life(n) - a.mean(axis=0)).all()


def test_chrono_gates_add_up_to_one_and_spans_reach_from_1_to_just_below_t_max() -> None:
    b_f, b_i = ITEMS["chrono_bias"].reference(np.array([0.0, 0.5, 1.0]), np.array(100.0))  # type: ignore[misc]
    assert np.exp(b_f) == pytest.approx([1, 50, 99])
    assert sigmoid(b_f) + sigmoid(b_i) == pytest.approx(1)


def test_the_report_is_made_of_the_direct_path() -> None:
    fs = np.full((9, 2, 2), 0.5)
    fs[..., 1] = 0.5**0.25
    half_life, left, slowest = ITEMS["flow_report"].reference(fs)  # type: ignore[misc]
    assert half_life == pytest.approx([1, 4])
    assert left == pytest.approx([0.5**8, 0.25])
    assert slowest == 1


@pytest.mark.parametrize("item", UNIT.items, ids=lambda item: item.name)
def test_each_mistake_is_caught_and_named(item: FunctionItem) -> None:
    for mistake in item.mistakes:
        verdict = verdict_of(item.name, lambda *args, wrong=mistake.function: wrong(*args))
        assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.explanation.key)


def path_loop(join: Function, take: int, stop: int = -1, reverse: bool = True) -> Function:
    def function(fs: Any) -> Any:
        d = np.ones_like(fs)
        for k in range(len(fs) - 2, stop, -1) if reverse else range(1, len(fs)):
            d[k] = join(fs[k + take], d[k + 1] if reverse else d[k - 1])
        return d

    return function


def halving(test: Function, low: float = -40.0, high: float = 40.0, times: int = 60) -> Function:
    def function(n: Any, a: Any) -> Any:
        lows, highs = np.full(n.shape, low), np.full(n.shape, high)
        for _half in range(times):
            b = (lows + highs) / 2
            up = test(n, a, b)
            lows, highs = np.where(up, b, lows), np.where(up, highs, b)
        return (lows + highs) / 2

    return function


def left(a: Any, b: Any) -> Any:
    return np.prod(sigmoid(a + b), axis=0)


def chrono(span: Function, other: Function = np.negative) -> Function:
    def function(u: Any, T_max: Any) -> Any:
        b_f = np.log(span(u, T_max))
        return b_f, other(b_f)

    return function


def report(half_life: Function, share: Function) -> Function:
    def function(fs: Any) -> Any:
        lives = half_life(fs)
        return lives, share(fs), np.argmax(lives)

    return function


def geometric(fs: Any) -> Any:
    return np.log(0.5) / np.log(fs).mean(axis=(0, 1))


def mean_share(fs: Any) -> Any:
    return fs[1:].prod(axis=0).mean(axis=0)


WRITTEN: list[tuple[str, Function, str]] = [
    ("cell_path_gradient", lambda fs: np.cumprod(fs[::-1], axis=0)[::-1], "begins with step k itself"),
    ("cell_path_gradient", path_loop(np.multiply, 0), "one step too early"),
    ("cell_path_gradient", path_loop(np.multiply, 1, stop=0), "The first entry is not computed"),
    ("cell_path_gradient", path_loop(np.add, 1), "The f_t are added"),
    ("cell_path_gradient", path_loop(np.multiply, 0, reverse=False), "from the first step to step k"),
    ("cell_path_gradient", lambda fs: np.cumprod(fs[:0:-1], axis=0)[::-1], "The last entry is missing"),
    ("cell_path_gradient", lambda fs: np.prod(fs[1:]), "Name the axis of time"),
    ("cell_path_gradient", lambda fs: np.prod(fs[1:], axis=0), "one product for the whole sequence"),
    ("cell_path_gradient", lambda fs: np.prod(fs, axis=0) / np.cumprod(fs, axis=0), "Where a gate is 0"),
    ("cell_path_gradient", lambda fs: np.cumprod((1 - fs)[::-1], axis=0)[::-1], "Forget means keep"),
    ("cell_path_gradient", lambda fs: fs[-1] ** np.arange(len(fs))[::-1, None, None], "The last f is raised"),
    ("forget_bias_for_half_life", halving(lambda n, a, b: left(a, b) > 0.5 ** (len(a) / n)), "has run to its border"),
    ("forget_bias_for_half_life", halving(lambda n, a, b: left(a, b) < 0.5 ** (len(a) / n), times=15), "too early"),
    ("forget_bias_for_half_life", halving(lambda n, a, b: left(a, b) < 0.5 ** (len(a) / n), 0, 2), "too small"),
    ("forget_bias_for_half_life", halving(lambda n, a, b: left(a, b) < 0.5), "one half after all T steps"),
    ("forget_bias_for_half_life", halving(lambda n, a, b: left(0 * a, b) < 0.5 ** (len(a) / n)), "are ignored"),
    ("forget_bias_for_half_life", lambda n, a: bias_for_half_life(n) - a.mean(axis=0), "Only the mean of a"),
    ("chrono_bias", chrono(lambda u, T: 1 + u * (T - 1)), "do not run from 1 to T_max - 1"),
    ("chrono_bias", chrono(lambda u, T: 1 + u * (T - 2), np.positive), "the sign of b_f"),
    ("chrono_bias", chrono(lambda u, T: 1 + u * T, np.zeros_like), "`b_i` is 0"),
    ("chrono_bias", lambda u, T: np.log(1 + u * (T - 2)), "`b_i` is missing"),
    ("flow_report", report(lambda fs: np.log(0.5) / np.log(fs.mean(axis=(0, 1))), mean_share), "the mean of f"),
    ("flow_report", report(lambda fs: np.log(0.5) / np.log(fs).mean(axis=0), mean_share), "for each sequence"),
    ("flow_report", report(geometric, lambda fs: fs.prod(axis=0).mean(axis=0)), "the first gate in it"),
]


@pytest.mark.parametrize(
    ("name", "function", "says"), WRITTEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_learners_write_is_named(name: str, function: Function, says: str) -> None:
    verdict = verdict_of(name, function)
    assert verdict.outcome == "wrong"
    assert says in verdict.sentence


def test_two_outputs_wrong_for_two_reasons_are_both_named() -> None:
    wrong = report(lambda fs: np.log(0.5) / np.log(fs.mean(axis=(0, 1))), lambda fs: fs.prod(axis=0).mean(axis=0))
    said = verdict_of("flow_report", wrong).sentence
    assert "the mean of f" in said and "the first gate in it" in said


def whole_by_recursion(js: Any) -> Any:
    H = js.shape[-1] // 2
    if len(js) == 1:
        return np.broadcast_to(np.eye(H), (*js.shape[1:2], H, H))[None]
    product = np.broadcast_to(np.eye(2 * H), js.shape[1:])
    rows = [product]
    for j in reversed(js[1:]):
        rows.insert(0, np.einsum("bij,bjk->bik", rows[0], j))
    return [row[:, H:, H:].tolist() for row in rows]


def newton(n: Any, a: Any) -> Any:
    b = np.full(n.shape, 5.0)
    for _step in range(100):
        f = sigmoid(a + b)
        b = b - np.clip((np.log(f).mean(axis=0) - np.log(0.5) / n) / (1 - f).mean(axis=0), -1, 1)
    return b


def path_in_torch(fs: Any) -> Any:
    fs = torch.as_tensor(fs)
    ones = torch.ones_like(fs[:1])
    return torch.cat([torch.flip(torch.cumprod(torch.flip(fs[1:], (0,)), 0), (0,)), ones])


def by_name(fs: Any) -> Any:
    return {"left": mean_share(fs), "half_life": geometric(fs), "slowest": int(geometric(fs).argmax())}


RIGHT: list[tuple[str, Function]] = [
    ("cell_path_gradient", lambda fs: np.stack([np.prod(fs[k + 1 :], axis=0) for k in range(len(fs))])),
    ("cell_path_gradient", lambda fs: np.concatenate([np.cumprod(fs[:0:-1], axis=0)[::-1], np.ones_like(fs[:1])])),
    ("cell_path_gradient", path_loop(np.multiply, 1)),
    ("cell_path_gradient", path_in_torch),
    ("cell_path_gradient", lambda fs: [np.multiply.reduce(fs[k + 1 :]).tolist() for k in range(len(fs))]),
    ("whole_gradient", whole_by_recursion),
    ("forget_bias_for_half_life", newton),
    ("forget_bias_for_half_life", halving(lambda n, a, b: left(a, b) < 0.5 ** (len(a) / n), -20, 20, 50)),
    ("chrono_bias", chrono(lambda u, T: np.interp(u, [0, 1], [1, T - 1]))),
    ("chrono_bias", lambda u, T: np.stack([np.log1p(u * (T - 2)), -np.log1p(u * (T - 2))])),
    ("flow_report", by_name),
]


@pytest.mark.parametrize(("name", "function"), RIGHT, ids=lambda value: value if isinstance(value, str) else "")
def test_right_answers_in_other_styles_are_accepted(name: str, function: Function) -> None:
    verdict = verdict_of(name, function)
    assert (verdict.outcome, verdict.points) == ("right", ITEMS[name].points)
