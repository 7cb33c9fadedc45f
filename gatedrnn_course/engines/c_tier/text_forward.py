"""C text of a cell's forward over a whole sequence.

Products with the input run for about 64 rows at once, just before their steps need them, so that what they give is
still in the cache.
"""

from __future__ import annotations

from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import total
from gatedrnn_course.engines.c_tier.steps import ahead, forward_steps
from gatedrnn_course.engines.c_tier.text_pass import write_pass
from gatedrnn_course.engines.program.fuse import Block

__all__ = ["pointers", "write_forward"]

_FORWARD = """\
void forward_{key}(const Sizes *n, const R *x, const R *P, R *const *S, R *tape)
{{
    OFFSETS
    {pointers}
    const long chunk = 1 + 63 / MIN(B + !B, 64);
    const unsigned long before = flush();
    for (long t = 0; t < T; t++) {{
        const long row = t * B;
        if (t % chunk == 0) {{
            const long rows = MIN(chunk, T - t) * B;
            (void)rows;
            {hoisted}
        }}
        {rounds}
    }}
    unflush(before);
}}
"""


def pointers(a: Addresses) -> str:
    """The arrays of states and the parts of the tape."""
    rows = [f"R *const S_{state} = S[{k}]; (void)S_{state};" for k, state in enumerate(a.cell.states)]
    rows.append("R *const Z = tape; (void)Z;")
    before: list[str] = []
    for name in a.program.memory.tape:
        rows.append(f"R *const T{name} = tape + T * B * (zs + {total(before)}); (void)T{name};")
        before.append(a.letter(name))
    return "\n    ".join(rows)


def write_forward(a: Addresses, key: str) -> str:
    """The function `forward_KEY`."""
    steps = [_product(a, s, "B") if isinstance(s, Block) else write_pass(s) for s in forward_steps(a)]
    return _FORWARD.format(
        key=key,
        pointers=pointers(a),
        hoisted="\n            ".join(_product(a, block, "rows") for block in ahead(a)),
        rounds="\n".join(steps).replace("\n", "\n        "),
    )


def _product(a: Addresses, block: Block, rows: str) -> str:
    """The product of a block, added to its slots."""
    source, target = a.forward(block.vector), a.slot(block.entries[0][1])
    return (
        f"multiply({rows}, {a.width(block)}, 1, {block.inner}, {source.pointer}, {source.distance}, 0, "
        f"P + {a.blocks[block]}, {target.pointer}, zs, {int(block.fresh)});"
    )
