"""C text of a cell's backward over a whole sequence: it adds to the gradients that are there.

The matrices are turned once. Deltas overwrite what the forward kept where nobody needs it any more, and go into the
gradients of the matrices about 128 rows at a time. Sums over many steps are added up in stages, so that they are as
exact as sums over few: biases over a chunk of steps, then all gradients over 32 chunks, then those.
"""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import padded, total
from gatedrnn_course.engines.c_tier.steps import backward_steps
from gatedrnn_course.engines.c_tier.text_forward import pointers
from gatedrnn_course.engines.c_tier.text_pass import write_pass
from gatedrnn_course.engines.program.fuse import Block, Transposed

__all__ = ["write_backward", "write_scratch"]

_CHUNK = "(1 + 127 / MIN(B + !B, 128))"

_CHUNKS = 32
"""How many chunks are added up before they join the others."""

_BACKWARD = """\
void backward_{key}(const Sizes *n, const R *x, const R *P, R *const *S, R *tape, const R *dh, R *const *dS, R *G,
{pad}R *dx, R *scratch)
{{
    OFFSETS
    {pointers}
    const long chunk = {chunk}, carried = B * ({carried});
    {places}
    const unsigned long before = flush();
    clear(part, {end});
    clear(near, {vectors});
    clear(nothing, Hp);
    {turns}
    {start}
    for (long t = T - 1; t >= 0; t--) {{
        const long row = t * B;
        const R *const in = carry + (t & 1) * carried;
        R *const out = carry + (~t & 1) * carried;
        const R *const dht = dh ? dh + row * n->ldh : nothing;
        const long ldh = dh ? n->ldh : 0;
        R *const delta = {delta};
        {carries}
        {rounds}
        if (t % chunk == 0) {{
            const long rows = MIN(chunk, T - t) * B;
            (void)rows;
            {gradients}
            pour(near, part + {first}, {vectors});
            if (t % ({chunks} * chunk) == 0)
                pour(part, G, {end});
        }}
    }}
    {finish}
    unflush(before);
}}
"""


def _turn_sizes(a: Addresses) -> list[str]:
    """How many numbers each turned block holds."""
    return [f"{len(own.entries)} * {own.letter} * {padded(own.inner)}" for own in a.program.transposed]


def write_scratch(a: Addresses) -> str:
    """How many numbers the backward needs besides its arguments."""
    own = total([letter for _, letter in a.scratch()])
    ring = "0" if a.program.memory.in_place else f"{_CHUNK} * B * zs"
    turned = " + ".join(_turn_sizes(a)) or "0"
    sums = f"{a.offsets()[1]} + {_wide_vectors(a)}"
    return f"Hp + 2 * B * ({total(a.states)}) + B * ({own}) + {ring} + {turned} + {sums}"


def _wide_vectors(a: Addresses) -> str:
    """How many numbers the gradients of biases and peepholes are."""
    return total([a.cell.shape(name)[0] for name in a.vectors])


def _first_vector(a: Addresses) -> str:
    """Where they begin among all gradients."""
    return f"o_{a.vectors[0]}" if a.vectors else "0"


def _places(a: Addresses) -> list[str]:
    """The parts of the scratch memory, one after the other."""
    rows = ["R *const nothing = scratch;", "R *const carry = nothing + Hp;"]
    at = "carry + 2 * carried"
    for name, letter in a.scratch():
        short = f"X{name}"
        rows.append(f"R *const {short} = {at};")
        at = f"{short} + B * {padded(letter)}"
    for k, size in enumerate(_turn_sizes(a)):
        rows.append(f"R *const M{k} = {at};")
        at = f"M{k} + {size}"
    if not a.program.memory.in_place:
        rows.append(f"R *const ring = {at};")
        at = "ring + chunk * B * zs"
    rows.append(f"R *const part = {at};")
    rows.append(f"R *const near = part + {a.offsets()[1]};")
    return rows


def write_backward(a: Addresses, key: str) -> str:
    """The function `backward_KEY`."""
    before = [f"B * ({total(a.states[:k])})" for k in range(len(a.cell.states))]
    wide = [f"B * {padded(letter)}" for letter in a.states]
    each = list(zip(a.cell.states, before, wide, strict=True))
    first = "carry + ((T - 1) & 1) * carried"
    carries = [f"const R *const in_{s} = in + {b}; R *const out_{s} = out + {b};" for s, b, _ in each]
    carries += [f"(void)in_{s}, (void)out_{s};" for s in a.cell.states]
    return _BACKWARD.format(
        key=key,
        pad=" " * (len("void backward_(") + len(key)),
        pointers=pointers(a),
        chunk=_CHUNK,
        carried=total(a.states),
        places="\n    ".join(_places(a)),
        end=a.offsets()[1],
        vectors=_wide_vectors(a),
        first=_first_vector(a),
        chunks=_CHUNKS,
        turns="\n    ".join(text for k, own in enumerate(a.program.transposed) for text in _turn(a, k, own)),
        start="\n    ".join(f"copy({first} + {b}, dS[{k}], {w});" for k, (_, b, w) in enumerate(each)),
        delta="Z + row * zs" if a.program.memory.in_place else "ring + (t % chunk) * B * zs",
        carries="\n        ".join(carries),
        rounds="\n".join(_steps(a)).replace("\n", "\n        "),
        gradients="\n            ".join(_gradient(a, block) for block in a.program.blocks),
        finish="\n    ".join(f"copy(dS[{k}], carry + carried + {b}, {w});" for k, (_, b, w) in enumerate(each)),
    )


def _turn(a: Addresses, k: int, own: Transposed) -> list[str]:
    """Turn the matrices of a block of the backward."""
    texts = [f"clear(M{k}, {_turn_sizes(a)[k]});"]
    for number, (block, place) in enumerate(own.sources):
        source = a.program.blocks[block]
        position = f"{own.inner}, {a.width(source)}, {total([source.letter] * place)}, {own.letter}"
        to = f"M{k}, {number} * {own.letter}, {len(own.entries)} * {own.letter}"
        texts.append(f"turn(P + {a.blocks[source]}, {position}, {to});")
    return [f"if (dx) {text}" for text in texts] if own.late else texts


def _steps(a: Addresses) -> Iterator[str]:
    """Products and passes of one step; those for the derivative of the input only where wanted."""
    for step in backward_steps(a):
        if isinstance(step, Transposed):
            text = _product(a, a.program.transposed.index(step), step)
            yield f"if (dx) {text}" if step.late else text
        else:
            text = write_pass(step, _first_vector(a))
            yield f"if (dx)\n{text}" if step.late else text


def _product(a: Addresses, k: int, own: Transposed) -> str:
    (target,), delta = a.backward(f"#{own.target}"), a.slot(own.entries[0][1], "delta")
    sizes = f"B, {padded(own.inner)}, {len(own.entries)}, {own.letter}"
    source, to = f"{delta.pointer}, zs, {padded(own.letter)}", f"{target.pointer}, {target.distance}"
    return f"multiply({sizes}, {source}, M{k}, {to}, {int(own.fresh)});"


def _gradient(a: Addresses, block: Block) -> str:
    """Add a block's part to the gradients of its matrices, for all rows of the chunk."""
    source, delta = a.forward(block.vector), a.slot(block.entries[0][1], "delta")
    sizes = f"rows, {a.width(block)}, {block.inner}, {source.pointer}, {source.distance}"
    return f"multiply_transposed({sizes}, {delta.pointer}, zs, part + {a.blocks[block]});"
