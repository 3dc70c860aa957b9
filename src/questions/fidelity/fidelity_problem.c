/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The problem that counts for a referral, and under which of the known ones its code falls. Primary before secondary
 * before unranked; then the latest (national rule, M203). */
#include "questions/fidelity/fidelity_parts.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static const rp_code_list *known_problems(void) {
    const rp_code_list *codes = rp_schema_table(RP_REFERRALS)->columns[rp_schema_column(RP_REFERRALS, "problem")].codes;
    assert(codes->n + 2 < PROBLEMS + 1);
    return codes;
}

static const char *code_of(const rp_record *record, uint32_t referral) {
    int code_column = rp_schema_column(RP_PROBLEMS, "problem"), rank_column = rp_schema_column(RP_PROBLEMS, "rank");
    int date_column = rp_schema_column(RP_PROBLEMS, "date");
    rp_rows rows = rp_record_children(record, RP_PROBLEMS, referral);
    const char *best = NULL;
    int best_rank = -1;
    rp_date best_date = RP_NO_DATE;
    for (size_t i = 0; i < rows.n; i++) {
        const char *code = rp_record_code_text(record, RP_PROBLEMS, code_column, rows.at[i]);
        const char *as = rp_record_code_text(record, RP_PROBLEMS, rank_column, rows.at[i]);
        int rank = as == NULL ? 0 : strcmp(as, "primary") == 0 ? 2 : 1;
        rp_date date = rp_record_date(record, RP_PROBLEMS, date_column, rows.at[i]);
        bool later = best_date == RP_NO_DATE || (date != RP_NO_DATE && date >= best_date);
        if (code == NULL || rank < best_rank || (rank == best_rank && !later))
            continue;
        best = code;
        best_rank = rank;
        best_date = date;
    }
    return best != NULL
               ? best
               : rp_record_code_text(record, RP_REFERRALS, rp_schema_column(RP_REFERRALS, "problem"), referral);
}

/* "F43.1" and "f431" are one code; an ICD-10 code falls under what it begins with, a SNOMED CT code is all of it. */
static bool falls_under(const char *code, const char *known) {
    bool whole = isdigit((unsigned char)*known) != 0;
    for (; *code != '\0'; code++) {
        if (*code == '.' || *code == ' ')
            continue;
        if (*known == '\0')
            return !whole;
        if (toupper((unsigned char)*code) != *known++)
            return false;
    }
    return *known == '\0';
}

size_t fidelity_problem_of(const rp_record *record, uint32_t referral) {
    const rp_code_list *codes = known_problems();
    const char *code = code_of(record, referral);
    if (code == NULL)
        return codes->n + 1;
    size_t i = 0;
    while (i < codes->n && !falls_under(code, codes->codes[i].code))
        i++;
    return i;
}

const char *fidelity_problem_title(size_t problem) {
    const rp_code_list *codes = known_problems();
    return problem < codes->n        ? codes->codes[problem].meaning
           : problem == codes->n     ? "another problem"
           : problem < OTHER_PROBLEM ? "none recorded"
                                     : "problems not told apart";
}
