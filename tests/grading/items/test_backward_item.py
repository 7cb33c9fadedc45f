from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue, whole_step
from gatedrnn_course.grading.items import BackwardItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove import prove_item
from gatedrnn_course.grading.prove.programs import right_answers
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller

HINTS = ("one", "two", "three")
ITEM = BackwardItem("lstm_step_backward", 40, "One step back.", HINTS, cell=catalogue["LSTM"])

ANSWER = """
import numpy as np

def lstm_step_backward(saved, d_h, d_c, p):
    x, h_prev, c_prev = saved.x, saved.h_prev, saved.c_prev
    f, i, g, o, c = saved.f, saved.i, saved.c_tilde, saved.o, saved.c
    tanh_c = np.tanh(c)
    do = d_h * tanh_c
    dc = d_c + d_h * o * (1 - tanh_c**2)
    df = dc * c_prev
    di = dc * g
    dg = dc * i
    dzf = df * f * (1 - f)
    dzi = di * i * (1 - i)
    dzo = do * o * (1 - o)
    dzg = dg * (1 - g**2)
    dx = dzf @ p.W_f + dzi @ p.W_i + dzg @ p.W_c + dzo @ p.W_o
    dh_prev = dzf @ p.U_f + dzi @ p.U_i + dzg @ p.U_c + dzo @ p.U_o
    dc_prev = dc * f
    return {
        "d_x": dx, "d_h_prev": dh_prev, "d_c_prev": dc_prev,
        "d_W_f": dzf.T @ x, "d_U_f": dzf.T @ h_prev, "d_b_f": dzf.sum(0),
        "d_W_i": dzi.T @ x, "d_U_i": dzi.T @ h_prev, "d_b_i": dzi.sum(0),
        "d_W_c": dzg.T @ x, "d_U_c": dzg.T @ h_prev, "d_b_c": dzg.sum(0),
        "d_W_o": dzo.T @ x, "d_U_o": dzo.T @ h_prev, "d_b_o": dzo.sum(0),
    }
"""
"""As a student writes it, with names of their own."""


def verdict(*changes: tuple[str, str], item: BackwardItem = ITEM, seed: int = 2) -> Verdict:
    source = ANSWER
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return judge(item, LocalCaller(function_of(source, item.name)), seed)


def test_the_answer_is_right() -> None:
    assert verdict().outcome == "right"


