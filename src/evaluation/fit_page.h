/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the results of all kinds of `fit` are written. Private to src/evaluation. */
#ifndef RAPPORT_EVALUATION_FIT_PAGE_H
#define RAPPORT_EVALUATION_FIT_PAGE_H

#include "rapport/evaluation.h"
#include "rapport/json.h"

/* ---- text ---- */

enum { FIT_NUMBER_ROOM = 32 };

typedef struct fit_page {
    rp_buf *out;
    size_t width; /* at least 80 columns */
} fit_page;
fit_page fit_page_new(size_t width, rp_buf *out);

/* `digits` significant digits of what `scale` is like, without an exponent where that is short; "-" for NaN. */
void fit_number(double value, double scale, int digits, char out[FIT_NUMBER_ROOM]);
void fit_p_value(double p, char out[FIT_NUMBER_ROOM]); /* "<0.0001", "0.0213", "-" */

/* Ends `columns` further on, with a blank before it. */
void fit_put_right(const fit_page *g, const char *text, int columns);
void fit_put_number(const fit_page *g, double value, double scale, int digits, int columns);
/* A name after two blanks, padded to `columns` more; a long one has a line of its own. */
void fit_put_name(const fit_page *g, const char *name, int columns);
void fit_heading(const fit_page *g, const char *text); /* underlined */
/* "Rows       60 used, 0 left out": wrapped. */
void fit_put_fact(const fit_page *g, const char *name, const char *text);
void fit_put_data(const fit_page *g, const rp_fit_common *common, const rp_provenance *provenance);
void fit_put_warnings(const fit_page *g, const char *const *warnings, size_t n); /* "Keep in mind:" */

/* ---- JSON ---- */

void fit_json_text(rp_json *json, const char *key, const char *text);
void fit_json_num(rp_json *json, const char *key, double value);
void fit_json_int(rp_json *json, const char *key, int64_t value);
void fit_json_warnings(rp_json *json, const char *const *warnings, size_t n);
/* "seconds", where the clock is not left out, and "provenance". */
void fit_json_end(rp_json *json, const rp_fit_common *common, const rp_fit_seconds *seconds,
                  const rp_provenance *provenance);

/* ---- CSV, answer ---- */

void fit_csv_num(rp_buf *out, double value);    /* after a comma; nothing where it is not finite */
rp_value fit_value(double value, int decimals); /* empty where NaN */
/* As many decimals as show `digits` digits of the scale. */
int fit_decimals(double scale, int digits);

#endif
