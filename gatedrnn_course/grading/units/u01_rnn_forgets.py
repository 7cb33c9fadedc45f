"""Unit 01: a plain RNN, its gradient through time, and why it forgets."""

import numpy as np

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.grading.items import JacobianItem, Mistake, SequenceItem, SliceItem
from gatedrnn_course.grading.items.jacobian_item import NP_DIAG
from gatedrnn_course.grading.units.gradient_norms import gradient_norms_item
from gatedrnn_course.grading.units.rescale import clip_gradient_item, scale_to_norm_item
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

RNN = catalogue["RNN"]
NO_RNN = (
    *(f"torch.nn.{module}{name}" for module in ("", "modules.", "modules.rnn.") for name in ("RNN", "RNNCell")),
    *("torch.rnn_tanh", "torch.rnn_tanh_cell", "torch._VF.rnn_tanh", "torch._VF.rnn_tanh_cell"),
    *("gatedrnn_course.cells", "gatedrnn_course.catalogue", "gatedrnn_course.engines", "gatedrnn_course.grading"),
)
NO_CLIP = (*NO_RNN, "torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad.clip_grad_norm_")

JACOBIAN_MISTAKES = (
    Mistake(
        mark("The slopes have no axis for the columns: `h[..., None]` puts slope i beside row i, in every sequence."),
        lambda h, p: (1 - h**2) * p.U_h,
    ),
    Mistake(
        mark("That is one vector, the slopes times U_h. A Jacobian keeps a row for every new unit."),
        lambda h, p: (1 - h**2) @ p.U_h,
    ),
    Mistake(NP_DIAG, lambda h, p: np.diag(1 - h**2) @ p.U_h),
)

UNIT = Unit(
    "01",
    "rnn_forgets",
    mark("An RNN forgets"),
    (
        SliceItem(
            "rnn_step",
            15,
            mark("One step of a plain RNN: the old state and the input make the new state."),
            (
                mark("Three things add up inside the tanh. Which of them knows about the past?"),
                mark("W_h meets the input, U_h meets the old state."),
                mark("A batch holds one vector a row, so W x is written `x @ p.W.T` and U h is `h_prev @ p.U.T`."),
            ),
            NO_RNN,
            slice=whole_step(RNN),
            single=True,
        ),
        SequenceItem(
            "rnn_forward",
            20,
            mark("The RNN unrolled over a whole sequence."),
            (
                mark("What does step t need that step t - 1 made?"),
                mark("Loop over the first axis of xs, keep one variable h, and append it to a list at every step."),
                mark("np.stack turns a list of T arrays (B, H) into one array (T, B, H). h_0 itself is not in it."),
            ),
            NO_RNN,
            cell=RNN,
        ),
        JacobianItem(
            "step_jacobian",
            20,
            mark("The Jacobian of one step: how each new unit answers to each old one."),
            (
                mark("Move one old unit j a little. By how much does the sum inside the tanh of unit i move?"),
                mark(
                    "The slope of tanh at its output h is 1 - h squared: a number for each new unit, so for each row."
                ),
                mark("`h[..., None]` has one more axis than h: times a matrix (H, H) it scales the rows."),
            ),
            NO_RNN,
            cell=RNN,
            mistakes=JACOBIAN_MISTAKES,
        ),
        gradient_norms_item(
            25,
            NO_RNN,
            (
                mark("From one lag to the next a single Jacobian joins the product. On which side?"),
                mark("Start with the identity matrix, and go through the Jacobians from the last one backwards."),
                mark("np.linalg.norm(product, 2, axis=(-2, -1)) is the largest singular value of each matrix."),
            ),
        ),
        scale_to_norm_item(
            10,
            NO_RNN,
            (
                mark("Twice a matrix has twice the singular values."),
                mark(
                    "Which norm has U now? np.linalg.norm needs a second argument to tell the largest singular value."
                ),
                mark("If the norm is 4 and 2 is wanted, every number of U is halved."),
            ),
        ),
        clip_gradient_item(
            10,
            NO_CLIP,
            (
                mark("Two cases: it is too long, or it is not."),
                mark("The length counts all numbers, whatever the shape: the root of the sum of their squares."),
                mark("Which factor turns a length of 10 into one of 2? Try it with the letters."),
            ),
        ),
    ),
)
