"""C text of what stands between a cell's kernel and torch: states come and go in rows of their own length.

Inside, rows are padded to whole vectors. `run_KEY` packs the parameters, widens the given states, runs the forward and
narrows the last states; `derive_KEY` does the same around the backward. So a sequence is two calls from Python.
"""

from __future__ import annotations

from collections.abc import Iterable

from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import padded, total

__all__ = ["ROWS", "write_memory", "write_run", "write_spare"]

ROWS = """\
/* rows of `size` numbers into rows padded with zeros; zeros where nothing is given */
static void widen(long rows, long size, const R *from, R *to)
{
    const long wide = PAD(size);
    if (!from || wide != size)
        __builtin_memset(to, 0, rows * wide * sizeof(R));
    if (from && wide == size)
        __builtin_memcpy(to, from, rows * size * sizeof(R));
    else if (from)
        for (long r = 0; r < rows; r++)
            __builtin_memcpy(to + r * wide, from + r * size, size * sizeof(R));
}

/* and back; nothing where nobody wants it */
static void narrow(long rows, long size, const R *from, R *to)
{
    const long wide = PAD(size);
    for (long r = 0; to && r < rows; r++)
        __builtin_memcpy(to + r * size, from + r * wide, size * sizeof(R));
}
"""

_RUN = """\
void run_{key}(const Sizes *n, const R *x, const R *const *named, R *P, const R *const *given, R *h, R *memory,
{pad}R *const *last)
{{
    OFFSETS
    R *const S[] = {{{states}}};
    if (named)
        pack_{key}(n, named, P);
    {widen}
    forward_{key}(n, x, P, S, memory + {other});
    {narrow}
}}

void derive_{key}(const Sizes *n, const R *x, const R *P, R *h, R *memory, const R *dh, const R *const *given, R *G,
{pad}   R *dx, R *spare, R *const *first)
{{
    OFFSETS
    R *const S[] = {{{states}}};
    R *const dS[] = {{{slopes}}};
    {widen_slopes}
    clear(G, {end});
    backward_{key}(n, x, P, S, memory + {other}, dh, dS, G, dx, spare + {all_slopes});
    {narrow_slopes}
}}
"""


def write_memory(a: Addresses) -> str:
    """How many numbers the states besides h take: they lie in front of the tape."""
    return f"(T + 1) * B * ({total(a.states[1:])})"


def write_spare(a: Addresses) -> str:
    """How many numbers the derivatives of the states take: they lie in front of the backward's scratch memory."""
    return f"B * ({total(a.states)})"


def write_run(a: Addresses, key: str) -> str:
    """The functions `run_KEY` and `derive_KEY`."""
    letters = a.states
    later = [f"memory + (T + 1) * B * ({total(letters[1 : 1 + k])})" for k in range(len(letters) - 1)]
    ends = [f"S[{k}] + T * B * {padded(letter)}" for k, letter in enumerate(letters)]
    return _RUN.format(
        key=key,
        pad=" " * len(f"void run_{key}("),
        states=", ".join(["h", *later]),
        slopes=", ".join(f"spare + B * ({total(letters[:k])})" for k in range(len(letters))),
        other=write_memory(a),
        end=a.offsets()[1],
        all_slopes=write_spare(a),
        widen=_lines(f"widen(B, {s}, given[{k}], S[{k}]);" for k, s in enumerate(letters)),
        narrow=_lines(f"narrow(B, {s}, {ends[k]}, last[{k}]);" for k, s in enumerate(letters)),
        widen_slopes=_lines(f"widen(B, {s}, given[{k}], dS[{k}]);" for k, s in enumerate(letters)),
        narrow_slopes=_lines(f"narrow(B, {s}, dS[{k}], first[{k}]);" for k, s in enumerate(letters)),
    )


def _lines(texts: Iterable[str]) -> str:
    return "\n    ".join(texts)
