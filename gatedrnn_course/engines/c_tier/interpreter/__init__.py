"""Cells run without compiling them: one kernel, compiled once, reads any cell's program as numbers.

`interpreter_of(cell, real_bytes)` is a kernel like `c_tier.kernel_of(cell, real_bytes)`, there at once.
"""

from gatedrnn_course.engines.c_tier.interpreter.bind import interpreter_of as interpreter_of
from gatedrnn_course.engines.c_tier.interpreter.bind import interpreters_of as interpreters_of
