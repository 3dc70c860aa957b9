/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on record of one person: the protocols, components and ratings of their attended contacts, the steps of what
 * was done there, and what was planned. */
#include "questions/fidelity/fidelity_parts.h"

#include <math.h>
#include <string.h>

fidelity_columns fidelity_columns_find(void) {
    fidelity_columns c = {
        .practitioner = rp_schema_column(RP_CONTACTS, "practitioner_id"),
        .protocol = rp_schema_column(RP_PROTOCOLS, "protocol"),
        .component = rp_schema_column(RP_PROTOCOLS, "component"),
        .delivered = rp_schema_column(RP_PROTOCOLS, "delivered"),
        .scale = {rp_schema_column(RP_PROTOCOLS, "adherence"), rp_schema_column(RP_PROTOCOLS, "competence")},
        .rater = rp_schema_column(RP_PROTOCOLS, "rater"),
        .planned = rp_schema_column(RP_PLANS, "protocol"),
        .intensity = rp_schema_column(RP_PLANS, "intensity")};
    c.raters = rp_schema_table(RP_PROTOCOLS)->columns[c.rater].codes;
    c.intensities = rp_schema_table(RP_PLANS)->columns[c.intensity].codes;
    return c;
}

/* ---- what a contact delivered --------------------------------------------------------------------------------- */

/* Several rows of one rater about one contact are one rating, their mean. */
typedef struct ratings {
    double n[SCALES][RATERS], sum[SCALES][RATERS];
} ratings;

static void read_ratings(const fidelity_work *work, uint32_t row, ratings *out) {
    const fidelity_columns *c = &work->columns;
    int code = rp_record_code(work->record, RP_PROTOCOLS, c->rater, row);
    size_t rater = code >= 0 ? (size_t)code : RATERS - 1;
    for (size_t q = 0; q < SCALES; q++) {
        double value = rp_record_num(work->record, RP_PROTOCOLS, c->scale[q], row);
        if (isnan(value))
            continue;
        out->n[q][rater] += 1;
        out->sum[q][rater] += value;
    }
}

static void take_ratings(const ratings *r, uint32_t practitioner, fidelity_person *out) {
    for (size_t q = 0; q < SCALES; q++) {
        bool any = false;
        for (size_t rater = 0; rater < RATERS; rater++) {
            if (r->n[q][rater] == 0)
                continue;
            any = true;
            out->ratings[q][rater] += 1;
            out->sums[q][rater] += r->sum[q][rater] / r->n[q][rater];
            rp_question_whose_add(&out->of_rater[q][rater], practitioner);
        }
        out->rated[q] += any;
    }
}

/* A row that names a component is of its protocol even where the component was not delivered; a row that names none and
 * says "not delivered" is not. */
static void read_protocol(const fidelity_work *work, uint32_t row, uint32_t practitioner, fidelity_person *out) {
    const fidelity_columns *c = &work->columns;
    size_t p = fidelity_list_place(&work->protocols, work->record, RP_PROTOCOLS, c->protocol, row);
    size_t place = fidelity_list_place(&work->components, work->record, RP_PROTOCOLS, c->component, row);
    int delivered = rp_record_bool(work->record, RP_PROTOCOLS, c->delivered, row);
    if (p == FIDELITY_NO_CODE || (place == FIDELITY_NO_CODE && delivered == 0))
        return;
    out->delivered |= UINT32_C(1) << p;
    rp_question_whose_add(&out->of_protocol[p], practitioner);
    if (place == FIDELITY_NO_CODE)
        return;
    fidelity_state state = delivered < 0 ? UNSAID : delivered > 0 ? DELIVERED : NOT_DELIVERED;
    if (state > out->state[p][place])
        out->state[p][place] = (uint8_t)state;
    rp_question_whose_add(&out->of_component[p][place], practitioner);
}

/* ---- the step of what was done ----------------------------------------------------------------------------------- */

static fidelity_step step_from(unsigned steps) {
    if ((steps & RP_STEP_LOW) != 0)
        return (steps & RP_STEP_HIGH) != 0 ? STEP_BOTH : STEP_LOW;
    return (steps & RP_STEP_HIGH) != 0 ? STEP_HIGH : (steps & RP_STEP_NEITHER) != 0 ? STEP_NEITHER : STEP_NOT_KNOWN;
}

/* ---- everything
 * ------------------------------------------------------------------------------------------------------ */

static unsigned read_contact(const fidelity_work *work, uint32_t contact, fidelity_person *out) {
    uint32_t practitioner = rp_record_id(work->record, RP_CONTACTS, work->columns.practitioner, contact);
    out->contacts += 1;
    rp_question_whose_add(&out->by, practitioner);
    rp_rows rows = rp_record_children(work->record, RP_PROTOCOLS, contact);
    ratings own = {0};
    for (size_t i = 0; i < rows.n; i++) {
        read_protocol(work, rows.at[i], practitioner, out);
        read_ratings(work, rows.at[i], &own);
    }
    take_ratings(&own, practitioner, out);
    unsigned steps = 0;
    rp_rows activities = rp_record_children(work->record, RP_ACTIVITIES, contact);
    for (size_t i = 0; i < activities.n; i++)
        steps |= rp_cohort_activity_step(work->cohort, activities.at[i]);
    return steps;
}

static void read_plans(const fidelity_work *work, uint32_t referral, fidelity_person *out) {
    rp_rows plans = rp_record_children(work->record, RP_PLANS, referral);
    for (size_t i = 0; i < plans.n; i++) {
        size_t planned =
            fidelity_list_place(&work->protocols, work->record, RP_PLANS, work->columns.planned, plans.at[i]);
        int intensity = rp_record_code(work->record, RP_PLANS, work->columns.intensity, plans.at[i]);
        if (planned != FIDELITY_NO_CODE)
            out->planned |= UINT32_C(1) << planned;
        out->intensity = intensity >= 0 ? intensity : out->intensity;
    }
}

void fidelity_read(const fidelity_work *work, uint32_t referral, fidelity_person *out) {
    memset(out, 0, sizeof *out);
    out->intensity = -1;
    out->problem = fidelity_problem_of(work->cohort, referral);
    rp_rows contacts = rp_record_children(work->record, RP_CONTACTS, referral);
    unsigned steps = 0;
    for (size_t i = 0; i < contacts.n; i++)
        if (rp_cohort_contact_attended(work->cohort, contacts.at[i]))
            steps |= read_contact(work, contacts.at[i], out);
    out->step = step_from(steps);
    read_plans(work, referral, out);
}
