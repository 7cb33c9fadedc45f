"""Unit 03: the LSTM step, assembled gate by gate."""

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.grading.items import EquationsItem, SliceItem
from gatedrnn_course.grading.units.half_life import half_life_item
from gatedrnn_course.grading.units.latch import latch_item
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

LSTM = catalogue["LSTM"]
NO_LSTM = (
    *(f"torch.nn.{module}{name}" for module in ("", "modules.", "modules.rnn.") for name in ("LSTM", "LSTMCell")),
    *("torch.lstm", "torch.lstm_cell", "torch._VF.lstm", "torch._VF.lstm_cell"),
    *("gatedrnn_course.cells", "gatedrnn_course.catalogue", "gatedrnn_course.engines", "gatedrnn_course.grading"),
)

_TWO_PRODUCTS = mark("Two products and a bias stand inside the activation. How many of them does your line have?")
_ROWS = mark("A batch holds one vector a row, so W x is written `x @ p.W.T` and U h is written `h_prev @ p.U.T`.")


def _gate(name: str, points: int, line: str, title: str, hint: str) -> SliceItem:
    """One gate, or the candidate: a line that sees x and h_prev."""
    hints = (hint, _TWO_PRODUCTS, _ROWS)
    return SliceItem(name, points, title, hints, NO_LSTM, slice=Slice(LSTM, ("x", "h_prev"), (line,)), single=True)


UNIT = Unit(
    "03",
    "gates",
    mark("Gates"),
    (
        _gate(
            "forget_gate",
            10,
            "f",
            mark("The forget gate: how much of the old cell state to keep."),
            mark("A gate is a number between 0 and 1 for each unit. Which activation gives that?"),
        ),
        _gate(
            "input_gate",
            4,
            "i",
            mark("The input gate: how much of the candidate to add."),
            mark("Same form as the forget gate, with parameters of its own."),
        ),
        _gate(
            "candidate",
            6,
            "c_tilde",
            mark("The candidate: what could be added to the cell state."),
            mark("The candidate is no gate: it must be able to be negative. Which activation lies between -1 and 1?"),
        ),
        SliceItem(
            "cell_update",
            10,
            mark("The new cell state: keep part of the old, add part of the candidate."),
            (
                mark("Two things add up: what is left of the old cell state, and what comes in."),
                mark("Each gate multiplies one of the two, element by element."),
                mark("With f = 1 and i = 0 the cell state must come out as it went in. Try it by hand."),
            ),
            NO_LSTM,
            slice=Slice(LSTM, ("f", "i", "c_tilde", "c_prev"), ("c",)),
            single=True,
        ),
        _gate(
            "output_gate",
            4,
            "o",
            mark("The output gate: how much of the cell to show."),
            mark("Same form as the other two gates, with parameters of its own."),
        ),
        SliceItem(
            "hidden_state",
            8,
            mark("The hidden state: what the cell shows."),
            (
                mark("The output gate decides how much is shown. Of what?"),
                mark("The cell state can be large, so it is squashed before it is shown."),
                mark("With o = 1 the result lies between -1 and 1, however large c is."),
            ),
            NO_LSTM,
            slice=Slice(LSTM, ("o", "c"), ("h",)),
            single=True,
        ),
        SliceItem(
            "lstm_step",
            16,
            mark("One step of the LSTM: all six functions in their order."),
            (
                mark("You have all the parts. Call them in the order of the equations."),
                mark("The hidden state looks at the new cell state, so the cell update comes before it."),
                mark("Hand back both states, h first: `return h, c`."),
            ),
            NO_LSTM,
            slice=whole_step(LSTM),
        ),
        SliceItem(
            "mended_step",
            8,
            mark("The broken step without its two faults."),
            (
                mark("Give both functions the same arguments and compare: is c the same? Is h the same?"),
                mark("With c_prev = 0 only the input gate and the candidate are left in c."),
                mark("Read each line beside its equation: which letter, which sign, which state stands there?"),
            ),
            NO_LSTM,
            slice=whole_step(LSTM),
        ),
        half_life_item(
            10,
            NO_LSTM,
            (
                mark("Each step multiplies the cell state by f. n steps multiply it by f to the power n."),
                mark("Solve for f first: which number, multiplied n times by itself, is one half?"),
                mark("Then turn the sigmoid round: f = 1 / (1 + exp(-b)), so b is the logarithm of a quotient."),
            ),
        ),
        latch_item(
            14,
            NO_LSTM,
            (
                mark("Decide for each gate when it is open: at a write, between writes, at the end."),
                mark("The write signal is feature 1 of x, so one column of W_f and of W_i sees it."),
                mark("A gate near 0 or 1 needs a number near -10 or 10 inside its sigmoid; tanh needs less."),
            ),
        ),
        EquationsItem(
            "lstm_equations",
            10,
            mark("The six equations of the LSTM, as a text."),
            (
                mark("The language is that of the lesson: W_f @ x, no transposes, no p, one equation a line."),
                mark("A line may only use what stands above it: c needs the gates and the candidate."),
                mark("The states are called h and c, the old ones h_prev and c_prev."),
            ),
            NO_LSTM,
            cell=LSTM,
        ),
    ),
)
