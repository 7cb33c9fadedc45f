"""The cells of the course, each as its equations and with its source.

Names: f, i, o forget, input and output gate; c_tilde candidate; c cell state; h hidden state; z, r update and reset
gate.
"""

from __future__ import annotations

from gatedrnn_course.cells.cell import Cell, parse, variant
from gatedrnn_course.lookup import Named, missing
from gatedrnn_course.text import _, mark

__all__ = ["ODYSSEY", "catalogue", "cell_of"]

RNN = parse(
    """
    h = tanh(W_h @ x + U_h @ h_prev + b_h)             # hidden state
    """,
    "RNN",
    "Elman 1990; Pascanu, Mikolov and Bengio 2013",
)

LSTM_1997 = parse(
    """
    i = sigmoid(W_i @ x + U_i @ h_prev + b_i)          # input gate
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)       # candidate
    c = c_prev + i * c_tilde                           # cell state
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)          # output gate
    h = o * tanh(c)                                    # hidden state
    """,
    "LSTM 1997",
    "Hochreiter and Schmidhuber 1997; there the squashing functions are scaled sigmoids and gates also feed gates",
)

LSTM = parse(
    """
    f = sigmoid(W_f @ x + U_f @ h_prev + b_f)          # forget gate
    i = sigmoid(W_i @ x + U_i @ h_prev + b_i)          # input gate
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)       # candidate
    c = f * c_prev + i * c_tilde                       # cell state
    o = sigmoid(W_o @ x + U_o @ h_prev + b_o)          # output gate
    h = o * tanh(c)                                    # hidden state
    """,
    "LSTM",
    "Gers, Schmidhuber and Cummins 2000, with tanh squashing as in Graves 2012",
)

GRU = parse(
    """
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)          # update gate
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)          # reset gate
    h_tilde = tanh(W_h @ x + U_h @ (r * h_prev) + b_h) # candidate
    h = z * h_prev + (1 - z) * h_tilde                 # hidden state
    """,
    "GRU",
    "Cho et al. 2014, equations 5 to 8: the reset gate acts before the product; z weighs the old state",
)

GRU_RESET_AFTER = variant(
    GRU,
    "GRU reset after",
    {"h_tilde": "h_tilde = tanh(W_h @ x + b_h + r * (U_h @ h_prev + b_u))"},
    "Cho et al. 2014, appendix A.1.1; torch.nn.GRU; Keras with reset_after=True",
)

LSTM_COUPLED = variant(
    LSTM,
    "LSTM coupled",
    {"f": None, "c": "c = (1 - i) * c_prev + i * c_tilde"},
    "Greff et al. 2017 (CIFG), without peepholes",
)

PEEPHOLE = parse(
    """
    f = sigmoid(W_f @ x + U_f @ h_prev + P_f * c_prev + b_f)  # forget gate
    i = sigmoid(W_i @ x + U_i @ h_prev + P_i * c_prev + b_i)  # input gate
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)              # candidate
    c = f * c_prev + i * c_tilde                              # cell state
    o = sigmoid(W_o @ x + U_o @ h_prev + P_o * c + b_o)       # output gate
    h = o * tanh(c)                                           # hidden state
    """,
    "peephole LSTM",
    "Greff et al. 2017, section II; Graves 2012, equations 4.2 to 4.10: f and i see c_prev, o sees c",
)

PEEPHOLE_GERS = variant(
    PEEPHOLE,
    "peephole LSTM Gers",
    {"h": "h = o * c"},
    "Gers, Schraudolph and Schmidhuber 2002: the cell state leaves without squashing",
)

PEEPHOLE_NO_U = variant(
    PEEPHOLE,
    "peephole LSTM U=0",
    {
        "f": "f = sigmoid(W_f @ x + P_f * c_prev + b_f)",
        "i": "i = sigmoid(W_i @ x + P_i * c_prev + b_i)",
        "c_tilde": "c_tilde = tanh(W_c @ x + b_c)",
        "o": "o = sigmoid(W_o @ x + P_o * c + b_o)",
        "h": "h = o * c",
    },
    "the lecture's variant U = 0: gates see the input and the cell, not the hidden state",
)

