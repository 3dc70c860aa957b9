/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as text: what all kinds of model lay out alike. */
#include "evaluation/fit_page.h"

#include <math.h>
#include <stdio.h>

enum { NARROWEST = 80 };

fit_page fit_page_new(size_t width, rp_buf *out) {
    return (fit_page){.out = out, .width = width > NARROWEST ? width : NARROWEST};
}

/* ---- numbers ---- */

void fit_number(double value, double scale, int digits, char out[FIT_NUMBER_ROOM]) {
    if (isnan(value)) {
        snprintf(out, FIT_NUMBER_ROOM, "-");
        return;
    }
    if (isinf(value)) {
        snprintf(out, FIT_NUMBER_ROOM, value > 0 ? "inf" : "-inf");
        return;
    }
    double size = fabs(scale);
    int decimals = size > 0 && isfinite(size) ? digits - 1 - (int)floor(log10(size)) : digits - 1;
    decimals = decimals < 0 ? 0 : decimals;
    if (decimals > 7 || fabs(value) >= 1e10)
        snprintf(out, FIT_NUMBER_ROOM, "%.*e", digits - 1, value);
    else
        snprintf(out, FIT_NUMBER_ROOM, "%.*f", decimals, value == 0 ? 0.0 : value);
}

void fit_p_value(double p, char out[FIT_NUMBER_ROOM]) {
    if (isnan(p))
        snprintf(out, FIT_NUMBER_ROOM, "-");
    else if (p < 0.0001)
        snprintf(out, FIT_NUMBER_ROOM, "<0.0001");
    else
        snprintf(out, FIT_NUMBER_ROOM, "%.4f", p);
}

void fit_put_right(const fit_page *g, const char *text, int columns) {
    int n = (int)rp_layout_width(rp_text_of(text));
    rp_buf_printf(g->out, "%*s%s", n < columns ? columns - n : 1, "", text);
}

void fit_put_number(const fit_page *g, double value, double scale, int digits, int columns) {
    char text[FIT_NUMBER_ROOM];
    fit_number(value, scale, digits, text);
    fit_put_right(g, text, columns);
}

void fit_put_name(const fit_page *g, const char *name, int columns) {
    int n = (int)rp_layout_width(rp_text_of(name));
    if (n < columns)
        rp_buf_printf(g->out, "  %s%*s", name, columns - n, "");
    else {
        rp_layout_paragraph(g->out, g->width, "  ", "      ", name);
        rp_buf_printf(g->out, "  %*s", columns, "");
    }
}

void fit_heading(const fit_page *g, const char *text) {
    rp_buf_printf(g->out, "%s\n", text);
    for (size_t i = 0; i < rp_layout_width(rp_text_of(text)); i++)
        rp_buf_put(g->out, "-");
    rp_buf_put(g->out, "\n");
}

void fit_put_fact(const fit_page *g, const char *name, const char *text) {
    char first[16];
    snprintf(first, sizeof first, "%-11s", name);
    rp_layout_paragraph(g->out, g->width, first, "           ", text);
}

void fit_put_data(const fit_page *g, const rp_fit_common *common, const rp_provenance *provenance) {
    for (size_t i = 0; i < provenance->n_inputs && !common->table; i++)
        fit_put_fact(g, "Data", provenance->inputs[i].name);
    if (common->table)
        fit_put_fact(g, "Data", common->table);
}

void fit_put_warnings(const fit_page *g, const char *const *warnings, size_t n) {
    if (n)
        rp_buf_put(g->out, "\nKeep in mind:\n");
    for (size_t i = 0; i < n; i++)
        rp_layout_paragraph(g->out, g->width, "  - ", "    ", warnings[i]);
}

/* ---- JSON, CSV, answer ---- */

void fit_json_text(rp_json *json, const char *key, const char *text) {
    rp_json_key(json, key);
    rp_json_put_text(json, text);
}

void fit_json_num(rp_json *json, const char *key, double value) {
    rp_json_key(json, key);
    rp_json_put_num(json, value);
}

void fit_json_int(rp_json *json, const char *key, int64_t value) {
    rp_json_key(json, key);
    rp_json_put_int(json, value);
}

void fit_json_warnings(rp_json *json, const char *const *warnings, size_t n) {
    rp_json_key(json, "warnings");
    rp_json_open(json, '[');
    for (size_t i = 0; i < n; i++)
        rp_json_put_text(json, warnings[i]);
    rp_json_close(json);
}

void fit_json_end(rp_json *json, const rp_fit_common *common, const rp_fit_seconds *seconds,
                  const rp_provenance *provenance) {
    if (common->clock) {
        rp_json_key(json, "seconds");
        rp_json_open(json, '{');
        fit_json_num(json, "read", seconds->read);
        fit_json_num(json, "prepare", seconds->prepare);
        fit_json_num(json, "fit", seconds->fit);
        fit_json_num(json, "infer", seconds->infer);
        rp_json_close(json);
    }
    rp_report_json_provenance(provenance, json);
}

void fit_csv_num(rp_buf *out, double value) {
    char text[32] = "";
    if (isfinite(value))
        rp_number_text(value, text);
    rp_buf_printf(out, ",%s", text);
}

rp_value fit_value(double value, int decimals) {
    return isnan(value) ? (rp_value){0} : rp_value_num(value, decimals, rp_count_none());
}

int fit_decimals(double scale, int digits) {
    double size = fabs(scale);
    int decimals = size > 0 && isfinite(size) ? digits - 1 - (int)floor(log10(size)) : digits - 1;
    return decimals < 0 ? 0 : decimals > 10 ? 10 : decimals;
}
