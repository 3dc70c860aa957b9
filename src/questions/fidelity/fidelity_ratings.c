/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How adherence and competence were rated, always by whom and of how many: what practitioners say of their own sessions
 * is what they think of themselves. Means are by rater alone; none is of raters taken together. */
#include "questions/fidelity/fidelity_parts.h"

#include <math.h>

static const struct {
    const char *rated_id, *self_id, *mean_id, *name, *title;
} scales[SCALES] = {
    {"fidelity.adherence.rated", "fidelity.adherence.self_alone", "fidelity.adherence.mean", "adherence", "Adherence"},
    {"fidelity.competence.rated", "fidelity.competence.self_alone", "fidelity.competence.mean", "competence",
     "Competence"},
};

static uint64_t raters_in(size_t q, uint32_t set) {
    uint64_t marks = 0;
    for (size_t r = 0; r < RATERS; r++)
        marks |= (set >> r & 1) != 0 ? RATED(q, r) : 0;
    return marks;
}
enum { ALL_RATERS = (1 << RATERS) - 1, SELF = 0 /* the first code of fidelity_rater */ };

static const char *rater_title(const fidelity_work *work, size_t r) {
    return r < work->columns.raters->n ? work->columns.raters->codes[r].meaning : "rater not recorded";
}

static void say_rated(const fidelity_work *work, size_t q) {
    const rp_question_set *set = &work->ratings;
    rp_answer *answer = work->answer;
    rp_count rated = rp_question_having_any(set, ENTERED, raters_in(q, ALL_RATERS));
    fidelity_say(work, scales[q].rated_id, rp_answer_text(answer, "%s was rated", scales[q].title),
                 "people who entered treatment",
                 rp_answer_text(answer, "have a rating of %s for one or more contacts", scales[q].name), "entered",
                 q == ADHERENCE, rated, rp_question_having(set, ENTERED, 0));
    if (work->merged.raters[q] == 0)
        fidelity_say(work, scales[q].self_id,
                     rp_answer_text(answer, "%s: rated by the practitioner alone", scales[q].title),
                     rp_answer_text(answer, "people of whom %s was rated", scales[q].name),
                     "have no other rating than the practitioner's of their own session", "rated", q == ADHERENCE,
                     rp_question_having(set, RATED(q, SELF), raters_in(q, ALL_RATERS) & ~RATED(q, SELF)), rated);
}

static void say_mean(const fidelity_work *work, size_t q, size_t r, const rp_interval *mean) {
    rp_answer *answer = work->answer;
    rp_statement *s = rp_answer_statement(answer, scales[q].mean_id);
    s->rater = r < work->columns.raters->n ? work->columns.raters->codes[r].code : "not recorded";
    s->numerator = rp_question_having(&work->ratings, RATED(q, r), 0);
    s->denominator = rp_question_having(&work->ratings, ENTERED, 0);
    s->cohort = "entered";
    s->unit = "points";
    s->estimate = mean->estimate;
    s->lower = mean->lower;
    s->upper = mean->upper;
    s->level = mean->level;
    s->method = "mean over contacts rated; t interval over people (Cochran 1977)";
    s->label = rp_answer_text(answer, "%s, rated by %s", scales[q].title, rater_title(work, r));
    const char *range = isnan(mean->lower) ? ""
                                           : rp_answer_text(answer, " (%g%% interval %.2f to %.2f)", 100 * mean->level,
                                                            mean->lower, mean->upper);
    s->text = rp_answer_text(answer,
                             "Mean rating of %s by this rater (%s): %.2f%s, of contacts of %lld of %lld people who "
                             "entered treatment.%s",
                             scales[q].name, rater_title(work, r), mean->estimate, range, (long long)s->numerator.n,
                             (long long)s->denominator.n,
                             r == SELF ? " It is what practitioners think of their own sessions." : "");
}

static void put_numbers(rp_value *row, const rp_interval *i, double by, int decimals, rp_count behind) {
    const double numbers[] = {i->estimate, i->lower, i->upper};
    for (size_t n = 0; n < 3; n++)
        row[n] = rp_value_num(by * numbers[n], decimals, behind);
}

