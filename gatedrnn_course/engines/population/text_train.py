"""C text that trains models: forward, read-out, loss, backward and optimiser of one model, then of the next.

So everything a model needs stays in the cache while it is needed.
"""

from __future__ import annotations

from gatedrnn_course.engines.c_tier.text_math import EXP_LOG
from gatedrnn_course.engines.population.text_ctc import CTC
from gatedrnn_course.engines.population.text_loss import LOSS
from gatedrnn_course.engines.population.text_noise import NOISE
from gatedrnn_course.engines.population.text_optimiser import OPTIMISER
from gatedrnn_course.engines.population.text_rows import ROWS

__all__ = ["TRAIN"]

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

_TYPES = """\
#include <math.h>

/* what all models share in one step */
typedef struct {
    long N, D, K, ldx;          /* rows, inputs, outputs, distance of rows of x */
    long segments;              /* runs of steps with equally many rows; in each step longer sequences come last */
    const long *steps, *sizes;  /* of each: how many steps, how many rows in a step */
    const long *turned;         /* (N,) the rows when sequences run from their ends; where models read both ways */
    long first, rows;           /* the scored rows: from the first to the last with a weight */
    long loss, mode;            /* its kind, -1 with labels; 0: the loss only, 1: a step of training, 2: outputs only */
    long step;                  /* number of this step, for the noise */
    const R *targets;           /* (rows, K), or class numbers (rows,) */
    const R *weights;           /* (rows,), their sum is 1 */
    Labels labels;
} Job;

/* one model */
typedef struct {
    void (*count)(const Sizes *, long *);
    void (*forward)(const Sizes *, const R *, const R *, R *const *, R *);
    void (*backward)(const Sizes *, const R *, const R *, R *const *, R *, const R *, R *const *, R *, R *, R *);
    void (*pack)(const Sizes *, const R *const *, R *);
    void (*unpack)(const Sizes *, const R *, R *const *);
    const long long *program;
    long H, ways, states;       /* ways: 2 if it reads both ways, with parameters for each, one after the other */
    long own;                   /* how many of the parameters are the cell's, one way */
    long tidy, named;           /* whether gradients need tidying, and of how many arrays */
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

_MODEL = """\
/* what one way of a model keeps between forward and backward */
typedef struct {
    const R *x, *P;
    R *hs, *tape;               /* hidden states in the order of the batch */
} Way;

static void backward(const Job *job, const Model *m, const Way *way, R *const *S, long w, const R *y, R *memory)
{
    const long H = m->H, Hp = PAD(H), Kp = PAD(job->K), rows = job->rows, all = job->N;
    R *const slope = m->slope + w * m->own, *const weights = m->slope + m->ways * m->own + w * H * Kp;
    R *const turned = memory, *dh = turned + PAD(job->K * Hp);
    R *at = dh + m->ways * all * Hp, *dS[m->states];
    for (long k = 0; k < m->states; k++) {
        dS[k] = at;
        clear(at, job->sizes[0] * m->state_sizes[k]);
        at += job->sizes[0] * m->state_sizes[k];
    }
    clear(slope, m->own);
    clear(weights, H * Kp);
    multiply_transposed(rows, Kp, H, way->hs + job->first * Hp, Hp, y, Kp, weights);
    clear(turned, job->K * Hp);
    turn(m->theta + m->ways * m->own + w * H * Kp, H, Kp, 0, job->K, turned, 0, job->K);
    const int last = m->ways == 1 && job->segments == 1 && job->first == all - job->sizes[0];
    clear(dh, last ? 0 : job->first * Hp);
    multiply(rows, Hp, 1, job->K, y, Kp, 0, turned, last ? dS[0] : dh + job->first * Hp, Hp, 1);
    clear(dh + (job->first + rows) * Hp, last ? 0 : (all - job->first - rows) * Hp);
    if (w) {
        turn_rows(job, Hp, dh, dh + all * Hp);
        dh += all * Hp;
    }
    run_backward(job, m, way->x, way->P, S, way->tape, last ? 0 : dh, dS, slope, at);
    if (m->tidy)
        tidy(job, m, slope, at);
}

