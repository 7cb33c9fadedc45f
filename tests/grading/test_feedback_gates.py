"""Gates that people typed, each with what it should be told: properties, forms, slips and errors."""

from __future__ import annotations

import pytest
from typed_answers import gate, said, told

GATES: dict[str, tuple[str, str]] = {
    "softmax": (gate("return softmax(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "adds up to 1 over the units"),
    "softmax over the batch": (
        gate("return softmax(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f, 0)"),
        "softmax along the wrong axis",
    ),
    "hard sigmoid": (gate("return np.clip(0.2 * (x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f) + 0.5, 0, 1)"), "0.2 a + 0.5"),
    "brackets": (gate("a = x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f\nreturn 1 / 1 + np.exp(-a)"), "`1 / 1 + exp(-a)`"),
    "sigmoid twice": (gate("return sigmoid(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "sigmoid twice"),
    "bias of 1": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f + 1)"), "larger by 1"),
    "reshape": (gate("return sigmoid(x @ p.W_f.reshape(x.shape[-1], -1) + h_prev @ p.U_f.T + p.b_f)"), "reshaped"),
    "layer norm": (gate("return sigmoid(layer_norm(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "layer norm"),
    "x centred": (gate("x = x - x.mean(0)\nreturn sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "`x` is centred"),
    "dropout": (
        gate("f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\nreturn f * (np.random.rand(*f.shape) > 0.5)"),
        "second call with the same arguments gives another answer (by up to",
    ),
    "noise in a wrong answer": (
        gate("return sigmoid(x @ p.W_f.T) + 0.1 * np.random.randn()"),
        "second call with the same arguments gives another answer",
    ),
    "weights drawn": (
        gate("W = np.random.randn(*p.W_f.shape)\nreturn sigmoid(x @ W.T + h_prev @ p.U_f.T + p.b_f)"),
        "second call with the same arguments",
    ),
    "handed back a bias": (gate("return p.b_f"), "Only `b_f` stands in the forget gate"),
    "handed back h_prev": (gate("return h_prev"), "`h_prev` is handed back"),
    "two sigmoids": (gate("return sigmoid(x @ p.W_f.T) + sigmoid(h_prev @ p.U_f.T + p.b_f)"), "is the sum of two"),
    "product of two": (
        gate("return sigmoid(x @ p.W_f.T + p.b_f) * sigmoid(h_prev @ p.U_f.T)"),
        "is the product of two",
    ),
    "rounded": (gate("return np.round(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f), 2)"), "rounded to 2 digits"),
    "int array": (
        gate("f = np.zeros(h_prev.shape, int)\nf[...] = 5 * sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\nreturn f"),
        "whole numbers",
    ),
    "float16": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f).astype(np.float16)"),
        "float16 precision: about 3 digits are right",
    ),
    "factor": (gate("return 0.9 * sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "0.9 times"),
    "half": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f) / 2"), "0.5 times"),
    "zeros": (gate("return np.zeros_like(h_prev)"), "is 0 everywhere"),
    "first row": (gate("return sigmoid(x[0] @ p.W_f.T + h_prev[0] @ p.U_f.T + p.b_f)"), "first"),
    "transposed": (
        gate("return sigmoid(p.W_f @ x.T + p.U_f @ h_prev.T + p.b_f[:, None])"),
        "transposed",
    ),
    "batch only": (
        gate("return sigmoid(np.concatenate([x, h_prev], axis=1) @ np.concatenate([p.W_f, p.U_f], axis=1).T + p.b_f)"),
        "axis=-1",
    ),
    "vector only": (gate("return sigmoid(p.W_f @ x + p.U_f @ h_prev + p.b_f)"), "right for one vector only"),
    "vector only by dot": (
        gate(
            "a = np.array([np.dot(w, x) + np.dot(u, h_prev) for w, u in zip(p.W_f, p.U_f)])\nreturn sigmoid(a + p.b_f)"
        ),
        "right for one vector only",
    ),
    "clip of x": (
        gate("x = np.clip(x, -5, 5)\nreturn sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"),
        "cut off at -5",
    ),
    "columns": (
        gate("return sigmoid(p.W_f @ x.T + h_prev @ p.U_f.T + p.b_f)"),
        "`p.W_f @ x.T` has one vector a column",
    ),
    "own names in another order": (
        gate("return sigmoid(a @ p.W_f.T + h @ p.U_f.T + p.b_f)", arguments="h, a, p"),
        "The arguments are taken in the order",
    ),
    "names exchanged": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)", arguments="h_prev, x, p"),
        "takes its arguments in the order x, h_prev, p; yours takes h_prev, x, p",
    ),
    "nothing of b": (gate("return np.cos(sigmoid(x @ p.W_f.T + 3 * h_prev @ p.U_f.T))"), "Nothing depends on `p.b_f`"),
    "math.exp": (gate("return 1 / (1 + math.exp(-(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)))"), "`math.exp(a)`"),
    "W_f": (gate("return sigmoid(x @ W_f.T + h_prev @ p.U_f.T + p.b_f)"), "it is a parameter, `p.W_f`"),
    "b_h": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_h)"), "`p` has no `b_h`. Is `p.b_f` meant?"),
    "no import": (gate("return torch.sigmoid(x)"), "`torch` is not imported"),
    "misspelt": (gate("return sigmoid(x @ p.W_f.T + hprev @ p.U_f.T + p.b_f)"), "Is `h_prev` meant?"),
    "two arguments": (gate("return x", arguments="x, h_prev"), "in the order x, h_prev, p; yours takes x, h_prev"),
    "bias as a column": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f[:, None])"),
        "without `[:, None]`",
    ),
    "squeezed": (gate("return np.squeeze(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "where all sizes are 1"),
    "squeezed and no bias": (gate("return np.squeeze(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T))"), "has no bias"),
    "the example's x": (
        gate(
            "return sigmoid(X @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)",
            before="from gatedrnn_course import example\nX, H, P = example('forget_gate')",
        ),
        "uses `x` of the example",
    ),
    "the example's p": (
        gate(
            "return sigmoid(x @ P.W_f.T + h_prev @ P.U_f.T + P.b_f)",
            before="from gatedrnn_course import example\nX, H, P = example('forget_gate')",
        ),
        "uses the parameters of the example",
    ),
    "a generator": (gate("yield sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "returns a generator"),
    "p by number": (gate("return sigmoid(x @ p[0].T)"), "`p` holds its arrays by name, not by number"),
    "sum clipped": (
        gate("return sigmoid(np.clip(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f, -2, 2))"),
        "What stands inside the sigmoid of `f` is cut off at -2 and 2",
    ),
    "calls itself": (gate("return forget_gate(x, h_prev, p)"), "calls itself"),
}


@pytest.mark.parametrize("case", GATES)
def test_a_gate(case: str) -> None:
    source, words = GATES[case]
    for seed in (1, 2):
        verdict = said(source, "forget_gate", seed)
        assert verdict.outcome in ("wrong", "raised") and verdict.mistake, told(verdict)
        assert words in verdict.sentence, told(verdict)


TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nsigmoid = torch.sigmoid\n"
TORCH_GATES = {
    "without .t()": (
        gate("return sigmoid(torch.mm(x, p.W_f) + torch.mm(h_prev, p.U_f.t()) + p.b_f)"),
        ("W_f stands the wrong way round",),
    ),
    "misspelt after linear": (
        gate("a = F.linear(x, p.W_f) + F.linear(h_prev, p.U_f) + p.b_f\nreturn sigmoid(b)"),
        ("NameError", "There is no name"),
    ),
    "a float32 layer": (
        gate("layer = nn.Linear(x.shape[-1], h_prev.shape[-1])\nreturn sigmoid(layer(x) + h_prev @ p.U_f.T)"),
        ("dtype",),
    ),
    "no bias": (gate("return sigmoid(F.linear(x, p.W_f) + F.linear(h_prev, p.U_f))"), ("has no bias",)),
}


@pytest.mark.parametrize("case", TORCH_GATES)
def test_an_error_of_torch_code_is_that_of_the_call_with_tensors(case: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed here.")
    source, words = TORCH_GATES[case]
    verdict = said(source, "forget_gate", head=TORCH)
    assert verdict.outcome in ("wrong", "raised")
    assert any(one in told(verdict) for one in words), told(verdict)
    assert "numpy.ndarray" not in told(verdict)
