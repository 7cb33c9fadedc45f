"""C text that reads a program: what `encode` writes, and the sizes and addresses that follow for a call."""

from __future__ import annotations

__all__ = ["PROGRAM"]

PROGRAM = """\
typedef long long N;

/* rows of an array, and how many slots of either size lie before them */
typedef struct { N array, H, D; } Where;

/* products of the forward that run as one, and of the backward; sizes are letters: 0 for H, 1 for D */
typedef struct { Where vector, slots; N inner, letter, first, count, fresh; } Block;
typedef struct { Where delta, target; N letter, inner, first, count, fresh, late; } Turn;
typedef struct { N block, place; } Piece;
typedef struct { N parameter, letter; } Vector;
typedef struct { N parameter, rows, columns; } Idle;
typedef struct { N code, number, letter, late; Where to, a, b, c; } Step;

#define PART(type, which) ((const type *)(n->program + n->program[which]))
#define COUNT(type, which) ((n->program[which + 1] - n->program[which]) * (long)sizeof(N) / (long)sizeof(type))
#define EACH_OF(type, which, name) \\
    for (const type *name = PART(type, which), *end_ = name + COUNT(type, which); name < end_; name++)
#define IN_PLACE (PART(N, FACTS)[0])
#define TEMPORARIES ((long)PART(N, FACTS)[1])

static inline long size_of(const Sizes *n, N letter) { return letter ? n->D : n->H; }
static inline long wide_of(const Sizes *n, N letter) { return PAD(size_of(n, letter)); }
static inline long before(const Sizes *n, const Where *w) { return w->H * PAD(n->H) + w->D * PAD(n->D); }

/* the sizes of a list of letters together */
static long sum_of(const Sizes *n, long which, long from)
{
    long sum = 0;
    for (long k = from; k < COUNT(N, which); k++)
        sum += wide_of(n, PART(N, which)[k]);
    return sum;
}

static long slots_of(const Sizes *n)
{
    return PART(N, SLOTS)[0] * PAD(n->H) + PART(N, SLOTS)[1] * PAD(n->D);
}

static inline long block_width(const Sizes *n, const Block *b) { return b->count * wide_of(n, b->letter); }

static inline long turn_size(const Sizes *n, const Turn *t)
{
    return t->count * size_of(n, t->letter) * wide_of(n, t->inner);
}

/* where a block's matrices begin among the parameters; of the block after the last: where the vectors do */
static long block_at(const Sizes *n, long block)
{
    long at = 0;
    for (long k = 0; k < block; k++) {
        const Block *const b = PART(Block, BLOCKS) + k;
        at += size_of(n, b->inner) * block_width(n, b);
    }
    return at;
}

static long vectors_at(const Sizes *n) { return block_at(n, COUNT(Block, BLOCKS)); }

static long vectors_wide(const Sizes *n)
{
    long sum = 0;
    EACH_OF(Vector, VECTORS, v)
        sum += wide_of(n, v->letter);
    return sum;
}

static long parameters_of(const Sizes *n)
{
    long at = vectors_at(n) + vectors_wide(n);
    EACH_OF(Idle, IDLE, m)
        at += PAD(size_of(n, m->rows) * size_of(n, m->columns));
    return at;
}

#define CHUNK_OF(rows) (1 + ((rows) - 1) / MIN(n->B + !n->B, (rows)))

void sizes_any(const Sizes *n, long *counts)
{
    const long B = n->B, slots = slots_of(n), states = sum_of(n, STATES, 0);
    long turned = 0;
    EACH_OF(Turn, TURNS, t)
        turned += turn_size(n, t);
    counts[0] = parameters_of(n);
    counts[1] = n->T * B * (slots + sum_of(n, TAPE, 0));
    counts[2] = PAD(n->H) + 2 * B * states + B * sum_of(n, SCRATCH, 0) + turned + counts[0] + vectors_wide(n);
    if (!IN_PLACE)
        counts[2] += CHUNK_OF(128) * B * slots;
    counts[3] = (n->T + 1) * B * sum_of(n, STATES, 1);
    counts[4] = B * states;
}

/* every matrix of every block, by `body`, with its columns in the block */
#define EACH_MATRIX(body) \\
    EACH_OF(Block, BLOCKS, b) { \\
        const long K = size_of(n, b->inner), width = block_width(n, b), rows = size_of(n, b->letter); \\
        for (long k = 0; k < b->count; k++) { \\
            const long own = PART(N, ENTRIES)[b->first + k], column = k * wide_of(n, b->letter); \\
            body; \\
        } \\
        at += K * width; \\
    }

void pack_any(const Sizes *n, const R *const *named, R *P)
{
    long at = 0;
    clear(P, parameters_of(n));
    EACH_MATRIX(put(P + at, K, width, column, rows, named[own]))
    EACH_OF(Vector, VECTORS, v) {
        copy(P + at, named[v->parameter], size_of(n, v->letter));
        at += wide_of(n, v->letter);
    }
    EACH_OF(Idle, IDLE, m) {
        const long count = size_of(n, m->rows) * size_of(n, m->columns);
        copy(P + at, named[m->parameter], count);
        at += PAD(count);
    }
}

void unpack_any(const Sizes *n, const R *G, R *const *named)
{
    long at = 0;
    EACH_MATRIX(clear(named[own], K * rows))
    at = 0;
    EACH_MATRIX(get(G + at, K, width, column, rows, named[own]))
    EACH_OF(Vector, VECTORS, v) {
        copy(named[v->parameter], G + at, size_of(n, v->letter));
        at += wide_of(n, v->letter);
    }
    EACH_OF(Idle, IDLE, m) {
        const long count = size_of(n, m->rows) * size_of(n, m->columns);
        copy(named[m->parameter], G + at, count);
        at += PAD(count);
    }
}

/* arrays of a call; those of states, of the tape and of temporary values follow the ones that have a name */
static long arrays_of(const Sizes *n)
{
    return FIRST_STATE + 4 * COUNT(N, STATES) + COUNT(N, TAPE) + COUNT(N, SCRATCH) + 2 * TEMPORARIES;
}

static Op linked(const Sizes *n, const Step *s, const Array *arrays)
{
    Op o = {.code = s->code, .number = s->number, .wide = wide_of(n, s->letter)};
    o.to = arrays + s->to.array, o.to_at = before(n, &s->to);
    o.a = arrays + s->a.array, o.b = arrays + s->b.array, o.c = arrays + s->c.array;
    o.a_at = before(n, &s->a), o.b_at = before(n, &s->b), o.c_at = before(n, &s->c);
    if (s->a.array == CONSTANT)
        o.a_at = s->a.H * L;
    if (s->b.array == CONSTANT)
        o.b_at = s->b.H * L;
    if (s->c.array == CONSTANT)
        o.c_at = s->c.H * L;
    return o;
}

/* the steps of a section as operations; without late ones where nobody wants the derivative of the input */
static long link_steps(const Sizes *n, long which, const Array *arrays, const R *P, R *const *turned, int late, Op *ops)
{
    long count = 0;
    const Step *const steps = PART(Step, which);
    for (long k = 0; k < COUNT(Step, which); k++) {
        const Step *const s = steps + k;
        if (s->late && !late) {
            k += s->code == PASS ? s->number : 0;
            continue;
        }
        Op *const o = ops + count++;
        *o = linked(n, s, arrays);
        if (s->code != PRODUCT)
            continue;
        if (which == BACKWARD) {
            const Turn *const t = PART(Turn, TURNS) + s->number;
            o->wide = wide_of(n, t->inner), o->S = t->count, o->K = size_of(n, t->letter);
            o->part = wide_of(n, t->letter), o->fresh = t->fresh, o->matrix = turned[s->number];
            o->a = arrays + t->delta.array, o->a_at = before(n, &t->delta);
            o->to = arrays + t->target.array, o->to_at = before(n, &t->target);
        } else {
            const Block *const b = PART(Block, BLOCKS) + s->number;
            o->wide = block_width(n, b), o->S = 1, o->K = size_of(n, b->inner);
            o->fresh = b->fresh, o->matrix = P + block_at(n, s->number);
            o->a = arrays + b->vector.array, o->a_at = before(n, &b->vector);
            o->to = arrays + b->slots.array, o->to_at = before(n, &b->slots);
        }
    }
    return count;
}

static void run_steps(const Op *ops, long count, long rows)
{
    for (long k = 0; k < count; k++) {
        const Op *const o = ops + k;
        if (o->code == PRODUCT)
            multiply(rows, o->wide, o->S, o->K, o->a->at + o->a_at, o->a->distance, o->part, o->matrix,
                     o->to->at + o->to_at, o->to->distance, o->fresh);
        else {
            pass(o + 1, o->number, rows);
            k += o->number;
        }
    }
}
"""
