/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shares in rows of tables, and how they differ from those of everyone else. */
#include "questions/common/shares.h"

#include <math.h>

void rp_question_put_share(const rp_answer *answer, rp_value *at, rp_count part, rp_count whole, double level) {
    if (answer->failed) /* the counts may be of nothing */
        return;
    rp_interval share = rp_rate_interval(part.n, whole.n, level);
    at[0] = rp_value_share(100 * share.estimate, 1, part, whole);
    at[1] = rp_value_share(100 * share.lower, 1, part, whole);
    at[2] = rp_value_share(100 * share.upper, 1, part, whole);
}

void rp_question_put_known(const rp_answer *answer, rp_value *at, const rp_question_known *of, double level) {
    at[0] = rp_value_count(of->known);
    at[1] = rp_value_count(of->whole);
    at[5] = rp_value_count(of->not_known);
    if (answer->failed || of->whole.n == 0)
        return;
    rp_question_put_share(answer, at + 2, of->known, of->whole, level);
    rp_value every = rp_value_share(100 * (double)of->either.n / (double)of->whole.n, 1, of->either, of->whole);
    at[6] = of->good ? at[2] : every;
    at[7] = of->good ? every : at[2];
}

double rp_question_rounded(double number, int decimals) {
    double scale = pow(10, decimals);
    return round(number * scale) / scale + 0.0; /* no minus before a zero */
}

void rp_question_put_difference(const rp_answer *answer, rp_value *at, const rp_count part[2], const rp_count all[2],
                                double level) {
    if (answer->failed || part[1].n == 0 || part[1].n == all[1].n)
        return;
    rp_interval d = rp_rate_difference(part[0].n, part[1].n, all[0].n - part[0].n, all[1].n - part[1].n, level);
    const double values[] = {d.estimate, d.lower, d.upper};
    for (size_t i = 0; i < 3; i++)
        at[i] = rp_value_share(rp_question_rounded(100 * values[i], 1), 1, part[0], all[0]);
}
