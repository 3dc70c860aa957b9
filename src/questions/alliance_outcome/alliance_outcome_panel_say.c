/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the panels of one pairing say: the verdict and what it rests on, of the leading scale as statements, of all
 * scales as a table. */
#include "questions/alliance_outcome/alliance_outcome_panel.h"

#include <math.h>
#include <string.h>

typedef struct writing {
    const ao_pairing *pairing;
    const rp_question_set *set;
    const ao_panel *panel;
    const char *alliance, *outcome;
    rp_count people, everyone;
} writing;

static bool is_client(const ao_pairing *pairing) {
    return strcmp(pairing->rater, "client") == 0;
}

/* ---- sentences -------------------------------------------------------------------------------------------------- */

static const char *verdict_words(const ao_panel *panel) {
    switch (panel->verdict) {
    case AO_SHOWN:
        return "shown";
    case AO_SMALLER_THAN_MATTERS:
        return "smaller than matters";
    case AO_CANNOT_BE_TOLD:
    default:
        return "cannot be told with these data";
    }
}

static const char *interval_words(const writing *w, const ao_estimate *e) {
    return rp_answer_text(w->pairing->answer, "%g%% interval %+.3f to %+.3f", 100 * w->pairing->asked->level, e->lower,
                          e->upper);
}

static const char *shown_text(const writing *w) {
    const ao_panel *p = w->panel;
    const rp_scale *scale = &ao_outcome(w->pairing)->instrument->scales[ao_outcome(w->pairing)->scale];
    bool higher = p->forward.value > 0, better = higher != scale->higher_is_worse;
    return rp_answer_text(
        w->pairing->answer,
        "With each point of the alliance above what the client's own level and earlier scores let expect, %s before "
        "the "
        "next session is %s, which is %s, by %.3f points (%s); with one SD of the alliance within clients, which is "
        "%.2f points, by %.2f.%s That it comes first does not say that it is the reason.",
        w->outcome, higher ? "higher" : "lower", better ? "better" : "worse", fabs(p->forward.value),
        interval_words(w, &p->forward), p->rows.alliance_within, fabs(p->forward.value) * p->rows.alliance_within,
        better ? "" : " So a better alliance went before worse scores: the other way than one would hope.");
}

static const char *other_text(const writing *w) {
    const ao_panel *p = w->panel;
    rp_answer *answer = w->pairing->answer;
    const char *differs = rp_answer_text(answer,
                                         "With each point of the alliance above what the client's own level and "
                                         "earlier scores let expect, %s before the "
                                         "next session differs by %+.3f points (%s)",
                                         w->outcome, p->forward.value, interval_words(w, &p->forward));
    if (p->verdict == AO_SMALLER_THAN_MATTERS)
        return rp_answer_text(
            answer,
            "%s. All of that lies within the %.3f points either way that were stated beforehand as too "
            "small to matter.%s",
            differs, p->margin, p->forward.lower > 0 || p->forward.upper < 0 ? " It leaves nought out, too." : "");
    return rp_answer_text(answer,
                          "%s. That holds nought, and also differences that would matter, of %.3f points or more. The "
                          "smallest difference that these data could have shown, in four of five such services, is "
                          "%.3f points.",
                          differs, p->margin, p->smallest);
}

static const char *verdict_text(const writing *w) {
    rp_answer *answer = w->pairing->answer;
    const char *head = rp_answer_text(answer, "%s, and %s, within clients%s. Verdict: %s", w->alliance, w->outcome,
                                      is_client(w->pairing) ? "" : " (exploratory)", verdict_words(w->panel));
    if (w->panel->why != NULL)
        return rp_answer_text(answer, "%s, since %s.", head, w->panel->why);
    return rp_answer_text(answer, "%s. %s %lld of %lld people.", head,
                          w->panel->verdict == AO_SHOWN ? shown_text(w) : other_text(w), (long long)w->people.n,
                          (long long)w->everyone.n);
}

