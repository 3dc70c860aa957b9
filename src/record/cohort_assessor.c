/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who held a first assessment: role, training and qualifications at its date. A status without a first day holds since
 * ever, one without a last day holds on. Where the assessment has no date, only a status without both tells of it. */
#include "record/cohort_parts.h"

/* Every status of one practitioner stands beside the first, since the rows are in key order. */
static bool is_same(const rp_record *record, int column, size_t first, size_t row) {
    return row < rp_record_rows(record, RP_PRACTITIONERS) &&
           rp_record_id(record, RP_PRACTITIONERS, column, row) == rp_record_id(record, RP_PRACTITIONERS, column, first);
}

static bool holds(const rp_cohort *cohort, size_t status, rp_date on) {
    rp_date from = rp_record_date(cohort->record, RP_PRACTITIONERS, cohort->columns.status_from, status);
    rp_date to = rp_record_date(cohort->record, RP_PRACTITIONERS, cohort->columns.status_to, status);
    if (on == RP_NO_DATE)
        return from == RP_NO_DATE && to == RP_NO_DATE;
    return (from == RP_NO_DATE || from <= on) && (to == RP_NO_DATE || on <= to);
}

/* What several statuses say of one thing. */
enum { UNSAID = -1, CONTRADICTED = -2 };

static int agreed(int so_far, int said) {
    return said < 0 || so_far == said ? so_far : so_far == UNSAID ? said : CONTRADICTED;
}

static void take_status(const rp_cohort *cohort, size_t first, rp_date on, rp_assessor *out) {
    const cohort_columns *c = &cohort->columns;
    const rp_record *record = cohort->record;
    int role = UNSAID, training = UNSAID;
    for (size_t row = first; is_same(record, c->status_practitioner, first, row); row++) {
        if (!holds(cohort, row, on))
            continue;
        role = agreed(role, rp_record_code(record, RP_PRACTITIONERS, c->role, row));
        training = agreed(training, rp_record_bool(record, RP_PRACTITIONERS, c->in_training, row));
    }
    out->role = role < 0 ? -1 : role;
    out->in_training = training < 0 ? RP_NOT_KNOWN : training == 1 ? RP_YES : RP_NO;
}

/* Of several qualifications the one that says most decides. */
static void take_qualifications(const rp_cohort *cohort, size_t practitioner, rp_date on, rp_assessor *out) {
    const cohort_columns *c = &cohort->columns;
    rp_rows rows = rp_record_children(cohort->record, RP_QUALIFICATIONS, practitioner);
    for (size_t i = 0; i < rows.n; i++) {
        int level = rp_record_code(cohort->record, RP_QUALIFICATIONS, c->level, rows.at[i]);
        rp_date awarded = rp_record_date(cohort->record, RP_QUALIFICATIONS, c->awarded, rows.at[i]);
        rp_date planned = rp_record_date(cohort->record, RP_QUALIFICATIONS, c->award_planned, rows.at[i]);
        rp_date from = awarded != RP_NO_DATE ? awarded : planned;
        rp_qualified is = RP_QUALIFIED_NO_DATE; /* also of a plan whose day has passed */
        if (from != RP_NO_DATE && on != RP_NO_DATE && from > on)
            is = RP_QUALIFIED_LATER;
        else if (awarded != RP_NO_DATE && on != RP_NO_DATE)
            is = RP_QUALIFIED_HELD;
        if (is == RP_QUALIFIED_HELD && level >= 0)
            out->held |= (uint64_t)1 << level;
        out->qualified = is > out->qualified ? is : out->qualified;
    }
}

rp_assessor rp_cohort_assessor(const rp_cohort *cohort, const rp_episode *episode) {
    const cohort_columns *c = &cohort->columns;
    rp_assessor out = {.practitioner = RP_NO_ID, .role = -1};
    if (episode->assessment < 0)
        return out;
    size_t contact = (size_t)episode->assessment;
    out.practitioner = rp_record_id(cohort->record, RP_CONTACTS, c->contact_practitioner, contact);
    int64_t practitioner = rp_record_refers(cohort->record, RP_CONTACTS, c->contact_practitioner, contact);
    if (practitioner < 0)
        return out;
    rp_date on = rp_record_date(cohort->record, RP_CONTACTS, c->contact_date, contact);
    take_status(cohort, (size_t)practitioner, on, &out);
    take_qualifications(cohort, (size_t)practitioner, on, &out);
    return out;
}
