/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the models of one pairing say: a table of all parts, and statements of the leading scale. */
#include "questions/alliance_outcome/alliance_outcome_panel.h"

#include <math.h>
#include <string.h>

/* How each part is told. `per` completes "for each point of ..."; "%s" is the alliance or the outcome. */
static const struct {
    const char *id, *label, *within, *of, *what, *held;
    bool back; /* the alliance is what is looked at, the outcome what it is looked at by */
} parts[AO_PARTS] = {
    [AO_WITHIN] = {"alliance_outcome.within", "Within clients", "within clients",
                   "above the client's own mean after a session", "before the next session",
                   "the score before this session, the client's mean and the common trend", false},
    [AO_BETWEEN] = {"alliance_outcome.between", "Between clients", "between clients", "by which clients' means differ",
                    "before the next session", "the score before this session and the common trend", false},
    [AO_WITHIN_NO_TREND] = {"alliance_outcome.within.no_trend", "Within clients, trend not held", "within clients",
                            "above the client's own mean after a session", "before the next session",
                            "the score before this session and the client's mean, and not the common trend", false},
    [AO_BETWEEN_NO_TREND] = {"alliance_outcome.between.no_trend", "Between clients, trend not held", "between clients",
                             "by which clients' means differ", "before the next session",
                             "the score before this session, and not the common trend", false},
    [AO_WITHIN_SLOPES] = {"alliance_outcome.within.slopes", "Within clients, who may differ in it", "within clients",
                          "above the client's own mean after a session", "before the next session",
                          "the score before this session, the client's mean and the common trend", false},
    [AO_WITHIN_SPLIT] = {"alliance_outcome.split.within", "Three levels: within clients", "within clients",
                         "above the client's own mean after a session", "before the next session",
                         "the score before this session, the two other levels and the common trend", false},
    [AO_CLIENTS_SPLIT] = {"alliance_outcome.split.clients", "Three levels: between clients of one practitioner",
                          "between clients", "by which the means of one practitioner's clients differ",
                          "before the next session",
                          "the score before this session, the two other levels and the common trend", false},
    [AO_PRACTITIONERS_SPLIT] = {"alliance_outcome.split.practitioners", "Three levels: between practitioners",
                                "between practitioners", "by which the means of practitioners' clients differ",
                                "before the next session",
                                "the score before this session, the two other levels and the common trend", false},
    [AO_REVERSE_WITHIN] = {"alliance_outcome.reverse.within", "The other way round: within clients",
                           "the other way round, within clients", "above the client's own mean before a session",
                           "after that session",
                           "the alliance after the session before, the client's mean and the common trend", true},
    [AO_REVERSE_BETWEEN] = {"alliance_outcome.reverse.between", "The other way round: between clients",
                            "the other way round, between clients", "by which clients' means differ", "after a session",
                            "the alliance after the session before and the common trend", true},
    [AO_EARLY] = {"alliance_outcome.early", "Early alliance and the last score", "early in treatment",
                  "in an early session", "at the last score", "the first score and the score before that same session",
                  false},
};

const rp_statement_def ao_statements[] = {
    {"alliance_outcome.panel.verdict",
     "Panel with random intercepts: outcome before the next session, for one point of alliance above what the client's "
     "level and earlier scores let expect; shown, smaller than matters, or not to be told"},
    {"alliance_outcome.panel.smallest",
     "The same panel: the smallest such difference that 80% of such services would show"},
    {"alliance_outcome.panel.explained",
     "The same panel: share of the variance of the outcome, within clients and without error, that goes along with it"},
    {"alliance_outcome.panel.reverse",
     "The same panel: alliance after a session, for one point of the outcome before it, without error"},
    {"alliance_outcome.panel.plain",
     "Cross-lagged model without random intercepts: mixes what is within clients and between them"},
    {"alliance_outcome.within",
     "Outcome before the next session, for one point of alliance above the client's own mean"},
    {"alliance_outcome.between", "The same model: for one point by which clients' means of the alliance differ"},
    {"alliance_outcome.early", "Last score, for one point of alliance in sessions 2 to 5; first score and score before "
                               "that session held"},
    {"alliance_outcome.early.correlation", "Plain correlation of the alliance in the first of sessions 2 to 5 and the "
                                           "last score, above nought: better goes with better"},
    {"alliance_outcome.within.no_trend", "As within, where what all clients have in common over time is not held"},
    {"alliance_outcome.between.no_trend", "As between, where what all clients have in common over time is not held"},
    {"alliance_outcome.within.slopes", "As within, where it may differ from client to client: its mean"},
    {"alliance_outcome.split.within", "As within, beside clients' and practitioners' levels"},
    {"alliance_outcome.split.clients", "For one point by which the means of one practitioner's clients differ"},
    {"alliance_outcome.split.practitioners", "For one point by which practitioners' levels of the alliance differ"},
    {"alliance_outcome.reverse.within",
     "Alliance after a session, for one point of the outcome above the client's mean"},
    {"alliance_outcome.reverse.between", "Alliance after a session, for one point by which clients' means differ"},
    {NULL, NULL},
};

