/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and statements in words. printf is kept away from decimals, because its point depends on the locale. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/json.h"
#include "report/format.h"

enum { MOST_DECIMALS = 9 };

static void fixed(double value, int decimals, const char *minus, char out[RP_FORMAT_ROOM]) {
    double scale = 1;
    decimals = decimals < 0 ? 0 : decimals > MOST_DECIMALS ? MOST_DECIMALS : decimals;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    if (fabs(value) * scale >= 9e15) { /* beyond exact integers */
        rp_number_text(value, out);
        return;
    }
    long long digits = llround(fabs(value) * scale), unit = (long long)scale;
    const char *sign = value < 0 && digits ? minus : "";
    if (decimals)
        snprintf(out, RP_FORMAT_ROOM, "%s%lld.%0*lld", sign, digits / unit, decimals, digits % unit);
    else
        snprintf(out, RP_FORMAT_ROOM, "%s%lld", sign, digits);
}

void rp_format_fixed(double value, int decimals, bool fine, char out[RP_FORMAT_ROOM]) {
    if (isfinite(value))
        fixed(value, decimals, fine ? "\xE2\x88\x92" : "-", out);
    else
        snprintf(out, RP_FORMAT_ROOM, "\xE2\x80\x93");
}

void rp_format_svg(double value, char out[RP_FORMAT_ROOM]) {
    fixed(isfinite(value) && fabs(value) < 1e9 ? value : 0, 2, "-", out);
}

void rp_format_people(int64_t n, char out[RP_FORMAT_ROOM]) {
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)n);
    size_t length = strlen(digits), k = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            out[k++] = ',';
        out[k++] = digits[i];
    }
    out[k] = '\0';
}

/* ---- statements -------------------------------------------------------------------------------- */

bool rp_statement_is_share(const rp_statement *s) {
    static const char *const words[] = {"share", "proportion", "rate"};
    for (size_t i = 0; s->unit && i < sizeof words / sizeof *words; i++)
        if (strcmp(s->unit, words[i]) == 0)
            return true;
    if (s->unit && strcmp(s->unit, "people") != 0)
        return false;
    if (s->numerator.n < 0 || s->denominator.n <= 0 || !isfinite(s->estimate))
        return false;
    return fabs(s->estimate - (double)s->numerator.n / (double)s->denominator.n) < 1e-9;
}

static int decimals_for(const rp_statement *s) {
    if (s->unit && strcmp(s->unit, "people") == 0 && s->estimate == floor(s->estimate))
        return 0;
    return fabs(s->estimate) >= 100 ? 1 : 2;
}

static void put_quantity(const rp_statement *s, double value, bool fine, rp_buf *out) {
    char text[RP_FORMAT_ROOM];
    bool share = rp_statement_is_share(s);
    rp_format_fixed(share ? 100 * value : value, share ? 1 : decimals_for(s), fine, text);
    rp_buf_put(out, text);
    if (share && isfinite(value))
        rp_buf_put(out, "%");
}

/* Units that are read after a number. Shares have their per cent, and people stand in n of N. */
static const char *unit_after(const rp_statement *s) {
    bool silent = !s->unit || !*s->unit || rp_statement_is_share(s) || strcmp(s->unit, "people") == 0;
    return silent || !isfinite(s->estimate) ? NULL : s->unit;
}

void rp_statement_put_point(const rp_statement *s, bool fine, rp_buf *out) {
    if (s->suppressed) {
        rp_buf_put(out, "hidden");
        return;
    }
    put_quantity(s, s->estimate, fine, out);
    if (unit_after(s)) {
        rp_buf_put(out, " ");
        rp_buf_put(out, unit_after(s));
    }
}

void rp_statement_put_interval(const rp_statement *s, bool fine, rp_buf *out) {
    char level[RP_FORMAT_ROOM];
    if (s->suppressed || (!isfinite(s->lower) && !isfinite(s->upper)))
        return;
    if (isfinite(s->level)) {
        double percent = 100 * s->level;
        rp_format_fixed(percent, fabs(percent - nearbyint(percent)) < 1e-9 ? 0 : 1, fine, level);
        rp_buf_put(out, level);
        rp_buf_put(out, "% interval ");
    }
    put_quantity(s, s->lower, fine, out);
    rp_buf_put(out, " to ");
    put_quantity(s, s->upper, fine, out);
}

