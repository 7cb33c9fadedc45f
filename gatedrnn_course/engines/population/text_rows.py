"""C text that runs a cell over all rows of a batch, forward and backward, where sequences have any lengths.

`rows` says how the rows lie.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """\
enum { TAPE = 1, SCRATCH = 2 };

static Sizes sizes_of(const Job *job, const Model *m, long steps, long rows)
{
    return (Sizes){steps, rows, job->D, m->H, job->ldx, PAD(m->H), m->program};
}

static long counted(const Job *job, const Model *m, long steps, long rows, long which)
{
    long counts[5];
    const Sizes n = sizes_of(job, m, steps, rows);
    m->count(&n, counts);
    return counts[which];
}

/* rows of the other order: to[r] = from[turned[r]]; twice is as before */
static void turn_rows(const Job *job, long wide, const R *from, R *to)
{
    for (long r = 0; r < job->N; r++)
        copy(to + r * wide, from + job->turned[r] * wide, wide);
}

/* gradients of a matrix that stands in several places are added up; what lies between rows is zero */
static void tidy(const Job *job, const Model *m, R *slope, R *memory)
{
    const Sizes n = sizes_of(job, m, 0, 0);
    R *named[m->named + 1];
    for (long k = 0; k < m->named; k++) {
        named[k] = memory;
        memory += m->lengths[k];
    }
    m->unpack(&n, slope, named);
    m->pack(&n, (const R *const *)named, slope);
}

/* A cell over all rows. Where sequences have ended, those that go on are the last rows of the step before. */
static void run_forward(const Job *job, const Model *m, const R *x, const R *P, R *const *S, R *tape)
{
    R *now[m->states];
    for (long k = 0; k < m->states; k++) {
        now[k] = S[k];
        clear(now[k], job->sizes[0] * m->state_sizes[k]);
    }
    for (long s = 0; s < job->segments; s++) {
        const long rows = job->steps[s] * job->sizes[s];
        const long ended = s + 1 < job->segments ? job->sizes[s] - job->sizes[s + 1] : 0;
        const Sizes n = sizes_of(job, m, job->steps[s], job->sizes[s]);
        m->forward(&n, x, P, now, tape);
        x += rows * job->ldx;
        tape += counted(job, m, rows, 1, TAPE);
        for (long k = 0; k < m->states; k++)
            now[k] += (rows + ended) * m->state_sizes[k];
    }
}

/* The same backward: to the gradients G is added. dS: derivatives of the last states, and then of the first ones. */
static void run_backward(const Job *job, const Model *m, const R *x, const R *P, R *const *S, R *tape, const R *dh,
                         R *const *dS, R *G, R *memory)
{
    const long Hp = PAD(m->H);
    R *now[m->states], *d[m->states];
    x += job->N * job->ldx;
    tape += counted(job, m, job->N, 1, TAPE);
    long row = job->N, place = job->N + job->sizes[0];      /* of x, of the states before a step */
    for (long s = job->segments - 1; s >= 0; s--) {
        const long rows = job->steps[s] * job->sizes[s];
        const Sizes n = sizes_of(job, m, job->steps[s], job->sizes[s]);
        row -= rows;
        place -= s == job->segments - 1 ? rows + job->sizes[s] : rows + job->sizes[s] - job->sizes[s + 1];
        x -= rows * job->ldx;
        tape -= counted(job, m, rows, 1, TAPE);
        for (long k = 0; k < m->states; k++) {
            now[k] = S[k] + place * m->state_sizes[k];
            d[k] = dS[k] + (job->sizes[0] - job->sizes[s]) * m->state_sizes[k];
        }
        m->backward(&n, x, P, now, tape, dh ? dh + row * Hp : 0, d, G, 0, memory);
    }
}
"""
