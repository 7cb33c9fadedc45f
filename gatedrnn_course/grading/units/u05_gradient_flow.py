"""Unit 05: how gradients flow through an LSTM, along the cell state and around it, and the biases that keep them."""

from gatedrnn_course.grading.units.chrono import chrono_item
from gatedrnn_course.grading.units.flow_report import flow_report_item
from gatedrnn_course.grading.units.forget_bias import forget_bias_item
from gatedrnn_course.grading.units.gradient_paths import cell_path_item, whole_gradient_item
from gatedrnn_course.grading.units.u03_gates import NO_LSTM
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.text import mark

UNIT = Unit(
    "05",
    "gradient_flow",
    mark("Gradient flow"),
    (
        cell_path_item(25, NO_LSTM),
        whole_gradient_item(20, NO_LSTM),
        forget_bias_item(20, NO_LSTM),
        chrono_item(15, NO_LSTM),
        flow_report_item(20, NO_LSTM),
    ),
)