void rp_statement_put_estimate(const rp_statement *s, bool fine, rp_buf *out) {
    rp_statement_put_point(s, fine, out);
    size_t before = out->n;
    rp_buf_put(out, " (");
    size_t start = out->n;
    rp_statement_put_interval(s, fine, out);
    if (out->n > start)
        rp_buf_put(out, ")");
    else if (!out->failed)
        out->at[out->n = before] = '\0';
}

void rp_statement_put_counts(const rp_statement *s, rp_buf *out) {
    char text[RP_FORMAT_ROOM];
    if (s->suppressed) {
        rp_buf_put(out, "hidden");
        return;
    }
    if (s->numerator.n >= 0) {
        rp_format_people(s->numerator.n, text);
        rp_buf_put(out, text);
    }
    if (s->denominator.n >= 0) {
        rp_format_people(s->denominator.n, text);
        rp_buf_put(out, s->numerator.n >= 0 ? " of " : "of ");
        rp_buf_put(out, text);
    }
}

static void put_part(rp_buf *out, size_t start, const char *before, const char *text) {
    if (!text || !*text)
        return;
    if (out->n > start)
        rp_buf_put(out, ", ");
    rp_buf_put(out, before);
    rp_buf_put(out, text);
}

void rp_statement_put_subject(const rp_statement *s, rp_buf *out) {
    size_t start = out->n;
    put_part(out, start, "", s->measure);
    put_part(out, start, "", s->scale);
    put_part(out, start, "rated by ", s->rater);
    size_t from = out->n;
    put_part(out, start, "", s->version);
    for (size_t i = from; i < out->n; i++) /* a code: first_to_last */
        if (out->at[i] == '_')
            out->at[i] = ' ';
}

void rp_statement_put_people(const rp_statement *s, rp_buf *out) {
    size_t start = out->n;
    put_part(out, start, "", s->arm);
    put_part(out, start, "", s->severity);
}

void rp_statement_put_label(const rp_statement *s, rp_buf *out) {
    rp_buf_put(out, s->label ? s->label : s->text ? s->text : s->id);
    if (!s->label || !s->occasion || strstr(s->label, s->occasion))
        return;
    rp_buf_put(out, ", ");
    rp_buf_put(out, s->occasion);
}

static bool same(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool rp_statement_same_subject(const rp_statement *a, const rp_statement *b) {
    return same(a->measure, b->measure) && same(a->scale, b->scale) && same(a->rater, b->rater) &&
           same(a->version, b->version);
}

bool rp_statement_same_people(const rp_statement *a, const rp_statement *b) {
    return same(a->arm, b->arm) && same(a->severity, b->severity);
}

/* ---- values and tables -------------------------------------------------------------------------- */

void rp_value_put(const rp_value *value, bool fine, rp_buf *out) {
    char text[RP_FORMAT_ROOM];
    if (value->suppressed) {
        rp_buf_put(out, "hidden");
        return;
    }
    switch (value->kind) {
    case RP_VALUE_EMPTY:
        break;
    case RP_VALUE_TEXT:
        rp_buf_put(out, value->text ? value->text : "");
        break;
    case RP_VALUE_NUM:
        rp_format_fixed(value->num, value->decimals, fine, text);
        rp_buf_put(out, text);
        break;
    case RP_VALUE_COUNT:
        rp_format_people(value->count.n, text);
        rp_buf_put(out, text);
        break;
    }
}

bool rp_value_is_number(const rp_value *value) {
    return value->kind == RP_VALUE_NUM || value->kind == RP_VALUE_COUNT;
}

const rp_answer_table *rp_answer_find_table(const rp_answer *answer, const char *id) {
    for (size_t i = 0; id && i < answer->n_tables; i++)
        if (strcmp(answer->tables[i]->id, id) == 0)
            return answer->tables[i];
    return NULL;
}

const rp_answer_table *rp_chart_table(const rp_chart *chart) {
    return chart->answer ? rp_answer_find_table(chart->answer, chart->table_id) : NULL;
}

void rp_report_put_protection(int smallest, size_t n_suppressed, rp_buf *out) {
    rp_buf_printf(
        out,
        "Small numbers are protected: what counts fewer than %d people, or would let so few be worked out from "
        "other numbers, is hidden. ",
        smallest);
    if (n_suppressed == 0)
        rp_buf_put(out, "Here nothing had to be hidden.");
    else if (n_suppressed == 1)
        rp_buf_put(out, "Here one number is hidden. Hidden does not mean zero.");
    else
        rp_buf_printf(
            out,
            "Here %zu numbers are hidden. Some are hidden only because others would follow from them, so hidden "
            "does not mean zero, nor always few.",
            n_suppressed);
}
