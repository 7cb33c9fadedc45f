"""Unit 08: gates that see the cell, a cell without recurrent weights, and a counter that begins again."""

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.grading.items import EquationsItem, SliceItem
from gatedrnn_course.grading.units.every_nth import every_nth_item
from gatedrnn_course.grading.units.u03_gates import NO_LSTM
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

PEEPHOLE, NO_RECURRENCE = catalogue["peephole LSTM"], catalogue["peephole LSTM U=0"]

UNIT = Unit(
    "08",
    "peepholes",
    mark("Peepholes"),
    (
        SliceItem(
            "peephole_gates",
            18,
            mark("Forget and input gate, which see the old cell state."),
            (
                mark("Begin with the two gates of unit 03. Each gets one more term inside its sigmoid."),
                mark("P is a vector, one weight for each unit: the product is number by number, `*` and not `@`."),
                mark("Both look at the same state, c_prev. Hand back two gates: `return f, i`."),
            ),
            NO_LSTM,
            slice=Slice(PEEPHOLE, ("x", "h_prev", "c_prev"), ("f", "i")),
            single=True,
        ),
        SliceItem(
            "peephole_output_gate",
            10,
            mark("The output gate, which sees the new cell state."),
            (
                mark("The same form as the other two gates, with parameters of its own."),
                mark("Which cell state is among the arguments? It is the only one this gate can see."),
                mark("Four terms stand inside the sigmoid: two products with @, one with *, and a bias."),
            ),
            NO_LSTM,
            slice=Slice(PEEPHOLE, ("x", "h_prev", "c"), ("o",)),
            single=True,
        ),
        SliceItem(
            "peephole_step",
            24,
            mark("One step of the peephole LSTM."),
            (
                mark("Only gates have peepholes. The candidate and the cell state are those of unit 03."),
                mark("The order matters: f and i before the new cell state, o after it."),
                mark("The output gate is given c, not c_prev. Hand back `h, c`."),
            ),
            NO_LSTM,
            slice=whole_step(PEEPHOLE),
        ),
        EquationsItem(
            "peephole_equations",
            12,
            mark("The six equations of the peephole LSTM, as a text."),
            (
                mark("The language is that of unit 03: W_f @ x, no transposes, no p, one equation a line."),
                mark("A product number by number is written `*`: it makes the peephole a vector."),
                mark("A line may use what stands above it. Where must the line of o stand, so that it can use c?"),
            ),
            NO_LSTM,
            cell=PEEPHOLE,
        ),
        SliceItem(
            "no_recurrence_step",
            14,
            mark("One step of the peephole LSTM with U = 0, which shows its cell without tanh."),
            (
                mark("Strike out every product with a U from the step, in the candidate too."),
                mark("h_prev is still an argument. No line uses it."),
                mark("Read the last equation once more: this cell is shown as it is, without squashing."),
            ),
            NO_LSTM,
            slice=whole_step(NO_RECURRENCE),
        ),
        every_nth_item(
            22,
            NO_LSTM,
            (
                mark("Let c hold how many pulses have come. Unit 02 has the input gate and the candidate for that."),
                mark("A gate that is to open at n and be shut at n - 1 changes in between: at c = n - 0.5."),
                mark("sigmoid(20 * (c - n + 0.5)) is such a gate. Multiply out: which number is P, which is b?"),
            ),
        ),
    ),
)
