/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline: record, cohort, questions, protection, provenance. */
#include "rapport/evaluation.h"

#include <string.h>

enum { FAULTS_KEPT = 10000 };

static bool is_chosen(const rp_evaluation_options *options, const rp_question *question) {
    bool chosen = options->n_questions == 0 && !options->no_questions;
    for (size_t i = 0; i < options->n_questions; i++)
        chosen = chosen || strcmp(options->questions[i], question->name) == 0;
    return chosen;
}

static bool known_questions(const rp_evaluation_options *options, rp_error *error) {
    for (size_t i = 0; i < options->n_questions; i++) {
        if (rp_questions_find(rp_text_of(options->questions[i])) != NULL)
            continue;
        const char *names[32];
        size_t n = 0;
        for (; n < rp_questions_count() && n < 32; n++)
            names[n] = rp_questions_at(n)->name;
        const char *nearest = rp_text_nearest(rp_text_of(options->questions[i]), names, n);
        rp_fail(error, RP_E_UNKNOWN, "There is no question '%s'.", options->questions[i]);
        return rp_fail_remedy(error, "%s%s'rapport evaluate --list-statements' shows every question that can be asked.",
                              nearest != NULL ? nearest : "", nearest != NULL ? "? " : "");
    }
    return true;
}

/* Every measure asked for must be in the data, or the answer would silently be about less. */
static bool known_measures(const rp_cohort *cohort, const rp_asked *asked, rp_error *error) {
    for (size_t i = 0; i < asked->n_measures; i++) {
        const char *names[64];
        size_t n = 0;
        bool found = false;
        for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
            const rp_measure *measure = rp_cohort_measure(cohort, m);
            if (n < 64)
                names[n++] = measure->name;
            found = found || rp_measure_is(measure, asked->measures[i]);
        }
        if (found)
            continue;
        const char *nearest = rp_text_nearest(rp_text_of(asked->measures[i]), names, n);
        rp_fail(error, RP_E_UNKNOWN, "No score of the measure '%s' is in these data.", asked->measures[i]);
        return rp_fail_remedy(error, nearest != NULL ? "Did you mean '%s'?" : "%s",
                              nearest != NULL ? nearest : "Leave out --measure to see every measure that they hold.");
    }
    return true;
}

/* "people referred from 2024-01-01 to 2024-03-31" */
static const char *period_text(const rp_cohort_options *cohort, rp_answer *answer) {
    static const char *const who[] = {[RP_COHORT_REFERRED] = "people referred",
                                      [RP_COHORT_ASSESSED] = "people first assessed",
                                      [RP_COHORT_ENTERED] = "people who entered treatment",
                                      [RP_COHORT_ENDED] = "people whose referral ended"};
    char from[11], to[11];
    rp_date_text(cohort->from, from);
    rp_date_text(cohort->to, to);
    if (cohort->to == RP_NO_DATE)
        return rp_answer_text(answer, "%s on %s or later", who[cohort->event], from);
    if (cohort->from == RP_NO_DATE)
        return rp_answer_text(answer, "%s on %s or earlier", who[cohort->event], to);
    return rp_answer_text(answer, "%s from %s to %s", who[cohort->event], from, to);
}

/* Each report is safe by itself; what two of them tell together nobody has looked at. */
static void remark_on_period(const rp_evaluation_options *options, rp_answer *answer) {
    if (options->cohort.from == RP_NO_DATE && options->cohort.to == RP_NO_DATE)
        return;
    rp_answer_caveat(answer, "The cohort is %s.", period_text(&options->cohort, answer));
    if (options->suppress_below > 0)
        rp_answer_caveat(answer,
                         "Reports of periods that overlap, such as a month and the quarter that it lies in, are "
                         "not held against each other: by subtracting one from the other, numbers of few "
                         "people could be worked out. Publish reports of periods that do not overlap.");
}

/* Claims are held against the other answers as they will be read. */
static bool know_claims(const rp_evaluation_options *options, rp_arena *arena, rp_asked *asked, rp_error *error) {
    rp_ledger *ledger = rp_ledger_new(arena, error);
    if (ledger == NULL || (options->claims != NULL && !rp_ledger_add_folder(ledger, options->claims, error)))
        return false;
    asked->ledger = ledger;
    return true;
}