static const char *method_of(const writing *w) {
    const ao_panel *p = w->panel;
    return rp_answer_text(
        w->pairing->answer,
        "cross-lagged panel with random intercepts, %zu sessions, %zu with the alliance before a score; "
        "full-information maximum likelihood, lags equal over sessions; error of measurement by a "
        "reliability of %.2f (%s); normal interval",
        p->rows.sessions, p->rows.lags, p->error.reliability,
        p->error.by_answers ? "alpha of these answers" : "published");
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static rp_statement *add(const writing *w, const char *id, const char *label) {
    const ao_pairing *p = w->pairing;
    rp_statement *s = rp_answer_statement(p->answer, id);
    s->numerator = w->people;
    s->denominator = w->everyone;
    s->label = rp_answer_text(p->answer, "%s, %s: %s", w->alliance, w->outcome, label);
    s->measure = ao_outcome(p)->name;
    s->scale = ao_scale(p, 0)->title;
    s->rater = p->rater;
    s->unit = "points";
    s->audience = RP_FOR_SERVICE;
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(p->cohort)->event);
    s->confirmed = w->panel->error.confirmed;
    s->method = method_of(w);
    return s;
}

static void put(const writing *w, rp_statement *s, const ao_estimate *e) {
    s->estimate = e->value;
    s->lower = e->lower;
    s->upper = e->upper;
    s->level = w->pairing->asked->level;
}

static void say_verdict(const writing *w) {
    rp_statement *s = add(w, "alliance_outcome.panel.verdict", "The verdict");
    s->headline = is_client(w->pairing);
    s->text = verdict_text(w);
    if (w->panel->why == NULL)
        put(w, s, &w->panel->forward);
    else {
        s->numerator = rp_count_none();
        s->method = "cross-lagged panel with random intercepts";
    }
}

static void say_backward(const writing *w) {
    rp_statement *s = add(w, "alliance_outcome.panel.reverse", "The other way round, panel");
    put(w, s, &w->panel->backward);
    s->text = rp_answer_text(w->pairing->answer,
                             "The other way round, in the same panel: with each point of %s before a session, error of "
                             "measurement taken out, "
                             "the alliance after that session (%s) differs by %+.3f points (%s). Held: the scores of "
                             "the two sessions before, "
                             "the alliance before, the client's own level. %lld of %lld people.",
                             w->outcome, w->alliance, w->panel->backward.value, interval_words(w, &w->panel->backward),
                             (long long)w->people.n, (long long)w->everyone.n);
}

static void say_plain(const writing *w) {
    const ao_estimate *e = &w->panel->plain;
    rp_statement *s = add(w, "alliance_outcome.panel.plain", "Plain cross-lagged model");
    put(w, s, e);
    s->confirmed = true;
    s->method = "cross-lagged panel without random intercepts; full-information maximum likelihood; lags equal over "
                "sessions; scores as they are; normal interval";
    s->text = rp_answer_text(
        w->pairing->answer,
        "The plain cross-lagged model of the same people and sessions (%s, and %s) gives %+.3f points for one point "
        "(%s). "
        "It takes clients for alike: what goes along from client to client and what goes along within one client are "
        "mixed in it, and so is error of measurement. No verdict rests on it. %lld of %lld people.",
        w->alliance, w->outcome, e->value, interval_words(w, e), (long long)w->people.n, (long long)w->everyone.n);
}

static void say_explained(const writing *w) {
    const ao_estimate *e = &w->panel->explained;
    rp_statement *s = add(w, "alliance_outcome.panel.explained", "Share of variance within clients");
    put(w, s, e);
    s->unit = "share";
    s->method = rp_answer_text(w->pairing->answer, "%s by Fisher's z of the partial correlation, squared; delta method",
                               s->method);
    s->text = rp_answer_text(
        w->pairing->answer,
        "Of what is not known of %s before the next session from the client's own level and earlier scores, the "
        "alliance "
        "(%s) goes along with %.1f%% of the variance (%g%% interval %.1f%% to %.1f%%), error of measurement left out. "
        "%lld of %lld people.",
        w->outcome, w->alliance, 100 * e->value, 100 * s->level, 100 * e->lower, 100 * e->upper, (long long)w->people.n,
        (long long)w->everyone.n);
}

static void say_smallest(const writing *w) {
    rp_statement *s = add(w, "alliance_outcome.panel.smallest", "Smallest difference that could have been shown");
    s->estimate = w->panel->smallest;
    s->text =
        rp_answer_text(w->pairing->answer,
                       "The smallest difference in %s before the next session that the panel (%s) could have shown in "
                       "four of five such "
                       "services is %.3f points for one point of the alliance, or %.2f for one SD within clients; "
                       "stated beforehand as "
                       "what matters: %.3f and %.2f. %lld of %lld people.",
                       w->outcome, w->alliance, w->panel->smallest, w->panel->smallest * w->panel->rows.alliance_within,
                       w->panel->margin, w->panel->margin * w->panel->rows.alliance_within, (long long)w->people.n,
                       (long long)w->everyone.n);
}

