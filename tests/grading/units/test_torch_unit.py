"""The items of unit 06: answers typed in torch, in many styles, and mistakes that must be called by their names."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from adder_file import adder_file

from gatedrnn_course.grading.items import DrivenItem
from gatedrnn_course.grading.items.driven_item import answer_of, replaced
from gatedrnn_course.grading.judging.judge import judge, judge_with_earlier
from gatedrnn_course.grading.prove.torch_answers import FILLED, RIGHT, WRONG
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.torch_lstm import BLOCKS

pytest.importorskip("torch")

UNIT = load("06")
ITEMS = {item.name: item for item in UNIT.items if isinstance(item, DrivenItem) and item.name in RIGHT}
LSTM = ITEMS["LSTM"]
PLAIN = next(iter(RIGHT["LSTM"].values()))


def judged(name: str, text: str, seed: int = 3, explain: bool = True) -> Any:
    return judge(ITEMS[name].given(adder_file()), LocalCaller(function_of(text, name)), seed, explain)


@pytest.mark.parametrize(
    ("name", "words"), [(name, words) for name, rows in RIGHT.items() for words in rows if name in ITEMS]
)
def test_right_answers_are_accepted(name: str, words: str) -> None:
    verdict = judged(name, RIGHT[name][words])
    assert verdict.outcome == "right", (verdict.sentence, verdict.details)
    assert not verdict.notes


@pytest.mark.parametrize(("name", "k"), [(name, k) for name in ITEMS for k in range(len(WRONG[name]))])
def test_typed_mistakes_are_caught_and_named(name: str, k: int) -> None:
    begins, text = WRONG[name][k]
    verdict = judged(name, text, seed=k)
    assert verdict.outcome in ("wrong", "raised") and verdict.points == 0
    assert verdict.mistake.startswith(begins), verdict.sentence
    assert any(said.startswith(begins) for said in (verdict.sentence, *verdict.details))


@pytest.mark.parametrize("name", list(ITEMS))
def test_answers_that_compute_nothing_get_nothing(name: str) -> None:
    for number in ("0.0", "nan"):
        assert judged(name, FILLED[name].replace("{number}", number), explain=False).outcome == "wrong"


def test_all_other_orders_of_the_blocks_have_names() -> None:
    orders = [one for one in LSTM.more() if one.said.english.startswith("The row blocks")]
    assert len(orders) == 23
    for k in (0, 7, 22):
        assert judged("LSTM", orders[k].text).mistake == orders[k].said.english
    assert BLOCKS == ("f", "i", "c_tilde", "o")


@pytest.mark.parametrize("k", range(0, 300, 60))
def test_edits_of_the_equations_have_their_names(k: int) -> None:
    edited = [one for one in LSTM.more() if not one.said.english.startswith("The row blocks")]
    assert len(edited) > 300
    assert judged("LSTM", edited[k].text).mistake == edited[k].said.english


def test_two_mistakes_in_a_step_of_training_are_both_named() -> None:
    both = next(
        one
        for one in ITEMS["train_step"].pairs()
        if "`zero_grad` is missing" in one.said.english and "clip_grad_norm_ is missing" in one.said.english
    )
    assert judged("train_step", both.text).mistake == both.said.english


def test_the_courses_own_layer_is_right_and_its_equations_are_the_catalogues() -> None:
    assert judged("LSTM", LSTM.course).outcome == "right"
    draw = LSTM.draws(np.random.default_rng(0))[1]
    ours, theirs = (LSTM._driven(text, draw) for text in (LSTM.text, LSTM.course))
    for name in LSTM.outputs:
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-12)


def test_a_layer_equals_torchs_own_with_its_blocks_in_torchs_order() -> None:
    import torch

    sizes, p, inputs, _weights = LSTM.draws(np.random.default_rng(0))[1].args
    D, H = (int(n) for n in sizes)  # type: ignore[union-attr]
    own = torch.nn.LSTM(D, H).double()
    rows = np.r_[H : 2 * H, 0:H, 2 * H : 4 * H]  # f, i, c_tilde, o as i, f, g, o
    with torch.no_grad():
        own.weight_ih_l0.copy_(torch.from_numpy(p["W"][rows]))  # type: ignore[call-overload, index]
        own.weight_hh_l0.copy_(torch.from_numpy(p["U"][rows]))  # type: ignore[call-overload, index]
        own.bias_ih_l0.copy_(torch.from_numpy(p["b"][rows]))  # type: ignore[call-overload, index]
        own.bias_hh_l0.zero_()
    xs, h, c = (torch.from_numpy(inputs[name]) for name in ("xs", "h_0", "c_0"))  # type: ignore[call-overload, index]
    hs, (h_n, c_n) = own(xs, (h[None], c[None]))
    right = LSTM.right(LSTM.draws(np.random.default_rng(0))[1])
    assert isinstance(right, dict)
    for name, value in (("hs", hs), ("h", h_n[0]), ("c", c_n[0])):
        np.testing.assert_allclose(np.asarray(right[name]), value.detach().numpy(), atol=1e-10)


def test_right_in_float32_is_right_and_noted() -> None:
    text = replaced(
        PLAIN,
        ("self.W.T + self.b", "self.W.T + self.b).float("),
        ("a + h @ self.U.T", "a + h.float() @ self.U.float().T"),
    )
    verdict = judged("LSTM", text)
    assert verdict.outcome == "right" and "float32" in verdict.notes[0]


def test_a_step_of_training_stands_alone_beside_a_wrong_loss() -> None:
    names: dict[str, Any] = {"__name__": "notebook"}
    text = RIGHT["train_step"]["in the usual order"].replace("loss_over_real_steps(", "masked_loss(")
    exec(
        text + "\n\ndef masked_loss(outputs, targets, lengths):\n    return ((outputs - targets) ** 2).mean()\n", names
    )
    caller = LocalCaller(names["train_step"])
    verdict = judge_with_earlier(ITEMS["train_step"], caller, caller, {"masked_loss": ITEMS["masked_loss"]}, 3)
    assert verdict.outcome == "right" and verdict.alone


def test_the_courses_functions_take_arrays_and_give_gradients_back() -> None:
    item = ITEMS["masked_loss"]
    draw = item.draws(np.random.default_rng(2))[0]
    outputs, targets, lengths = draw.args[0].values()  # type: ignore[union-attr]
    function = course_function(item)
    right = item.right(draw)
    assert isinstance(right, dict)
    np.testing.assert_allclose(function(outputs, targets, lengths), right["loss"])
    d_outputs, d_targets, none = function(outputs, targets, lengths, back=(draw.args[1]["loss"],))  # type: ignore[call-overload, index]
    np.testing.assert_allclose(d_outputs, right["d_outputs"])
    np.testing.assert_allclose(d_targets, right["d_targets"])
    assert none is None
    assert course_function(LSTM) is answer_of(LSTM.course, "LSTM")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ((("        super().__init__()\n", "        raise ValueError('no')\n"),), "`LSTM` raises ValueError: no"),
        ((("hs = []", "hs = []\n        while True: pass"),), "did not finish in time"),
        ((("return torch.stack(hs), (h, c)", "return None"),), "hands back another structure"),
    ],
)
def test_odd_answers_get_a_sentence(changes: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatedrnn_course.grading.running.local.SECONDS", 0.5)
    assert says in judged("LSTM", replaced(PLAIN, *changes)).sentence


def test_a_change_that_changes_nothing_is_no_mistake() -> None:
    with pytest.raises(ValueError, match="0 times"):
        replaced("a = b", ("c", "d"))


def test_docstrings_name_the_parameters_and_their_order() -> None:
    text = LSTM.docstring()
    for words in ("order f, i, c_tilde, o", "W: of the input, (4H, D)", "forward(self, xs, state=None)"):
        assert words in text
    assert LSTM.signature() == "LSTM(nn.Module)"


def test_the_unit_is_read_without_torch() -> None:
    code = "import sys; from gatedrnn_course.grading.units import load; load('06'); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