HIGHWAY = parse(
    """
    t = sigmoid(W_t @ h_prev + b_t)                    # transform gate
    y = tanh(W_h @ h_prev + b_h)                       # transformed state
    h = t * y + (1 - t) * h_prev                       # next layer
    """,
    "highway layer",
    "Srivastava, Greff and Schmidhuber 2015, with carry gate C = 1 - T; steps are layers",
)

RESIDUAL = parse(
    """
    y = U_2 @ relu(U_1 @ h_prev + b_1) + b_2           # residual branch
    h = h_prev + y                                     # next layer
    """,
    "residual layer",
    "He et al. 2015, with the identity shortcut and no activation after the sum; steps are layers",
)

ODYSSEY_V = Cell("V", PEEPHOLE.lines, "Greff et al. 2017: the vanilla LSTM of the study")
_SOURCE = "Greff et al. 2017, section III"
_FULL = "U_{0}i @ i_prev + U_{0}f @ f_prev + U_{0}o @ o_prev"

ODYSSEY: Named[Cell] = Named(
    mark("A cell of the Search Space Odyssey."),
    {
        "V": ODYSSEY_V,
        "NIG": variant(ODYSSEY_V, "NIG", {"i": None, "c": "c = f * c_prev + c_tilde"}, _SOURCE),
        "NFG": variant(ODYSSEY_V, "NFG", {"f": None, "c": "c = c_prev + i * c_tilde"}, _SOURCE),
        "NOG": variant(ODYSSEY_V, "NOG", {"o": None, "h": "h = tanh(c)"}, _SOURCE),
        "NIAF": variant(ODYSSEY_V, "NIAF", {"c_tilde": "c_tilde = W_c @ x + U_c @ h_prev + b_c"}, _SOURCE),
        "NOAF": variant(ODYSSEY_V, "NOAF", {"h": "h = o * c"}, _SOURCE),
        "CIFG": variant(ODYSSEY_V, "CIFG", {"f": None, "c": "c = (1 - i) * c_prev + i * c_tilde"}, _SOURCE),
        "NP": variant(
            ODYSSEY_V,
            "NP",
            {
                "f": "f = sigmoid(W_f @ x + U_f @ h_prev + b_f)",
                "i": "i = sigmoid(W_i @ x + U_i @ h_prev + b_i)",
                "o": "o = sigmoid(W_o @ x + U_o @ h_prev + b_o)",
            },
            _SOURCE,
        ),
        "FGR": variant(
            ODYSSEY_V,
            "FGR",
            {
                "f": f"f = sigmoid(W_f @ x + U_f @ h_prev + P_f * c_prev + {_FULL.format('f')} + b_f)",
                "i": f"i = sigmoid(W_i @ x + U_i @ h_prev + P_i * c_prev + {_FULL.format('i')} + b_i)",
                "o": f"o = sigmoid(W_o @ x + U_o @ h_prev + P_o * c + {_FULL.format('o')} + b_o)",
            },
            f"{_SOURCE}; the paper prints P_o * c_prev in o, here o sees c as everywhere else",
        ),
    },
)
"""The nine architectures of the Search Space Odyssey: the vanilla LSTM and eight edits of it."""

_JOZEFOWICZ = "Jozefowicz, Zaremba and Sutskever 2015"
LSTM_F = variant(LSTM, "LSTM-f", {"f": None, "c": "c = c_prev + i * c_tilde"}, _JOZEFOWICZ)
LSTM_I = variant(LSTM, "LSTM-i", {"i": None, "c": "c = f * c_prev + c_tilde"}, _JOZEFOWICZ)
LSTM_O = variant(LSTM, "LSTM-o", {"o": None, "h": "h = tanh(c)"}, _JOZEFOWICZ)
LSTM_B = Cell("LSTM-b", LSTM.lines, f"{_JOZEFOWICZ}: the LSTM, started with b_f = 1")

