"""C text of the noise of populations: numbers from a normal distribution, found from a key, a step and a place.

`noise` has the same in NumPy, with the sources.
"""

from __future__ import annotations

from gatedrnn_course.engines.population.noise import ROTATIONS, ROUNDS

__all__ = ["NOISE"]

_NOISE = """\
#define BLOCK 64                /* numbers drawn at once */
typedef unsigned W __attribute__((vector_size(BLOCK), aligned(4), may_alias));      /* 16 words on every machine */
#define TURN(a, bits) (((a) << (bits)) | ((a) >> (32 - (bits))))
#define MIX(a, b, bits) a += b, b = TURN(b, bits) ^ a;
#define ADD_KEY(r) a += k[(r) % 5], b += k[((r) + 1) % 5], c += k[((r) + 2) % 5], d += k[((r) + 3) % 5] + (r);

/* Threefry-4x32 of 16 places from 16 * block on: two words of each, and the two others */
static void random_words(const unsigned *key, unsigned step, unsigned block, unsigned *one, unsigned *other)
{{
    const unsigned k[5] = {{key[0], key[1], key[2], key[3], 0x1BD11BDA ^ key[0] ^ key[1] ^ key[2] ^ key[3]}};
    const W zero = {{0}}, place = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};
    W a = place + 16 * block, b = zero + step, c = zero, d = zero;
    ADD_KEY(0)
    {rounds}
    ((W *)one)[0] = a, ((W *)one)[1] = c, ((W *)other)[0] = b, ((W *)other)[1] = d;
}}

/* cosine and sine of an angle from -pi/2 to pi/2 */
static inline V turn_of(V angle, V *sine)
{{
    const V z = angle * angle;
#if REAL_BYTES == 8
    V s = z * 2.7222686582646273e-15 - 7.6430989681508556e-13;
    s = s * z + 1.6058943987304885e-10;
    s = s * z - 2.5052106961282035e-8;
    s = s * z + 2.7557319212143506e-6;
    s = s * z - 0.0001984126984121535;
    s = s * z + 0.0083333333333332121;
    s = s * z - 0.16666666666666666;
    V c = z * 4.610294066170247e-14 - 1.1463039359303171e-11;
    c = c * z + 2.087656774058604e-9;
    c = c * z - 2.7557316525217702e-7;
    c = c * z + 2.4801587279148892e-5;
    c = c * z - 0.0013888888888785651;
    c = c * z + 0.041666666666664369;
    c = c * z - 0.49999999999999983;
#else
    V s = z * 2.6089327181657552e-6f - 0.00019811112779374812f;
    s = s * z + 0.0083330881677195401f;
    s = s * z - 0.16666660462390183f;
    V c = z * -2.6077105664960968e-7f + 2.4761886266057198e-5f;
    c = c * z - 0.0013888403508545949f;
    c = c * z + 0.041666640728080751f;
    c = c * z - 0.49999999549557471f;
#endif
    *sine = s * z * angle + angle;
    return c * z + (R)1;
}}

/* 64 numbers from a normal distribution, by Box and Muller: u in (0, 1] and an angle from -pi/2 to pi/2 of 24 bits
   each, and a bit for the sign of both */
static void normals(const unsigned *key, unsigned step, unsigned block, R *z)
{{
    unsigned one[BLOCK / 2], other[BLOCK / 2];
    R u[BLOCK / 2], angle[BLOCK / 2], sign[BLOCK / 2];
    random_words(key, step, block, one, other);
    for (long i = 0; i < BLOCK / 2; i++) {{
        u[i] = (R)(int)((one[i] >> 8) + 1) * (R)0x1p-24;
        angle[i] = (R)((int)(other[i] >> 8) - (1 << 23)) * (R)(3.141592653589793 * 0x1p-24);
        sign[i] = (int)(other[i] & 1) * 2 - 1;
    }}
    for (long i = 0; i < BLOCK / 2; i += L) {{
        V sine;
        const V cosine = turn_of(LD(angle + i), &sine), radius = ROOT(LOG(LD(u + i)) * (R)-2) * LD(sign + i);
        ST(z + i, radius * cosine);
        ST(z + BLOCK / 2 + i, radius * sine);
    }}
}}

/* rows x (rows, D), ldx apart, with noise added */
void add_noise(long rows, long D, long ldx, const R *x, R strength, const unsigned *key, unsigned step, R *to)
{{
    R z[BLOCK];
    unsigned block = 0;
    long used = BLOCK;
    if (ldx == D) {{
        D *= rows;
        rows = 1;
    }} else
        clear(to, rows * ldx);
    for (long r = 0; r < rows; r++)
        for (long d = 0, count; d < D; d += count, used += count) {{
            if (used == BLOCK) {{
                normals(key, step, block++, z);
                used = 0;
            }}
            count = MIN(BLOCK - used, D - d);
            for (long i = 0; i < count; i++)
                to[r * ldx + d + i] = x[r * ldx + d + i] + strength * z[used + i];
        }}
}}
"""


def _rounds() -> str:
    """The rounds of Threefry: words are mixed in pairs, and the pairs change from round to round."""
    rows = []
    for r in range(ROUNDS):
        one, other = ROTATIONS[r % len(ROTATIONS)]
        rows.append(f"MIX(a, {'db'[r % 2 == 0]}, {one}) MIX(c, {'bd'[r % 2 == 0]}, {other})")
        if r % 4 == 3:
            rows.append(f"ADD_KEY({r // 4 + 1})")
    return "\n    ".join(rows)


NOISE = _NOISE.format(rounds=_rounds())
