/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each row's latent variables (rp_sem_scores), as a CSV with a line for every row of the data, so that it can be put
 * beside them. A row that the fit left out has no number. */
#include <math.h>

#include "evaluation/fit_sem_parts.h"

typedef struct block {
    size_t n;
    uint32_t *group, *id; /* codes; NULL: there is no such column */
    double **columns, **scores;
} block;

static bool take_block(const fit_sem_making *m, size_t at, block *b, rp_arena *arena) {
    const rp_columns *from = m->reading.columns;
    size_t p = m->layout->n_observed, latent = m->out->spec->n_latent;
    *b = (block){.n = rp_columns_block_rows(from, at)};
    b->columns = rp_arena_take(arena, p, sizeof *b->columns);
    b->scores = rp_arena_take(arena, latent, sizeof *b->scores);
    if (!b->columns || !b->scores)
        return false;
    for (size_t j = 0; j < p; j++) {
        if (!(b->columns[j] = rp_arena_take_unset(arena, b->n, sizeof **b->columns)))
            return false;
        rp_columns_numbers(from, j, at, b->columns[j]);
    }
    for (size_t l = 0; l < latent; l++)
        if (!(b->scores[l] = rp_arena_take_unset(arena, b->n, sizeof **b->scores)))
            return false;
    uint32_t **codes[] = {&b->group, &b->id};
    const size_t places[] = {m->group_at, m->id_at};
    for (size_t i = 0; i < 2; i++)
        if (places[i] != SIZE_MAX) {
            if (!(*codes[i] = rp_arena_take_unset(arena, b->n, sizeof **codes[i])))
                return false;
            rp_columns_codes(from, places[i], at, *codes[i]);
        }
    return true;
}

/* What the fit left out is not scored: without a group, or, listwise, without some value. */
static bool is_used(const fit_sem_making *m, const block *b, size_t row) {
    if (b->group && b->group[row] == RP_NO_ID)
        return false;
    bool all = true, any = false;
    for (size_t j = 0; j < m->layout->n_observed; j++) {
        bool has = !isnan(b->columns[j][row]);
        all = all && has;
        any = any || has;
    }
    return m->layout->missing == RP_SEM_FIML ? any : all;
}

static bool score_block(const fit_sem_making *m, const block *b, rp_arena *arena) {
    uint32_t *group = b->group ? rp_arena_take(arena, b->n, sizeof *group) : NULL;
    if (b->group && !group)
        return false;
    for (size_t i = 0; b->group && i < b->n; i++)
        group[i] = b->group[i] == RP_NO_ID ? 0 : m->group_of[b->group[i]];
    const rp_sem_rows rows = {.n = b->n, .columns = (const double *const *)b->columns, .group = group};
    return rp_sem_scores(m->out->fit, &rows, b->scores, arena);
}

static void put_code(rp_buf *out, const rp_columns *columns, size_t at, uint32_t code) {
    rp_buf_put(out, ",");
    if (code != RP_NO_ID)
        rp_csv_put(out, rp_text_of(rp_names_text(columns->columns[at].texts, code)), true);
}

static void put_block(const fit_sem_making *m, const block *b, int64_t first, rp_buf *out) {
    for (size_t i = 0; i < b->n; i++) {
        bool used = is_used(m, b, i);
        rp_buf_printf(out, "%lld", (long long)(first + (int64_t)i));
        if (b->id)
            put_code(out, m->reading.columns, m->id_at, b->id[i]);
        if (b->group)
            put_code(out, m->reading.columns, m->group_at, b->group[i]);
        for (size_t l = 0; l < m->out->spec->n_latent; l++)
            fit_csv_num(out, used ? b->scores[l][i] : NAN);
        rp_buf_put(out, "\n");
    }
}

static void put_head(const fit_sem_making *m, rp_buf *out) {
    const char *const extra[] = {m->options->id, m->options->group};
    rp_buf_put(out, "row");
    for (size_t i = 0; i < 2; i++)
        if (extra[i]) {
            rp_buf_put(out, ",");
            rp_csv_put(out, rp_text_of(extra[i]), true);
        }
    for (size_t l = 0; l < m->out->spec->n_latent; l++) {
        rp_buf_put(out, ",");
        rp_csv_put(out, rp_text_of(m->out->spec->latent[l]), true);
    }
    rp_buf_put(out, "\n");
}

bool fit_sem_score(fit_sem_making *m) {
    rp_buf out = {0};
    bool fine = true;
    if (!fit_sem_has_estimate(m->out))
        return true;
    put_head(m, &out);
    int64_t first = 1;
    for (size_t at = 0; fine && at < m->reading.columns->n_blocks; at++) {
        rp_arena *scratch = rp_arena_new(0);
        block b = {0};
        fine = scratch && take_block(m, at, &b, scratch) && score_block(m, &b, scratch);
        if (fine)
            put_block(m, &b, first, &out);
        first += (int64_t)b.n;
        rp_arena_free(scratch);
    }
    fine = fine && !out.failed;
    m->out->scores.n = out.n;
    m->out->scores.at = fine ? rp_arena_copy(m->arena, out.at, out.n) : NULL;
    rp_buf_free(&out);
    return m->out->scores.at || rp_fail_memory(m->error);
}
