/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline for published figures: files into one record, the question, provenance. No cohort, and no protection:
 * what is public cannot be hidden, and what was hidden before it was published stays so. */
#include "rapport/evaluation.h"

enum { FAULTS_KEPT = 10000 };

/* What somebody made from a record of their own is neither NHS England's nor under its licence. */
static bool describe(rp_record *record, rp_error *error) {
    const rp_about national = {.name = "NHS Talking Therapies: published figures, re-stated",
                               .citation = "NHS England, NHS Talking Therapies, for anxiety and depression",
                               .licence = "Contains information from NHS England, licensed under the Open Government "
                                          "Licence v3.0."};
    const rp_about own = {.name = "Figures in the form of the national monthly file, re-stated; some or all of them "
                                  "from a record of somebody's own"};
    return rp_record_describe(record, rp_published_has_own(record) ? &own : &national, error);
}

static rp_record *read_all(const rp_published_options *options, rp_arena *arena, rp_error *error) {
    rp_faults *faults = rp_faults_new(arena, FAULTS_KEPT);
    rp_instruments *instruments = faults != NULL ? rp_instruments_new(arena, error) : NULL;
    rp_record *record = instruments != NULL ? rp_record_new(arena, instruments, faults) : NULL;
    if (record == NULL)
        return rp_fail_memory(error), NULL;
    rp_record_use_threads(record, options->threads);
    for (size_t i = 0; i < options->n_inputs; i++)
        if (!rp_published_read(options->inputs[i], options->quiet, record, error))
            return NULL;
    if (!rp_record_seal(record, error) || !describe(record, error))
        return NULL;
    rp_faults_sort(faults);
    return record;
}

bool rp_evaluate_published(const rp_published_options *options, rp_arena *arena, rp_evaluation *out, rp_error *error) {
    *out = (rp_evaluation){0};
    out->record = read_all(options, arena, error);
    if (out->record == NULL)
        return false;
    out->answers = rp_arena_take(arena, 1, sizeof *out->answers);
    if (out->answers == NULL)
        return rp_fail_memory(error);
    out->answers[0] = rp_published_ask(out->record, &options->asked, arena, error);
    if (out->answers[0] == NULL)
        return false;
    out->n_answers = 1;
    return rp_evaluation_provenance(out->record, arena, &out->provenance, error) &&
           rp_evaluation_stamp(&out->provenance, options->seed, options->clock, arena, error);
}
