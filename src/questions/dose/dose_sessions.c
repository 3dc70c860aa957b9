/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many treatment sessions people had: means and medians under each denominator, and classes. The lowest and the
 * highest number would each be one person's, so neither is told. */
#include "questions/common/ranks.h"
#include "questions/dose/dose_parts.h"

#include <math.h>

static const struct {
    const char *mean, *median, *of;
} ids[WHOMS] = {
    {"dose.sessions.mean.per_referred", "dose.sessions.median.per_referred", "referred"},
    {"dose.sessions.mean.per_entered", "dose.sessions.median.per_entered", "entered"},
    {"dose.sessions.mean.per_finished", "dose.sessions.median.per_finished", "finished"},
};

/* Finished cannot be told where nothing is known of endings. */
static bool is_told(const dose_work *work, dose_whom whom) {
    return (whom != PER_FINISHED || work->ends) && work->sums.sessions[whom].n > 0;
}

static void say_mean(const dose_work *work, dose_whom whom) {
    rp_answer *answer = work->answer;
    rp_interval mean = rp_mean_interval(&work->sums.sessions[whom], work->asked->level);
    rp_count people = dose_whom_of(&work->sessions, whom);
    rp_statement *s = dose_mean(work, ids[whom].mean, &mean, "sessions", people, people);
    s->label = rp_answer_text(answer, "Treatment sessions, mean of %s", dose_whom_words(work, whom));
    s->cohort = dose_cohort_of(work, whom);
    s->headline = whom == PER_ENTERED;
    s->text =
        rp_answer_text(answer, "The %lld %s have a mean of %.1f treatment sessions on record%s.", (long long)people.n,
                       dose_whom_words(work, whom), mean.estimate, dose_range(answer, &mean, 1));
}

static const char *in_sessions(rp_answer *answer, double sessions) {
    return isnan(sessions) ? rp_answer_text(answer, "more than %d", DOSE_CELLS - 2)
                           : rp_answer_text(answer, "%.0f", sessions);
}

static void say_median(const dose_work *work, dose_whom whom) {
    rp_answer *answer = work->answer;
    const int64_t *histogram = work->sums.histograms[whom];
    rp_count people = dose_whom_of(&work->sessions, whom);
    int64_t n = work->sums.sessions[whom].n;
    int64_t r = n >= RP_QUESTION_SPREAD_FROM ? rp_question_median_rank(n, work->asked->level) : 0;
    rp_interval median = {.estimate = rp_question_quantile(histogram, DOSE_CELLS, n, 2),
                          .lower = r > 0 ? rp_question_of_rank(histogram, DOSE_CELLS, r) : NAN,
                          .upper = r > 0 ? rp_question_of_rank(histogram, DOSE_CELLS, n + 1 - r) : NAN,
                          .level = work->asked->level};
    rp_statement *s = dose_mean(work, ids[whom].median, &median, "sessions", people, people);
    s->label = rp_answer_text(answer, "Treatment sessions, median of %s", dose_whom_words(work, whom));
    s->cohort = dose_cohort_of(work, whom);
    s->method = "median; interval by order statistics";
    s->text =
        rp_answer_text(answer, "The %lld %s have a median of %s treatment sessions on record (%s).",
                       (long long)people.n, dose_whom_words(work, whom), in_sessions(answer, median.estimate),
                       r == 0 ? "too few people for an interval"
                              : rp_answer_text(answer, "%g%% interval %s to %s", 100 * median.level,
                                               in_sessions(answer, median.lower), in_sessions(answer, median.upper)));
}

/* ---- classes ---------------------------------------------------------------------------------------------------- */

/* Of people whose referral has ended the number is final; where nothing is known of endings, of all. */
static void put_bin(const dose_work *work, rp_answer_table *table, rp_chart *chart, size_t bin) {
    const rp_question_set *set = &work->sessions;
    uint64_t over = work->ends ? OVER : 0, from = rp_question_at(rp_question_bins[bin].from),
             below = rp_question_below(bin);
    rp_count all = rp_question_having(set, rp_question_at(1) | over, 0),
             part = rp_question_having(set, from | over, below);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, rp_question_bins[bin].title);
    row[1] = rp_value_count(part);
    dose_share(work, row + 2, part, all);
    if (work->ends) {
        rp_count entered = rp_question_having(set, from, below);
        row[5] = rp_value_count(entered);
        dose_share(work, row + 6, entered, dose_whom_of(set, PER_ENTERED));
        row[9] = rp_value_count(rp_question_having(set, from, below | OVER));
    }
    if (all.n <= 0)
        return;
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = rp_answer_text(work->answer, bin == 0 ? "%s session" : "%s sessions", rp_question_bins[bin].title);
    p->count = all;
    p->of_y = part;
    p->of_lower = p->of_upper = rp_count_none();
    p->y = (double)part.n / (double)all.n;
    p->lower = p->upper = NAN;
}

