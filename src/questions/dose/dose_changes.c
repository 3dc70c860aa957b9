/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What landmarks show of one measure: later change of people with a score at a session, how many of them have no later
 * score and what is known of these, and how the scores of those stood who stopped after it. */
#include "questions/dose/dose_parts.h"

#include <math.h>

typedef struct landmark {
    const dose_measure *of;
    const dose_work *work;
    const dose_landmark *it;
    unsigned session;
    const char *when; /* "session 4" */
} landmark;

/* Of those who had the session. */
static rp_count having(const landmark *l, uint64_t has, uint64_t lacks) {
    return rp_question_having(&l->it->set, rp_question_at(l->session) | has, lacks);
}

/* With a score then, and either these marks or no later score. */
typedef struct in_doubt {
    const rp_question_groups *groups;
    uint64_t at, mark;
} in_doubt;
static bool may_be(const void *context, size_t group) {
    const in_doubt *d = context;
    uint64_t marks = d->groups->at[group].signature;
    return (marks & d->at) == d->at && ((marks & d->mark) != 0 || (marks & LATER) == 0);
}
static rp_count perhaps(const landmark *l, uint64_t mark) {
    in_doubt d = {&l->it->set.groups, rp_question_at(l->session) | SCORE, mark};
    return rp_answer_count(l->work->answer, l->it->set.universe, may_be, &d);
}

/* ---- statements
 * -------------------------------------------------------------------------------------------------------- */

static void about(const landmark *l, rp_statement *s) {
    s->measure = l->of->measure->instrument->short_title;
    s->scale = l->of->scale->name;
    s->rater = l->of->measure->rater;
    s->occasion = l->when;
    s->cohort = rp_answer_text(l->work->answer, "a score at %s", l->when);
}

static void say_change(const landmark *l, const char *id, const rp_moments *changes, uint64_t mark, const char *to) {
    if (changes->n == 0)
        return;
    rp_answer *answer = l->work->answer;
    rp_interval mean = rp_mean_interval(changes, l->work->asked->level);
    rp_statement *s = dose_mean(l->work, id, &mean, "points", having(l, mark, 0), having(l, SCORE, 0));
    about(l, s);
    s->method = "mean of the later score minus that at the session, t interval; people with both";
    s->label = rp_answer_text(answer, "Mean change from %s to %s", l->when, to);
    s->text = rp_answer_text(answer,
                             "Mean change on the %s from %s to %s: %.1f points%s, among %lld of the %lld people still "
                             "attending at %s who had a score then. %s is worse.",
                             l->of->measure->name, l->when, to, mean.estimate, dose_range(answer, &mean, 1),
                             (long long)s->numerator.n, (long long)s->denominator.n, l->when,
                             l->of->scale->higher_is_worse ? "Higher" : "Lower");
}

static bool is_confirmed(const dose_measure *of) {
    const rp_change_rule *rule = &of->scale->change;
    return of->rule.fixed_threshold ? rule->reliable_change_source.confirmed : rule->reliability_source.confirmed;
}

static const char *rule_text(const landmark *l) {
    const rp_change_scale *rule = &l->of->rule;
    return rule->fixed_threshold
               ? rp_answer_text(l->work->answer, "change of %g or more; Wilson interval", rule->reliable_change)
               : rp_answer_text(l->work->answer, "Jacobson\xe2\x80\x93Truax, change over %.2f; Wilson interval",
                                rule->reliable_change);
}

static const struct {
    const char *known, *bound, *label, *words, *which;
    uint64_t mark;
} classes[] = {
    {"dose.landmark.improved", "dose.landmark.improved.best", "Reliably improved", "have reliably improved", "best",
     IMPROVED},
    {"dose.landmark.deteriorated", "dose.landmark.deteriorated.worst", "Reliably deteriorated",
     "have reliably deteriorated", "worst", DETERIORATED},
};
enum { CLASSES = sizeof classes / sizeof *classes };

