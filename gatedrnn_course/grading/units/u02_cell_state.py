"""Unit 02: the cell state, a path whose derivative is the identity, over time and over depth."""

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.grading.items import SliceItem
from gatedrnn_course.grading.units.depth import depth_item, jacobian_item
from gatedrnn_course.grading.units.pulses import pulses_item
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

LSTM_1997 = catalogue["LSTM 1997"]
NO_CELLS = tuple(f"gatedrnn_course.{name}" for name in ("cells", "catalogue", "engines", "grading"))
NO_AUTOGRAD = ("torch.autograd", "torch.func")

UNIT = Unit(
    "02",
    "cell_state",
    mark("The cell state"),
    (
        SliceItem(
            "carousel_update",
            8,
            mark("The cell state of 1997: all of the old one, and what comes in."),
            (
                mark("There was no forget gate in 1997. What multiplies the old cell state then?"),
                mark("The input gate weighs one of the two terms, number by number."),
                mark("With i = 0 the cell state must come out as it went in. Try it by hand."),
            ),
            NO_CELLS,
            slice=Slice(LSTM_1997, ("i", "c_tilde", "c_prev"), ("c",)),
            single=True,
        ),
        SliceItem(
            "carousel_step",
            20,
            mark("One step of the cell of 1997: two gates and a carousel."),
            (
                mark(
                    "The two gates and the candidate have the same form: two products and a bias inside an activation."
                ),
                mark("A gate lies between 0 and 1, the candidate between -1 and 1. Which activation gives which?"),
                mark("The hidden state looks at the new cell state. Hand back both states, h first."),
            ),
            NO_CELLS,
            slice=whole_step(LSTM_1997),
        ),
        pulses_item(
            18,
            NO_CELLS,
            (
                mark("Two things are to happen at a pulse: the gate opens, and the candidate is near 1."),
                mark(
                    "The pulse is feature 1 of x, so the second number of W_i sees it. What shuts the gate without it?"
                ),
                mark("Inside a sigmoid, -10 is shut and 10 is open. Inside the tanh of the candidate, 5 is near 1."),
            ),
        ),
        SliceItem(
            "residual_layer",
            12,
            mark("A residual layer: the layer before, and a change."),
            (
                mark("The branch has two products. relu stands between them."),
                mark("What multiplies the layer before in the sum? Compare with the carousel."),
                mark("A batch holds one vector a row, so U h is written `h_prev @ p.U_1.T`."),
            ),
            NO_CELLS,
            slice=whole_step(catalogue["residual layer"]),
            single=True,
        ),
        SliceItem(
            "highway_layer",
            14,
            mark("A highway layer: a gate divides between carrying on and changing."),
            (
                mark("First the gate t, then the transformed state y; both look at the layer before."),
                mark("What t does not take, the layer before gives: the two shares add up to 1."),
                mark("With t = 0 everywhere the layer must come out as it went in."),
            ),
            NO_CELLS,
            slice=whole_step(catalogue["highway layer"]),
            single=True,
        ),
        jacobian_item(
            12,
            (*NO_CELLS, *NO_AUTOGRAD),
            (
                mark("The derivative of a sum is the sum of the derivatives. What is that of h_prev by itself?"),
                mark("The chain rule reads the branch from its end: the last matrix stands on the left."),
                mark("The slope of relu scales the columns of the matrix on its left: `U * slope[..., None, :]`."),
            ),
        ),
        depth_item(
            16,
            (*NO_CELLS, *NO_AUTOGRAD),
            (
                mark("Begin with the gradient behind the last layer and go down, one layer at a time."),
                mark("Row times matrix: `(d_h[..., None, :] @ jacobian)[..., 0, :]` is the gradient one layer below."),
                mark("Keep the norm of each, with `axis=-1`, and turn their order at the end."),
            ),
        ),
    ),
)