static void one(const Job *job, Model *m, R *memory)
{
    const long H = m->H, Hp = PAD(H), Kp = PAD(job->K), rows = job->rows, all = job->N;
    const R *const readout = m->theta + m->ways * m->own, *const bias = readout + m->ways * H * Kp, *x = m->x;
    R *S[m->ways][m->states], *at = memory;
    Way ways[m->ways];
    if (job->mode == 1 && m->noise > 0) {
        add_noise(all, job->D, job->ldx, m->x, (R)m->noise, m->key, (unsigned)job->step, at);
        x = at;
        at += PAD(all * job->ldx);
    }
    for (long w = 0; w < m->ways; w++) {
        for (long k = 0; k < m->states; k++) {
            S[w][k] = at;
            at += (all + job->sizes[0]) * m->state_sizes[k];
        }
        ways[w] = (Way){x, m->theta + w * m->own, S[w][0] + job->sizes[0] * Hp, at};
        at += counted(job, m, all, 1, TAPE);
        if (w) {
            turn_rows(job, job->ldx, x, at);
            ways[w].x = at;
            at += PAD(all * job->ldx);
        }
        run_forward(job, m, ways[w].x, ways[w].P, S[w], ways[w].tape);
        if (w) {
            turn_rows(job, Hp, ways[w].hs, at);
            ways[w].hs = at;
            at += all * Hp;
        }
    }
    R *const y = m->outputs ? m->outputs : at;
    for (long r = 0; r < rows; r++)
        copy(y + r * Kp, bias, Kp);
    for (long w = 0; w < m->ways; w++)
        multiply(rows, Kp, 1, H, ways[w].hs + job->first * Hp, Hp, 0, readout + w * H * Kp, y, Kp, 0);
    if (job->mode == 2)
        return;
    if (job->loss < 0)
        m->loss = ctc_of(&job->labels, job->K, y, job->mode, at + rows * Kp);
    else
        m->loss = loss_of(job->loss, rows, job->K, y, job->targets, job->weights);
    if (job->mode == 0)
        return;
    const long count = m->ways * (m->own + H * Kp) + Kp;
    if (isfinite(m->loss)) {
        R *const slope = m->slope + count - Kp;
        clear(slope, Kp);
        for (long r = 0; r < rows; r++)
            for (long k = 0; k < Kp; k += L)
                ST(slope + k, LD(slope + k) + LD(y + r * Kp + k));
        for (long w = 0; w < m->ways; w++)
            backward(job, m, ways + w, S[w], w, y, at + rows * Kp);
        if (finite_all(m->slope, count)) {
            update(m, count);
            return;
        }
    }
    m->frozen = 1;
}

/* how many numbers a model needs besides its parameters */
static long memory_of_one(const Job *job, const Model *m)
{
    const long Hp = PAD(m->H), Kp = PAD(job->K), all = job->N, inputs = PAD(all * job->ldx);
    long states = 0, last = 0, steps = 0;
    for (long k = 0; k < m->states; k++)
        states += m->state_sizes[k];
    for (long k = 0; k < m->named; k++)
        last += m->lengths[k];
    for (long s = 0; s < job->segments; s++) {
        const long scratch = counted(job, m, job->steps[s], job->sizes[s], SCRATCH);
        last = scratch > last ? scratch : last;
        steps += job->steps[s];
    }
    if (job->loss < 0) {
        const long labels = ctc_memory(&job->labels, steps, job->K);
        last = labels > last ? labels : last;
    }
    const long way = states * (all + job->sizes[0]) + counted(job, m, all, 1, TAPE);
    const long both = m->ways * (way + all * Hp) + (m->ways - 1) * (inputs + all * Hp);
    const long readout = job->rows * Kp + PAD(job->K * Hp);
    return (m->noise > 0 ? inputs : 0) + both + readout + states * job->sizes[0] + last;
}

/* how many the largest of some models needs */
long memory_needed(const Job *job, const Model *models, const long *which, long count)
{
    long most = 0;
    for (long k = 0; k < count; k++) {
        const long own = memory_of_one(job, models + which[k]);
        most = own > most ? own : most;
    }
    return most;
}

/* the read-out's weights (ways, K, H) and biases into the order of the kernel, and back */
void put_readout(long H, long ways, long K, const R *weights, const R *bias, R *packed)
{
    clear(packed, (ways * H + 1) * PAD(K));
    for (long w = 0; w < ways; w++, packed += H * PAD(K))
        put(packed, H, PAD(K), 0, K, weights + w * K * H);
    copy(packed, bias, K);
}

void get_readout(long H, long ways, long K, const R *packed, R *weights, R *bias)
{
    clear(weights, ways * K * H);
    for (long w = 0; w < ways; w++, packed += H * PAD(K))
        get(packed, H, PAD(K), 0, K, weights + w * K * H);
    copy(bias, packed, K);
}

/* some models, one after the other; one that diverged is left as it is */
void train(const Job *job, Model *models, const long *which, long count, R *memory)
{
    for (long k = 0; k < count; k++) {
        Model *const m = models + which[k];
        if (job->mode == 1 && m->frozen)
            m->loss = NAN;
        else
            one(job, m, memory);
    }
}
"""

TRAIN = "\n".join((_ROOT, EXP_LOG, LOSS, CTC, NOISE, _TYPES, OPTIMISER, ROWS, _MODEL))
