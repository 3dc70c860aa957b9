/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exponential function of many numbers. x = k log 2 + r with |r| <= log 2 / 2, e^x = 2^k e^r, e^r by its Taylor
 * polynomial of degree 13, whose rest is below 5e-18. Only additions, multiplications and shifts of whole numbers, the
 * same in each place, and none of them fused: so the bits are the same however many places a processor takes at once.
 */
#include <string.h>

#include "rapport/maths.h"

typedef double four __attribute__((vector_size(32)));
typedef int64_t four_whole __attribute__((vector_size(32)));

/* Of four numbers; `out` may be `in`. */
static inline __attribute__((always_inline)) void exp_four(const double *in, double *out) {
    const four most = {709, 709, 709, 709}, least = {-708, -708, -708, -708}; /* results stay normal numbers */
    const double shift = 0x1.8p52; /* added and taken away, it rounds to a whole number */
    four x;
    memcpy(&x, in, sizeof x);
    four_whole high = x > most, low = x < least;
    x = (four)((high & (four_whole)most) | (low & (four_whole)least) | (~(high | low) & (four_whole)x));
    four shifted = x * 1.4426950408889634074 + shift, k = shifted - shift;
    four r = (x - k * 0x1.62e42fefa3800p-1) - k * 0x1.ef35793c76730p-45; /* log 2 in two pieces, the first short */
    four p = r * (1.0 / 6227020800) + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = 1 + (r + r * r * p);
    p *= (four)(((four_whole)shifted + 1023) << 52); /* the low bits of `shifted` are k */
    memcpy(out, &p, sizeof p);
}

static inline __attribute__((always_inline)) void exp_all(const double *x, double *out, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        exp_four(x + i, out + i);
    if (i < n) {
        double rest[4] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        exp_four(rest, rest);
        memcpy(out + i, rest, (n - i) * sizeof *x);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void exp_wide(const double *x, double *out, size_t n) {
    exp_all(x, out, n);
}

void rp_exp_many(const double *x, double *out, size_t n) {
    if (__builtin_cpu_supports("avx2"))
        exp_wide(x, out, n);
    else
        exp_all(x, out, n);
}
#else
void rp_exp_many(const double *x, double *out, size_t n) {
    exp_all(x, out, n);
}
#endif
