"""Cells as C, written from their equations, compiled once by the machine's own compiler and called through ctypes.

`run(cell, xs, batch_sizes, state, stacks)` takes and returns what `torch_tier.sequence.run` does;
`usable(cell, xs, *state, *stacks)` says whether it can. Without a compiler nothing here
is needed, and `why` says so in a sentence.
"""

from gatedrnn_course.engines.c_tier.bind import Kernel as Kernel
from gatedrnn_course.engines.c_tier.bind import kernel_of as kernel_of
from gatedrnn_course.engines.c_tier.bind import kernels_of as kernels_of
from gatedrnn_course.engines.c_tier.build.compiler import available as available
from gatedrnn_course.engines.c_tier.build.compiler import why as why
from gatedrnn_course.engines.c_tier.run import fits as fits
from gatedrnn_course.engines.c_tier.run import run as run
from gatedrnn_course.engines.c_tier.run import run_kernel as run_kernel
from gatedrnn_course.engines.c_tier.run import supports as supports
from gatedrnn_course.engines.c_tier.run import usable as usable
