"""C text of the interpreter: any cell's forward and backward over a whole sequence.

It does step by step what `text_forward` and `text_backward` write for one cell, and adds to the gradients that are
there.
"""

from __future__ import annotations

from gatedrnn_course.engines.c_tier.interpreter.text_elements import ELEMENTS
from gatedrnn_course.engines.c_tier.interpreter.text_program import PROGRAM

__all__ = ["INTERPRETER"]

_ARRAYS = """\
/* the arrays that both directions read: rows of step t, and how far those of the next step are */
static void common_arrays(const Sizes *n, const R *x, const R *P, R *const *S, R *tape, long t, R *constants,
                          R *temporary, Array *arrays)
{
    const long B = n->B, slots = slots_of(n), row = t * B, states = COUNT(N, STATES);
    for (long k = 0; k < COUNT(N, CONSTANTS); k++) {
        double value;
        __builtin_memcpy(&value, PART(N, CONSTANTS) + k, sizeof(value));
        ST(constants + k * L, ZERO + (R)value);
    }
    arrays[CONSTANT] = (Array){constants, 0, 0, 0, 0};
    arrays[PARAMETER] = (Array){(R *)P + vectors_at(n), 0, 1, 1, 0};
    arrays[INPUT] = (Array){(R *)x + row * n->ldx, n->ldx, 1, 1, B * n->ldx};
    arrays[SLOT] = (Array){tape + row * slots, slots, 1, 1, B * slots};
    for (long k = 0; k < states; k++) {
        const long wide = wide_of(n, PART(N, STATES)[k]);
        arrays[FIRST_STATE + 4 * k] = (Array){S[k] + row * wide, wide, 1, 1, B * wide};
        arrays[FIRST_STATE + 4 * k + 1] = (Array){S[k] + (row + B) * wide, wide, 1, 1, B * wide};
    }
    Array *own = arrays + FIRST_STATE + 4 * states;
    R *at = tape + n->T * B * slots;
    EACH_OF(N, TAPE, letter) {
        const long wide = wide_of(n, *letter);
        *own++ = (Array){at + row * wide, wide, 1, 1, B * wide};
        at += n->T * B * wide;
    }
    own += COUNT(N, SCRATCH);
    for (long k = 0; k < 2 * TEMPORARIES; k++)
        own[k] = (Array){temporary + k / 2 * TILE * L, MIN(wide_of(n, k % 2), TILE * L), 1, 0, 0};
}
"""

_FORWARD = """\
void forward_any(const Sizes *n, const R *x, const R *P, R *const *S, R *tape)
{
    const long T = n->T, B = n->B, count = arrays_of(n), chunk = CHUNK_OF(64);
    R constants[COUNT(N, CONSTANTS) * L + 1], temporary[TEMPORARIES * TILE * L + 1];
    Array arrays[count];
    Op first[COUNT(Step, HOISTED) + 1], ops[COUNT(Step, FORWARD) + 1];
    __builtin_memset(arrays, 0, sizeof(arrays));
    common_arrays(n, x, P, S, tape, 0, constants, temporary, arrays);
    const long hoisted = link_steps(n, HOISTED, arrays, P, 0, 1, first);
    const long steps = link_steps(n, FORWARD, arrays, P, 0, 1, ops);
    const unsigned long was = flush();
    for (long t = 0; t < T; t++) {
        if (t % chunk == 0)
            run_steps(first, hoisted, MIN(chunk, T - t) * B);
        run_steps(ops, steps, B);
        for (long k = 0; k < count; k++)
            arrays[k].at += arrays[k].move;
    }
    unflush(was);
}
"""

