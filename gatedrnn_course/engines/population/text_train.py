"""C text that trains models: forward, read-out, loss, backward and optimiser of one model, then of the next.

So everything a model needs stays in the cache while it is needed.
"""

from __future__ import annotations

from gatedrnn_course.engines.kernel.text_math import EXP_LOG
from gatedrnn_course.engines.population.text_loss import LOSS
from gatedrnn_course.engines.population.text_noise import NOISE

__all__ = ["TRAIN"]

_TYPES = """\
#include <math.h>

/* what all models share in one step */
typedef struct {
    long T, B, D, K, ldx;       /* steps, batch, inputs, outputs, distance of rows of x */
    long first, rows;           /* the scored rows: from the first to the last with a weight */
    long loss, mode;            /* kind of loss; 0 the loss only, 1 a step of training, 2 outputs only */
    long step;                  /* number of this step, for the noise */
    const R *targets;           /* (rows, K), or class numbers (rows,) */
    const R *weights;           /* (rows,), their sum is 1 */
} Job;

/* one model */
typedef struct {
    void (*forward)(const Sizes *, const R *, const R *, R *const *, R *);
    void (*backward)(const Sizes *, const R *, const R *, R *const *, R *, const R *, R *const *, R *, R *, R *);
    void (*pack)(const Sizes *, const R *const *, R *);
    void (*unpack)(const Sizes *, const R *, R *const *);
    const long long *program;
    long H, states, own, tape, scratch;     /* own: how many of the parameters are the cell's */
    long tidy, named;                       /* whether gradients need tidying, and of how many arrays */
    const long *lengths, *state_sizes;
    R *theta, *slope, *speed, *square;      /* parameters, gradients, the optimiser's memory */
    const R *x;
    R *outputs;
    double rate, momentum, beta2, epsilon, noise;
    unsigned key[4];                        /* of the noise */
    long adam, steps, frozen;
    double loss;
} Model;
"""

_OPTIMISER = """\
/* one step; the learning rate of momentum is scaled by 1 - momentum */
static void update(Model *m, long count)
{
    const R rate = (R)(m->rate * (1 - m->momentum)), mu = (R)m->momentum;
    R *const p = m->theta, *const g = m->slope, *const v = m->speed, *const s = m->square;
    m->steps++;
    if (!m->adam) {
        for (long i = 0; i < count; i += L) {
            const V now = mu * LD(v + i) + LD(g + i);
            ST(v + i, now);
            ST(p + i, LD(p + i) - rate * (LD(g + i) + mu * now));
        }
        return;
    }
    const R b2 = (R)m->beta2, eps = (R)m->epsilon;
    const R size = (R)(m->rate / (1 - pow(m->momentum, (double)m->steps)));
    const R root = (R)sqrt(1 - pow(m->beta2, (double)m->steps));
    for (long i = 0; i < count; i += L) {
        const V slope = LD(g + i), mean = LD(v + i) + (1 - mu) * (slope - LD(v + i));
        const V square = b2 * LD(s + i) + (1 - b2) * slope * slope;
        ST(v + i, mean);
        ST(s + i, square);
        ST(p + i, LD(p + i) - size * mean / (ROOT(square) / root + eps));
    }
}

static int finite_all(const R *a, long count)
{
    V sum = ZERO;
    for (long i = 0; i < count; i += L)
        sum += LD(a + i) * (R)0;
    return vector_sum(sum) == 0;
}
"""

