/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is text in each encoding, and Windows-1252 as UTF-8. Its characters by Microsoft's own table
 * (unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/ CP1252.TXT), which leaves five bytes undefined. Browsers (WHATWG
 * Encoding Standard, index windows-1252) read those as control characters; here they are a fault, since nobody writes
 * such characters into a table. */
#include <string.h>

#include "table/reader_parts.h"

bool rp_is_ascii(const char *text, size_t n) {
    const uint64_t low = 0x0101010101010101u, high = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, text + i, 8);
        if ((eight | (eight - low)) & high) /* a byte past 0x7f, or a zero */
            return false;
    }
    for (; i < n; i++)
        if ((unsigned char)(text[i] - 1) >= 0x7f)
            return false;
    return true;
}

/* ---- Windows-1252 ---- */

/* From 0x80 on; 0: undefined. From 0xa0 on the byte is the character's number (ISO 8859-1). */
static const uint16_t from_0x80[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static unsigned point_of(unsigned char byte) {
    return byte >= 0x80 && byte < 0xa0 ? from_0x80[byte - 0x80] : byte;
}

static size_t bad_byte_of_1252(const char *text, size_t n) {
    size_t at = 0;
    while (at < n && point_of((unsigned char)text[at]))
        at++;
    return at;
}

size_t rp_windows_1252_to_utf8(const char *text, size_t n, char *out) {
    char *to = out;
    for (size_t i = 0; i < n; i++) {
        unsigned point = point_of((unsigned char)text[i]);
        if (point < 0x80) {
            *to++ = text[i]; /* an undefined byte too */
        } else if (point < 0x800) {
            *to++ = (char)(0xc0 | point >> 6);
            *to++ = (char)(0x80 | (point & 0x3f));
        } else {
            *to++ = (char)(0xe0 | point >> 12);
            *to++ = (char)(0x80 | (point >> 6 & 0x3f));
            *to++ = (char)(0x80 | (point & 0x3f));
        }
    }
    return (size_t)(to - out);
}

/* ---- all ---- */

size_t rp_encoding_bad_byte(rp_encoding encoding, const char *text, size_t n) {
    if (encoding == RP_WINDOWS_1252)
        return bad_byte_of_1252(text, n);
    const char *nul = memchr(text, '\0', n);
    size_t end = nul ? (size_t)(nul - text) : n, at = 0;
    if (rp_text_is_utf8((rp_text){text, end}))
        return end;
    while (at < end) {
        size_t step = 1;
        while (step <= 4 && step <= end - at && !rp_text_is_utf8((rp_text){text + at, step}))
            step++;
        if (step > 4 || step > end - at)
            break;
        at += step;
    }
    return at;
}
