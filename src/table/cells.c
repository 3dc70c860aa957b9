/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of a batch as whole numbers, numbers and dates, eight bytes at a time: the bytes behind every field may be read
 * (RP_BATCH_PADDING), and what is not of the field is shifted out. What is longer or rarer goes to the ways of
 * rapport/base.h, with which these agree on every text (tests/table/test_cells.c).
 *
 * Eight digits by three multiplications: Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28
 * (2019), section 3.1.4 on numbers. Digits and a power of ten that are both exact doubles need one rounding only:
 * Clinger 1990, PLDI. */
#include <float.h>
#include <string.h>

#include "table/cells_parts.h"

enum {
    LONGEST = 16,
    LONGEST_EXACT = 15 /* digits that a double holds */,
    LONGEST_SHORT = 15 /* of rp_words, and a zero */
};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The first byte is the lowest, on any processor. */
static inline uint64_t load(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* 0x80 in bytes that are, or come behind, one that plus its byte of `room` passes 0x7f. */
static inline uint64_t past(uint64_t bytes, uint64_t room) {
    return ((bytes + room) | bytes) & EACH(0x80);
}

/* ---- digits ---- */

/* Eight bytes, each 0 to 9, as one number. */
static inline uint64_t sum_of(uint64_t digits) {
    const uint64_t every_fourth = UINT64_C(0x000000ff000000ff);
    uint64_t pairs = digits * 10 + (digits >> 8);
    return ((pairs & every_fourth) * UINT64_C(0x000f424000000064) +
            (pairs >> 16 & every_fourth) * UINT64_C(0x0000271000000001)) >>
           32;
}

/* 1 to 8 digits. `wrong` becomes other than 0 where there is something else. */
static inline uint64_t up_to_eight(const char *at, size_t n, uint64_t *wrong) {
    uint64_t digits = (load(at) ^ EACH('0')) << (64 - 8 * n);
    *wrong |= past(digits, EACH(0x76));
    return sum_of(digits);
}

/* 1 to LONGEST digits. */
static inline bool read_digits(const char *at, size_t n, uint64_t *out) {
    uint64_t wrong = 0, value = 0;
    if (n > 8) {
        value = up_to_eight(at, n - 8, &wrong) * 100000000;
        at += n - 8;
        n = 8;
    }
    *out = value + up_to_eight(at, n, &wrong);
    return wrong == 0;
}

/* The text without its sign. */
static inline rp_text without_sign(rp_text text, bool *negative) {
    *negative = text.n && text.at[0] == '-';
    bool sign = *negative || (text.n && text.at[0] == '+');
    return (rp_text){text.at + sign, text.n - sign};
}

/* With a sign, or longer than most. */
static bool to_other_int(rp_text text, int64_t *out) {
    bool negative;
    uint64_t value;
    rp_text digits = without_sign(text, &negative);
    if (digits.n == 0 || digits.n > LONGEST)
        return digits.n && rp_text_to_int(text, out);
    if (!read_digits(digits.at, digits.n, &value))
        return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static inline bool to_int(rp_text text, int64_t *out) {
    uint64_t wrong = 0, value = text.n - 1 < 8 ? up_to_eight(text.at, text.n, &wrong) : 0;
    if (text.n - 1 >= 8 || wrong)
        return to_other_int(text, out);
    *out = (int64_t)value;
    return true;
}

/* ---- numbers with a point ---- */

/* Where the first point is in up to LONGEST bytes; n where there is none. */
static inline size_t point_in(const char *at, size_t n) {
    for (size_t i = 0; i < n; i += 8) {
        uint64_t other = load(at + i) ^ EACH('.');
        uint64_t found = (other - EACH(1)) & ~other & EACH(0x80); /* the lowest bit is right, those above may not be */
        if (found) {
            size_t place = i + (size_t)__builtin_ctzll(found) / 8;
            return place < n ? place : n;
        }
    }
    return n;
}

static inline bool to_num(rp_text text, double *out) {
    static const uint64_t tens[LONGEST_EXACT] = {
        1,         10,         100,         1000,         10000,         100000,         1000000,        10000000,
        100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000};
    static_assert(FLT_EVAL_METHOD == 0, "one rounding only needs arithmetic in double, no wider");
    bool negative;
    uint64_t value, fraction;
    rp_text digits = without_sign(text, &negative);
    size_t whole = digits.n > LONGEST ? 0 : point_in(digits.at, digits.n), behind = digits.n - whole - 1;
    if (whole == 0 || whole > LONGEST_EXACT || !read_digits(digits.at, whole, &value))
        return rp_text_to_num(text, out); /* too long, or an exponent, or no number */
    double number = (double)value;
    if (whole < digits.n) {
        if (behind == 0 || whole + behind > LONGEST_EXACT || !read_digits(digits.at + whole + 1, behind, &fraction))
            return rp_text_to_num(text, out);
        number = (double)(value * tens[behind] + fraction) / (double)tens[behind];
    }
    *out = negative ? -number : number;
    return true;
}

/* ---- dates ---- */

/* A month in a year that begins in March, so that the leap day comes last. */
typedef struct month {
    uint32_t before; /* days of such a year */
    uint32_t days;
    uint32_t next_year; /* the year that began in March is the one before */
} month;

/* Days since 1970-01-01, by the calendar of src/base/date.c; no division but by constants, and none to look whether the
 * day exists. */
static inline bool to_date(rp_text text, rp_date *out) {
    static const month months[12] = {{306, 31, 1}, {337, 28, 1}, {0, 31, 0},   {31, 30, 0},
                                     {61, 31, 0},  {92, 30, 0},  {122, 31, 0}, {153, 31, 0},
                                     {184, 30, 0}, {214, 31, 0}, {245, 30, 0}, {275, 31, 0}};
    enum { DAYS_TO_1970 = 719468 }; /* from 0000-03-01 */
    if (text.n != 10)
        return false;
    uint64_t d = load(text.at) ^ UINT64_C(0x2d30302d30303030);                       /* "0000-00-" */
    uint32_t ten = (uint32_t)(text.at[8] - '0'), one = (uint32_t)(text.at[9] - '0'); /* what is below '0' is large */
    if (past(d, UINT64_C(0x7f76767f76767676)) || ten > 9 || one > 9)
        return false;
    uint32_t pairs = (uint32_t)(d * 10 + (d >> 8)); /* the year's */
    uint32_t year = (pairs & 0xff) * 100 + (pairs >> 16 & 0xff), day = ten * 10 + one;
    uint32_t place = (uint32_t)(d >> 40 & 0xff) * 10 + (uint32_t)(d >> 48 & 0xff) - 1;
    if (year == 0 || place > 11)
        return false;
    const month *m = &months[place];
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 16 == 0);
    if (day - 1 >= m->days + (place == 1 && leap))
        return false;
    uint32_t y = year - m->next_year;
    *out = (rp_date)(365 * y + y / 4 - y / 100 + y / 400 + m->before + day - 1) - DAYS_TO_1970;
    return true;
}

/* ---- one text ---- */

bool rp_padded_to_int(rp_text text, int64_t *out) {
    return to_int(text, out);
}

bool rp_padded_to_num(rp_text text, double *out) {
    return to_num(text, out);
}

bool rp_padded_to_date(rp_text text, rp_date *out) {
    return to_date(text, out);
}

/* ---- one field of all rows ---- */

/* The text of a field that ends at *end. `plain` is known to the compiler: most fields are what lies between two ends;
 * a row's last one, and those of a batch with quotes, take a look. */
static inline __attribute__((always_inline)) rp_text text_at(const rp_batch *batch, const uint32_t *end, bool plain,
                                                             bool last) {
    uint32_t at = end[-1] + 1;
    if (plain)
        return (rp_text){batch->bytes + at, end[0] - at};
    rp_span span = rp_batch_span_at(batch, end, last);
    return (rp_text){batch->bytes + span.at, span.n};
}

static inline bool is_plain(const rp_batch *batch, size_t field) {
    assert(field < batch->n_cells);
    return !batch->quotes && field + 1 < batch->n_cells;
}

/* The texts of rows `from` to before `to` through `parse`, compiled into a loop for plain fields and one for others. */
#define TAKE_ROWS(parse, from, to, plain)                                                                              \
    {                                                                                                                  \
        const uint32_t *end = batch->ends + (from)*batch->n_cells + field;                                             \
        const bool last = field + 1 == batch->n_cells;                                                                 \
        for (size_t row = from; row < (to); row++, end += batch->n_cells) {                                            \
            rp_text text = text_at(batch, end, plain, last);                                                           \
            out[row] = missing;                                                                                        \
            if (text.n == 0)                                                                                           \
                found[row] = RP_CELL_EMPTY;                                                                            \
            else                                                                                                       \
                found[row] = parse(text, &out[row]) ? RP_CELL_VALUE : RP_CELL_OTHER;                                   \
        }                                                                                                              \
    }
#define TAKE(parse, from, to)                                                                                          \
    if (is_plain(batch, field))                                                                                        \
        TAKE_ROWS(parse, from, to, true)                                                                               \
    else                                                                                                               \
        TAKE_ROWS(parse, from, to, false)

void rp_cells_int(const rp_batch *batch, size_t field, int64_t missing, int64_t *out, uint8_t *found) {
    enum { BETWEEN = 32 }; /* rows read one by one before it is tried again: not much is lost where it never helps */
    for (size_t at = 0; at < batch->n_rows;) {
        size_t begin = rp_ints_wide(batch, field, at, out, found), left = batch->n_rows - begin;
        at = begin + (left < BETWEEN ? left : BETWEEN);
        TAKE(to_int, begin, at)
    }
}

void rp_cells_num(const rp_batch *batch, size_t field, double missing, double *out, uint8_t *found) {
    TAKE(to_num, 0, batch->n_rows)
}

void rp_cells_date(const rp_batch *batch, size_t field, rp_date missing, rp_date *out, uint8_t *found) {
    TAKE(to_date, 0, batch->n_rows)
}

/* ---- short texts ---- */

/* 1 to 8 bytes, and zeros behind them. */
static inline uint64_t word_of(const char *at, size_t n) {
    return load(at) & ~UINT64_C(0) >> (64 - 8 * n);
}

static inline rp_words words_of(const char *at, size_t n) {
    const rp_words longer = {0, 1}; /* as of no text that fits */
    if (n - 1 < 8)
        return (rp_words){word_of(at, n), 0};
    if (n == 0)
        return (rp_words){0};
    return n <= LONGEST_SHORT ? (rp_words){load(at), word_of(at + 8, n - 8)} : longer;
}

static inline uint8_t found_in(size_t bytes) {
    return bytes == 0 ? RP_CELL_EMPTY : bytes <= LONGEST_SHORT ? RP_CELL_VALUE : RP_CELL_OTHER;
}

static inline __attribute__((always_inline)) void short_of(const rp_batch *batch, size_t field, rp_words *out,
                                                           uint8_t *found, bool plain) {
    const uint32_t *end = batch->ends + field;
    const bool last = field + 1 == batch->n_cells;
    for (size_t row = 0; row < batch->n_rows; row++, end += batch->n_cells) {
        rp_text text = text_at(batch, end, plain, last);
        out[row] = words_of(text.at, text.n);
        found[row] = found_in(text.n);
    }
}

void rp_cells_short(const rp_batch *batch, size_t field, rp_words *out, uint8_t *found) {
    is_plain(batch, field) ? short_of(batch, field, out, found, true) : short_of(batch, field, out, found, false);
}

/* Each row is written as its run's end so far: whether it goes on with the run before is a guess for the processor, and
 * a wrong one costs more than writing. */
static inline __attribute__((always_inline)) size_t runs_of(const rp_batch *batch, size_t field, rp_text_run *out,
                                                            bool plain) {
    const uint32_t *end = batch->ends + field;
    const bool last = field + 1 == batch->n_cells;
    rp_words before = {0};
    uint32_t start = 0;
    size_t n = 0;
    for (uint32_t row = 0; row < batch->n_rows; row++, end += batch->n_cells) {
        rp_text text = text_at(batch, end, plain, last);
        rp_words words = words_of(text.at, text.n);
        bool other = ((words.low ^ before.low) | (words.high ^ before.high)) != 0 || text.n > LONGEST_SHORT || row == 0;
        before = words;
        start = other ? row : start;
        n += other;
        out[n - 1] = (rp_text_run){.text = words,
                                   .row = start,
                                   .n = row - start + 1,
                                   .found = found_in(text.n),
                                   .bytes = (uint8_t)(text.n & 0xff)};
    }
    return n;
}

size_t rp_cells_runs(const rp_batch *batch, size_t field, rp_text_run *out) {
    return is_plain(batch, field) ? runs_of(batch, field, out, true) : runs_of(batch, field, out, false);
}
