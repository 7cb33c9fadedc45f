"""Cells as equations, and everything derived from them. NumPy only."""

from gatedrnn_course.cells.backward_program import BackwardProgram as BackwardProgram
from gatedrnn_course.cells.backward_program import backward_step as backward_step
from gatedrnn_course.cells.catalogue import ODYSSEY as ODYSSEY
from gatedrnn_course.cells.catalogue import catalogue as catalogue
from gatedrnn_course.cells.catalogue import cell_of as cell_of
from gatedrnn_course.cells.cell import Cell as Cell
from gatedrnn_course.cells.cell import parse as parse
from gatedrnn_course.cells.cell import variant as variant
from gatedrnn_course.cells.describe import describe as describe
from gatedrnn_course.cells.describe import describe_back as describe_back
from gatedrnn_course.cells.diagram import diagram as diagram
from gatedrnn_course.cells.gradients import backward_of as backward_of
from gatedrnn_course.cells.gradients import sequence_backward as sequence_backward
from gatedrnn_course.cells.language import Line as Line
from gatedrnn_course.cells.latex import cell_latex as cell_latex
from gatedrnn_course.cells.numeric import sigmoid as sigmoid
from gatedrnn_course.cells.params import Params as Params
from gatedrnn_course.cells.program import Program as Program
from gatedrnn_course.cells.reference import draw_params as draw_params
from gatedrnn_course.cells.reference import sequence as sequence
from gatedrnn_course.cells.reference import step as step
from gatedrnn_course.cells.reference import zero_state as zero_state
from gatedrnn_course.cells.slices import Slice as Slice
from gatedrnn_course.cells.slices import whole_step as whole_step
from gatedrnn_course.errors import CellError as CellError
