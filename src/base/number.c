/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers from text and back: strict, correctly rounded, and the same in every locale. */
#include <assert.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_private.h"
#include "rapport/json.h"

enum { LONGEST_NUMBER = 64, LARGEST_EXACT_TEN = 22 };

/* What the grammar [+-]?digits[.digits][eE[+-]?digits] found. */
typedef struct parts {
    bool negative, exact; /* exact: all digits are in `digits`, which is below 2^53 */
    uint64_t digits;
    int exponent; /* of ten, for digits; of meaning only when exact */
} parts;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t take_digits(rp_text text, size_t i, parts *p, int step) {
    for (; i < text.n && is_digit(text.at[i]); i++) {
        if (p->digits > ((uint64_t)1 << 53) / 10 - 1) {
            p->exact = false;
            continue;
        }
        p->digits = p->digits * 10 + (uint64_t)(text.at[i] - '0');
        p->exponent -= step;
    }
    return i;
}

static size_t take_exponent(rp_text text, size_t i, parts *p) {
    bool negative = i < text.n && text.at[i] == '-';
    int value = 0;
    if (i < text.n && (text.at[i] == '-' || text.at[i] == '+'))
        i++;
    size_t start = i;
    for (; i < text.n && is_digit(text.at[i]); i++)
        value = value < 100000 ? value * 10 + (text.at[i] - '0') : value;
    p->exponent += negative ? -value : value;
    return i > start ? i : SIZE_MAX;
}

static bool read_parts(rp_text text, parts *p) {
    *p = (parts){.exact = true};
    size_t i = 0;
    if (text.n && (text.at[0] == '-' || text.at[0] == '+'))
        p->negative = text.at[i++] == '-';
    size_t start = i;
    i = take_digits(text, i, p, 0);
    if (i == start)
        return false;
    if (i < text.n && text.at[i] == '.') {
        start = ++i;
        i = take_digits(text, i, p, 1);
        if (i == start)
            return false;
    }
    if (i < text.n && (text.at[i] == 'e' || text.at[i] == 'E'))
        i = take_exponent(text, i + 1, p);
    return i == text.n;
}

static bool read_by_library(rp_text text, double *out) {
    char ended[LONGEST_NUMBER + 1];
    memcpy(ended, text.at, text.n);
    ended[text.n] = '\0';
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain)
        return false;
    double value = strtod_l(ended, NULL, plain);
    freelocale(plain);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

/* A number whose digits and power of ten are both exact doubles needs one rounding only, so the result is the nearest
 * double (Clinger 1990, PLDI). That is nearly every number in a data file; the rest go the long way. */
bool rp_text_to_num(rp_text text, double *out) {
    static const double tens[LARGEST_EXACT_TEN + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    static_assert(FLT_EVAL_METHOD == 0, "the short way needs arithmetic in double, no wider");
    parts p;
    if (!text.at || text.n > LONGEST_NUMBER || !read_parts(text, &p))
        return false;
    if (!p.exact || p.exponent < -LARGEST_EXACT_TEN || p.exponent > LARGEST_EXACT_TEN)
        return read_by_library(text, out);
    double value = (double)p.digits;
    value = p.exponent < 0 ? value / tens[-p.exponent] : value * tens[p.exponent];
    *out = p.negative ? -value : value;
    return true;
}

bool rp_text_to_int(rp_text text, int64_t *out) {
    if (!text.at || text.n == 0)
        return false;
    bool negative = text.at[0] == '-';
    size_t i = negative || text.at[0] == '+' ? 1 : 0;
    if (i == text.n)
        return false;
    int64_t value = 0;
    for (; i < text.n; i++) {
        if (!is_digit(text.at[i]))
            return false;
        int64_t digit = negative ? -(text.at[i] - '0') : text.at[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *out = value;
    return true;
}

/* Whatever a locale puts between the digits becomes a point. */
static void put_point(char *text) {
    char *from = text + strcspn(text, "0123456789");
    from += strspn(from, "0123456789");
    if (*from == '\0' || *from == 'e')
        return;
    char *rest = from + strcspn(from, "0123456789");
    *from = '.';
    memmove(from + 1, rest, strlen(rest) + 1);
}

void rp_number_text(double value, char out[32]) {
    if (!isfinite(value)) {
        snprintf(out, 32, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
        return;
    }
    /* Below the normal range a double holds fewer digits, so that 15 may be more than are needed. */
    int digits = value != 0 && fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    char text[64];
    for (double back = NAN; digits <= DBL_DECIMAL_DIG && back != value; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        put_point(text);
        if (!rp_text_to_num(rp_text_of(text), &back))
            back = NAN;
    }
    assert(strlen(text) < 32); /* a sign, 17 digits, a point, and "e-324" or four zeros */
    memcpy(out, text, strlen(text) + 1);
}
