"""Answers to exercise 03 in the ways people write them: the right ones, each in a style of its own.

Every style maps the name of a function to its source. A student is one style with a few functions written otherwise.
"""

from __future__ import annotations

__all__ = ["BLANK", "EINSUM", "FLOAT32", "FUSED", "HELPER", "LOOPS", "NAMES", "PLAIN", "TORCH", "WHOLE"]

NAMES = (
    *("forget_gate", "input_gate", "candidate", "cell_update", "output_gate", "hidden_state", "lstm_step"),
    *("mended_step", "bias_for_half_life", "latch", "lstm_equations"),
)
LETTERS = {"forget_gate": "f", "input_gate": "i", "candidate": "c", "output_gate": "o"}

CELL_UPDATE = """\
def cell_update(f, i, c_tilde, c_prev):
    return f * c_prev + i * c_tilde
"""
HIDDEN_STATE = """\
def hidden_state(o, c):
    return o * np.tanh(c)
"""
STEP = """\
def lstm_step(x, h_prev, c_prev, p):
    f = forget_gate(x, h_prev, p)
    i = input_gate(x, h_prev, p)
    c_tilde = candidate(x, h_prev, p)
    c = cell_update(f, i, c_tilde, c_prev)
    o = output_gate(x, h_prev, p)
    h = hidden_state(o, c)
    return h, c
"""
WHOLE = """\
def lstm_step(x, h_prev, c_prev, p):
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    h = o * np.tanh(c)
    return h, c
"""
MENDED = WHOLE.replace("lstm_step", "mended_step")
HALF_LIFE = """\
def bias_for_half_life(n):
    f = 2 ** (-1 / n)
    return -np.log(1 / f - 1)
"""
LATCH = """\
def latch():
    return {"b_f": 9, "W_f": [0, -18], "b_i": -9, "W_i": [0, 18], "W_c": [4, 0], "b_o": 9}
"""
EQUATIONS = """\
def lstm_equations():
    return '''
        keep = sigmoid(W_f @ x + U_f @ h_prev + b_f)
        add = sigmoid(W_i @ x + U_i @ h_prev + b_i)
        new = tanh(W_c @ x + U_c @ h_prev + b_c)
        c = keep * c_prev + add * new
        h = sigmoid(W_o @ x + U_o @ h_prev + b_o) * tanh(c)
    '''
"""


def gates(body: str, activation: str = "np.tanh") -> dict[str, str]:
    """The four functions that see x and h_prev, from one body in which GATE, LETTER and ACT stand for what differs."""
    return {
        name: body.replace("GATE", name)
        .replace("LETTER", letter)
        .replace("ACT", activation if name == "candidate" else "sigmoid")
        for name, letter in LETTERS.items()
    }


def style(functions: dict[str, str], **others: str) -> dict[str, str]:
    """All functions in order; those not given are written plainly."""
    plain = {"cell_update": CELL_UPDATE, "hidden_state": HIDDEN_STATE, "lstm_step": STEP, "mended_step": MENDED}
    plain |= {"bias_for_half_life": HALF_LIFE, "latch": LATCH, "lstm_equations": EQUATIONS}
    known = {**plain, **functions, **others}
    return {name: known[name] for name in NAMES}


PLAIN = style(
    gates("""\
def GATE(x, h_prev, p):
    return ACT(x @ p.W_LETTER.T + h_prev @ p.U_LETTER.T + p.b_LETTER)
""")
)

LOOPS = style(
    gates("""\
def GATE(x, h_prev, p):
    rows = []
    for x_row, h_row in zip(np.atleast_2d(x), np.atleast_2d(h_prev)):
        rows.append(ACT(p.W_LETTER @ x_row + p.U_LETTER @ h_row + p.b_LETTER))
    return np.array(rows).reshape(h_prev.shape)
"""),
    hidden_state="""\
def hidden_state(o, c):
    h = np.empty(o.shape)
    for index in np.ndindex(o.shape):
        h[index] = o[index] * math.tanh(c[index])
    return h
""",
)

FUSED = style(
    gates("""\
def GATE(x, h_prev, p):
    weights = np.concatenate([p.W_LETTER, p.U_LETTER], axis=1)
    both = np.concatenate([x, h_prev], axis=-1)
    return ACT(both @ weights.T + p.b_LETTER)
"""),
    lstm_step="""\
def lstm_step(x, h_prev, c_prev, p):
    W = np.concatenate([p.W_f, p.W_i, p.W_c, p.W_o])
    U = np.concatenate([p.U_f, p.U_i, p.U_c, p.U_o])
    b = np.concatenate([p.b_f, p.b_i, p.b_c, p.b_o])
    f, i, c_tilde, o = np.split(x @ W.T + h_prev @ U.T + b, 4, axis=-1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(c_tilde)
    return sigmoid(o) * np.tanh(c), c
""",
)

FLOAT32 = style(
    gates("""\
def GATE(x, h_prev, p):
    x, h_prev = x.astype("float32"), h_prev.astype("float32")
    W, U, b = (a.astype("float32") for a in (p.W_LETTER, p.U_LETTER, p.b_LETTER))
    return ACT(x @ W.T + h_prev @ U.T + b)
""")
)

TORCH = style(
    gates(
        """\
def GATE(x, h_prev, p):
    a = torch.as_tensor(x) @ torch.as_tensor(p.W_LETTER).T
    a = a + torch.as_tensor(h_prev) @ torch.as_tensor(p.U_LETTER).T + torch.as_tensor(p.b_LETTER)
    return torch.ACT(a)
""",
        "tanh",
    ),
    hidden_state="""\
def hidden_state(o, c):
    return torch.as_tensor(o) * torch.tanh(torch.as_tensor(c))
""",
    cell_update="""\
def cell_update(f, i, c_tilde, c_prev):
    f, i, c_tilde, c_prev = map(torch.as_tensor, (f, i, c_tilde, c_prev))
    return torch.addcmul(f * c_prev, i, c_tilde)
""",
)

EINSUM = style(
    gates("""\
def GATE(x, h_prev, p):
    a = np.einsum("...d,hd->...h", x, p.W_LETTER)
    a += np.einsum("...k,hk->...h", h_prev, p.U_LETTER)
    return ACT(a + p.b_LETTER)
""")
)

HELPER = style(
    gates("""\
def GATE(x, h_prev, p):
    return ACT(linear(x, h_prev, p, "LETTER"))
""")
)
"""Needs the function `linear`."""

_HEADS = {
    **dict.fromkeys(LETTERS, "x, h_prev, p"),
    "cell_update": "f, i, c_tilde, c_prev",
    "hidden_state": "o, c",
    **dict.fromkeys(("lstm_step", "mended_step"), "x, h_prev, c_prev, p"),
    "bias_for_half_life": "n",
    "latch": "",
    "lstm_equations": "",
}
BLANK = {name: f'def {name}({head}):\n    """To be written."""\n    ...\n' for name, head in _HEADS.items()}
