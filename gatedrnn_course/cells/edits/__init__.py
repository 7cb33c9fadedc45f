"""Every edit of a slice, each with its name in words: the variants of the literature and the mistakes of learners."""

from gatedrnn_course.cells.edits.classes import EditClass as EditClass
from gatedrnn_course.cells.edits.classes import classes as classes
from gatedrnn_course.cells.edits.combine import everywhere_edits as everywhere_edits
from gatedrnn_course.cells.edits.combine import merged as merged
from gatedrnn_course.cells.edits.evaluate import Trial as Trial
from gatedrnn_course.cells.edits.single import single_edits as single_edits
from gatedrnn_course.cells.edits.site import Edit as Edit
from gatedrnn_course.cells.edits.site import Words as Words