static void write_bins(const dose_work *work) {
    static const rp_table_column ended_columns[] = {
        {"sessions", "Treatment sessions", ""}, {"ended", "Entered treatment and ended", "people"},
        {"ended_share", "Of those ended", "%"}, {"ended_lower", "Interval from", "%"},
        {"ended_upper", "Interval to", "%"},    {"people", "Entered treatment", "people"},
        {"share", "Of those who entered", "%"}, {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},          {"open", "Not ended", "people"},
    };
    static const rp_table_column entered_columns[] = {
        {"sessions", "Treatment sessions", ""}, {"people", "Entered treatment", "people"},
        {"share", "Of those who entered", "%"}, {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    bool ends = work->ends;
    rp_answer_table *table = rp_answer_table_add(
        work->answer, "dose.sessions", "How many treatment sessions people had", ends ? ended_columns : entered_columns,
        ends ? sizeof ended_columns / sizeof *ended_columns : sizeof entered_columns / sizeof *entered_columns);
    table->note = "Attended treatment contacts and completed internet therapy logs. People whose referral has not "
                  "ended may have more to come; without them, people who left early weigh more. The lowest and the "
                  "highest number are not told: each is one person's.";
    rp_chart *chart = rp_answer_chart(work->answer, RP_CHART_RATES, "dose.sessions", "How many sessions people had");
    chart->table_id = "dose.sessions";
    chart->reading =
        rp_answer_text(work->answer,
                       "Of people who entered treatment%s, each mark is the share who had so many treatment "
                       "sessions. It says how much was given, not how much was enough.",
                       ends ? " and whose referral has ended" : "");
    chart->x_label = ends ? "Share of people who entered treatment and ended" : "Share of people who entered treatment";
    rp_chart_series_add(chart, ends ? "Entered treatment and ended" : "Entered treatment");
    for (size_t i = 0; i < RP_QUESTION_BINS; i++)
        put_bin(work, table, chart, i);
}

static void write_spread(const dose_work *work) {
    static const rp_table_column columns[] = {
        {"of", "Of", ""},
        {"people", "People", "people"},
        {"mean", "Mean", "sessions"},
        {"lower", "From", "sessions"},
        {"upper", "To", "sessions"},
        {"sd", "SD", "sessions"},
        {"lower_quartile", "Lower quartile", "sessions"},
        {"median", "Median", "sessions"},
        {"upper_quartile", "Upper quartile", "sessions"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "dose.spread", "Sessions, under each denominator",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "From and To: t interval of the mean. Quartiles stand only where there are at least 20 people.";
    for (size_t w = 0; w < WHOMS; w++) {
        if (!is_told(work, (dose_whom)w))
            continue;
        const rp_moments *m = &work->sums.sessions[w];
        rp_count people = dose_whom_of(&work->sessions, (dose_whom)w);
        rp_interval mean = rp_mean_interval(m, work->asked->level);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, dose_whom_words(work, (dose_whom)w));
        row[1] = rp_value_count(people);
        dose_number(row + 2, &mean, 1, 2, people);
        if (m->n > 1)
            row[5] = rp_value_num(rp_moments_sd(m), 2, people);
        for (int q = 1; q <= 3; q++) {
            double quartile = rp_question_quantile(work->sums.histograms[w], DOSE_CELLS, m->n, q);
            if ((m->n >= RP_QUESTION_SPREAD_FROM || q == 2) && !isnan(quartile))
                row[5 + q] = rp_value_num(quartile, 0, people);
        }
    }
}

void dose_write_sessions(dose_work *work) {
    for (size_t w = 0; w < WHOMS; w++)
        if (is_told(work, (dose_whom)w)) {
            say_mean(work, (dose_whom)w);
            say_median(work, (dose_whom)w);
        }
    write_spread(work);
    write_bins(work);
}
