/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One referral into the counts: its events, each in its month, and how it stood at the end of each month. */
#include "questions/national/monthly_parts.h"

#include <math.h>
#include <string.h>

/* More treatment contacts than anybody has; of somebody with more it is not told how they stood at a month's end. */
enum { MOST_TREATMENTS = 4096 };

typedef struct counting {
    const monthly_plan *plan;
    monthly_counts *counts;
    monthly_facts facts;
    size_t unit;
} counting;

/* Index of a month, or -1 where it is none of those asked for. */
static int64_t month_of(const monthly_plan *plan, rp_date date) {
    if (date == RP_NO_DATE)
        return -1;
    int64_t month = (int64_t)rp_date_month(date) - plan->first_month;
    return month >= 0 && month < (int64_t)plan->n_months ? month : -1;
}

/* ---- scores of the WSAS's items ---------------------------------------------------------------------- */

static void take_answers(const monthly_plan *plan, uint32_t administration, monthly_facts *f) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    rp_rows rows = rp_record_children(record, RP_RESPONSES, administration);
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = rp_record_id_text(record, RP_RESPONSES, plan->item_column, rows.at[i]);
        double value = rp_record_num(record, RP_RESPONSES, plan->value_column, rows.at[i]);
        bool one = name != NULL && name[0] >= '1' && name[0] < '1' + WSAS_ITEMS && name[1] == '\0';
        if (one && !isnan(value)) {
            double *item = f->wsas[name[0] - '1'];
            item[isnan(item[0]) ? 0 : 1] = value;
        }
    }
}

/* The client's own, in order of time. */
static void take_wsas(const monthly_plan *plan, monthly_facts *f) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    for (size_t i = 0; i < WSAS_ITEMS; i++)
        f->wsas[i][0] = f->wsas[i][1] = NAN;
    if (f->episode->finished != RP_YES || (plan->lacks & NEEDS_WSAS) != 0)
        return;
    rp_rows rows = rp_record_children(record, RP_ADMINISTRATIONS, f->episode->row);
    for (size_t i = 0; i < rows.n; i++) {
        const rp_instrument *instrument = rp_record_instrument(record, rows.at[i]);
        const char *rater = rp_record_code_text(record, RP_ADMINISTRATIONS, plan->rater_column, rows.at[i]);
        if (instrument != NULL && strcmp(instrument->name, "wsas") == 0 && rater != NULL &&
            strcmp(rater, "client") == 0)
            take_answers(plan, rows.at[i], f);
    }
}

/* ---- facts ----------------------------------------------------------------------------------------------- */

static uint32_t scores_on(const rp_episode *e, int measure) {
    return measure < 0 ? 0 : e->series[measure].n;
}

static monthly_facts facts_of(const monthly_plan *plan, const rp_episode *e) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    monthly_facts f = {.episode = e,
                       .source = rp_record_code_text(record, RP_REFERRALS, plan->source_column, e->row),
                       .reason = rp_record_code_text(record, RP_REFERRALS, plan->reason_column, e->row),
                       .month_end = RP_NO_DATE,
                       .treated_first = RP_NO_DATE,
                       .treated_last = RP_NO_DATE,
                       .own_problem = e->national.descriptor >= 0,
                       .phq9 = scores_on(e, e->national.phq9),
                       .anxiety = scores_on(e, e->national.anxiety),
                       .own = scores_on(e, e->national.own)};
    take_wsas(plan, &f);
    return f;
}

/* ---- events ----------------------------------------------------------------------------------------------- */

static void count_in(counting *c, monthly_event event, size_t month) {
    monthly_cell *cells = monthly_cell_of(c->plan, c->counts, c->unit, month);
    for (size_t k = 0; k < c->plan->n_on[event]; k++) {
        size_t i = c->plan->on[event][k];
        const monthly_tally *tally = monthly_tally_at(i);
        if (!tally->holds(&c->facts, tally))
            continue;
        cells[i].n += tally->amount != NULL ? tally->amount(&c->facts, tally) : 1;
        cells[i].people++;
    }
}

static void count_events(counting *c) {
    const rp_episode *e = c->facts.episode;
    const rp_date dates[] = {[ON_RECEIVED] = e->received,
                             [ON_ASSESSED] = e->assessed_on,
                             [ON_TREATED] = e->treated_on,
                             [ON_SECOND] = e->second_treated_on,
                             [ON_ENDED] = e->ended};
    for (size_t event = 0; event < sizeof dates / sizeof *dates; event++) {
        int64_t month = month_of(c->plan, dates[event]);
        if (month >= 0)
            count_in(c, (monthly_event)event, (size_t)month);
    }
}