WRONG = [
    # A transpose missing or too much where the matrix is square.
    ("dzf @ p.U_f", "dzf @ p.U_f.T", "U_f stands the wrong way round: write `d_a_f @ p.U_f`"),
    ("dzo @ p.U_o", "(p.U_o @ dzo.T).T", "U_o stands the wrong way round"),
    ('"d_U_i": dzi.T @ h_prev', '"d_U_i": h_prev.T @ dzi', "The line d_U_i is transposed: write `d_a_i.T @ h_prev`"),
    # Sums over the batch.
    ('"d_b_f": dzf.sum(0)', '"d_b_f": dzf', "The line d_b_f is not summed over the batch"),
    ('"d_b_f": dzf.sum(0)', '"d_b_f": dzf.mean(0)', "The line d_b_f is averaged over the batch"),
    ('"d_b_f": dzf.sum(0)', '"d_b_f": dzf.sum(1)', "The line d_b_f is summed over the units instead of the batch"),
    (".sum(0)", ".mean(0)", "The gradient of every bias is averaged over the batch"),
    (".sum(0)", "", "The gradient of every bias is not summed over the batch"),
    ('"d_W_o": dzo.T @ x', '"d_W_o": dzo.T @ x / len(x)', "The line d_W_o is averaged over the batch"),
    # The new state where the old belongs, and others for each other.
    ('"d_U_f": dzf.T @ h_prev', '"d_U_f": dzf.T @ saved.h', "The line d_U_f uses `h` where `h_prev` belongs"),
    (".T @ h_prev", ".T @ saved.h", "`h` stands wherever `h_prev` belongs"),
    ('"d_U_c": dzg.T @ h_prev', '"d_U_c": dzg.T @ x', "`x` where `h_prev` belongs"),
    ("df = dc * c_prev", "df = dc * c", "The line d_f uses `c` where `c_prev` belongs"),
    ("di = dc * g", "di = dc * f", "The line d_i uses `f` where `c_tilde` belongs"),
    # The path of c.
    ("dc = d_c + ", "dc = ", "In the line d_c, `d_c_next` is missing"),
    (
        "dc = d_c + d_h * o * (1 - tanh_c**2)",
        "dc = d_c",
        "In the line d_c, `d_h * o * (1 - tanh(c) * tanh(c))` is missing",
    ),
    ("dc_prev = dc * f", "dc_prev = d_c * f", "The line d_c_prev uses `d_c_next` where `d_c` belongs"),
    ("dc_prev = dc * f", "dc_prev = dc", "In the line d_c_prev, `d_c` is not multiplied by `f`"),
    ("d_h * o * (1", "d_h * (1", "is not multiplied by `o`"),
    # One gate's term missing.
    (" + dzo @ p.U_o", "", "In the line d_h_prev, `U_o.T @ d_a_o` is missing"),
    ("dzf @ p.W_f + ", "", "In the line d_x, `W_f.T @ d_a_f` is missing"),
    # Derivatives of activations.
    (
        "df * f * (1 - f)",
        "df * (1 / (1 + np.exp(-f))) * (1 - 1 / (1 + np.exp(-f)))",
        "In the line d_a_f, the derivative of sigmoid is taken at its output as if at its input",
    ),
    (
        "dg * (1 - g**2)",
        "dg * (1 - np.tanh(g) ** 2)",
        "In the line d_a_c_tilde, the derivative of tanh is taken at its output as if at its input",
    ),
    ("dg * (1 - g**2)", "dg", "In the line d_a_c_tilde, the derivative of tanh is missing"),
    ("do * o * (1 - o)", "do", "In the line d_a_o, the derivative of sigmoid is missing"),
    ("dg * (1 - g**2)", "dg * g * (1 - g)", "the derivative of sigmoid, `c_tilde * (1 - c_tilde)`, stands where that"),
    (
        "di * i * (1 - i)",
        "di * (1 - i**2)",
        "the derivative of tanh, `1 - i * i`, stands where that of sigmoid belongs",
    ),
    ("(1 - g**2)", "(1 - g)", "the square is missing"),
    ("(1 - g**2)", "(1 - g) ** 2", "only the value is squared"),
    ("(1 - tanh_c**2)", "(1 - c**2)", "In the line d_c, `1 - c * c` stands where `1 - tanh(c) * tanh(c)` belongs"),
    (" * (1 - tanh_c**2)", "", "In the line d_c, the derivative of tanh is missing"),
    ("do = d_h * tanh_c", "do = d_h * c", "The line d_o has no tanh around `c`"),
    ("do = d_h * tanh_c", "do = d_h", "In the line d_o, `d_h` is not multiplied by `tanh(c)`"),
    # Names.
    ('"d_x": dx, "d_h_prev": dh_prev', '"d_x": dh_prev, "d_h_prev": dx', "`d_x` and `d_h_prev` are exchanged"),
]


@pytest.mark.parametrize(("old", "new", "words"), WRONG)
def test_a_mistake_is_named(old: str, new: str, words: str) -> None:
    got = verdict((old, new))
    assert got.outcome == "wrong" and words in got.mistake


def test_gradients_under_the_names_of_another_gate() -> None:
    got = verdict(('_f": dzf', '_F": dzf'), ('_i": dzi', '_f": dzi'), ('_F": dzf', '_i": dzf'))
    assert "d_W_f, d_U_f, d_b_f come back under the names of d_W_i, d_U_i, d_b_i" in got.mistake


def test_two_and_three_mistakes_are_named() -> None:
    got = verdict(("dc = d_c + ", "dc = "), ("(1 - g**2)", "(1 - g)"), (" + dzo @ p.U_o", ""))
    assert all(words in got.mistake for words in ("`d_c_next` is missing", "the square is missing", "`U_o.T @ d_a_o`"))


