"""Unit 04: the LSTM over a sequence, its backward by hand, and its parameters in the layout of torch."""

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.items import BackwardItem, BackwardSequenceItem, SequenceItem
from gatedrnn_course.grading.units.torch_layout import layout_item
from gatedrnn_course.grading.units.u03_gates import NO_LSTM
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

LSTM = catalogue["LSTM"]
NO_AUTOGRAD = (*NO_LSTM, "torch.autograd", "torch.func")

UNIT = Unit(
    "04",
    "through_time",
    mark("Through time"),
    (
        SequenceItem(
            "lstm_forward",
            15,
            mark("The LSTM over a sequence: every h and every c."),
            (
                mark("One step is `lstm_step`. What does the second step get that the first one made?"),
                mark("Start from h_0 and c_0, go over `xs` along its first axis, and keep h and c of every step."),
                mark("`np.stack` makes one array of a list of arrays, time first: (T, B, H). Hand back hs, then cs."),
            ),
            NO_LSTM,
            cell=LSTM,
        ),
        BackwardItem(
            "lstm_step_backward",
            40,
            mark("One step of the LSTM backwards: from d_h and d_c to the derivatives of all it used."),
            (
                mark("Go through the six equations from the last to the first: what is each name multiplied by?"),
                mark("c reaches the loss twice: through h, and directly, by the d_c that arrives. Add both."),
                mark(
                    "For each gate, d_a is its derivative inside the sigmoid, such as d_f * f * (1 - f). W gets "
                    "`d_a.T @ x`, b the sum of d_a over the batch, and x and h_prev each a sum of four products."
                ),
            ),
            NO_AUTOGRAD,
            cell=LSTM,
        ),
        BackwardSequenceItem(
            "lstm_backward",
            30,
            mark("The LSTM backwards through time: from the derivatives of every h to those of all it used."),
            (
                mark("The last step comes first: nothing arrives there but d_hs[-1]. What arrives at the one before?"),
                mark("Two gradients are carried, d_h and d_c. h of step t gets d_hs[t] and what is carried."),
                mark(
                    "All steps share the parameters, so their gradients add up. What is carried out of the first step "
                    "is d_h_0 and d_c_0."
                ),
            ),
            NO_AUTOGRAD,
            cell=LSTM,
        ),
        layout_item(
            15,
            NO_LSTM,
            (
                mark("torch keeps four matrices as one, one below the other: H rows for each gate."),
                mark("Its order is i, f, g, o. Which of ours is g?"),
                mark("torch adds two biases where we have one: their sum must be ours."),
            ),
        ),
    ),
)
