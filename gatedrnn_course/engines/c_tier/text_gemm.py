"""C text of the matrix product: tiles of registers, generated for every size, and what runs them over whole matrices.

A matrix of K rows and N columns (N a multiple of the vector) is stored in panels of NV vectors: panel by panel, and
within one the K rows one after the other. So a tile reads it from front to back.
"""

from __future__ import annotations

__all__ = ["GEMM"]

_HEIGHTS = (8, 6, 4, 2, 1)
"""Heights of the tiles in rows; 8 where there are many registers, else 6."""

_TILE = """\
/* c[{m} rows][{n} vectors] += a[{m} rows][S parts of K] * b[S * K rows][{n} vectors], {u} sums side by side */
static inline void tile_{m}x{n}(long S, long K, const R *a, long ai, long as, long ak, const R *b, long bk, R *c,
                                long ci, int fresh)
{{
    V {zeros};
    for (long s = 0; s < S; s++) {{
        const R *p = a + s * as;
        long k = 0;
        for (; k + {u} <= K; k += {u}, p += {u} * ak, b += {u} * bk) {{
            {steps}
        }}
        for (; k < K; k++, p += ak, b += bk) {{
            {step}
        }}
    }}
    if (fresh) {{
        {stores}
    }} else {{
        {adds}
    }}
}}
"""

_STRIP = """\
/* all rows of a panel {n} vectors wide */
static void strip_{n}(long rows, long S, long K, const R *a, long ai, long as, long ak, const R *b, long bk, R *c,
                      long ci, int fresh)
{{
    long i = 0;
    {loops}
}}
"""

_DRIVERS = """\
static void strip(long n, long rows, long S, long K, const R *a, long ai, long as, long ak, const R *b, long bk, R *c,
                  long ci, int fresh)
{
    if (n == 2)
        strip_2(rows, S, K, a, ai, as, ak, b, bk, c, ci, fresh);
    else
        strip_1(rows, S, K, a, ai, as, ak, b, bk, c, ci, fresh);
}

/* c[rows][N] (+)= a[rows][S parts of K] * b[S * K][N], b in panels */
static void multiply(long rows, long N, long S, long K, const R *a, long lda, long part, const R *b, R *c, long ldc,
                     int fresh)
{
    if (part == K) {
        K *= S;
        S = 1;
    }
    for (long j = 0; j < N; j += NV * L) {
        const long n = MIN(NV, (N - j) / L);
        strip(n, rows, S, K, a, lda, part, 1, b + j * S * K, n * L, c + j, ldc, fresh);
    }
}

/* c[K][N] += a[rows][K] transposed * b[rows][N], c in panels */
static void multiply_transposed(long rows, long N, long K, const R *a, long lda, const R *b, long ldb, R *c)
{
    for (long j = 0; j < N; j += NV * L) {
        const long n = MIN(NV, (N - j) / L);
        strip(n, K, 1, rows, a, 1, 0, lda, b + j, ldb, c + j * K, n * L, 0);
    }
}

/* column j of a matrix in panels with K rows: where it begins; its values are *step apart */
static inline R *column_of(R *b, long K, long N, long j, long *step)
{
    const long first = j / (NV * L) * (NV * L);
    *step = MIN(NV * L, N - first);
    return b + first * K + j - first;
}

/* columns from `column` on := m transposed */
static void put(R *b, long K, long N, long column, long rows, const R *m)
{
    for (long i = 0, step; i < rows; i++, m += K) {
        R *own = column_of(b, K, N, column + i, &step);
        for (long k = 0; k < K; k++)
            own[k * step] = m[k];
    }
}

/* m += columns from `column` on, transposed */
static void get(const R *b, long K, long N, long column, long rows, R *m)
{
    for (long i = 0, step; i < rows; i++, m += K) {
        const R *own = column_of((R *)b, K, N, column + i, &step);
        for (long k = 0; k < K; k++)
            m[k] += own[k * step];
    }
}

/* rows from `row` on of another matrix in panels := columns from `column` on */
static void turn(const R *b, long K, long N, long column, long rows, R *other, long row, long all_rows)
{
    const long wide = PAD(K);
    for (long i = 0, step, width; i < rows; i++) {
        const R *own = column_of((R *)b, K, N, column + i, &step);
        for (long first = 0; first < K; first += NV * L) {
            R *to = column_of(other, all_rows, wide, first, &width) + (row + i) * MIN(NV * L, wide - first);
            for (long k = first; k < MIN(first + NV * L, K); k++)
                to[k - first] = own[k * step];
        }
    }
}

static inline void clear(R *a, long count) { __builtin_memset(a, 0, count * sizeof(R)); }

static inline void copy(R *a, const R *b, long count) { __builtin_memcpy(a, b, count * sizeof(R)); }

/* a += b, and b = 0; whole vectors */
static void pour(R *b, R *a, long count)
{
    for (long i = 0; i < count; i += L) {
        ST(a + i, LD(a + i) + LD(b + i));
        ST(b + i, ZERO);
    }
}
"""


def _tile(m: int, n: int) -> str:
    """A tile. Few sums are kept more than once, lest each addition waits for the one before.

    What is there already is added last: a small number that meets a large one many times would lose its last digits.
    """
    u = max(1, min(4, 8 // (m * n)))
    cells = [(i, j) for i in range(m) for j in range(n)]
    places = [f"c + {i} * ci + {j} * L" for i, j in cells]
    sums = [" + ".join(f"c{i}{j}_{v}" for v in range(u)) for i, j in cells]
    text = _TILE.format(
        m=m,
        n=n,
        u=u,
        zeros=", ".join(f"c{i}{j}_{v} = ZERO" for i, j in cells for v in range(u)),
        steps="\n            ".join(_step(m, n, v) for v in range(u)),
        step=_step(m, n, 0),
        stores="\n        ".join(f"ST({c}, {own});" for c, own in zip(places, sums, strict=True)),
        adds="\n        ".join(f"ST({c}, LD({c}) + ({own}));" for c, own in zip(places, sums, strict=True)),
    )
    return _guarded(m, text)


def _step(m: int, n: int, v: int) -> str:
    """One k: the outer product of a column of `a` and a row of `b`, added to the sums number v."""
    rows = [f"const V {', '.join(f'b{j} = LD(b + {v} * bk + {j} * L)' for j in range(n))};"]
    for i in range(m):
        rows.append(f"const R a{i} = p[{i} * ai + {v} * ak];")
        rows += [f"c{i}{j}_{v} += a{i} * b{j};" for j in range(n)]
    inner = "\n                ".join(rows)
    return f"{{\n                {inner}\n            }}"


def _strip(n: int) -> str:
    call = "tile_{m}x{n}(S, K, a + i * ai, ai, as, ak, b, bk, c + i * ci, ci, fresh);"
    loops = [_guarded(m, f"for (; i + {m} <= rows; i += {m})\n        {call.format(m=m, n=n)}") for m in _HEIGHTS]
    return _STRIP.format(n=n, loops="\n    ".join(loops))


def _guarded(m: int, text: str) -> str:
    """Text for tiles of a height, where there are registers for it."""
    if m not in (8, 6):
        return text
    return f"\n#if {'' if m == 8 else '!'}MANY_REGISTERS\n{text}\n#endif\n"


GEMM = "\n".join([_tile(m, n) for n in (1, 2) for m in _HEIGHTS] + [_strip(n) for n in (1, 2)] + [_DRIVERS])
