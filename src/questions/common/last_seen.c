/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a record ends: dates of what has happened, over whole columns. */
#include "questions/common/last_seen.h"

static rp_date later(rp_date a, rp_date b) {
    return a == RP_NO_DATE || (b != RP_NO_DATE && b > a) ? b : a;
}

rp_date rp_question_last_seen(const rp_record *record) {
    static const struct {
        rp_table_id table;
        const char *column;
    } happened[] = {{RP_REFERRALS, "received"}, {RP_REFERRALS, "ended"}, {RP_INTERNET_LOGS, "to"}};
    rp_date last = RP_NO_DATE;
    for (size_t h = 0; h < sizeof happened / sizeof *happened; h++) {
        int column = rp_schema_column(happened[h].table, happened[h].column);
        for (size_t i = 0; i < rp_record_rows(record, happened[h].table); i++)
            last = later(last, rp_record_date(record, happened[h].table, column, i));
    }
    int date = rp_schema_column(RP_CONTACTS, "date"), attendance = rp_schema_column(RP_CONTACTS, "attendance");
    for (size_t i = 0; i < rp_record_rows(record, RP_CONTACTS); i++)
        if (rp_record_code(record, RP_CONTACTS, attendance, i) >= 0)
            last = later(last, rp_record_date(record, RP_CONTACTS, date, i));
    return last;
}
