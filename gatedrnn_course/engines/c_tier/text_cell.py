"""C text of one cell: its sizes, its parameters in and out, its forward and its backward over a whole sequence."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import total
from gatedrnn_course.engines.c_tier.text_backward import write_backward, write_scratch
from gatedrnn_course.engines.c_tier.text_forward import write_forward
from gatedrnn_course.engines.c_tier.text_run import write_memory, write_run, write_spare
from gatedrnn_course.engines.program.normal import numbered

__all__ = ["SIZES", "cell_key", "write_cell"]

SIZES = """\
/* steps, batch, sizes of input and state, and the distance of rows of x and of the derivatives of h; the program of a
   cell that is interpreted */
typedef struct { long T, B, D, H, ldx, ldh; const long long *program; } Sizes;
#define UNPACK_SIZES \\
    const long T = n->T, B = n->B, D = n->D, H = n->H, Dp = PAD(D), Hp = PAD(H); \\
    (void)T, (void)B, (void)D, (void)H, (void)Dp, (void)Hp;
long lanes(void) { return L; }
"""

_CELL = """\
#define OFFSETS UNPACK_SIZES \\
    const long zs = {row}; {offsets} (void)zs;

void sizes_{key}(const Sizes *n, long *counts)
{{
    OFFSETS
    counts[0] = {end};
    counts[1] = {tape};
    counts[2] = {scratch};
    counts[3] = {memory};
    counts[4] = {spare};
}}

void pack_{key}(const Sizes *n, const R *const *named, R *P)
{{
    OFFSETS
    clear(P, {end});
    {puts}
}}

void unpack_{key}(const Sizes *n, const R *G, R *const *named)
{{
    OFFSETS
    {gets}
}}

{forward}
{backward}
{run}
#undef OFFSETS
"""


def cell_key(cell: Cell) -> str:
    """A name for the equations of a cell, whatever the cell and its lines are called."""
    text = "\n".join(f"{line.name} = {to_text(line.expr)}" for line in numbered(cell).lines)
    return sha256(text.encode()).hexdigest()[:16]


def write_cell(cell: Cell) -> str:
    """The functions of a cell, named by its key."""
    a = Addresses(numbered(cell))
    offsets, end = a.offsets()
    return _CELL.format(
        key=cell_key(cell),
        row=total(a.slots),
        offsets=" ".join(f"const long {name} = {begin}; (void){name};" for name, begin in offsets.items()),
        end=end,
        tape=f"T * B * (zs + {total([a.letter(name) for name in a.program.memory.tape])})",
        scratch=write_scratch(a),
        puts="\n    ".join(_puts(a)),
        gets="\n    ".join(_gets(a)),
        forward=write_forward(a, cell_key(cell)),
        backward=write_backward(a, cell_key(cell)),
        run=write_run(a, cell_key(cell)),
        memory=write_memory(a),
        spare=write_spare(a),
    )


def _each(a: Addresses, call: str) -> Iterable[str]:
    """A call for every matrix of every block: its first column in the block, how many rows it has."""
    for block, name in a.blocks.items():
        for k, (matrix, _) in enumerate(block.entries):
            sizes = {"K": block.inner, "N": a.width(block), "column": total([block.letter] * k), "rows": block.letter}
            yield call.format(name=name, k=a.cell.parameters.index(matrix), **sizes)


def _puts(a: Addresses) -> Iterable[str]:
    yield from _each(a, "put(P + {name}, {K}, {N}, {column}, {rows}, named[{k}]);")
    for name in (*a.vectors, *a.idle):
        yield f"copy(P + o_{name}, named[{a.cell.parameters.index(name)}], {' * '.join(a.cell.shape(name))});"


def _gets(a: Addresses) -> Iterable[str]:
    for k, name in enumerate(a.cell.parameters):
        if name in a.places:
            yield f"clear(named[{k}], {' * '.join(a.cell.shape(name))});"
    yield from _each(a, "get(G + {name}, {K}, {N}, {column}, {rows}, named[{k}]);")
    for name in (*a.vectors, *a.idle):
        yield f"copy(named[{a.cell.parameters.index(name)}], G + o_{name}, {' * '.join(a.cell.shape(name))});"
