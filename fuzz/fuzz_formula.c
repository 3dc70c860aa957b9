/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: any bytes as a formula, over a small file that has some of the columns which formulas name. What must
 * hold:
 *   - it ends; a formula that is refused is told with what is wrong, where, and what to do, and the caret stands
 * beneath the formula;
 *   - one that is accepted has terms of known variables, and is the same when it is read twice;
 *   - a design that is made of it has finite values, and groups below the number of levels. */
#include <math.h>
#include <string.h>

#include "rapport/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds) {
    if (!holds)
        __builtin_trap();
}

static const char file[] = "y,x,f,g,h,n\n"
                           "1,0.5,a,1,p,10\n"
                           "0,1.5,b,2,p,12\n"
                           "1,-2,a,1,q,8\n"
                           "0,,c,3,q,9\n"
                           "1,3,b,2,r,NA\n"
                           "0,4,c,3,r,11\n";

static void check_terms(const rp_formula *f, const rp_formula_terms *terms) {
    for (size_t i = 0; i < terms->n; i++)
        must(terms->terms[i] != 0 && (f->n_variables == 64 || terms->terms[i] >> f->n_variables == 0));
}

static void check_formula(const rp_formula *f) {
    must(f->response && f->outcome && f->n_variables <= RP_FORMULA_LIMIT_VARIABLES);
    check_terms(f, &f->fixed);
    for (size_t i = 0; i < f->n_random; i++) {
        check_terms(f, &f->random[i].terms);
        must(f->random[i].n_by >= 1 && f->random[i].name[0]);
        must(f->random[i].terms.intercept || f->random[i].terms.n);
    }
}

static void check_rows(const rp_design *design, const rp_design_rows *rows) {
    must(rows->n == (size_t)design->rows);
    for (size_t i = 0; i < rows->n; i++) {
        must(isfinite(rows->response[i]));
        for (size_t f = 0; f < design->n_factors; f++)
            must(rows->groups[f][i] < design->levels[f]);
        for (size_t c = 0; c < design->n_columns; c++)
            must(!rows->columns[c] || !isnan(rows->columns[c][i]));
    }
}

static void check_design(const rp_formula *f, rp_arena *arena) {
    const rp_columns_source source = {.path = "d.csv", .bytes = {file, sizeof file - 1}, .threads = 1, .quiet = true};
    const rp_design_options options = {0};
    rp_error error = {0};
    rp_design_rows rows;
    size_t n = 0;
    rp_column_wish *wishes = rp_design_wishes(f, &options, arena, &n, &error);
    rp_columns *columns = wishes ? rp_columns_read(&source, wishes, n, arena, &error) : NULL;
    rp_design *design = columns ? rp_design_new(f, columns, &options, arena, &error) : NULL;
    if (design && rp_design_block(design, 0, arena, &rows, &error))
        check_rows(design, &rows);
    else
        must(error.code != RP_OK && error.code != RP_E_MEMORY && error.message[0]);
}

static void check_refusal(const char *text, const rp_error *error) {
    rp_buf out = {0};
    must(error->code != RP_OK && error->code != RP_E_MEMORY && error->message[0] && error->remedy[0]);
    rp_formula_caret(text, error, &out);
    const char *second = out.n ? strchr(out.at, '\n') : NULL;
    must(!out.n || (second && strchr(second, '^') == out.at + out.n - 2));
    rp_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0}, again = {0};
    char *text = arena ? rp_arena_copy(arena, (const char *)data, n) : NULL;
    must(text != NULL);
    rp_formula *f = rp_formula_parse(text, arena, &error);
    must((rp_formula_parse(text, arena, &again) != NULL) == (f != NULL));
    if (f) {
        check_formula(f);
        check_design(f, arena);
    } else {
        check_refusal(text, &error);
    }
    rp_arena_free(arena);
    return 0;
}
