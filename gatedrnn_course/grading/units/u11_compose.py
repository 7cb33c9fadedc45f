"""Unit 11: a cell of the learner's own writes chorales."""

from gatedrnn_course.grading.units.composer import composer_item
from gatedrnn_course.grading.units.likelihood import chorale_nll_item
from gatedrnn_course.grading.units.score import pitch_frequency_item, to_notes_item
from gatedrnn_course.grading.units.u03_gates import NO_LSTM
from gatedrnn_course.grading.units.unit import Unit
from gatedrnn_course.grading.units.written_music import sample_notes_item, write_chorale_item
from gatedrnn_course.text import mark

UNIT = Unit(
    "11",
    "compose",
    mark("Compose"),
    (
        chorale_nll_item(18, NO_LSTM),
        sample_notes_item(12, NO_LSTM),
        write_chorale_item(22, NO_LSTM),
        to_notes_item(16, NO_LSTM),
        pitch_frequency_item(6, NO_LSTM),
        composer_item(
            26,
            (),
            (
                mark("Any cell will do that reads x and hands on h: begin with one you have built as equations."),
                mark("The cell that trains writes composer.npz. Train again whenever you change the equations."),
                mark("Not good enough? Watch the curve: still falling means more steps, flat means more units."),
            ),
        ),
    ),
)
