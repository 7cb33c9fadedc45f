"""Answers to `input_products` and `split_gates`."""

from __future__ import annotations

from gatedrnn_course.text import mark

__all__ = ["FILLED", "RIGHT", "WRONG"]

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nimport numpy as np\n\n"


def _products(*rows: str) -> str:
    return HEAD + "def input_products(xs, W, b):\n" + "".join(f"    {row}\n" for row in rows)


def _split(*rows: str) -> str:
    return HEAD + "def split_gates(a):\n" + "".join(f"    {row}\n" for row in rows)


RIGHT: dict[str, dict[str, str]] = {
    "input_products": {
        mark("one product"): _products("return xs @ W.T + b"),
        mark("torch.nn.functional.linear"): _products("return F.linear(xs, W, b)"),
        mark("torch.einsum"): _products("return torch.einsum('tbd,gd->tbg', xs, W) + b"),
        mark("torch.matmul and add"): _products("return torch.matmul(xs, W.t()).add(b)"),
        mark("all steps as rows of one matrix"): _products(
            "T, B, D = xs.shape", "return torch.addmm(b, xs.reshape(T * B, D), W.T).view(T, B, -1)"
        ),
        mark("a list of steps, stacked"): _products("return torch.stack([x @ W.T + b for x in xs])"),
        mark("torch.tensordot"): _products("return torch.tensordot(xs, W, dims=([2], [1])) + b"),
        mark("multiply and sum"): _products("return (xs[..., None, :] * W).sum(-1) + b"),
        mark("nn.Linear with these parameters"): _products(
            "layer = nn.Linear(W.shape[1], W.shape[0], dtype=xs.dtype)",
            "return torch.func.functional_call(layer, {'weight': W, 'bias': b}, (xs,))",
        ),
        mark("a column of ones for the bias"): _products(
            "ones = torch.ones_like(xs[..., :1])",
            "return torch.cat([xs, ones], dim=-1) @ torch.cat([W, b[:, None]], dim=1).T",
        ),
    },
    "split_gates": {
        mark("chunk"): _split(
            "f, i, g, o = a.chunk(4, dim=-1)",
            "return torch.sigmoid(f), torch.sigmoid(i), torch.tanh(g), torch.sigmoid(o)",
        ),
        mark("split by size"): _split(
            "f, i, g, o = torch.split(a, a.shape[-1] // 4, dim=1)",
            "return f.sigmoid(), i.sigmoid(), g.tanh(), o.sigmoid()",
        ),
        mark("slices"): _split(
            "H = a.size(-1) // 4",
            "s = torch.sigmoid",
            "return s(a[:, :H]), s(a[:, H:2 * H]), torch.tanh(a[:, 2 * H:3 * H]), s(a[:, 3 * H:])",
        ),
        mark("reshape and unbind"): _split(
            "f, i, g, o = a.reshape(len(a), 4, -1).unbind(1)",
            "return torch.sigmoid(f), torch.sigmoid(i), torch.tanh(g), torch.sigmoid(o)",
        ),
        mark("sigmoid of everything, then the candidate anew"): _split(
            "H = a.shape[-1] // 4",
            "gates = list(torch.sigmoid(a).split(H, dim=-1))",
            "gates[2] = torch.tanh(a.narrow(-1, 2 * H, H))",
            "return gates",
        ),
        mark("activations in a list"): _split(
            "acts = [torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid]",
            "return tuple(act(part) for act, part in zip(acts, torch.chunk(a, 4, -1)))",
        ),
        mark("sigmoid by tanh"): _split(
            "s = lambda z: 0.5 * (1 + torch.tanh(z / 2))",
            "f, i, g, o = a.tensor_split(4, dim=-1)",
            "return s(f), s(i), g.tanh(), s(o)",
        ),
        mark("sigmoid and tanh by exp"): _split(
            "s = lambda z: 1 / (1 + torch.exp(-z))",
            "f, i, g, o = a.unflatten(-1, (4, -1)).unbind(-2)",
            "return s(f), s(i), 2 * s(2 * g) - 1, s(o)",
        ),
        mark("modules as activations"): _split(
            "f, i, g, o = a.chunk(4, 1)", "s, t = nn.Sigmoid(), nn.Tanh()", "return s(f), s(i), t(g), s(o)"
        ),
    },
}
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "input_products": (
        ("b is not added", _products("return F.linear(xs, W)")),
        ("b is added twice", _products("return F.linear(xs, W, b) + b")),
        ("b is subtracted", _products("return F.linear(xs, W, -b)")),
        ("The sizes do not fit", _products("return xs @ W + b")),
        ("The sizes do not fit", _products("return W @ xs + b")),
        ("An activation stands around it", _products("return F.linear(xs, W, b).tanh()")),
        ("The values are right, and no gradient", _products("with torch.no_grad():", "    return F.linear(xs, W, b)")),
        ("NumPy takes no tensor", _products("return torch.from_numpy(xs.numpy() @ W.numpy().T + b.numpy())")),
        (
            "The values are right, and no gradient",
            _products("x, w, c = (t.detach().numpy() for t in (xs, W, b))", "return torch.from_numpy(x @ w.T + c)"),
        ),
        ("`a` is no tensor", _products("return (xs @ W.T + b).detach().numpy()")),
        ("W gets no gradient", _products("return F.linear(xs, W.data, b)")),
        ("b gets no gradient", _products("return F.linear(xs, W, b.data)")),
        ("xs gets no gradient", _products("return F.linear(xs.data, W, b)")),
        ("Only the last step", _products("for x in xs:", "    a = F.linear(x, W, b)", "return a")),
        ("The batch axis comes first", _products("return F.linear(xs.transpose(0, 1), W, b)")),
        ("A tensor that the backward", _products("xs *= 1", "return F.linear(xs, W, b)")),
    ),
    "split_gates": (
        (
            "The blocks are read in the order i, f, c_tilde, o",
            _split("i, f, g, o = a.chunk(4, -1)", "s = torch.sigmoid", "return s(f), s(i), g.tanh(), s(o)"),
        ),
        (
            "The blocks are read in the order f, i, o, c_tilde",
            _split(
                "f, i, o, g = a.split(a.shape[-1] // 4, -1)", "s = torch.sigmoid", "return s(f), s(i), g.tanh(), s(o)"
            ),
        ),
        (
            "The blocks are cut along the batch",
            _split("f, i, g, o = torch.chunk(a, 4)", "s = torch.sigmoid", "return s(f), s(i), g.tanh(), s(o)"),
        ),
        (
            "The candidate passes through sigmoid",
            _split("return torch.sigmoid(a).chunk(4, -1)"),
        ),
        ("All four pass through tanh", _split("return torch.tanh(a).chunk(4, -1)")),
        ("No activation is applied", _split("return a.chunk(4, dim=-1)")),
        (
            "The blocks are interleaved",
            _split(
                "f, i, g, o = (a[:, k::4] for k in range(4))", "s = torch.sigmoid", "return s(f), s(i), g.tanh(), s(o)"
            ),
        ),
        (
            "The values are right, and no gradient",
            _split(
                "with torch.no_grad():",
                "    f, i, g, o = a.chunk(4, -1)",
                "    s = torch.sigmoid",
                "    return s(f), s(i), g.tanh(), s(o)",
            ),
        ),
        (
            "`split_gates` hands back 3 values",
            _split("f, i, g, o = a.chunk(4, -1)", "s = torch.sigmoid", "return s(f), s(i), s(o)"),
        ),
        (
            "1 is added to the forget gate",
            _split("f, i, g, o = a.chunk(4, -1)", "s = torch.sigmoid", "return s(1 + f), s(i), g.tanh(), s(o)"),
        ),
    ),
}
FILLED: dict[str, str] = {
    "input_products": _products("return torch.full_like(xs @ W.T, float('{number}'))"),
    "split_gates": _split("return tuple(torch.full_like(part, float('{number}')) for part in a.chunk(4, -1))"),
}