def test_what_is_handed_back_may_be_a_tuple_in_order_and_names_what_is_missing() -> None:
    assert (
        verdict(("return {", "return tuple({"), ("dzo.sum(0),\n    }", "dzo.sum(0),\n    }.values())")).outcome
        == "right"
    )
    got = verdict((', "d_b_o": dzo.sum(0)', ""))
    assert got.outcome == "wrong" and "Still missing: `d_b_o`." in got.details
    got = verdict(('"d_b_o"', '"db_o"'))
    assert got.details == ("Still missing: `d_b_o`.", "Not asked for: `db_o`.")


def test_arguments_changed_in_place_are_named() -> None:
    changed = ("    df = dc * c_prev", "    f *= 1 - f\n    f /= 1\n    df = dc * c_prev")
    got = verdict(changed, ("df * f * (1 - f)", "df * f"), ("dc_prev = dc * f", "dc_prev = dc * (f + f * 0)"))
    assert got.outcome == "wrong"
    got = verdict(("    do = d_h", "    c_prev += 0.5\n    c_prev = c_prev - 0.5\n    do = d_h"))
    assert "`saved.c_prev` in place" in got.sentence
    got = verdict(("dc = d_c + d_h * o * (1 - tanh_c**2)", "d_c += d_h * o * (1 - tanh_c**2); dc = d_c"))
    assert "`d_c` in place" in got.sentence