static void say(const writing *w) {
    say_verdict(w);
    if (w->panel->why == NULL) {
        say_smallest(w);
        say_explained(w);
        if (!isnan(w->panel->backward.value))
            say_backward(w);
    }
    if (!isnan(w->panel->plain.value))
        say_plain(w);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static void put_row(const writing *w, rp_answer_table *table, size_t k, const char *part, const char *unit,
                    const ao_estimate *e, double factor) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(w->pairing->answer, ao_scale(w->pairing, k)->title);
    row[1] = rp_value_text(w->pairing->answer, part);
    row[2] = rp_value_text(w->pairing->answer, unit);
    const double numbers[] = {e->value, e->lower, e->upper};
    for (size_t i = 0; i < 3; i++)
        if (!isnan(numbers[i]))
            row[3 + i] = rp_value_num(factor * numbers[i], factor > 1 ? 1 : 3, w->people);
}

static void put_verdict(const writing *w, rp_answer_table *table, size_t k) {
    const ao_panel *p = w->panel;
    bool primary = k == 0 && is_client(w->pairing);
    put_row(w, table, k, primary ? "Verdict" : "Verdict, exploratory", "points", &p->forward, 1);
    rp_value *row = &table->values[(table->n_rows - 1) * table->n_columns];
    if (p->why == NULL) {
        row[6] = rp_value_num(p->margin, 3, w->people);
        row[7] = rp_value_num(p->smallest, 3, w->people);
        row[8] = rp_value_count(w->people);
    }
    row[9] = rp_value_text(w->pairing->answer, p->why == NULL ? verdict_words(p)
                                                              : rp_answer_text(w->pairing->answer, "%s, since %s",
                                                                               verdict_words(p), p->why));
    if (p->why == NULL)
        row[9].count = w->people;
}

static rp_answer_table *add_table(const writing *w) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""},
        {"part", "What is looked at", ""},
        {"unit", "In", ""},
        {"estimate", "For one point", ""},
        {"lower", "From", ""},
        {"upper", "To", ""},
        {"margin", "Matters from", ""},
        {"smallest", "Could have shown", ""},
        {"people", "People", "people"},
        {"verdict", "Verdict", ""},
    };
    rp_answer *answer = w->pairing->answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "alliance_outcome.panel.%s.%s", w->alliance, w->outcome),
                            rp_answer_text(answer, "The verdict: %s, rated by the %s, and %s",
                                           w->pairing->instrument->short_title, w->pairing->rater, w->outcome),
                            columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "For one point: the difference in the %s before the next session for one point of the alliance after this one, "
        "above what the client's own level and earlier scores let expect. The other way round: in the alliance after a "
        "session for one point of the %s before it. Matters from: stated beforehand, %.2f SD of the score within "
        "clients "
        "for one SD of the alliance within clients. Could have shown: in four of five such services. The plain model "
        "mixes what is within clients with what is between them.",
        w->outcome, w->outcome, AO_PANEL_MATTERS);
    return table;
}

static void put_rest(const writing *w, rp_answer_table *table) {
    const ao_panel *p = w->panel;
    if (p->why == NULL) {
        put_row(w, table, 0, "Share of variance within clients", "%", &p->explained, 100);
        put_row(w, table, 0, "The other way round", "points", &p->backward, 1);
    }
    if (!isnan(p->plain.value))
        put_row(w, table, 0, "Plain cross-lagged model", "points", &p->plain, 1);
}

void ao_panel_write(const ao_pairing *pairing, const rp_question_set *set, const ao_panel panels[AO_SCALES]) {
    writing w = {.pairing = pairing,
                 .set = set,
                 .alliance = ao_alliance_name(pairing, 0),
                 .outcome = ao_outcome(pairing)->name,
                 .everyone = rp_question_having(set, 0, 0)};
    rp_answer_table *table = add_table(&w);
    for (size_t k = 0; k < pairing->n_scales; k++) {
        w.panel = &panels[k];
        w.people = rp_question_having(set, w.panel->mark, 0);
        if (k == 0)
            say(&w);
        put_verdict(&w, table, k);
        if (k == 0)
            put_rest(&w, table);
        if (w.panel->why == NULL && k == 0 && is_client(pairing))
            pairing->told->primary++;
        else if (w.panel->why == NULL)
            pairing->told->exploratory++;
    }
}