static void say_class(const landmark *l, size_t c) {
    rp_answer *answer = l->work->answer;
    const char *of = rp_answer_text(answer, "people still attending at %s who had a score then", l->when);
    rp_question_saying known = {
        classes[c].known,
        rp_answer_text(answer, "%s (known), from %s to the last score", classes[c].label, l->when),
        of,
        rp_answer_text(answer, "are known to %s on the %s from then to their last score", classes[c].words,
                       l->of->measure->name),
        "",
        false};
    rp_question_saying bound = {
        classes[c].bound,
        rp_answer_text(answer, "%s, %s case, from %s", classes[c].label, classes[c].which, l->when),
        of,
        rp_answer_text(answer, "would %s on the %s, if everyone without a later score had", classes[c].words,
                       l->of->measure->name),
        "",
        false};
    rp_count all = having(l, SCORE, 0);
    for (int b = 0; b < 2; b++) {
        rp_statement *s = rp_question_say(answer, b == 0 ? &known : &bound,
                                          b == 0 ? having(l, SCORE | classes[c].mark, 0) : perhaps(l, classes[c].mark),
                                          all, l->work->asked->level);
        about(l, s);
        s->method = rule_text(l);
        s->confirmed = is_confirmed(l->of);
    }
}

/* ---- tables
 * -------------------------------------------------------------------------------------------------------------- */

static void put_changes(const landmark *l, rp_answer_table *table) {
    uint64_t next = rp_question_at(l->session + 1);
    rp_interval last = rp_mean_interval(&l->it->to_last, l->work->asked->level);
    rp_interval later = rp_mean_interval(&l->it->to_next, l->work->asked->level);
    rp_count with_later = having(l, LATER, 0), with_next = having(l, NEXT, 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(l->work->answer, l->when);
    row[1] = rp_value_count(having(l, 0, 0));
    row[2] = rp_value_count(having(l, SCORE, 0));
    row[3] = rp_value_count(with_later);
    dose_number(row + 4, &last, 1, 1, with_later);
    row[7] = rp_value_count(with_next);
    dose_number(row + 8, &later, 1, 1, with_next);
    row[11] = rp_value_count(having(l, SCORE | OVER, LATER | next));
    row[12] = rp_value_count(having(l, SCORE, LATER | next | OVER));
    row[13] = rp_value_count(having(l, SCORE | next, LATER));
}

static rp_answer_table *add_changes(const dose_measure *of) {
    static const rp_table_column columns[] = {
        {"session", "Session", ""},
        {"at", "Had this session", "people"},
        {"n", "With a score then", "people"},
        {"later", "With a later score", "people"},
        {"change", "Change to the last score", "points"},
        {"change_lower", "From", "points"},
        {"change_upper", "To", "points"},
        {"next", "With a score 4 sessions later", "people"},
        {"next_change", "Change to it", "points"},
        {"next_lower", "From", "points"},
        {"next_upper", "To", "points"},
        {"stopped", "No later score: stopped after it", "people"},
        {"open", "No later score: not ended", "people"},
        {"went_on", "No later score: had a further session", "people"},
    };
    rp_answer *answer = of->work->answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "dose.landmarks.%s", of->measure->name),
                            rp_answer_text(answer, "%s: later change of people still attending", of->measure->name),
                            columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "Of people who had that session and a score then: means of the later score less that one, with their %g%% "
        "t interval. %s is better. Each line is other people; what lies between two lines is no effect of the "
        "sessions between them.",
        100 * of->work->asked->level, of->scale->higher_is_worse ? "Below zero" : "Above zero");
    return table;
}