STYLES = {
    "stacked weights": """
def lstm_step_backward(saved, d_h, d_c, p):
    t = np.tanh(saved.c)
    d_c = d_c + d_h * saved.o * (1 - t * t)
    dz = np.concatenate([d_c * saved.c_prev * saved.f * (1 - saved.f), d_c * saved.c_tilde * saved.i * (1 - saved.i),
        d_c * saved.i * (1 - saved.c_tilde**2), d_h * t * saved.o * (1 - saved.o)], axis=-1)
    W, U = (np.concatenate([p[f"{k}_{g}"] for g in "fico"]) for k in "WU")
    out = {"d_c_prev": d_c * saved.f, "d_x": dz @ W, "d_h_prev": dz @ U}
    for name, grad in (("W", dz.T @ saved.x), ("U", dz.T @ saved.h_prev), ("b", dz.sum(axis=0))):
        out |= {f"d_{name}_{g}": part for g, part in zip("fico", np.split(grad, 4))}
    return out
""",
    "row by row": """
def lstm_step_backward(saved, d_h, d_c, p):
    names = [k + "_" + g for g in "fico" for k in "WUb"]
    out = {"d_" + n: np.zeros(p[n].shape) for n in names}
    rows = {"d_x": [], "d_h_prev": [], "d_c_prev": []}
    for k in range(len(d_h)):
        s = {n: v[k] for n, v in saved.items()}
        dc = d_c[k] + d_h[k] * s["o"] * (1 - np.tanh(s["c"]) ** 2)
        z = {"f": dc * s["c_prev"] * s["f"] * (1 - s["f"]), "i": dc * s["c_tilde"] * s["i"] * (1 - s["i"]),
             "c": dc * s["i"] * (1 - s["c_tilde"] ** 2), "o": d_h[k] * np.tanh(s["c"]) * s["o"] * (1 - s["o"])}
        for g, d in z.items():
            out["d_W_" + g] += np.outer(d, s["x"])
            out["d_U_" + g] += np.outer(d, s["h_prev"])
            out["d_b_" + g] += d
        rows["d_x"].append(sum(p["W_" + g].T @ d for g, d in z.items()))
        rows["d_h_prev"].append(sum(p["U_" + g].T @ d for g, d in z.items()))
        rows["d_c_prev"].append(dc * s["f"])
    return {**out, **{n: np.stack(r) for n, r in rows.items()}}
""",
    "in place on own copies": """
def lstm_step_backward(saved, d_h, d_c, p):
    s = {name: np.array(value) for name, value in saved.items()}
    back = np.array(d_c)
    slope = np.tanh(s["c"])
    s["d_o"] = d_h * slope
    slope **= 2
    slope *= -1
    slope += 1
    back += d_h * s["o"] * slope
    z = {"f": back * s["c_prev"], "i": back * s["c_tilde"], "c": back * s["i"], "o": s["d_o"]}
    for g in "fio":
        z[g] *= s[g]
        z[g] *= 1 - s[g]
    z["c"] *= 1 - s["c_tilde"] ** 2
    back *= s["f"]
    out = {"d_x": 0.0, "d_h_prev": 0.0, "d_c_prev": back}
    for g in z:
        out["d_x"] += z[g] @ p["W_" + g]
        out["d_h_prev"] += z[g] @ p["U_" + g]
        out["d_W_" + g], out["d_U_" + g] = z[g].T @ s["x"], z[g].T @ s["h_prev"]
        out["d_b_" + g] = z[g].sum(0)
    return out
""",
    "torch": """
import torch
def lstm_step_backward(saved, d_h, d_c, p):
    s = {n: torch.as_tensor(v) for n, v in saved.items()}
    d_h, d_c = torch.as_tensor(d_h), torch.as_tensor(d_c)
    t = torch.tanh(s["c"])
    d_c = d_c + d_h * s["o"] * (1 - t**2)
    z = {"f": d_c * s["c_prev"] * s["f"] * (1 - s["f"]), "i": d_c * s["c_tilde"] * s["i"] * (1 - s["i"]),
         "c": d_c * s["i"] * (1 - s["c_tilde"] ** 2), "o": d_h * t * s["o"] * (1 - s["o"])}
    out = {"d_c_prev": d_c * s["f"]}
    out["d_x"] = sum(z[g] @ torch.as_tensor(p["W_" + g]) for g in z)
    out["d_h_prev"] = sum(z[g] @ torch.as_tensor(p["U_" + g]) for g in z)
    for g in z:
        out["d_W_" + g] = torch.einsum("bi,bj->ij", z[g], s["x"])
        out["d_U_" + g] = z[g].T @ s["h_prev"]
        out["d_b_" + g] = z[g].sum(0)
    return out
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_right_answers_as_students_write_them(style: str) -> None:
    function = function_of("import numpy as np\n" + STYLES[style], ITEM.name)
    assert judge(ITEM, LocalCaller(function), 5).outcome == "right"


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM", "RNN", "GRU reset after"])
def test_the_reference_is_the_derivative_of_a_step(name: str) -> None:
    """By a complex step, on every input and parameter."""
    item = BackwardItem("back", 1, "Back.", HINTS, cell=catalogue[name])
    draw = item.draws(np.random.default_rng(1))[0]
    saved, *arriving, p = draw.args
    step = whole_step(catalogue[name])

    def loss(**changed: Any) -> Any:
        given = {**saved, **changed}  # type: ignore[dict-item]
        values = step.function(*(given[n] for n in step.inputs), Params({**p, **changed}))  # type: ignore[dict-item]
        return sum((d * v).sum() for d, v in zip(arriving, values, strict=True))

    found = item.reference(*draw.args)
    assert isinstance(found, dict)
    for name, grad in found.items():
        array = np.asarray({**saved, **p}[name.removeprefix("d_")])  # type: ignore[dict-item]
        for index in list(np.ndindex(array.shape))[::3]:
            nudged = array.astype(complex)
            nudged[index] += 1e-30j
            slope = np.imag(loss(**{name.removeprefix("d_"): nudged})) / 1e-30
            np.testing.assert_allclose(np.asarray(grad)[index], slope, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM", "RNN"])
def test_right_answers_in_every_style_are_accepted_for_other_cells(name: str) -> None:
    item = BackwardItem("back", 1, "Back.", HINTS, cell=catalogue[name])
    answers = list(right_answers(item))
    assert len(answers) >= 16
    for k, (words, source) in enumerate(answers):
        assert judge(item, LocalCaller(function_of(source, "back")), k).outcome == "right", words


def test_the_backward_of_another_cell_is_proved() -> None:
    proof = prove_item(BackwardItem("rnn_step_backward", 10, "Back.", HINTS, cell=catalogue["RNN"]), 0, 10)
    assert proof.failures == ()
    assert proof.caught.all and proof.named.all and proof.caught.of > 70
    assert proof.pairs_named.all


def test_the_docstring_says_every_shape() -> None:
    text = " ".join(ITEM.docstring().split())
    for words in (
        "saved.x (B, D)",
        "d_h_prev, d_c_prev (B, H)",
        "p.W_o (H, D)",
        "d_b_o (H,)",
        "d_c_next of the equations",
    ):
        assert words in text