/* How it stood at the end of each month from the one in which it came in to the one before it ended. Where a treatment
 * contact has no date, it is not known how. */
static void count_standing(counting *c, rp_date *dates) {
    const rp_episode *e = c->facts.episode;
    if (e->received == RP_NO_DATE || e->over == RP_NOT_KNOWN || e->treated < 0 || e->treated > MOST_TREATMENTS)
        return;
    size_t n = rp_cohort_treatment_dates(c->plan->cohort, e, dates, MOST_TREATMENTS), past = 0;
    if (n != (size_t)e->treated)
        return;
    int64_t from = (int64_t)rp_date_month(e->received) - c->plan->first_month;
    for (size_t m = from > 0 ? (size_t)from : 0; m < c->plan->n_months; m++) {
        c->facts.month_end = c->plan->days[m].last;
        if (e->ended != RP_NO_DATE && e->ended <= c->facts.month_end)
            return;
        while (past < n && dates[past] <= c->facts.month_end)
            past++;
        c->facts.treated_first = past > 0 ? dates[0] : RP_NO_DATE;
        c->facts.treated_last = past > 0 ? dates[past - 1] : RP_NO_DATE;
        count_in(c, AT_MONTH_END, m);
    }
}

/* ---- appointments -------------------------------------------------------------------------------------------- */

/* Contacts come in order of their dates, so that somebody is counted once a month where the month changes. */
static void count_appointments(counting *c) {
    const rp_record *record = rp_cohort_record(c->plan->cohort);
    rp_rows rows = rp_record_children(record, RP_CONTACTS, c->facts.episode->row);
    int64_t last[APPOINTMENT_TALLIES];
    for (size_t i = 0; i < APPOINTMENT_TALLIES; i++)
        last[i] = -1;
    for (size_t r = 0; r < rows.n; r++) {
        int64_t month = month_of(c->plan, rp_record_date(record, RP_CONTACTS, c->plan->contact_date, rows.at[r]));
        const char *attendance = rp_record_code_text(record, RP_CONTACTS, c->plan->attendance, rows.at[r]);
        if (month < 0)
            continue;
        monthly_cell *cells = monthly_cell_of(c->plan, c->counts, c->unit, (size_t)month) + T_APPOINTMENTS;
        for (size_t i = 0; i < APPOINTMENT_TALLIES; i++) {
            const char *wanted = monthly_attendance_of(i);
            if (wanted != NULL && (attendance == NULL || strcmp(attendance, wanted) != 0))
                continue;
            cells[i].n++;
            cells[i].people += last[i] != month;
            last[i] = month;
        }
    }
}

/* ---- medians --------------------------------------------------------------------------------------------------- */

static bool put_values(counting *c) {
    const rp_episode *e = c->facts.episode;
    int64_t month = month_of(c->plan, e->ended);
    if (e->finished != RP_YES || month < 0)
        return true;
    monthly_value value = {.month = (uint16_t)month, .unit = (uint32_t)c->unit, .n = 1};
    value.of = SPREAD_SESSIONS;
    value.value = e->treated;
    if (!monthly_spread_put(&c->counts->spread, c->counts->arena, value))
        return false;
    for (size_t i = 0; i < WSAS_ITEMS; i++)
        for (size_t last = 0; last < 2 && !isnan(c->facts.wsas[i][1]); last++) {
            value.of = (uint16_t)(SPREAD_WSAS + 2 * i + last);
            value.value = (int32_t)c->facts.wsas[i][last];
            if (!monthly_spread_put(&c->counts->spread, c->counts->arena, value))
                return false;
        }
    return true;
}

bool monthly_count_episode(const monthly_plan *plan, const rp_episode *episode, monthly_counts *counts) {
    int64_t service =
        rp_record_refers(rp_cohort_record(plan->cohort), RP_REFERRALS, plan->service_column, episode->row);
    size_t none = rp_record_rows(rp_cohort_record(plan->cohort), RP_SERVICES);
    counting c = {.plan = plan,
                  .counts = counts,
                  .facts = facts_of(plan, episode),
                  .unit = plan->unit_of_service[service >= 0 ? (size_t)service : none]};
    rp_date dates[MOST_TREATMENTS];
    count_events(&c);
    count_standing(&c, dates);
    count_appointments(&c);
    return put_values(&c);
}
