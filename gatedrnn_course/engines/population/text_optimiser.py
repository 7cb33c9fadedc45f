"""C text of one step of an optimiser: momentum in Nesterov's form, or Adam."""

from __future__ import annotations

__all__ = ["OPTIMISER"]

OPTIMISER = """\
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
