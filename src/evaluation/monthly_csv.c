/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national measures in the columns of the monthly file. */
#include "rapport/evaluation.h"

#include "rapport/json.h"

static void put(rp_buf *out, const char *text) {
    rp_buf_put(out, ",");
    rp_csv_put(out, rp_text_of(text), true);
}

static void put_row(const rp_monthly_organisation *o, const rp_monthly_measure *measure, const char *first,
                    const char *last, const char *value, rp_buf *out) {
    rp_buf_printf(out, "%s,%s", first, last);
    put(out, o->kind);
    put(out, o->commissioner_code);
    put(out, o->commissioner_name);
    put(out, o->provider_code);
    put(out, o->provider_name);
    rp_buf_printf(out, ",%s,%s,%s\n", measure->id, measure->name, value);
}

bool rp_evaluation_monthly_csv(const rp_monthly *monthly, rp_buf *out, rp_error *error) {
    rp_buf_put(out, "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_NAME1,ORG_CODE2,ORG_NAME2,"
                    "MEASURE_ID,MEASURE_NAME,MEASURE_VALUE_SUPPRESSED\n");
    for (size_t m = 0; m < rp_monthly_months(monthly); m++) {
        char first[11], last[11], value[32];
        rp_date from, to;
        rp_monthly_days(monthly, m, &from, &to);
        rp_date_text(from, first);
        rp_date_text(to, last);
        for (size_t o = 0; o < rp_monthly_organisations(monthly); o++)
            for (size_t i = 0; i < rp_monthly_measures(); i++) {
                if (!rp_monthly_told(monthly, i))
                    continue;
                rp_monthly_print(monthly, o, m, i, value);
                put_row(rp_monthly_organisation_at(monthly, o), rp_monthly_measure_at(i), first, last, value, out);
            }
    }
    return !out->failed || rp_fail_memory(error);
}