/* The fewest people that a line of raters has. From how many contacts anyone rated, what is hidden of them would follow
 * with what is told of the others. */
static rp_count fewest(const fidelity_work *work, size_t q) {
    uint32_t together = work->merged.raters[q];
    rp_count found = rp_question_having_any(&work->ratings, ENTERED, raters_in(q, together));
    for (size_t r = 0; r < RATERS; r++) {
        rp_count one = rp_question_having(&work->ratings, RATED(q, r), 0);
        if ((together >> r & 1) == 0 && one.n > 0 && (found.n <= 0 || one.n < found.n))
            found = one;
    }
    return found;
}

/* r == RATERS: anyone, of whom there is no mean. */
static void put_row(const fidelity_work *work, rp_answer_table *table, size_t q, size_t r) {
    const rp_question_set *set = &work->ratings;
    double level = work->asked->level;
    rp_count all = rp_question_having(set, ENTERED, 0);
    rp_count rated = r < RATERS ? rp_question_having(set, RATED(q, r), 0)
                                : rp_question_having_any(set, ENTERED, raters_in(q, ALL_RATERS));
    if (rated.n == 0 && r < RATERS)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, scales[q].title);
    row[1] = rp_value_text(work->answer, r < RATERS ? rater_title(work, r) : "anyone");
    row[2] = rp_value_count(rated);
    rp_question_put_share(work->answer, row + 3, rated, all, work->asked->level);
    rp_interval contacts = rp_ratio_interval(&work->contacts[q][r], level);
    put_numbers(row + 6, &contacts, 100, 1, rated);
    if (r == RATERS) {
        fidelity_tie(row + 6, 3, fewest(work, q));
        return;
    }
    rp_interval mean = rp_ratio_interval(&work->ratings_of[q][r], level);
    put_numbers(row + 9, &mean, 1, 2, rated);
    say_mean(work, q, r, &mean);
}

static void put_together(const fidelity_work *work, rp_answer_table *table, size_t q) {
    rp_count rated = rp_question_having_any(&work->ratings, ENTERED, raters_in(q, work->merged.raters[q]));
    if (rated.n <= 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, scales[q].title);
    row[1] = rp_value_text(work->answer, "raters not told apart");
    row[2] = rp_value_count(rated);
    rp_question_put_share(work->answer, row + 3, rated, rp_question_having(&work->ratings, ENTERED, 0),
                          work->asked->level);
}

void fidelity_write_ratings(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"scale", "Rating of", ""},
        {"rater", "Rated by", ""},
        {"people", "People", "people"},
        {"share", "Of those who entered", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"contacts", "Of attended contacts", "%"},
        {"contacts_lower", "From", "%"},
        {"contacts_upper", "To", "%"},
        {"mean", "Mean rating", "points"},
        {"mean_lower", "From", "points"},
        {"mean_upper", "To", "points"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "fidelity.ratings", "Adherence and competence, by rater",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(work->answer,
                                 "People who entered treatment, with a rating of one or more attended contacts. Of "
                                 "attended contacts: share of all their contacts that were rated. Several rows of one "
                                 "rater about one contact are one rating, their mean. From and To: %g%% t interval "
                                 "over people. A mean of different raters together is not told.",
                                 100 * work->asked->level);
    for (size_t q = 0; q < SCALES; q++) {
        say_rated(work, q);
        put_row(work, table, q, RATERS);
        for (size_t r = 0; r < RATERS; r++)
            if ((work->merged.raters[q] >> r & 1) == 0)
                put_row(work, table, q, r);
        put_together(work, table, q);
    }
    rp_answer_caveat(work->answer, "What practitioners rate of their own sessions is what they think of themselves; "
                                   "others saw or heard a few sessions, which need not be like the rest.");
    rp_answer_caveat(work->answer,
                     "On which scale adherence and competence were rated is not part of the record. Means "
                     "of ratings on different scales, or of different protocols, are not to be "
                     "compared.");
}
