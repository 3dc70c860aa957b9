/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices of text: comparing, trimming, UTF-8, and the nearest of several names. */
#include <string.h>

#include "base/base_private.h"

rp_text rp_text_of(const char *ended) {
    return (rp_text){.at = ended, .n = ended ? strlen(ended) : 0};
}

bool rp_text_is(rp_text text, const char *ended) {
    return rp_text_equal(text, rp_text_of(ended));
}

bool rp_text_equal(rp_text a, rp_text b) {
    if (!a.at || !b.at)
        return !a.at && !b.at;
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

rp_text rp_text_trim(rp_text text) {
    while (text.n && is_blank(text.at[0])) {
        text.at++;
        text.n--;
    }
    while (text.n && is_blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

/* Table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing past U+10FFFF. */
size_t rp_utf8_step(const char *at, size_t n, uint32_t *point) {
    if (n == 0)
        return 0;
    const unsigned char *b = (const unsigned char *)at;
    size_t length = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > n)
        return 0;
    uint32_t value = length == 1 ? b[0] : b[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (b[i] & 0x3fu);
    }
    if ((length == 3 && (value < 0x800 || (value >= 0xd800 && value < 0xe000))) ||
        (length == 4 && (value < 0x10000 || value > 0x10ffff)))
        return 0;
    if (point)
        *point = value;
    return length;
}

bool rp_text_is_utf8(rp_text text) {
    for (size_t i = 0; i < text.n;) {
        size_t step = rp_utf8_step(text.at + i, text.n - i, NULL);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

enum { LONGEST_NAME = 64 };

/* Characters with ASCII letters made small; a byte that is not UTF-8 stands for itself. False when too long. */
static bool characters(rp_text text, uint32_t out[LONGEST_NAME], size_t *n) {
    *n = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t point = (unsigned char)text.at[i];
        size_t step = rp_utf8_step(text.at + i, text.n - i, &point);
        if (*n == LONGEST_NAME)
            return false;
        out[(*n)++] = point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
        i += step ? step : 1;
    }
    return true;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Edits from a to b: insert, delete, replace, swap two neighbours (optimal string alignment). Three rows are enough. */
static size_t edits(const uint32_t *a, size_t na, const uint32_t *b, size_t nb) {
    size_t rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *here = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        here[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            here[j] = least(replaced, least(above[j], here[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                here[j] = least(here[j], two_above[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

const char *rp_text_nearest(rp_text text, const char *const *candidates, size_t n) {
    uint32_t wanted[LONGEST_NAME], other[LONGEST_NAME];
    size_t length = 0, other_length = 0, best = SIZE_MAX;
    const char *nearest = NULL;
    if (!characters(text, wanted, &length))
        return NULL;
    size_t allowed = length / 3 > 1 ? length / 3 : 1;
    for (size_t i = 0; i < n; i++) {
        if (!candidates[i] || !characters(rp_text_of(candidates[i]), other, &other_length))
            continue;
        size_t distance = edits(wanted, length, other, other_length);
        bool nothing_in_common = distance > 0 && distance >= (length > other_length ? length : other_length);
        if (distance <= allowed && distance < best && !nothing_in_common) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
