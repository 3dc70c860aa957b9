/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooled correlations of the ledger, in three units: as correlations, as Fisher's z, as standardised differences. */
#include <math.h>

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
}

void claims_write_pooled(const rp_asked *asked, rp_answer *answer) {
    static const rp_table_column columns[] = {
        {"source", "Source", ""}, {"method", "Method", ""}, {"studies", "Studies", ""},
        {"r", "r", ""},           {"lower", "Lower", ""},   {"upper", "Upper", ""},
        {"z", "z", ""},           {"se_z", "SE of z", ""},  {"d", "d", ""}};
    rp_answer_table *table =
        rp_answer_table_add(answer, "claims.pooled", "Published correlations of alliance and outcome", columns, 9);
    table->audience = RP_FOR_PUBLIC;
    table->note =
        "z = atanh(r), its standard error from the published interval; d = 2r / sqrt(1 - r²). Young people and "
        "adults, raters and questionnaires are not the same in all of them.";
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++)
        for (size_t k = 0; k < rp_ledger_at(asked->ledger, i)->n_pooled; k++)
            write_row(&rp_ledger_at(asked->ledger, i)->pooled[k], answer, table);
}
