"""C text of the loss of labels without places in time: forward and backward over the paths that spell them.

All is in logarithms, and each step's are counted from their largest; what that takes away is added up in double, so
long sequences lose no digits.

Source: A. Graves, S. Fernández, F. Gomez, J. Schmidhuber, Connectionist Temporal Classification, ICML 2006, equations
5 to 8 and 14 to 16.
"""

from __future__ import annotations

__all__ = ["CTC"]

CTC = """\
#define NEVER ((R)-1e30)        /* the logarithm of no chance at all */

/* labels of B sequences, and where their rows are */
typedef struct {
    long B, most;                               /* sequences, and room for labels of each */
    const long *steps, *ranks, *starts;         /* of a sequence, of a sequence, of a step: see Rows */
    const long *labels;                         /* (B, most), filled with -1 */
} Labels;

static inline V larger(V a, V b)
{
    const M more = b > a;
    return CHOOSE(more, b, a);
}

/* log(e^a + e^b + e^c) */
static inline V log_sum(V a, V b, V c)
{
    const V top = larger(larger(a, b), c);
    return LOG(BOUNDED_EXP(a - top) + BOUNDED_EXP(b - top) + BOUNDED_EXP(c - top)) + top;
}

/* one step further along the paths: from before[s], before[s + one] and, where skip[s] lets it, before[s + two] */
static R further(long wide, long one, const R *before, const R *skip, const R *chance, R *to)
{
    V top = ZERO + NEVER * 2;
    for (long s = 0; s < wide; s += L) {
        const V jump = LD(before + s + 2 * one) + LD(skip + s);
        const V own = log_sum(LD(before + s), LD(before + s + one), jump) + LD(chance + s);
        top = larger(top, own);
        ST(to + s, own);
    }
    const R most = vector_max(top);
    for (long s = 0; s < wide; s += L)
        ST(to + s, LD(to + s) - most);
    return most;
}

/* log of the sum of the exponentials of a row of K */
static R log_total(long K, const R *y)
{
    V top = ZERO + y[0], sum = ZERO;
    const M end = lanes_before(K - (PAD(K) - L)), all = lanes_before(L);
    for (long k = 0; k < K; k += L)
        top = larger(top, CHOOSE(k + L <= K ? all : end, LD(y + k), top));
    const R most = vector_max(top);
    for (long k = 0; k < K; k += L)
        sum += (V)((M)BOUNDED_EXP(LD(y + k) - most) & (k + L <= K ? all : end));
    return LOG(ZERO + vector_sum(sum))[0] + most;
}

static void fill(R *a, long count, R value)
{
    for (long i = 0; i < count; i++)
        a[i] = value;
}

/* how many numbers ctc_of needs for sequences of at most T steps */
long ctc_memory(const Labels *of, long T, long K)
{
    return (2 * T + 6) * (PAD(2 * of->most + 1) + 2 * L) + 2 * T + PAD(K);
}

/* minus the log-probability of the labels, the mean over sequences; y become its derivatives where wanted */
double ctc_of(const Labels *of, long K, R *y, int derive, R *memory)
{
    const long Kp = PAD(K), row = PAD(2 * of->most + 1) + 2 * L;
    const R share = (R)1 / of->B;
    double loss = 0;
    for (long b = 0; b < of->B; b++) {
        const long T = of->steps[b], *const labels = of->labels + b * of->most;
        long count = 0;
        while (count < of->most && labels[count] >= 0)
            count++;
        const long states = 2 * count + 1, wide = PAD(states);      /* blank, label, blank, ..., label, blank */
        /* rows have room on both sides: what is outside never happens */
        R *const skip = memory + L, *const leap = skip + row, *const first = leap + row, *const last = first + row;
        R *const ring = last + row, *const chances = ring + 2 * row, *const alphas = chances + T * row;
        R *const totals = memory + (2 * T + 6) * row, *const tops = totals + T, *const held = tops + T;
        fill(memory, (2 * T + 6) * row, NEVER);
        for (long s = 3; s < states; s += 2)    /* a blank may be left out between two labels that differ */
            if (labels[s / 2] != labels[s / 2 - 1])
                skip[s] = leap[s - 2] = 0;
        first[0] = last[states - 1] = 0;        /* where paths stand before the first step and after the last one */
        double before = 0, after = 0;
        for (long t = 0; t < T; t++) {
            const R *const own = y + (of->starts[t] + of->ranks[b]) * Kp;
            R *const chance = chances + t * row, *const alpha = alphas + t * row;
            totals[t] = log_total(K, own);
            for (long s = 0; s < states; s++)
                chance[s] = own[s % 2 ? labels[s / 2] : K - 1] - totals[t];
            tops[t] = further(wide, -1, t ? alpha - row : first, skip, chance, alpha);
            before += tops[t];
        }
        const R *const end = T ? alphas + (T - 1) * row : first;
        const double told = before + log_sum(ZERO + end[states - 1], ZERO + end[states - 2], ZERO + NEVER)[0];
        loss -= told;
        for (long t = T - 1; derive && t >= 0; t--) {
            R *const own = y + (of->starts[t] + of->ranks[b]) * Kp, *const beta = ring + (t & 1) * row;
            const R *const chance = chances + t * row, *const alpha = alphas + t * row;
            after += further(wide, 1, t < T - 1 ? ring + (~t & 1) * row : last, leap, chance, beta);
            const R rest = (R)(before + after - told);
            before -= tops[t];
            clear(held, Kp);
            for (long s = 0; s < wide; s += L) {
                R through[L];
                ST(through, BOUNDED_EXP(LD(alpha + s) + LD(beta + s) - LD(chance + s) + rest));
                for (long i = 0; i < MIN(L, states - s); i++)
                    held[(s + i) % 2 ? labels[(s + i) / 2] : K - 1] += through[i];
            }
            for (long k = 0; k < Kp; k += L)
                ST(own + k, (BOUNDED_EXP(LD(own + k) - totals[t]) - LD(held + k)) * share);
            clear(own + K, Kp - K);
        }
    }
    return loss * share;
}
"""
