"""The gate explorer: one step of a cell with a single number in it, to move by hand."""

from gatedrnn_course.lab.gates.explorer import GateExplorer as GateExplorer
from gatedrnn_course.lab.gates.explorer import explore_gates as explore_gates