_MODEL = """\
/* gradients of a matrix that stands in several places are added up; what lies between rows is zero */
static void tidy(Model *m, const Sizes *n, R *memory)
{
    R *named[m->named + 1];
    for (long k = 0; k < m->named; k++) {
        named[k] = memory;
        memory += m->lengths[k];
    }
    m->unpack(n, m->slope, named);
    m->pack(n, (const R *const *)named, m->slope);
}

static void backward(const Job *job, Model *m, const Sizes *n, const R *x, R **S, R *tape, R *y,
                     R *memory)
{
    const long H = m->H, Hp = PAD(H), Kp = PAD(job->K), rows = job->rows, all = job->T * job->B;
    R *const weights = m->slope + m->own, *const bias = weights + H * Kp;
    const R *const hs = S[0] + (job->B + job->first) * Hp;
    R *const turned = memory, *const dh = turned + PAD(job->K * Hp);
    R *at = dh + all * Hp, *dS[m->states];
    for (long k = 0; k < m->states; k++) {
        dS[k] = at;
        clear(at, job->B * m->state_sizes[k]);
        at += job->B * m->state_sizes[k];
    }
    clear(weights, H * Kp + Kp);
    multiply_transposed(rows, Kp, H, hs, Hp, y, Kp, weights);
    for (long r = 0; r < rows; r++)
        for (long k = 0; k < Kp; k += L)
            ST(bias + k, LD(bias + k) + LD(y + r * Kp + k));
    clear(turned, job->K * Hp);
    turn(m->theta + m->own, H, Kp, 0, job->K, turned, 0, job->K);
    const int last = job->first == all - job->B;
    clear(dh, last ? 0 : job->first * Hp);
    multiply(rows, Hp, 1, job->K, y, Kp, 0, turned, last ? dS[0] : dh + job->first * Hp, Hp, 1);
    clear(dh + (job->first + rows) * Hp, last ? 0 : (all - job->first - rows) * Hp);
    m->backward(n, x, m->theta, S, tape, last ? 0 : dh, dS, m->slope, 0, at);
    if (m->tidy)
        tidy(m, n, at);
}

static void one(const Job *job, Model *m, R *memory)
{
    const long H = m->H, Hp = PAD(H), Kp = PAD(job->K), rows = job->rows, all = job->T * job->B;
    const Sizes n = {job->T, job->B, job->D, H, job->ldx, Hp, m->program};
    R *S[m->states], *at = memory;
    for (long k = 0; k < m->states; k++) {
        S[k] = at;
        clear(at, job->B * m->state_sizes[k]);
        at += (all + job->B) * m->state_sizes[k];
    }
    const R *x = m->x;
    if (job->mode == 1 && m->noise > 0) {
        add_noise(all, job->D, job->ldx, m->x, (R)m->noise, m->key, (unsigned)job->step, at);
        x = at;
        at += PAD(all * job->ldx);
    }
    R *const tape = at, *const y = m->outputs ? m->outputs : tape + m->tape;
    m->forward(&n, x, m->theta, S, tape);
    const R *const bias = m->theta + m->own + H * Kp;
    for (long r = 0; r < rows; r++)
        copy(y + r * Kp, bias, Kp);
    multiply(rows, Kp, 1, H, S[0] + (job->B + job->first) * Hp, Hp, 0, m->theta + m->own, y, Kp, 0);
    if (job->mode == 2)
        return;
    const double loss = loss_of(job->loss, rows, job->K, y, job->targets, job->weights);
    m->loss = loss;
    if (job->mode == 0)
        return;
    const long count = m->own + H * Kp + Kp;
    if (isfinite(loss)) {
        backward(job, m, &n, x, S, tape, y, tape + m->tape + rows * Kp);
        if (finite_all(m->slope, count)) {
            update(m, count);
            return;
        }
    }
    m->frozen = 1;
}

/* how many numbers a model needs besides its parameters */
long memory_needed(const Job *job, const Model *m)
{
    const long Hp = PAD(m->H), Kp = PAD(job->K), all = job->T * job->B;
    long states = 0, names = 0;
    for (long k = 0; k < m->states; k++)
        states += m->state_sizes[k];
    for (long k = 0; k < m->named; k++)
        names += m->lengths[k];
    const long inputs = m->noise > 0 ? PAD(all * job->ldx) : 0, last = m->scratch > names ? m->scratch : names;
    return states * (all + 2 * job->B) + inputs + m->tape + job->rows * Kp + PAD(job->K * Hp) + all * Hp + last;
}

/* the read-out's weights (K, H) and biases into the order of the kernel, and back */
void put_readout(long H, long K, const R *weights, const R *bias, R *packed)
{
    clear(packed, (H + 1) * PAD(K));
    put(packed, H, PAD(K), 0, K, weights);
    copy(packed + H * PAD(K), bias, K);
}

void get_readout(long H, long K, const R *packed, R *weights, R *bias)
{
    clear(weights, K * H);
    get(packed, H, PAD(K), 0, K, weights);
    copy(bias, packed + H * PAD(K), K);
}

/* models `from` to `to` (excluded), one after the other; a frozen one is left as it is */
void train(const Job *job, Model *models, long from, long to, R *memory)
{
    for (long k = from; k < to; k++)
        if (job->mode != 1 || !models[k].frozen)
            one(job, models + k, memory);
}
"""

_ROOT = """\
#if REAL_BYTES == 8
#define SQRT __builtin_sqrt
#else
#define SQRT __builtin_sqrtf
#endif

static inline V ROOT(V a)
{
    R each[L];
    ST(each, a);
    for (long i = 0; i < L; i++)
        each[i] = SQRT(each[i]);
    return LD(each);
}
"""

TRAIN = "\n".join((_TYPES, _ROOT, EXP_LOG, LOSS, NOISE, _OPTIMISER, _MODEL))
