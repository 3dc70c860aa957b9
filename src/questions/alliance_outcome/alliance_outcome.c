/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `alliance-outcome`: what goes along with the alliance, and is it there before symptoms change?
 *
 * For each questionnaire of the alliance by one rater, and each measure of outcome: sessions -> panels, which give the
 * verdict, and models, which describe -> what they say (docs/alliance-outcome.md). */
#include "questions/alliance_outcome/alliance_outcome.h"
#include "questions/alliance_outcome/alliance_outcome_panel.h"
#include "questions/common/asked.h"

#include <math.h>
#include <string.h>

const rp_scale *ao_scale(const ao_pairing *pairing, size_t k) {
    const rp_measure *measure = rp_cohort_measure(pairing->cohort, pairing->scales[k]);
    return &measure->instrument->scales[measure->scale];
}

const rp_measure *ao_outcome(const ao_pairing *pairing) {
    return rp_cohort_measure(pairing->cohort, pairing->outcome);
}

const char *ao_alliance_name(const ao_pairing *pairing, size_t k) {
    return rp_answer_text(pairing->answer, "%s (%s), rated by the %s", pairing->instrument->short_title,
                          ao_scale(pairing, k)->title, pairing->rater);
}

/* The scales of the questionnaire of measure `first` by its rater, the one of most items first. */
static void gather_scales(ao_pairing *p, size_t first, bool *taken) {
    const rp_measure *of = rp_cohort_measure(p->cohort, first);
    p->instrument = of->instrument;
    p->rater = of->rater;
    p->n_scales = 0;
    for (size_t m = first; m < rp_cohort_measures(p->cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(p->cohort, m);
        if (taken[m] || measure->instrument != of->instrument || strcmp(measure->rater, of->rater) != 0)
            continue;
        taken[m] = true;
        if (p->n_scales == AO_SCALES)
            continue;
        p->scales[p->n_scales++] = m;
        size_t last = p->n_scales - 1;
        if (ao_scale(p, last)->n_items > ao_scale(p, 0)->n_items) {
            memmove(p->scales + 1, p->scales, last * sizeof *p->scales);
            p->scales[0] = m;
        }
    }
}

static bool either_rated(const void *context, const rp_session *sessions, size_t n) {
    const ao_pairing *p = context;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(sessions[i].values[p->outcome]))
            return true;
        for (size_t k = 0; k < p->n_scales; k++)
            if (!isnan(sessions[i].values[p->scales[k]]))
                return true;
    }
    return false;
}

static bool both_rated(const void *context, const rp_session *sessions, size_t n) {
    const ao_pairing *p = context;
    size_t scores = 0, rated = 0;
    for (size_t i = 0; i < n; i++) {
        scores += !isnan(sessions[i].values[p->outcome]);
        for (size_t k = 0; k < p->n_scales; k++)
            rated += !isnan(sessions[i].values[p->scales[k]]);
    }
    return scores > 1 && rated > 0;
}

bool ao_sessions_make(const ao_pairing *pairing, bool either, rp_arena *arena, ao_sessions *out, rp_error *error) {
    size_t measures[AO_SCALES + 1] = {pairing->outcome};
    memcpy(measures + 1, pairing->scales, pairing->n_scales * sizeof *measures);
    const rp_question_courses_asked asked = {.cohort = pairing->cohort,
                                             .measures = measures,
                                             .n_measures = pairing->n_scales + 1,
                                             .most_people = AO_MOST_PEOPLE,
                                             .threads = pairing->asked->threads,
                                             .is_in = either ? either_rated : both_rated,
                                             .context = pairing};
    if (!rp_question_courses_make(&asked, arena, &out->of, error))
        return false;
    out->marks = rp_arena_take(arena, out->of.n_people, sizeof *out->marks);
    return out->marks != NULL || rp_fail_memory(error);
}

double ao_symptoms(const ao_sessions *sessions, size_t session) {
    return sessions->of.values[session * sessions->of.n_measures];
}

double ao_alliance(const ao_sessions *sessions, size_t session, size_t k) {
    return sessions->of.values[session * sessions->of.n_measures + 1 + k];
}

static bool ask_pairing(const ao_pairing *pairing, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    ao_sessions sessions = {0}, everyone = {0};
    ao_panel panels[AO_SCALES] = {0};
    ao_result(*results)[AO_PARTS] = scratch != NULL ? rp_arena_take(scratch, AO_SCALES, sizeof *results) : NULL;
    bool fine = results != NULL ? ao_sessions_make(pairing, false, scratch, &sessions, error) : rp_fail_memory(error);
    for (size_t k = 0; k < pairing->n_scales && fine; k++)
        fine = ao_models_make(pairing, &sessions, k, scratch, results[k], error);
    if (fine && sessions.of.n_people > 0)
        fine = ao_sessions_make(pairing, true, scratch, &everyone, error) &&
               ao_panels_make(pairing, &everyone, scratch, panels, error) &&
               ao_write(pairing, &sessions, results, &everyone, panels, error);
    rp_arena_free(scratch);
    return fine;
}