static void put_classes(const landmark *l, rp_answer_table *table, rp_chart *chart) {
    rp_count all = having(l, SCORE, 0), improved = having(l, SCORE | IMPROVED, 0), best = perhaps(l, IMPROVED);
    rp_count worse = having(l, SCORE | DETERIORATED, 0), worst = perhaps(l, DETERIORATED);
    const rp_count parts[] = {improved, best, worse, worst};
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(l->work->answer, l->when);
    row[1] = rp_value_count(all);
    row[2] = rp_value_count(improved);
    row[5] = rp_value_count(worse);
    for (size_t i = 0; i < 4 && all.n > 0; i++)
        row[i < 2 ? 3 + i : 4 + i] = rp_value_share(100 * (double)parts[i].n / (double)all.n, 1, parts[i], all);
    if (all.n <= 0)
        return;
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = rp_answer_text(l->work->answer, "From %s", l->when);
    p->count = all;
    p->of_y = p->of_lower = improved;
    p->of_upper = best;
    p->y = p->lower = (double)improved.n / (double)all.n;
    p->upper = (double)best.n / (double)all.n;
    if (best.n == improved.n) {
        p->lower = p->upper = NAN;
        p->of_lower = p->of_upper = rp_count_none();
    }
}

static rp_answer_table *add_classes(const dose_measure *of, rp_chart **chart) {
    static const rp_table_column columns[] = {
        {"session", "Session", ""},
        {"n", "With a score then", "people"},
        {"improved", "Reliably improved later", "people"},
        {"improved_share", "Known", "%"},
        {"improved_best", "Best case", "%"},
        {"deteriorated", "Reliably deteriorated later", "people"},
        {"deteriorated_share", "Known", "%"},
        {"deteriorated_worst", "Worst case", "%"},
    };
    rp_answer *answer = of->work->answer;
    const char *id = rp_answer_text(answer, "dose.improved.%s", of->measure->name);
    const char *title = rp_answer_text(answer, "%s: reliably changed after a session", of->measure->name);
    rp_answer_table *table = rp_answer_table_add(answer, id, title, columns, sizeof columns / sizeof *columns);
    table->note = "From the score at that session to the last one. Best and worst case: everyone without a later score "
                  "had improved, or deteriorated.";
    *chart = rp_answer_chart(answer, RP_CHART_RATES, id,
                             rp_answer_text(answer, "%s: reliably improved after a session", of->measure->name));
    (*chart)->table_id = id;
    (*chart)->reading =
        "The mark is the share known to have reliably improved from that session to their last score, of "
        "people with a score then. The bar runs to where it would lie if everyone without a later score "
        "had.";
    (*chart)->x_label = "Share of people still attending, with a score then";
    rp_chart_series_add(*chart, "Reliably improved from then on");
    return table;
}

static void put_stopped(const landmark *l, rp_answer_table *table) {
    uint64_t next = rp_question_at(l->session + 1);
    rp_count stopped = having(l, OVER, next), below = having(l, OVER | BELOW_LAST, next);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(l->work->answer, l->when);
    row[1] = rp_value_count(stopped);
    row[2] = rp_value_count(below);
    dose_share(l->work, row + 3, below, stopped);
    row[6] = rp_value_count(having(l, OVER | CASE_LAST, next));
    row[7] = rp_value_count(having(l, OVER, next | BELOW_LAST | CASE_LAST));
}

static rp_answer_table *add_stopped(const dose_measure *of) {
    static const rp_table_column columns[] = {
        {"session", "Session", ""},
        {"stopped", "Stopped after it", "people"},
        {"below", "Last score below the cut-off", "people"},
        {"share", "Below, of those who stopped", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"case", "At or past it", "people"},
        {"not_known", "Not known", "people"},
    };
    rp_answer *answer = of->work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "dose.stopped.%s", of->measure->name),
        rp_answer_text(answer, "%s: how the last score of those who stopped stood", of->measure->name), columns,
        sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "Stopped: no further treatment session, and the referral has ended. The cut-off "
                                 "is %.4g. Not known: no score at any time.",
                                 of->rule.cutoff);
    return table;
}