MUT1 = parse(
    """
    z = sigmoid(W_z @ x + b_z)                                # update gate
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)                 # reset gate
    h_tilde = tanh(U_h @ (r * h_prev) + tanh(W_x @ x) + b_h)  # candidate
    h = z * h_tilde + (1 - z) * h_prev                        # hidden state
    """,
    "MUT1",
    f"{_JOZEFOWICZ}; z weighs the new state; tanh(x) needs D = H, so x is projected by W_x",
)
MUT2 = parse(
    """
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)                 # update gate
    r = sigmoid(W_x @ x + U_r @ h_prev + b_r)                 # reset gate
    h_tilde = tanh(U_h @ (r * h_prev) + W_h @ x + b_h)        # candidate
    h = z * h_tilde + (1 - z) * h_prev                        # hidden state
    """,
    "MUT2",
    f"{_JOZEFOWICZ}; z weighs the new state; x alone in r needs D = H, so x is projected by W_x",
)
MUT3 = parse(
    """
    z = sigmoid(W_z @ x + U_z @ tanh(h_prev) + b_z)           # update gate
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)                 # reset gate
    h_tilde = tanh(U_h @ (r * h_prev) + W_h @ x + b_h)        # candidate
    h = z * h_tilde + (1 - z) * h_prev                        # hidden state
    """,
    "MUT3",
    f"{_JOZEFOWICZ}; z weighs the new state",
)

MGU = parse(
    """
    f = sigmoid(W_f @ x + U_f @ h_prev + b_f)                 # forget gate
    h_tilde = tanh(W_h @ x + U_h @ (f * h_prev) + b_h)        # candidate
    h = (1 - f) * h_prev + f * h_tilde                        # hidden state
    """,
    "MGU",
    "Zhou et al. 2016",
)

JANET = parse(
    """
    s = W_f @ x + U_f @ h_prev + b_f                          # forget gate before sigmoid
    c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)              # candidate
    c = sigmoid(s) * c_prev + (1 - sigmoid(s - 1)) * c_tilde  # cell state
    h = c                                                     # hidden state
    """,
    "JANET",
    "van der Westhuizen and Lasenby 2018, with beta = 1",
)

MIN_GRU = parse(
    """
    z = sigmoid(W_z @ x + b_z)                                # update gate
    h_tilde = W_h @ x + b_h                                   # candidate
    h = (1 - z) * h_prev + z * h_tilde                        # hidden state
    """,
    "minGRU",
    "Feng et al. 2024; z weighs the new state",
)

MIN_LSTM = parse(
    """
    f = sigmoid(W_f @ x + b_f)                                # forget gate
    i = sigmoid(W_i @ x + b_i)                                # input gate
    h_tilde = W_h @ x + b_h                                   # candidate
    h = f / (f + i) * h_prev + i / (f + i) * h_tilde          # hidden state
    """,
    "minLSTM",
    "Feng et al. 2024",
)

_ALL = (
    *(RNN, LSTM_1997, LSTM, GRU, GRU_RESET_AFTER, LSTM_COUPLED, PEEPHOLE, PEEPHOLE_GERS, PEEPHOLE_NO_U),
    *(HIGHWAY, RESIDUAL, *ODYSSEY.values(), LSTM_F, LSTM_I, LSTM_O, LSTM_B, MUT1, MUT2, MUT3),
    *(MGU, JANET, MIN_GRU, MIN_LSTM),
)

catalogue: Named[Cell] = Named(mark("A cell of the catalogue."), {cell.name: cell for cell in _ALL})
"""Every cell of the course by name; `gatedrnn_course.tasks.catalogue` is the other one, of tasks."""


def cell_of(cell: Cell | str) -> Cell:
    """A cell, by itself or by its name in the catalogue.

    Raises:
        CourseError: If the catalogue has no such cell; the message gives names that are near.
    """
    if isinstance(cell, Cell):
        return cell
    if cell not in catalogue:
        do = _("For a cell of your own give what `parse` made of its equations.")
        raise missing(_("A cell of the catalogue."), cell, catalogue, do)
    return catalogue[cell]
