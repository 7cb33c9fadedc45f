"""Unit 00: one warm-up item, the linear layer every gate is made of."""

from gatedrnn_course.cells import Slice, parse
from gatedrnn_course.grading.items import SliceItem
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

LINEAR = parse("h = W_h @ x + b_h  # linear layer", "linear layer", "the sum inside every gate")

UNIT = Unit(
    "00",
    "start_here",
    mark("Start here"),
    (
        SliceItem(
            "linear",
            100,
            mark("A linear layer: the input times a matrix, plus a bias."),
            (
                mark("The equation has two terms. Write the product first, look at its shape, then add the bias."),
                mark("x has shape (B, D) and p.W_h has shape (H, D). In which order do the inner sizes agree?"),
                mark("One row of x is one vector. A row times a matrix stands as `row @ matrix.T`."),
            ),
            slice=Slice(LINEAR, ("x",), ("h",)),
            single=True,
        ),
    ),
)