static rp_chart *add_chart(const dose_measure *of) {
    rp_answer *answer = of->work->answer;
    const char *id = rp_answer_text(answer, "dose.landmarks.%s", of->measure->name);
    rp_chart *chart =
        rp_answer_chart(answer, RP_CHART_TRAJECTORY, id,
                        rp_answer_text(answer, "%s: later change of people still attending", of->measure->name));
    chart->table_id = id;
    chart->reading = rp_answer_text(
        answer,
        "Each mark is the mean of how scores changed after a session, among people who came to it; the bar is the "
        "range in which the mean of such people plausibly lies. %s is better. Each mark is other people, so a "
        "line that rises or falls is no effect of sessions.",
        of->scale->higher_is_worse ? "Below zero" : "Above zero");
    chart->x_label = "Session";
    rp_chart_line *none = rp_chart_line_add(chart, "no change");
    none->slope = none->intercept = 0;
    none->dashed = true;
    chart->y_label = rp_answer_text(answer, "Change on the %s (mean)", of->measure->name);
    return chart;
}

static void add_point(const landmark *l, rp_chart *chart, const rp_moments *changes, uint64_t mark) {
    if (changes->n == 0)
        return;
    rp_interval mean = rp_mean_interval(changes, l->work->asked->level);
    rp_chart_point *p = rp_chart_point_add(chart);
    p->x = l->session;
    p->y = mean.estimate;
    p->lower = mean.lower;
    p->upper = mean.upper;
    p->count = having(l, mark, 0);
    p->label = l->when;
}

/* ---- the whole
 * --------------------------------------------------------------------------------------------------------- */

/* Landmarks that somebody with a score came to. */
static size_t list(dose_measure *of, landmark out[DOSE_LANDMARKS]) {
    size_t n = 0;
    for (size_t k = 0; k < DOSE_LANDMARKS; k++) {
        landmark l = {of, of->work, &of->landmarks[k], rp_question_stops[k + 1],
                      rp_answer_text(of->work->answer, "session %u", rp_question_stops[k + 1])};
        if (having(&l, SCORE, 0).n > 0)
            out[n++] = l;
    }
    return n;
}

static void caveats(const dose_measure *of) {
    const rp_change_rule *rule = &of->scale->change;
    rp_answer *answer = of->work->answer;
    if (!of->ruled)
        rp_answer_caveat(answer, "%s: reliable change is not known, so who improved after a session cannot be told.",
                         of->measure->name);
    else if (!is_confirmed(of) || (of->rule.has_cutoff && !rule->cutoff_source.confirmed))
        rp_answer_caveat(answer,
                         "%s: at least one figure used for reliable change or for the cut-off is not confirmed by a "
                         "source that we have read.",
                         of->measure->name);
    if (!of->ruled || !of->rule.has_cutoff)
        rp_answer_caveat(answer,
                         "%s: no cut-off is known for it, so how the scores of those who stopped stood against "
                         "it cannot be told.",
                         of->measure->name);
}

void dose_write_changes(dose_measure *of) {
    landmark all[DOSE_LANDMARKS];
    size_t n = list(of, all);
    if (n == 0)
        return;
    for (size_t k = 0; k < n; k++) {
        say_change(&all[k], "dose.landmark.change_to_last", &all[k].it->to_last, LATER, "the last score");
        say_change(&all[k], "dose.landmark.change_to_later_session", &all[k].it->to_next, NEXT,
                   rp_answer_text(of->work->answer, "session %u", all[k].session + DOSE_LATER));
        for (size_t c = 0; c < CLASSES && of->ruled; c++)
            say_class(&all[k], c);
    }
    rp_chart *chart = add_chart(of);
    rp_chart_series_add(chart, "To the last score");
    for (size_t k = 0; k < n; k++)
        add_point(&all[k], chart, &all[k].it->to_last, LATER);
    rp_chart_series_add(chart, "To the score 4 sessions later");
    for (size_t k = 0; k < n; k++)
        add_point(&all[k], chart, &all[k].it->to_next, NEXT);
    rp_answer_table *table = add_changes(of);
    for (size_t k = 0; k < n; k++)
        put_changes(&all[k], table);
    if (of->ruled) {
        table = add_classes(of, &chart);
        for (size_t k = 0; k < n; k++)
            put_classes(&all[k], table, chart);
    }
    if (of->ruled && of->rule.has_cutoff && of->work->ends) {
        table = add_stopped(of);
        for (size_t k = 0; k < n; k++)
            put_stopped(&all[k], table);
    }
    caveats(of);
}