_BACKWARD = """\
/* the matrices that a product of the backward needs, turned */
static void turn_all(const Sizes *n, const Turn *t, const R *P, R *to)
{
    const long rows = size_of(n, t->letter);
    clear(to, turn_size(n, t));
    for (long k = 0; k < t->count; k++) {
        const Piece *const own = PART(Piece, PIECES) + t->first + k;
        const Block *const b = PART(Block, BLOCKS) + own->block;
        turn(P + block_at(n, own->block), size_of(n, t->inner), block_width(n, b), own->place * wide_of(n, b->letter),
             rows, to, k * rows, t->count * rows);
    }
}

void backward_any(const Sizes *n, const R *x, const R *P, R *const *S, R *tape, const R *dh, R *const *dS, R *G,
                  R *dx, R *scratch)
{
    const long T = n->T, B = n->B, slots = slots_of(n), states = COUNT(N, STATES), count = arrays_of(n);
    const long chunk = CHUNK_OF(128), carried = B * sum_of(n, STATES, 0), Hp = PAD(n->H), Dp = PAD(n->D);
    const long end = parameters_of(n), vectors = vectors_wide(n), blocks = COUNT(Block, BLOCKS);
    R constants[COUNT(N, CONSTANTS) * L + 1], temporary[TEMPORARIES * TILE * L + 1];
    Array arrays[count];
    Op ops[COUNT(Step, BACKWARD) + 1];
    R *const nothing = scratch, *const carry = nothing + Hp, *at = carry + 2 * carried, *turned[COUNT(Turn, TURNS) + 1];
    __builtin_memset(arrays, 0, sizeof(arrays));
    common_arrays(n, x, P, S, tape, T - 1, constants, temporary, arrays);
    Array *own = arrays + FIRST_STATE + 4 * states + COUNT(N, TAPE);
    EACH_OF(N, SCRATCH, letter) {
        *own++ = (Array){at, wide_of(n, *letter), 1, 1, 0};
        at += B * wide_of(n, *letter);
    }
    const unsigned long was = flush();
    for (long k = 0; k < COUNT(Turn, TURNS); k++) {
        const Turn *const t = PART(Turn, TURNS) + k;
        turned[k] = at;
        if (dx || !t->late)
            turn_all(n, t, P, at);
        at += turn_size(n, t);
    }
    R *const ring = at;
    at += IN_PLACE ? 0 : chunk * B * slots;
    R *const part = at, *const near = part + end;
    clear(part, end);
    clear(near, vectors);
    clear(nothing, Hp);
    arrays[NEAR] = (Array){near, 0, 1, 1, 0};
    arrays[D_H] = (Array){dh ? (R *)dh + (T - 1) * B * n->ldh : nothing, dh ? n->ldh : 0, 1, 1, dh ? B * n->ldh : 0};
    arrays[D_X] = (Array){dx ? dx + (T - 1) * B * Dp : 0, Dp, 1, 1, dx ? B * Dp : 0};
    arrays[DELTA] = (Array){0, slots, 1, 1, 0};
    const long steps = link_steps(n, BACKWARD, arrays, P, turned, dx != 0, ops);
    R *first = carry + ((T - 1) & 1) * carried;
    for (long k = 0; k < states; k++) {
        const long wide = wide_of(n, PART(N, STATES)[k]);
        copy(first, dS[k], B * wide);
        first += B * wide;
    }
    for (long t = T - 1; t >= 0; t--) {
        long before_it = 0;
        for (long k = 0; k < states; k++) {
            const long wide = wide_of(n, PART(N, STATES)[k]);
            R *const here = carry + before_it;
            arrays[FIRST_STATE + 4 * k + 2] = (Array){here + (t & 1) * carried, wide, 1, 1, 0};
            arrays[FIRST_STATE + 4 * k + 3] = (Array){here + (~t & 1) * carried, wide, 1, 1, 0};
            before_it += B * wide;
        }
        arrays[DELTA].at = IN_PLACE ? arrays[SLOT].at : ring + (t % chunk) * B * slots;
        run_steps(ops, steps, B);
        if (t % chunk == 0) {
            const long rows = MIN(chunk, T - t) * B;
            long to = 0;
            for (long k = 0; k < blocks; k++) {
                const Block *const b = PART(Block, BLOCKS) + k;
                const Array *const v = arrays + b->vector.array;
                multiply_transposed(rows, block_width(n, b), size_of(n, b->inner), v->at + before(n, &b->vector),
                                    v->distance, arrays[DELTA].at + before(n, &b->slots), slots, part + to);
                to += size_of(n, b->inner) * block_width(n, b);
            }
            pour(near, part + vectors_at(n), vectors);
            if (t % (32 * chunk) == 0)
                pour(part, G, end);
        }
        for (long k = 0; k < count; k++)
            arrays[k].at -= arrays[k].move;
    }
    first = carry + carried;
    for (long k = 0; k < states; k++) {
        const long wide = wide_of(n, PART(N, STATES)[k]);
        copy(dS[k], first, B * wide);
        first += B * wide;
    }
    unflush(was);
}
"""

_RUN = """\
/* the array of each state: h where it is given, the others one after the other */
static void place_states(const Sizes *n, R *h, R *others, long rows, R **S)
{
    for (long k = 0; k < COUNT(N, STATES); k++) {
        S[k] = k || !h ? others : h;
        others += k || !h ? rows * wide_of(n, PART(N, STATES)[k]) : 0;
    }
}

void run_any(const Sizes *n, const R *x, const R *const *named, R *P, const R *const *given, R *h, R *memory,
             R *const *last)
{
    const long B = n->B, states = COUNT(N, STATES), rows = (n->T + 1) * B;
    R *S[states];
    place_states(n, h, memory, rows, S);
    if (named)
        pack_any(n, named, P);
    for (long k = 0; k < states; k++)
        widen(B, size_of(n, PART(N, STATES)[k]), given[k], S[k]);
    forward_any(n, x, P, S, memory + rows * sum_of(n, STATES, 1));
    for (long k = 0; k < states; k++) {
        const N letter = PART(N, STATES)[k];
        narrow(B, size_of(n, letter), S[k] + n->T * B * wide_of(n, letter), last[k]);
    }
}

void derive_any(const Sizes *n, const R *x, const R *P, R *h, R *memory, const R *dh, const R *const *given, R *G,
                R *dx, R *spare, R *const *first)
{
    const long B = n->B, states = COUNT(N, STATES), rows = (n->T + 1) * B;
    R *S[states], *dS[states];
    place_states(n, h, memory, rows, S);
    place_states(n, 0, spare, B, dS);
    for (long k = 0; k < states; k++)
        widen(B, size_of(n, PART(N, STATES)[k]), given[k], dS[k]);
    clear(G, parameters_of(n));
    backward_any(n, x, P, S, memory + rows * sum_of(n, STATES, 1), dh, dS, G, dx, spare + B * sum_of(n, STATES, 0));
    for (long k = 0; k < states; k++)
        narrow(B, size_of(n, PART(N, STATES)[k]), dS[k], first[k]);
}
"""

INTERPRETER = "\n".join((ELEMENTS, PROGRAM, _ARRAYS, _FORWARD, _BACKWARD, _RUN))
