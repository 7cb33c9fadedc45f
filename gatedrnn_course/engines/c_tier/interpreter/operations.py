"""What the interpreter can do to elements, by number: the same list for who writes programs and for the C text."""

from __future__ import annotations

from gatedrnn_course.cells.activations import FUNCTIONS

__all__ = ["ARRAYS", "CODES", "DEFINITIONS", "OPERATIONS", "SECTIONS"]

OPERATIONS = {
    "+": "a + b",
    "-": "a - b",
    "*": "a * b",
    "/": "a / b",
    "a * b + c": "a * b + c",
    "a * b - c": "a * b - c",
    "c - a * b": "c - a * b",
    "a * b * c": "a * b * c",
    "a * (b - c)": "a * (b - c)",
    "a * b * (c - b)": "a * b * (c - b)",
    "a * (c - b * b)": "a * (c - b * b)",
    "copy": "a",
    "negate": "-a",
    **{name: f"f_{name}(a)" for name in FUNCTIONS},
    **{f"{name} of a + b": f"f_{name}(a + b)" for name in FUNCTIONS},
}
"""Operations by name as C text of up to three vectors; the longer ones do what is often met in one go."""

CODES = {name: code for code, name in enumerate(("pass", "product", "sum", *OPERATIONS))}
"""Numbers of the steps of a program: operations, and a pass of so many of them, a product of matrices, and a sum over
rows."""

SECTIONS = (
    "FACTS",
    "STATES",
    "SLOTS",
    "TAPE",
    "SCRATCH",
    "VECTORS",
    "IDLE",
    "BLOCKS",
    "ENTRIES",
    "TURNS",
    "PIECES",
    "CONSTANTS",
    "HOISTED",
    "FORWARD",
    "BACKWARD",
)
"""The parts of a program, which begins with the place of each."""

ARRAYS = ("CONSTANT", "PARAMETER", "NEAR", "INPUT", "SLOT", "DELTA", "D_H", "D_X")
"""Numbers of arrays that every cell has; before, after, in and out of each state, tape, scratch and temporary values
follow."""

DEFINITIONS = f"""\
enum {{ PASS, PRODUCT, SUM }};
enum {{ {", ".join(SECTIONS)}, SECTIONS }};
enum {{ {", ".join(ARRAYS)}, FIRST_STATE }};
"""
"""The names of these numbers in C."""
