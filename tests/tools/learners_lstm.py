"""A right LSTM as a learner would write it, there and back, for tests of what is built on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course import Params, sigmoid, stack, tanh

__all__ = ["lstm_backward", "lstm_forward", "lstm_step_backward", "to_torch_layout"]


def lstm_forward(xs: Any, h_0: Any, c_0: Any, p: Any) -> Any:
    h, c, hs, cs = h_0, c_0, [], []
    for x in xs:
        a = {k: x @ p[f"W_{k}"].T + h @ p[f"U_{k}"].T + p[f"b_{k}"] for k in "fico"}
        c = sigmoid(a["f"]) * c + sigmoid(a["i"]) * tanh(a["c"])
        h = sigmoid(a["o"]) * tanh(c)
        hs.append(h)
        cs.append(c)
    return stack(hs), stack(cs)


def lstm_step_backward(saved: Any, d_h: Any, d_c: Any, p: Any) -> Any:
    d_c = d_c + d_h * saved.o * (1 - np.tanh(saved.c) ** 2)
    d_a = {
        "f": d_c * saved.c_prev * saved.f * (1 - saved.f),
        "i": d_c * saved.c_tilde * saved.i * (1 - saved.i),
        "c": d_c * saved.i * (1 - saved.c_tilde**2),
        "o": d_h * np.tanh(saved.c) * saved.o * (1 - saved.o),
    }
    d = {"d_c_prev": d_c * saved.f}
    d["d_x"] = sum(d_a[k] @ p[f"W_{k}"] for k in d_a)
    d["d_h_prev"] = sum(d_a[k] @ p[f"U_{k}"] for k in d_a)
    for k in d_a:
        d |= {f"d_W_{k}": d_a[k].T @ saved.x, f"d_U_{k}": d_a[k].T @ saved.h_prev, f"d_b_{k}": d_a[k].sum(axis=0)}
    return d


def lstm_backward(saved: Any, d_hs: Any, p: Any) -> Any:
    d_h = d_c = np.zeros_like(d_hs[0])
    d_xs = np.zeros_like(saved.x)
    total = {f"d_{name}": np.zeros_like(p[name]) for name in p}
    for t in reversed(range(len(d_hs))):
        d = lstm_step_backward(Params({name: saved[name][t] for name in saved}), d_hs[t] + d_h, d_c, p)
        d_h, d_c, d_xs[t] = d["d_h_prev"], d["d_c_prev"], d["d_x"]
        total = {name: value + d[name] for name, value in total.items()}
    return {"d_xs": d_xs, "d_h_0": d_h, "d_c_0": d_c, **total}


def to_torch_layout(p: Any) -> Any:
    rows = {letter: np.concatenate([p[f"{letter}_{k}"] for k in "ifco"]) for letter in "WUb"}
    half = rows["b"] / 2
    return {"weight_ih_l0": rows["W"], "weight_hh_l0": rows["U"], "bias_ih_l0": half, "bias_hh_l0": half}
