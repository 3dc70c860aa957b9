/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooled correlations of the ledger, in three units: as correlations, as Fisher's z, as standardised differences; and
 * drawn beside what this run has found itself. */
#include <math.h>
#include <string.h>

#include "questions/claims/claims_parts.h"
#include "rapport/maths.h"

/* d = 2 r / sqrt(1 - r^2): as if the alliance were cut into two halves (Rosenthal, in Cooper & Hedges 1994). */
static double standardised_difference(double r) {
    return 2 * r / sqrt(1 - r * r);
}

/* Standard error of z = atanh(r), from the interval that the source gives. */
static double error_of_z(const rp_claim_pooled *pooled) {
    return (atanh(pooled->upper) - atanh(pooled->lower)) / (2 * rp_normal_quantile(0.5 + pooled->level / 2));
}

static rp_value number(double x) {
    return rp_value_num(x, 3, rp_count_none());
}

static void write_row(const rp_claim_pooled *pooled, rp_answer *answer, rp_answer_table *table) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, pooled->label);
    row[1] = rp_value_text(answer, pooled->method[0] != '\0' ? pooled->method : "not known");
    if (pooled->studies >= 0)
        row[2] = rp_value_num((double)pooled->studies, 0, rp_count_none());
    row[3] = number(pooled->r);
    row[4] = number(pooled->lower);
    row[5] = number(pooled->upper);
    row[6] = rp_value_num(atanh(pooled->r), 4, rp_count_none());
    row[7] = rp_value_num(error_of_z(pooled), 4, rp_count_none());
    row[8] = number(standardised_difference(pooled->r));
    row[9] = rp_value_num(100 * pooled->r * pooled->r, 1, rp_count_none());
}

/* ---- beside one's own ---- */

static rp_chart_point *add_point(rp_chart *chart, const char *label, double r, double lower, double upper) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = label;
    p->x = NAN;
    p->y = r;
    p->lower = lower;
    p->upper = upper;
    p->count = rp_count_none();
    return p;
}

/* The service's own, as its readers see them: whether there is any. */
static bool draw_own(const rp_asked *asked, rp_answer *answer, rp_chart *chart) {
    bool any = false;
    for (size_t a = 0; a < asked->n_before; a++)
        for (size_t i = 0; i < asked->before[a]->n_statements; i++) {
            const rp_statement *s = asked->before[a]->statements[i];
            if (strcmp(s->id, "alliance_outcome.early.correlation") != 0 || s->suppressed)
                continue;
            add_point(chart, rp_answer_text(answer, "These data: %s, %s, by the %s", s->measure, s->scale, s->rater),
                      s->estimate, s->lower, s->upper)
                ->count = s->numerator;
            any = true;
        }
    return any;
}

static void draw(const rp_asked *asked, rp_answer *answer) {
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_FOREST, "claims.forest",
                                      "Correlations of the early alliance and outcome, here and published");
    rp_chart_series_add(chart, "These data");
    bool own = draw_own(asked, answer, chart);
    chart->audience = own ? RP_FOR_SERVICE : RP_FOR_PUBLIC;
    rp_chart_series_add(chart, "Published, over studies");
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++)
        for (size_t k = 0; k < rp_ledger_at(asked->ledger, i)->n_pooled; k++) {
            const rp_claim_pooled *p = &rp_ledger_at(asked->ledger, i)->pooled[k];
            add_point(chart, p->label, p->r, p->lower, p->upper);
        }
    chart->reading = rp_answer_text(
        answer,
        "%s In the other colour: means over studies, a diamond as wide as the interval of the mean, or a small square "
        "where what was read gives none. "
        "No service is judged by whether its estimate lies inside such an interval: prediction intervals are for that, "
        "which say where one further study would lie. What was read of these sources gives none.",
        own ? "Squares on a line: these data, with their intervals."
            : "These data have no such correlation, or it is hidden since it is about few people.");
    chart->x_label = "correlation; to the right: a better alliance, a better outcome";
    rp_chart_line *zero = rp_chart_line_add(chart, "None");
    zero->vertical = true;
    zero->intercept = 0;
}

void claims_write_pooled(const rp_asked *asked, rp_answer *answer) {
    static const rp_table_column columns[] = {
        {"source", "Source", ""}, {"method", "Method", ""}, {"studies", "Studies", ""},
        {"r", "r", ""},           {"lower", "Lower", ""},   {"upper", "Upper", ""},
        {"z", "z", ""},           {"se_z", "SE of z", ""},  {"d", "d", ""},
        {"explained", "r²", "%"}};
    rp_answer_table *table =
        rp_answer_table_add(answer, "claims.pooled", "Published correlations of alliance and outcome", columns, 10);
    table->audience = RP_FOR_PUBLIC;
    table->note =
        "z = atanh(r), its standard error from the published interval; d = 2r / sqrt(1 - r²). Young people and "
        "adults, raters and questionnaires are not the same in all of them.";
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++)
        for (size_t k = 0; k < rp_ledger_at(asked->ledger, i)->n_pooled; k++)
            write_row(&rp_ledger_at(asked->ledger, i)->pooled[k], answer, table);
    if (table->n_rows > 0)
        draw(asked, answer);
}
