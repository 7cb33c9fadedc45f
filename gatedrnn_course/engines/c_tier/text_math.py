"""C text of the vector type and of the functions on it, for float and double and any instruction set.

Most rest on expm1(y) = 2^n q + (2^n - 1) with y = n ln 2 + r and q = expm1(r) by a polynomial: accurate to a few
units in the last place also where the result is small, and a NaN stays one.
"""

from __future__ import annotations

from gatedrnn_course.cells.activations import FUNCTIONS

__all__ = ["EXP_LOG", "MATH"]

_BASE = """\
#if REAL_BYTES == 8
typedef double R;
#else
typedef float R;
#endif
#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
#define MANY_REGISTERS 1        /* 32 of them hold tiles of 8 x 2 vectors, 16 of them 6 x 2 */
#else
#define MANY_REGISTERS 0
#endif
#define NV 2                    /* vectors side by side in a tile */
#define L (BYTES / (long)sizeof(R))
#define PAD(n) (((n) + L - 1) / L * L)
#define MIN(a, b) ((a) < (b) ? (a) : (b))

typedef R V __attribute__((vector_size(BYTES), aligned(sizeof(R)), may_alias));
#if REAL_BYTES == 8
typedef long long I;
#define PACKED "pd"
#define EXPONENT 52
#define BIAS 0x3ff0000000000000LL
#define MAGIC 6755399441055744.0
#define LIMIT 700.0
#define LN2_HI 0.6931471805598903
#define LN2_LO 5.497923018708371e-14
#define LOG1P __builtin_log1p
#else
typedef int I;
#define PACKED "ps"
#define EXPONENT 23
#define BIAS 0x3f800000
#define MAGIC 12582912.0f
#define LIMIT 87.0f
#define LN2_HI 0.693145751953125f
#define LN2_LO 1.4286068203094172e-06f
#define LOG1P __builtin_log1pf
#endif
typedef I M __attribute__((vector_size(BYTES), aligned(sizeof(R)), may_alias));

#define LD(p) (*(const V *)(p))
#define ST(p, v) (*(V *)(p) = (v))
static const V ZERO = {0};

/* a, no further from zero than the limit; a NaN stays one */
static inline V clamp(V a, R limit)
{
    const V high = ZERO + limit, low = ZERO - limit;
#if defined(__AVX__)            /* here both compilers make four instructions of a comparison and a choice */
    __asm__("vmin" PACKED " %2, %1, %0" : "=v"(a) : "v"(high), "v"(a));
    __asm__("vmax" PACKED " %2, %1, %0" : "=v"(a) : "v"(low), "v"(a));
    return a;
#else
    const M over = a > high, under = a < low;
    return (V)((over & (M)high) | (under & (M)low) | (~(over | under) & (M)a));
#endif
}

/* 2^n, with q = expm1(y - n ln 2) */
static inline V scale_and_rest(V y, V *q)
{
    const V t = y * (R)1.4426950408889634 + (R)MAGIC;
    const V n = t - (R)MAGIC;
    const V r = (y - n * (R)LN2_HI) - n * (R)LN2_LO;
#if REAL_BYTES == 8
    V p = r * 2.624434608168842e-09 + 2.5003949478157262e-08;
    p = p * r + 2.763320534649035e-07;
    p = p * r + 2.75584182438927e-06;
    p = p * r + 2.4801352495230747e-05;
    p = p * r + 0.0001984126748168299;
    p = p * r + 0.0013888889114306818;
    p = p * r + 0.008333333335006687;
    p = p * r + 0.04166666666584879;
    p = p * r + 0.16666666666663207;
    p = p * r + 0.5000000000000092;
#else
    V p = r * 0.0013933649990214246f + 0.008369155667773614f;
    p = p * r + 0.04166646492537781f;
    p = p * r + 0.16666505195757525f;
    p = p * r + 0.5000000013465785f;
#endif
    *q = p * r * r + r;
    return (V)(((M)t << EXPONENT) + (I)BIAS);
}

/* Gradients that vanish end in numbers so small that processors are many times slower on them: here they are zero.
   What was set before comes back at the end. */
static inline unsigned long flush(void)
{
    unsigned long before = 0;
#if defined(__x86_64__)
    before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040);
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" ::"r"(before | 1 << 24));
#endif
    return before;
}

static inline void unflush(unsigned long before)
{
    (void)before;
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(before));
#endif
}
"""

MATH = "\n".join((_BASE, *(f"static inline V f_{name}(V a)\n{{\n{record.c}}}\n" for name, record in FUNCTIONS.items())))

EXP_LOG = """\
#define SIGN ((I)1 << (8 * sizeof(I) - 1))
#define CHOOSE(which, yes, no) ((V)(((which) & (M)(yes)) | (~(which) & (M)(no))))

/* e^a; at least e^-LIMIT and at most e^LIMIT */
static inline V BOUNDED_EXP(V a)
{
    V q;
    const V s = scale_and_rest(clamp(a, (R)LIMIT), &q);
    return s * q + s;
}

/* log((1 + s) / (1 - s)), |s| <= 1/3; log(1 + e) where s = e / (2 + e) */
static inline V log_ratio(V s)
{
    const V z = s * s;
#if REAL_BYTES == 8
    V p = z * 0.085097701903784548 + 0.041697989635203746;
    p = p * z + 0.060530986536923362;
    p = p * z + 0.066504800616553599;
    p = p * z + 0.076932804500814492;
    p = p * z + 0.090908719408007086;
    p = p * z + 0.11111111985439055;
    p = p * z + 0.14285714273918501;
    p = p * z + 0.2000000000007868;
    p = p * z + 0.33333333333333152;
#else
    V p = z * 0.14012551659790636f + 0.13999510936791445f;
    p = p * z + 0.20010852766380585f;
    p = p * z + 0.33333206518572123f;
#endif
    const V twice = s + s;
    return p * z * twice + twice;
}

/* log a of a normal positive number: a = 2^k m, m between the roots of 1/2 and 2; a NaN stays one */
static inline V LOG(V a)
{
#if REAL_BYTES == 8
    const I root = 0x3fe6a09e667f3bcdLL;
#else
    const I root = 0x3f3504f3;
#endif
    const M k = ((M)a - root) >> EXPONENT;
    const V m = (V)((M)a - (k << EXPONENT)), n = (V)((M)(ZERO + (R)MAGIC) + k) - (R)MAGIC;
    return n * (R)LN2_HI + (n * (R)LN2_LO + log_ratio((m - (R)1) / (m + (R)1))) + (a - a);
}
"""
"""Exponential and logarithm on the same vector, for what stands outside the cells. Follows `MATH`."""