typedef struct writing {
    const ao_pairing *pairing;
    const rp_question_set *set;
    const char *alliance, *outcome; /* names of what is paired */
} writing;

static const char *interval_of(rp_answer *answer, const ao_pairing *p, const rp_mixed_effect *e) {
    return isnan(e->lower)
               ? ""
               : rp_answer_text(answer, " (%g%% interval %+.3f to %+.3f)", 100 * p->asked->level, e->lower, e->upper);
}

/* Which sign is which is left to the reader, who is told which side is better. */
static const char *sentence(const writing *w, ao_part part, const ao_result *r, rp_count people, rp_count everyone) {
    rp_answer *answer = w->pairing->answer;
    bool back = parts[part].back;
    const char *spread =
        part != AO_WITHIN_SLOPES ? ""
        : r->slope_sd > 0
            ? rp_answer_text(answer, " From client to client that differs with an SD of %.3f.", r->slope_sd)
            : " That it differs from client to client cannot be seen.";
    return rp_answer_text(
        answer,
        "%s, and %s, %s: with each point of %s %s, %s %s differs by %+.3f points%s; with one SD of that, which is %.2f "
        "points, by %+.2f. Held: %s.%s %lld of %lld people. This describes; it gives no verdict.",
        w->alliance, w->outcome, parts[part].within, back ? w->outcome : "the alliance", parts[part].of,
        back ? "the alliance" : w->outcome, parts[part].what, r->effect.estimate,
        interval_of(answer, w->pairing, &r->effect), r->spread, r->spread * r->effect.estimate, parts[part].held,
        spread, (long long)people.n, (long long)everyone.n);
}

static void state(const writing *w, ao_part part, const ao_result *r) {
    const ao_pairing *p = w->pairing;
    rp_answer *answer = p->answer;
    rp_statement *s = rp_answer_statement(answer, parts[part].id);
    s->numerator = rp_question_having(w->set, r->mark, 0);
    s->denominator = rp_question_having(w->set, 0, 0);
    s->label = rp_answer_text(answer, "%s, %s: %s", w->alliance, w->outcome, parts[part].label);
    s->measure = ao_outcome(p)->name;
    s->scale = ao_scale(p, 0)->title;
    s->rater = p->rater;
    s->unit = "points";
    s->audience = RP_FOR_SERVICE;
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(p->cohort)->event);
    s->estimate = r->effect.estimate;
    s->lower = r->effect.lower;
    s->upper = r->effect.upper;
    s->level = p->asked->level;
    s->method = rp_answer_text(answer,
                               "linear mixed model by REML, clients%s as random effects%s; person-mean centring; "
                               "t interval with Satterthwaite's degrees of freedom",
                               part == AO_WITHIN_SPLIT || part == AO_CLIENTS_SPLIT || part == AO_PRACTITIONERS_SPLIT
                                   ? " and practitioners"
                                   : "",
                               part == AO_WITHIN_SLOPES ? ", slopes too" : "");
    if (part == AO_EARLY)
        s->method = "linear model by REML, practitioners as random effects where ten or more are recorded; t interval "
                    "with Satterthwaite's degrees of freedom";
    s->text = sentence(w, part, r, s->numerator, s->denominator);
}

static rp_value number(double num, int decimals, rp_count behind) {
    return isnan(num) ? (rp_value){0} : rp_value_num(num, decimals, behind);
}

static const char *remark_of(const ao_result *r) {
    switch (r->state) {
    case AO_TOO_FEW:
        return "too few people or sessions for a model";
    case AO_NOT_FITTED:
        return r->why != NULL ? r->why : "no model could be fitted";
    case AO_FITTED:
        return r->why != NULL ? r->why : "";
    default:
        return "";
    }
}

static void put_row(const writing *w, rp_answer_table *table, size_t k, ao_part part, const ao_result *r) {
    const ao_pairing *p = w->pairing;
    rp_count people = r->mark != 0 ? rp_question_having(w->set, r->mark, 0) : rp_count_none();
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(p->answer, ao_scale(p, k)->title);
    row[1] = rp_value_text(p->answer, parts[part].label);
    if (r->state == AO_FITTED) {
        row[2] = number(r->effect.estimate, 3, people);
        row[3] = number(r->effect.lower, 3, people);
        row[4] = number(r->effect.upper, 3, people);
        row[5] = number(r->spread, 2, people);
        row[6] = number(r->spread * r->effect.estimate, 2, people);
    }
    if (part == AO_WITHIN_SLOPES && r->state == AO_FITTED)
        row[7] = number(r->slope_sd, 3, people);
    if (r->state >= AO_NOT_FITTED)
        row[8] = rp_value_count(people);
    row[9] = rp_value_text(p->answer, remark_of(r));
}

