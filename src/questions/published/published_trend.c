/* SPDX-License-Identifier: GPL-3.0-or-later */
/* England's rates over the periods of the files: true proportions, each as it is published. */
#include "questions/published/published_parts.h"

#include <math.h>
#include <string.h>

static bool is_england(const published_subject *s) {
    return s->national && s->total;
}

static bool is_drawn(const published_rate *rate) {
    return rate->headline && !published_is_ratio(rate);
}

/* The year in which "2024-25" begins; NaN: it is no such year. */
static double year_of(const char *period) {
    int64_t first, second;
    bool annual = strlen(period) == 7 && rp_text_to_int((rp_text){period, 4}, &first) &&
                  rp_text_to_int((rp_text){period + 5, 2}, &second) && second == (first + 1) % 100;
    return annual ? (double)first : NAN;
}

static bool all_years(const published_work *work) {
    for (size_t k = 0; k < work->data.n; k++)
        if (is_england(work->data.subjects[k]) && isnan(year_of(work->data.subjects[k]->period)))
            return false;
    return true;
}

static void put_row(published_work *work, rp_answer_table *table, const published_subject *s,
                    const published_rate *rate, const published_result *r) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, s->period);
    row[1] = rp_value_text(work->answer, published_label(work->answer, rate));
    row[2] = rp_value_text(work->answer, r->printed != NULL ? r->printed->printed : "not published");
    row[3] = rp_value_num((double)r->x.low, 0, rp_count_none());
    row[4] = rp_value_num((double)r->n.low, 0, rp_count_none());
    row[5] = rp_value_num(100 * r->rate.low, 2, rp_count_none());
    row[6] = rp_value_num(100 * r->rate.lower, 2, rp_count_none());
    row[7] = rp_value_num(100 * r->rate.upper, 2, rp_count_none());
}

/* England's counts are not rounded; where a file has one that is, its period is left out of the line. */
static void add_rate(published_work *work, rp_chart *chart, rp_answer_table *table, const published_rate *rate) {
    bool years = all_years(work);
    double place = 0;
    rp_chart_series_add(chart, published_measure_words(rate->count));
    for (size_t k = 0; k < work->data.n; k++) {
        const published_subject *s = work->data.subjects[k];
        if (!is_england(s))
            continue;
        place++;
        published_result r = published_rate_of(s, rate, work->asked->level);
        if (!r.known || r.rate.low != r.rate.high)
            continue;
        rp_chart_point *p = rp_chart_point_add(chart);
        p->label = s->period;
        p->x = years ? year_of(s->period) : place;
        p->y = 100 * r.rate.low;
        p->lower = 100 * r.rate.lower;
        p->upper = 100 * r.rate.upper;
        p->count = rp_count_none(); /* of referrals, which stand in the table */
        put_row(work, table, s, rate, &r);
    }
}

void published_write_trend(published_work *work) {
    static const rp_table_column columns[] = {
        {"period", "Period", ""},        {"rate", "Rate", ""},      {"published", "Published", "%"},
        {"count", "Count", "referrals"}, {"of", "Of", "referrals"}, {"share", "Recomputed", "%"},
        {"lower", "Interval from", "%"}, {"upper", "to", "%"},
    };
    size_t periods = 0;
    for (size_t k = 0; k < work->data.n; k++)
        periods += is_england(work->data.subjects[k]);
    if (periods < 2)
        return;
    rp_chart *chart = rp_answer_chart(work->answer, RP_CHART_TRAJECTORY, "published.trend",
                                      "England: rates of those who finished, period by period");
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "published.trend", "England: rates of those who finished, period by period",
                            columns, sizeof columns / sizeof *columns);
    chart->reading = "A line a rate: recovery and reliable recovery of those who finished less those not at caseness, "
                     "improvement and deterioration of all who finished. Bars at the points are intervals; they are "
                     "narrow because the counts are large. Each period has other people in it.";
    chart->table_id = "published.trend";
    chart->x_label = all_years(work) ? "year that begins in April" : "periods, in order";
    chart->y_label = "Per cent";
    for (size_t i = 0; i < published_n_rates; i++)
        if (is_drawn(&published_rates[i]))
            add_rate(work, chart, table, &published_rates[i]);
}
