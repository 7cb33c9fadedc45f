"""C text of the interpreter's operations on elements, and of the arrays they read and write.

A pass runs in tiles of few vectors, so that temporary arrays stay in the first cache.
"""

from __future__ import annotations

import re

from gatedrnn_course.engines.c_tier.interpreter.operations import CODES, DEFINITIONS, OPERATIONS

__all__ = ["ELEMENTS"]

_ELEMENTS = """\
#define TILE 32                 /* vectors of a tile */

/* rows of an array */
typedef struct {
    R *at;                      /* the first row of this step */
    long distance, along;       /* of rows; of columns: 1, or 0 where one vector stands for all */
    long tiled;                 /* whether it is a whole array, not one of a tile */
    long move;                  /* distance of steps */
} Array;

/* an operation on elements, or a product of matrices */
typedef struct {
    long code, number;          /* a pass: how many operations follow */
    long wide;                  /* columns */
    const Array *to, *a, *b, *c;
    long to_at, a_at, b_at, c_at;
    long S, K, part, fresh;     /* a product, as `multiply` takes it */
    const R *matrix;
} Op;

#define BEGIN(own) (o->own->at + o->own##_at + o->own->tiled * (r0 * o->own->distance + j0 * o->own->along))
#define EACH(count, text) \\
    for (long j = 0; j < columns; j += L) { \\
        R *to = TO + j; \\
        const R *pa = A + j * o->a->along, *pb = B + j * o->b->along, *pc = C + j * o->c->along; \\
        for (long r = 0; r < rows; r++, to += step, pa += sa, pb += sb, pc += sc) { \\
            const V a = LD(pa), b = count > 1 ? LD(pb) : ZERO, c = count > 2 ? LD(pc) : ZERO; \\
            (void)b, (void)c; \\
            ST(to, text); \\
        } \\
    }

static void sum_rows(const Op *o, long r0, long rows, long j0, long columns)
{
    R *const to = BEGIN(to);
    const R *const a = BEGIN(a);
    for (long j = 0; j < columns; j += L) {
        V sum = ZERO;
        for (long r = 0; r < rows; r++)
            sum += LD(a + j * o->a->along + r * o->a->distance);
        ST(to + j, LD(to + j) + sum);
    }
}

static void elements(const Op *o, long r0, long rows, long j0, long columns)
{
    R *const TO = BEGIN(to);
    const R *const A = BEGIN(a), *const B = BEGIN(b), *const C = BEGIN(c);
    const long step = o->to->distance, sa = o->a->distance, sb = o->b->distance, sc = o->c->distance;
    switch (o->code) {
    CASES
    }
}

/* all operations of a pass, tile by tile */
static void pass(const Op *o, long count, long rows)
{
    const long wide = o->wide, columns = MIN(wide, TILE * L), together = columns ? TILE * L / columns : 1;
    for (long r = 0; r < rows; r += together)
        for (long j = 0; j < wide; j += columns)
            for (long k = 0; k < count; k++) {
                const long height = MIN(together, rows - r), width = MIN(columns, wide - j);
                if (o[k].code == SUM)
                    sum_rows(o + k, r, height, j, width);
                else
                    elements(o + k, r, height, j, width);
            }
}
"""


def _case(name: str, text: str) -> str:
    count = len(set("abc") & set(re.findall(r"\b[abc]\b", text)))
    return f"case {CODES[name]}:\n        EACH({count}, {text})\n        break;"


_CASES = "\n    ".join(_case(name, text) for name, text in OPERATIONS.items())
ELEMENTS = f"{DEFINITIONS}\n{_ELEMENTS.replace('CASES', _CASES)}"
