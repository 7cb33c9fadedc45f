"""C text of the losses of populations: each over rows of outputs, which become derivatives in the same place.

What lies between the outputs and the end of a row's last vector counts for nothing.
"""

from __future__ import annotations

__all__ = ["LOSS"]

LOSS = """\
#define CHUNK 8                 /* rows added up before they go to the total, a double */

/* sum and maximum of the lanes, by halves */
static R vector_sum(V v)
{
    R each[L];
    ST(each, v);
    for (long n = L / 2; n; n /= 2)
        for (long i = 0; i < n; i++)
            each[i] += each[n + i];
    return each[0];
}

static R vector_max(V v)
{
    R each[L];
    ST(each, v);
    for (long n = L / 2; n; n /= 2)
        for (long i = 0; i < n; i++)
            each[i] = each[i] > each[n + i] ? each[i] : each[n + i];
    return each[0];
}

/* all bits of the first `count` lanes */
static M lanes_before(long count)
{
    I each[L];
    for (long i = 0; i < L; i++)
        each[i] = i < count ? -1 : 0;
    return *(const M *)each;
}

/* losses of single outputs a with targets t, and their derivatives *d */
static inline V squared(V a, V t, V *d)
{
    const V apart = a - t;
    *d = apart + apart;
    return apart * apart;
}

/* log(1 + e^a) - t a and sigmoid(a) - t, both from e^-|a|, which cannot overflow */
static inline V bernoulli(V a, V t, V *d)
{
    const V e = BOUNDED_EXP((V)((M)a | SIGN)), share = (R)1 / (e + (R)1);
    const M on = a > ZERO;
    *d = CHOOSE(on, share, e * share) - t;
    return (V)(on & (M)a) - t * a + log_ratio(e / (e + (R)2));
}

/* a row of K outputs, each with a loss of its own */
#define SUM_ROW(single) \\
    static inline V single##_row(long K, R *y, const R *target, R weight, M end) \\
    { \\
        V sum = ZERO, d, own; \\
        long k = 0; \\
        for (; k + L <= K; k += L) { \\
            sum += single(LD(y + k), LD(target + k), &d); \\
            ST(y + k, d * weight); \\
        } \\
        if (k < K) { \\
            own = single(LD(y + k), LD(target + k), &d); \\
            sum += (V)((M)own & end); \\
            ST(y + k, (V)((M)(d * weight) & end)); \\
        } \\
        return sum * weight; \\
    }
SUM_ROW(squared)
SUM_ROW(bernoulli)

/* a row of K logits of one class: -log softmax(y)[target] */
static inline V classes_row(long K, R *y, const R *target, R weight, M end)
{
    const M all = lanes_before(L);
    V top = ZERO + y[0], sum = ZERO;
    for (long k = 0; k < K; k += L) {
        const V a = LD(y + k);
        const M higher = (a > top) & (k + L <= K ? all : end);
        top = CHOOSE(higher, a, top);
    }
    const R most = vector_max(top);
    const R wanted = y[(long)*target] - most;
    for (long k = 0; k < K; k += L) {
        const V e = (V)((M)BOUNDED_EXP(LD(y + k) - most) & (k + L <= K ? all : end));
        sum += e;
        ST(y + k, e);
    }
    const R total = vector_sum(sum), share = weight / total;
    for (long k = 0; k < K; k += L)
        ST(y + k, LD(y + k) * share);
    y[(long)*target] -= weight;
    V loss = ZERO;
    loss[0] = ((LOG(ZERO + total))[0] - wanted) * weight;
    return loss;
}

/* the loss of all rows of outputs y, which become its derivatives. Rows without a weight may hold anything. */
double loss_of(long kind, long rows, long K, R *y, const R *targets, const R *weights)
{
    const long Kp = PAD(K), wide = kind == 1 ? 1 : K;
    const M end = lanes_before(K - (Kp - L));
    R last[Kp];                 /* the last row of targets with room behind it: vectors reach beyond a row */
    clear(last, Kp);
    copy(last, targets + (rows - 1) * wide, wide);
    double total = 0;
    for (long first = 0; first < rows; first += CHUNK) {
        V sum = ZERO;
        for (long r = first; r < MIN(first + CHUNK, rows); r++) {
            const R *const target = r + 1 < rows ? targets + r * wide : last;
            R *const own = y + r * Kp;
            if (weights[r] == 0)
                clear(own, Kp);
            else if (kind == 0)
                sum += squared_row(K, own, target, weights[r] / K, end);
            else if (kind == 1)
                sum += classes_row(K, own, target, weights[r], end);
            else
                sum += bernoulli_row(K, own, target, weights[r], end);
        }
        total += vector_sum(sum);
    }
    return total;
}
"""