static bool ask_all(const rp_evaluation_options *options, rp_arena *arena, rp_evaluation *out, rp_error *error) {
    rp_asked asked = options->asked;
    out->answers = rp_arena_take(arena, rp_questions_count(), sizeof *out->answers);
    if (out->answers == NULL)
        return rp_fail_memory(error);
    if (!know_claims(options, arena, &asked, error))
        return false;
    asked.before = (const rp_answer *const *)out->answers;
    for (size_t i = 0; i < rp_questions_count(); i++) {
        const rp_question *question = rp_questions_at(i);
        if (!is_chosen(options, question))
            continue;
        asked.n_before = out->n_answers;
        rp_answer *answer = rp_questions_ask(question, out->cohort, &asked, arena, error);
        if (answer == NULL)
            return false;
        const rp_about *about = rp_record_about(out->record);
        for (size_t n = 0; n < about->n_notes; n++)
            rp_answer_caveat(answer, "%s", about->notes[n]);
        remark_on_period(options, answer);
        if (answer->failed || (options->suppress_below > 0 && !rp_answer_protect(answer, options->suppress_below)))
            return rp_fail_memory(error);
        out->answers[out->n_answers++] = answer;
    }
    return true;
}

bool rp_evaluation_provenance(const rp_record *record, rp_arena *arena, rp_provenance *out, rp_error *error) {
    size_t n = rp_record_inputs(record);
    rp_provenance_input *inputs = rp_arena_take(arena, n, sizeof *inputs);
    if (inputs == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        const rp_record_input_info *info = rp_record_input_at(record, i);
        inputs[i] = (rp_provenance_input){.name = rp_path_name(info->path),
                                          .bytes = info->digest.bytes,
                                          .rows = info->rows,
                                          .rejected = info->rejected};
        memcpy(inputs[i].sha256, info->digest.sha256, sizeof inputs[i].sha256);
    }
    const rp_about *about = rp_record_about(record);
    *out = (rp_provenance){.version = RP_VERSION,
                           .inputs = inputs,
                           .n_inputs = n,
                           .title = about->name,
                           .citation = about->citation,
                           .licence = about->licence};
    return true;
}

bool rp_evaluation_stamp(rp_provenance *provenance, uint64_t seed, bool clock, rp_arena *arena, rp_error *error) {
    provenance->seed = seed;
    if (!clock)
        return true;
    char now[21];
    rp_time_now_text(now);
    provenance->made_at = rp_arena_copy(arena, now, strlen(now));
    return provenance->made_at != NULL || rp_fail_memory(error);
}

static bool add_provenance(const rp_evaluation_options *options, rp_arena *arena, rp_evaluation *out, rp_error *error) {
    if (!rp_evaluation_provenance(out->record, arena, &out->provenance, error))
        return false;
    out->provenance.protected_below = options->suppress_below;
    return rp_evaluation_stamp(&out->provenance, options->seed, options->clock, arena, error);
}

bool rp_evaluate(const rp_evaluation_options *options, rp_arena *arena, rp_evaluation *out, rp_error *error) {
    *out = (rp_evaluation){0};
    if (!known_questions(options, error))
        return false;
    rp_faults *faults = rp_faults_new(arena, FAULTS_KEPT);
    if (faults == NULL)
        return rp_fail_memory(error);
    out->record = rp_evaluation_open(options->input, options->map, options->quiet, options->asked.threads,
                                     RP_OPEN_TO_READ, arena, faults, error);
    if (out->record == NULL)
        return false;
    if (rp_record_rows(out->record, RP_REFERRALS) == 0) {
        rp_fail(error, RP_E_RULE, "No referral (or person of a study) could be read from %s.", options->input);
        return rp_fail_remedy(error, "'rapport check %s' lists what is at fault.", options->input);
    }
    out->cohort = rp_cohort_new(out->record, &options->cohort, arena, error);
    return out->cohort != NULL && known_measures(out->cohort, &options->asked, error) &&
           ask_all(options, arena, out, error) && add_provenance(options, arena, out, error);
}