static rp_answer_table *add_table(const writing *w) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""},
        {"part", "What is looked at", ""},
        {"estimate", "For one point", "points"},
        {"lower", "From", "points"},
        {"upper", "To", "points"},
        {"spread", "SD", "points"},
        {"per_sd", "For one SD", "points"},
        {"slope_sd", "SD between clients", "points"},
        {"people", "People", "people"},
        {"remark", "Remark", ""},
    };
    const ao_pairing *p = w->pairing;
    rp_answer *answer = p->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "alliance_outcome.%s.%s", w->alliance, w->outcome),
        rp_answer_text(answer, "%s, rated by the %s, and %s", p->instrument->short_title, p->rater, w->outcome),
        columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "For one point: the difference in the %s before the next session for one point more of the alliance after this "
        "one, the %s before this session held. The other way round: the difference in the alliance after a session for "
        "one point more of the %s before it, the alliance after the session before held. Within clients: from session "
        "to session of one client. Between clients: one client's mean against another's. %s is better in the %s. SD: "
        "of what it is looked at by. From "
        "and To: %g%% t interval. All of this describes and gives no verdict.",
        w->outcome, w->outcome, w->outcome,
        ao_outcome(p)->instrument->scales[ao_outcome(p)->scale].higher_is_worse ? "Lower" : "Higher", w->outcome,
        100 * p->asked->level);
    return table;
}

/* ---- people -------------------------------------------------------------------------------------------------- */

typedef struct membership {
    const ao_pairing *pairing;
    const uint64_t *marks; /* by place in the cohort */
} membership;

static bool mark_block(rp_arena *arena, rp_question_groups *groups, const rp_block *block, const void *context) {
    const membership *m = context;
    bool fine = true;
    for (size_t e = 0; e < block->n_episodes && fine; e++)
        fine = rp_question_group_add(arena, groups, m->marks[block->first + e],
                                     rp_question_cell_of(m->pairing->frame, &block->episodes[e]));
    return fine;
}

/* All models of a pairing in one universe: their people are nearly the same. */
static bool make_set(const writing *w, const ao_sessions *const sessions[2], rp_question_set *set, rp_error *error) {
    const ao_pairing *p = w->pairing;
    rp_arena *arena = p->answer->arena;
    uint64_t *marks = rp_arena_take(arena, rp_cohort_episodes(p->cohort), sizeof *marks);
    if (marks == NULL)
        return rp_fail_memory(error);
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < sessions[l]->of.n_people; i++)
            marks[sessions[l]->of.person[i]] |= sessions[l]->marks[i];
    *set = (rp_question_set){.answer = p->answer};
    const membership m = {p, marks};
    const rp_question_sort sort = {1, mark_block, &m};
    if (!rp_question_groups_make(p->cohort, &sort, p->asked->threads, arena, &set->groups, error))
        return false;
    set->universe = rp_question_universe(
        p->answer, p->frame, rp_answer_text(p->answer, "models of %s and %s", w->alliance, w->outcome), &set->groups);
    rp_arena_give_back(arena, marks);
    return true;
}

static void say_drawn(const writing *w, const char *what, const ao_sessions *sessions) {
    if (sessions->of.one_in > 1)
        rp_answer_caveat(w->pairing->answer,
                         "There are more people with scores than are needed for narrow intervals; the %s of %s and %s "
                         "rest on one in %zu of them, taken in the order of their referrals' ids.",
                         what, w->alliance, w->outcome, sessions->of.one_in);
}

static void write_models(const writing *w, ao_result results[][AO_PARTS]) {
    static const ao_part order[] = {AO_WITHIN,          AO_BETWEEN,          AO_EARLY,
                                    AO_WITHIN_NO_TREND, AO_BETWEEN_NO_TREND, AO_WITHIN_SLOPES,
                                    AO_WITHIN_SPLIT,    AO_CLIENTS_SPLIT,    AO_PRACTITIONERS_SPLIT,
                                    AO_REVERSE_WITHIN,  AO_REVERSE_BETWEEN};
    rp_answer_table *table = add_table(w);
    for (size_t k = 0; k < w->pairing->n_scales; k++)
        for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
            const ao_result *r = &results[k][order[i]];
            if (k == 0 && r->state == AO_FITTED)
                state(w, order[i], r);
            if (k == 0 && order[i] == AO_EARLY)
                ao_say_correlation(w->pairing, w->set, r);
            if (r->state != AO_NOT_ASKED)
                put_row(w, table, k, order[i], r);
        }
}

bool ao_write(const ao_pairing *pairing, const ao_sessions *sessions, ao_result results[][AO_PARTS],
              const ao_sessions *panel_sessions, const ao_panel *panels, rp_error *error) {
    rp_question_set *set = rp_arena_take(pairing->answer->arena, 1, sizeof *set);
    const writing w = {pairing, set, ao_alliance_name(pairing, 0), ao_outcome(pairing)->name};
    if (set == NULL)
        return rp_fail_memory(error);
    const ao_sessions *const both[] = {sessions, panel_sessions};
    if (!make_set(&w, both, set, error))
        return false;
    ao_panel_write(pairing, set, panels);
    write_models(&w, results);
    say_drawn(&w, "panels", panel_sessions);
    say_drawn(&w, "models", sessions);
    return true;
}
