"""Steps that people typed, each with what it should be told; and those that remember an earlier call."""

from __future__ import annotations

import pytest
from typed_answers import HEAD, UNIT, said, step, told, written

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import Limits, best_sandbox

STEPS: dict[str, tuple[str, str]] = {
    "clip at 3": (
        step(first="", h="o * np.tanh(np.clip(c, -3, 3))", ending="return h, np.clip(c, -3, 3)"),
        "cut off at -3",
    ),
    "clip at 20": (step(c="np.clip(f * c_prev + i * g, -20, 20)"), "cut off at -20 and 20"),
    "h_prev kept": (
        step(
            before="kept = None",
            first="global kept\nif kept is None or kept.shape != h_prev.shape:\n    kept = h_prev\nh_prev = kept",
            ending="kept = h\nreturn h, c",
        ),
        "goes on using `h` of an earlier call",
    ),
    "first p": (
        step(before="kept = {}", first="p = kept.setdefault(p.W_f.shape, p)"),
        "goes on using the parameters of an earlier call",
    ),
    "first p of all": (
        step(before="kept = []", first="kept.append(p)\np = kept[0]"),
        "the parameters of an earlier call",
    ),
    "sigmoid's brackets": (
        step(before="def sigmoid(a):\n    return 1 / 1 + np.exp(-a)"),
        "The same in every line with sigmoid",
    ),
    "layer norm inside tanh": (step(h="o * np.tanh(layer_norm(c))"), "`c` is normalised over the units"),
    "counts calls": (
        step(before="calls = []", first="calls.append(1)", h="o * np.tanh(c) * len(calls)"),
        "second call",
    ),
    "only h": (step(ending="return h"), "returns only `h`: `c` is missing"),
    "only c": (step(ending="return c"), "returns only `c`: `h` is missing"),
    "three": (step(ending="return h, c, o"), "returns 3 values where 2 are wanted"),
    "as in torch": (step(ending="return h, (h, c)"), "nested"),
    "nothing": (step(ending=""), "returns nothing"),
    "printed": (step(ending="print(h, c)"), "prints, but returns nothing"),
    "text": (step(ending="return f'{h} {c}'"), "returns a str"),
    "keys": (step(ending="return {'hidden': h, 'cell': c}"), "`h` is missing: the names are hidden, cell"),
    "None": (step(ending="return h, None"), "returns None in place of `c`"),
    "states as they came": (step(ending="return h_prev, c_prev"), "(h_prev, c_prev)"),
    "h plus h_prev": (step(ending="return h + h_prev, c"), "`h_prev` is added"),
    "layer norm of c": (step(c="layer_norm(f * c_prev + i * g)"), "`c` is normalised over the units"),
    "c squashed": (step(c="np.tanh(f * c_prev + i * g)"), "tanh"),
    "h averaged": (step(ending="return np.tile(h.mean(0), (len(h), 1)), c"), "averaged over rows of the batch"),
    "batch mixed": (step(first="h_prev = h_prev - h_prev.mean(0) * x.mean()"), "depends on the other rows"),
    "matrix product": (step(c="f @ c_prev + i * g"), "multiplies as matrices"),
    "np.dot": (step(c="np.dot(f, c_prev) + i * g"), "multiplies as matrices"),
    "own names in another order": (
        step(arguments="x, c, h, p", first="h_prev, c_prev = h, c").replace("c_prev + i * g", "c_prev + i * g"),
        "The arguments are taken in the order",
    ),
    "leaky relu": (
        step(g="(lambda a: np.where(a > 0, a, 0.01 * a))(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)"),
        "leaky relu",
    ),
    "a helper without return": (
        step(before="def gate(a):\n    sigmoid(a)", f="gate(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"),
        "A value is None there",
    ),
    "one row after the other": (
        step(ending="return list(h), list(c[:-1])"),
        "Only the first rows of the batch",
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_a_step(case: str) -> None:
    source, words = STEPS[case]
    for seed in (1, 2):
        verdict = said(source, "lstm_step", seed)
        assert verdict.outcome in ("wrong", "raised") and verdict.mistake, told(verdict)
        assert words in verdict.sentence, told(verdict)


KEPT = "global kept\nif kept is None or kept.shape != h_prev.shape:\n    kept = h_prev\nh_prev = kept"
REMEMBERING: dict[str, tuple[str, str]] = {
    "h_prev in a global": (step(before="kept = None", first=KEPT, ending="kept = h\nreturn h, c"), "`h`"),
    "c_prev of the first call": (
        step(before="kept = {}", first="c_prev = kept.setdefault(c_prev.shape, c_prev)"),
        "`c_prev`",
    ),
    "weights of the first call": (
        step(before="kept = {}", first="p = kept.setdefault(p.W_f.shape, p)"),
        "the parameters",
    ),
    "results by input": (
        step(
            before="kept = {}",
            first="key = x.tobytes() + h_prev.tobytes()\nif key in kept:\n    return kept[key]",
            ending="kept[key] = h, c\nreturn h, c",
        ),
        "",
    ),
}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("case", REMEMBERING)
def test_what_is_kept_between_calls_is_caught_whatever_ran_before(case: str, seed: int) -> None:
    source, words = REMEMBERING[case]
    function = written(HEAD, source, "lstm_step")
    item = UNIT.item("lstm_step")
    for other in range(seed % 3):  # calls of an earlier check
        judge(item, LocalCaller(function), other, explain=False)
    verdict = judge(item, LocalCaller(function), seed, explain=seed < 2)
    assert verdict.outcome in ("wrong", "raised")
    if seed == 0 and words:
        assert f"goes on using {words} of an earlier call" in verdict.sentence


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("bound", [3, 10, 20, 30])
def test_a_bound_on_c_is_caught_at_every_seed(bound: int, seed: int) -> None:
    source = step(c=f"np.clip(f * c_prev + i * g, -{bound}, {bound})")
    verdict = judge(UNIT.item("lstm_step"), LocalCaller(written(HEAD, source, "lstm_step")), seed, explain=seed < 2)
    assert verdict.outcome == "wrong"
    if seed < 2:
        assert (
            "cut off" in verdict.sentence and f"{bound}" in verdict.sentence
        )  # at one end, where the other is not met


IN_A_SANDBOX = {
    "printed": (step(ending="print(h, c)"), "prints, but returns nothing"),
    "text": (step(ending="return f'{h} {c}'"), "returns a str"),
    "named": (step(ending="import collections\nreturn collections.namedtuple('S', 'c h')(c, h)"), "is right"),
    "namespace": (step(ending="import types\nreturn types.SimpleNamespace(h=h, c=c)"), "is right"),
    "clip": (step(c="np.clip(f * c_prev + i * g, -3, 3)"), "cut off at -3 and 3"),
    "first p": (
        step(before="kept = {}", first="p = kept.setdefault(p.W_f.shape, p)"),
        "the parameters of an earlier call",
    ),
    "p.b_h": (step(f="sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_h)"), "`p` has no `b_h`"),
    "partial": (
        step(ending="return h, c").replace("def lstm_step(x", "def any_step(kind, x")
        + "import functools\nlstm_step = functools.partial(any_step, 'lstm')",
        "is right",
    ),
}


@pytest.mark.parametrize("case", IN_A_SANDBOX)
def test_the_same_in_a_sandbox(case: str) -> None:
    source, words = IN_A_SANDBOX[case]
    place = Place(best_sandbox(), [HEAD, source], ["lstm_step"], Limits(), {}, 60.0)
    try:
        verdict = judge(UNIT.item("lstm_step"), place, 1)
    finally:
        place.close()
    assert words in verdict.sentence, told(verdict)
