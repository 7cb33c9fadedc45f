"""Wrong answers to `LSTM`."""

from __future__ import annotations

from gatedrnn_course.grading.prove.torch_answers.lstm import GIVE, LOOP, STATE, typed

__all__ = ["FILLED", "WRONG"]

_FACTORY = "zeros = torch.zeros(xs.shape[1], self.U.shape[1]{rest})"
_INDEXED = "pre = xs @ self.W.T + self.b\n        for t in range(len(xs)):\n            a = pre[t]"
_STALE = """
        state = state or getattr(self, 'last', None)
        if state is None or len(state[0]) != xs.shape[1]:"""
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "LSTM": (
        (
            "__init__ is called with two sizes",
            typed(("(self, input_size, hidden_size)", "(self, hidden_size, layers, bias)")),
        ),
        ("forward is called with xs alone", typed(("(self, xs, state=None)", "(self, xs, state)"))),
        (
            "forward is called with xs alone",
            typed(("def forward(self, xs, state=None):", "def forward(self, xs):\n        state = None")),
        ),
        (
            "The state is one argument",
            typed(
                (
                    "(self, xs, state=None):",
                    "(self, xs, h=None, c=None):\n        state = None if h is None else (h, c)",
                )
            ),
        ),
        ("h and c come back with an axis of layers", typed((GIVE, "return torch.stack(hs), (h[None], c[None])"))),
        (
            "The row blocks of W, U and b are read in the order i, f, c_tilde, o",
            typed(("f, i, g, o = ", "i, f, g, o = ")),
        ),
        (
            "The row blocks of W, U and b are read in the order f, i, o, c_tilde",
            typed(("f, i, g, o = ", "f, i, o, g = ")),
        ),
        (
            "The first axis is taken for the batch",
            typed((STATE, STATE.replace("xs.shape[1]", "xs.shape[0]")), (LOOP, LOOP.replace("unbind(0)", "unbind(1)"))),
        ),
        (
            "The first axis is taken for the batch",
            typed(
                (STATE, STATE.replace("xs.shape[1]", "xs.size(0)")),
                (LOOP, LOOP.replace("unbind(0)", "unbind(1)")),
                (GIVE, "return torch.stack(hs, dim=1), (h, c)"),
            ),
        ),
        ("A tensor made inside, or in __init__, has another", typed((STATE, _FACTORY.format(rest="")))),
        (
            "A tensor made inside, or in __init__, has another",
            typed((STATE, _FACTORY.format(rest=", device=xs.device"))),
        ),
        ("A tensor is made on the CPU", typed((STATE, _FACTORY.format(rest=", dtype=xs.dtype")))),
        (
            "A tensor is made on the CPU",
            typed(
                (
                    "h, c = state",
                    "keep = torch.ones(xs.shape[1], 1, dtype=xs.dtype)\n        h, c = (keep * s for s in state)",
                ),
            ),
        ),
        (
            "A tensor stays on the CPU",
            typed(
                ("self.b = nn", "self.one = torch.ones(1, 1, dtype=torch.float64)\n        self.b = nn"),
                ("h, c = state", "h, c = (self.one * s for s in state)"),
            ),
        ),
        ("A step is taken out of a tensor", typed((LOOP, _INDEXED))),
        (
            "A step is taken out of a tensor",
            typed((LOOP, _INDEXED.replace("a = pre[t]", "a = pre.select(0, t)"))),
        ),
        (
            "hs grows by torch.cat",
            typed(
                ("hs = []", "hs = xs.new_zeros(0, *h.shape)"),
                ("hs.append(h)", "hs = torch.cat([hs, h.unsqueeze(0)])"),
                (GIVE, "return hs, (h, c)"),
            ),
        ),
        (
            "The steps are written into one tensor",
            typed(
                ("hs = []", "hs = xs.new_empty(len(xs), *h.shape)"),
                (LOOP, "for t, a in enumerate((xs @ self.W.T + self.b).unbind(0)):"),
                ("hs.append(h)", "hs[t] = h"),
                (GIVE, "return hs, (h, c)"),
            ),
        ),
        (
            "The product of the input stands inside",
            typed((LOOP, "for x in xs:\n            a = x @ self.W.T + self.b")),
        ),
        (
            "The product of the input stands inside",
            typed(
                (LOOP, "for x in xs:"),
                ("(a + h @ self.U.T)", "(torch.cat([x, h], 1) @ torch.cat([self.W, self.U], 1).T + self.b)"),
            ),
        ),
        ("super().__init__() is missing", typed(("        super().__init__()\n", ""))),
        ("The class has no method `forward`", typed(("def forward(", "def foward("))),
        ("The class has no method `forward`", typed(("def forward(", "def __forward__("))),
        (
            "`LSTM` is no nn.Module",
            typed(("class LSTM(nn.Module):", "class LSTM:"), ("        super().__init__()\n", "")),
        ),
        (
            "`b` is a plain tensor",
            typed(("nn.Parameter(torch.zeros(4 * hidden_size))", "torch.zeros(4 * hidden_size, requires_grad=True)")),
        ),
        (
            "`b` is a buffer",
            typed(
                (
                    "self.b = nn.Parameter(torch.zeros(4 * hidden_size))",
                    'self.register_buffer("b", torch.zeros(4 * hidden_size))',
                )
            ),
        ),
        (
            "`b` is a list",
            typed(
                (
                    "nn.Parameter(torch.zeros(4 * hidden_size))",
                    "[nn.Parameter(torch.zeros(hidden_size)) for _ in range(4)]",
                ),
                (" + self.b)", " + torch.cat(self.b))"),
            ),
        ),
        ("`LSTM` has other parameters", typed(("self.b = nn", "self.bias = nn"), ("+ self.b)", "+ self.bias)"))),
        (
            "`LSTM` has other parameters",
            typed(
                (
                    "self.W = nn.Parameter(scale * torch.randn(4 * hidden_size, input_size))",
                    "self.W = nn.Linear(input_size, 4 * hidden_size)",
                ),
                ("xs @ self.W.T + self.b", "self.W(xs)"),
            ),
        ),
        (
            "The parameters of `LSTM` have other shapes",
            typed(
                ("torch.randn(4 * hidden_size, input_size)", "torch.randn(input_size, 4 * hidden_size)"),
                ("self.W.T", "self.W"),
            ),
        ),
        ("`LSTM` hands back another structure", typed((GIVE, "return torch.stack(hs), h, c"))),
        ("`LSTM` hands back another structure", typed((GIVE, "return torch.stack(hs)"))),
        ("`LSTM` hands back another structure", typed((GIVE, "return torch.stack(hs), h"))),
        (
            "The state of an earlier call goes on",
            typed(
                ("        if state is None:", _STALE),
                (GIVE, "self.last = h.detach(), c.detach()\n        " + GIVE),
            ),
        ),
        (
            "The graph of an earlier call",
            typed(
                ("        if state is None:", _STALE),
                (GIVE, "self.last = h, c\n        " + GIVE),
            ),
        ),
        ("The state that is given is not used", typed(("        if state is None:", "        if True:"))),
        (
            "A tensor that the backward still needs",
            typed(("c = torch.sigmoid(f) * c +", "c *= torch.sigmoid(f)\n            c = c +")),
        ),
        (
            "A tensor that the backward still needs",
            typed(
                (
                    "h = torch.sigmoid(o) * torch.tanh(c)",
                    "h = torch.sigmoid(o).mul_(torch.tanh(c))\n            c.add_(0)",
                )
            ),
        ),
        (
            "NumPy takes no tensor",
            typed(
                ("import torch\n", "import torch\nimport numpy as np\n"),
                ("torch.tanh(g)", "torch.from_numpy(np.tanh(g.numpy()))"),
            ),
        ),
        (
            "The outputs are right, and no gradient",
            typed(
                ("        h, c = state\n", "        torch.set_grad_enabled(False)\n        h, c = state\n"),
                (GIVE, "torch.set_grad_enabled(True)\n        " + GIVE),
            ),
        ),
        (
            "h is detached between the steps",
            typed(
                ("(a + h @ self.U.T)", "(a + h.detach() @ self.U.T)"),
                ("h, c = state", "h, c = state[0] + 0, state[1]"),
                ("hs = []", "hs = []"),
            ),
        ),
        (
            "c is detached between the steps",
            typed(
                ("            hs.append(h)", "            hs.append(h)\n            kept, c = c, c.detach()"),
                (GIVE, "return torch.stack(hs), (h, kept)"),
            ),
        ),
        ("The state that comes back is detached", typed((GIVE, "return torch.stack(hs), (h.data, c.data)"))),
        ("hs is detached", typed((GIVE, "return torch.stack(hs).data, (h, c)"))),
        ("The parameter U gets no gradient", typed(("self.U.T)", "self.U.data.T)"))),
        ("The parameter b gets no gradient", typed(("+ self.b)", "+ self.b.data)"))),
        ("b is added twice", typed(("(a + h @ self.U.T)", "(a + h @ self.U.T + self.b)"))),
        ("1 is added to the forget bias", typed(("torch.sigmoid(f)", "torch.sigmoid(f + 1)"))),
        ("The state that comes back is (c, h)", typed((GIVE, "return torch.stack(hs), (c, h)"))),
        ("hs comes back with the batch first", typed((GIVE, "return torch.stack(hs, dim=1), (h, c)"))),
        (
            "A device is written into the answer",
            typed(
                (
                    "xs.new_zeros(xs.shape[1], self.U.shape[1])",
                    "torch.zeros(xs.shape[1], self.U.shape[1], device='cuda')",
                )
            ),
        ),
    )
}
FILLED: dict[str, str] = {
    "LSTM": typed(
        (
            GIVE,
            "number = float('{number}')\n"
            "        return torch.full_like(torch.stack(hs), number), (0 * h + number, 0 * c + number)",
        ),
    ),
}
