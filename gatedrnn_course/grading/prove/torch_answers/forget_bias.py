"""Answers to `open_forget_gate`."""

from __future__ import annotations

from gatedrnn_course.text import mark

__all__ = ["FILLED", "RIGHT", "WRONG"]


def _answer(*rows: str) -> str:
    body = "".join(f"    {row}\n" for row in ("H = lstm.hidden_size", *rows))
    return f"import torch\nfrom torch import nn\n\ndef open_forget_gate(lstm, value):\n{body}"


RIGHT: dict[str, dict[str, str]] = {
    "open_forget_gate": {
        mark("rows set under no_grad"): _answer(
            "with torch.no_grad():",
            "    lstm.bias_ih_l0[H:2 * H] = value",
            "    lstm.bias_hh_l0[H:2 * H] = 0",
        ),
        mark("the other of the two biases"): _answer(
            "with torch.no_grad():",
            "    lstm.bias_ih_l0[H:2 * H].zero_()",
            "    lstm.bias_hh_l0[H:2 * H].fill_(value)",
        ),
        mark("half in each"): _answer(
            "for name, p in lstm.named_parameters():",
            "    if 'bias' in name:",
            "        p.data[H:2 * H].fill_(value / 2)",
        ),
        mark(".data of both"): _answer(
            "lstm.bias_ih_l0.data[H:2 * H] = value", "lstm.bias_hh_l0.data[H:2 * H] = 0.0", "return lstm"
        ),
        mark("what is missing, added"): _answer(
            "with torch.no_grad():",
            "    lstm.bias_ih_l0[H:2 * H] = value - lstm.bias_hh_l0[H:2 * H]",
        ),
        mark("chunk and fill"): _answer(
            "with torch.no_grad():",
            "    lstm.bias_ih_l0.chunk(4)[1].fill_(value)",
            "    lstm.bias_hh_l0.chunk(4)[1].fill_(0)",
        ),
        mark("torch.nn.init"): _answer(
            "nn.init.constant_(lstm.bias_ih_l0.detach()[H:2 * H], value)",
            "nn.init.zeros_(lstm.bias_hh_l0.detach()[H:2 * H])",
        ),
        mark("through the state_dict"): _answer(
            "weights = {name: t.clone() for name, t in lstm.state_dict().items()}",
            "weights['bias_ih_l0'][H:2 * H] = value",
            "weights['bias_hh_l0'][H:2 * H] = 0",
            "lstm.load_state_dict(weights)",
        ),
        mark("a mask"): _answer(
            "with torch.no_grad():",
            "    rows = torch.arange(4 * H) // H == 1",
            "    lstm.bias_ih_l0.masked_fill_(rows, value)",
            "    lstm.bias_hh_l0.masked_fill_(rows, 0)",
        ),
        mark("new parameters in place of the old"): _answer(
            "for name, number in (('bias_ih_l0', value), ('bias_hh_l0', 0.0)):",
            "    new = getattr(lstm, name).detach().clone()",
            "    new[H:2 * H] = number",
            "    setattr(lstm, name, nn.Parameter(new))",
        ),
    }
}
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "open_forget_gate": (
        (
            "Both biases are set",
            _answer(
                "for name, p in lstm.named_parameters():",
                "    if 'bias' in name:",
                "        p.data[H:2 * H].fill_(value)",
            ),
        ),
        (
            "The bias of i is set",
            _answer("lstm.bias_ih_l0.data[:H] = value", "lstm.bias_hh_l0.data[:H] = 0"),
        ),
        (
            "The biases of all gates are set:",
            _answer("lstm.bias_ih_l0.data.fill_(value)", "lstm.bias_hh_l0.data.fill_(0)"),
        ),
        (
            "The biases of all gates are set, both",
            _answer("for p in (lstm.bias_ih_l0, lstm.bias_hh_l0):", "    nn.init.constant_(p, value)"),
        ),
        ("bias_hh_l0 keeps its old numbers", _answer("lstm.bias_ih_l0.data[H:2 * H] = value")),
        ("bias_ih_l0 keeps its old numbers", _answer("lstm.bias_hh_l0.data[H:2 * H] = value")),
        ("The value is added", _answer("lstm.bias_hh_l0.data[H:2 * H] += value")),
        ("A parameter is changed while", _answer("lstm.bias_ih_l0[H:2 * H] = value")),
        ("A parameter is changed while", _answer("lstm.bias_ih_l0 = torch.full((4 * H,), value)")),
        (
            "bias_ih_l0, bias_hh_l0 cannot be trained",
            _answer(
                "for p, number in ((lstm.bias_ih_l0, value), (lstm.bias_hh_l0, 0.0)):",
                "    p.requires_grad_(False)",
                "    p[H:2 * H] = number",
            ),
        ),
        ("Nothing has changed", _answer("b = lstm.bias_ih_l0.detach().clone()", "b[H:2 * H] = value", "return lstm")),
        (
            "Only the first unit",
            _answer("lstm.bias_ih_l0.data[H] = value", "lstm.bias_hh_l0.data[H] = 0"),
        ),
    )
}
FILLED: dict[str, str] = {
    "open_forget_gate": _answer("for p in lstm.parameters():", "    p.data.fill_(float('{number}'))"),
}
