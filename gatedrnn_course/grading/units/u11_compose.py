"""Unit 11: a cell of the learner's own writes chorales."""

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
        chorale_nll_item(24, NO_LSTM),
        sample_notes_item(16, NO_LSTM),
        write_chorale_item(28, NO_LSTM),
        to_notes_item(24, NO_LSTM),
        pitch_frequency_item(8, NO_LSTM),
    ),
)