/* With every measure of outcome that clients rate. */
static bool ask_outcomes(ao_pairing *pairing, rp_error *error) {
    for (size_t m = 0; m < rp_cohort_measures(pairing->cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(pairing->cohort, m);
        pairing->outcome = m;
        if (measure->instrument->kind == RP_KIND_OUTCOME && strcmp(measure->rater, "client") == 0 &&
            rp_question_asked_for(pairing->asked, measure) && !ask_pairing(pairing, error))
            return false;
    }
    return true;
}

static bool ask_all(ao_pairing *pairing, rp_error *error) {
    size_t n = rp_cohort_measures(pairing->cohort);
    bool *taken = rp_arena_take(pairing->answer->arena, n, sizeof *taken);
    if (taken == NULL)
        return rp_fail_memory(error);
    for (size_t m = 0; m < n; m++) {
        if (taken[m] || rp_cohort_measure(pairing->cohort, m)->instrument->kind != RP_KIND_ALLIANCE)
            continue;
        gather_scales(pairing, m, taken);
        if (!ask_outcomes(pairing, error))
            return false;
    }
    return true;
}

static void say_what_it_is(rp_answer *answer, const ao_told *told) {
    rp_answer_caveat(
        answer,
        "The verdict rests on a panel that follows alliance and symptoms over sessions, with each client's "
        "own level and the error of measurement taken out. What matters was stated beforehand: %.2f SD of "
        "the score within clients for one SD of the alliance within clients, half of the smallest that was "
        "found in a study of this kind (docs/alliance-outcome.md).",
        AO_PANEL_MATTERS);
    if (told->primary + told->exploratory > 0)
        rp_answer_caveat(
            answer,
            "Verdicts that rest on a number here: %zu of the client's whole questionnaire, which are the ones "
            "asked for beforehand, and %zu exploratory ones, of parts of it and of other raters. Of so many, "
            "one in twenty is shown by chance alone where there is nothing.",
            told->primary, told->exploratory);
    rp_answer_caveat(
        answer, "The other models describe what goes along with what, and give no verdict. In simulated services "
                "in which the alliance does nothing, up to 30%% of such intervals within clients, and up to all of "
                "those between clients, left nought out: because symptoms changed the alliance, or something else "
                "was behind both (docs/alliance-outcome.md).");
    rp_answer_caveat(answer,
                     "Symptoms are taken as rated before a session, and the alliance as rated after it, whatever "
                     "the record says of the moment.");
    rp_answer_caveat(answer, "Only sessions with scores are in the models. Those who left, or did not answer, may "
                             "differ; the panel takes it that what is on record of them tells how.");
    rp_answer_caveat(answer,
                     "There are many intervals here: of those of a true nought, one in twenty leaves nought out "
                     "by chance alone.");
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "alliance-outcome", "What goes along with the alliance?");
    if (answer == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead =
        "Whether a better alliance after a session than is usual for a client goes before other symptoms at the "
        "next one: shown, smaller than matters, or not to be told with these data. Beside it, what "
        "describes: whether clients whose alliance is higher than usual for them after a session have other symptoms "
        "before the next one; whether clients with a higher alliance do; the same the other way round; and "
        "whether early alliance goes along with the last score.";
    ao_told told = {0};
    ao_pairing pairing = {
        .cohort = cohort, .asked = asked, .frame = rp_question_frame(cohort, arena), .answer = answer, .told = &told};
    if (pairing.frame == NULL)
        return rp_fail_memory(error), NULL;
    if (!ask_all(&pairing, error))
        return NULL;
    if (answer->n_tables == 0) {
        rp_answer_needs(answer, "scores");
        rp_answer_caveat(answer,
                         "The data hold nobody with a score of the alliance and scores of a measure of outcome at "
                         "two sessions, so nothing can be said of the two together.");
    } else {
        say_what_it_is(answer, &told);
    }
    if (answer->failed)
        return rp_fail_memory(error), NULL;
    return answer;
}

static const rp_table_use uses[] = {
    {RP_CONTACTS,
     "The data hold no contacts, so the times of answering stand for sessions. With contacts, it would be known which "
     "scores are of one session, and who held it.",
     -1},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_alliance_outcome = {.name = "alliance-outcome",
                                                  .title = "What goes along with the alliance?",
                                                  .uses = uses,
                                                  .statements = ao_statements,
                                                  .ask = ask};
