/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the national measures share. Private to src/questions/national.
 *
 * A tally counts referrals (or sums something over them, or counts appointments) by the month of an event. A measure is
 * a tally, or one over another, or a median. monthly_list.c has the measures, monthly_tallies.c the tallies. */
#ifndef RAPPORT_MONTHLY_PARTS_H
#define RAPPORT_MONTHLY_PARTS_H

#include "rapport/questions.h"

enum { WSAS_ITEMS = 5 };

typedef enum monthly_tally_id {
    T_RECEIVED,
    T_FROM_SELF,
    T_FROM_GP,
    T_FROM_HEALTH_VISITOR,
    T_FROM_OTHER_PRIMARY,
    T_IDLE_60,
    T_IDLE_90,
    T_IDLE_120,
    T_IDLE_LONGER,
    T_ASSESSED,
    T_ASSESSED_28,
    T_ASSESSED_56,
    T_ASSESSED_90,
    T_ASSESSED_LATER,
    T_TREATED,
    T_TREATED_28,
    T_TREATED_56,
    T_TREATED_90,
    T_TREATED_LATER,
    T_TREATED_6_WEEKS,
    T_TREATED_18_WEEKS,
    T_WAITING,
    T_WAITING_2,
    T_WAITING_4,
    T_WAITING_6,
    T_WAITING_12,
    T_WAITING_18,
    T_WAITING_LONGER,
    T_SECOND,
    T_SECOND_28,
    T_SECOND_90,
    T_SECOND_LATER,
    T_SECOND_OVER_28,
    T_ENDED,
    T_END_10,
    T_END_11,
    T_END_12,
    T_END_13,
    T_END_14,
    T_END_16,
    T_END_17,
    T_END_95,
    T_END_46,
    T_END_47,
    T_END_48,
    T_END_49,
    T_END_96,
    T_END_50,
    T_END_NO_REASON,
    T_NOT_SEEN,
    T_NOT_TREATED,
    T_BEFORE_TREATMENT,
    T_TREATED_ONCE,
    T_TREATED_AT_ALL,
    T_FINISHED,
    T_FINISHED_6_WEEKS,
    T_FINISHED_18_WEEKS,
    T_SESSIONS,
    T_GAP_DAYS,
    T_GAPS,
    T_NOT_CASE,
    T_CASES,
    T_IMPROVED,
    T_NO_CHANGE,
    T_DETERIORATED,
    T_RECOVERED,
    T_RELIABLY_RECOVERED,
    T_ANXIETY_ONE,
    T_ANXIETY_NONE,
    T_ANXIETY_PAIRED,
    T_PHQ9_ONE,
    T_PHQ9_NONE,
    T_PHQ9_PAIRED,
    T_BOTH_PAIRED,
    T_OWN_CALLED_FOR,
    T_OWN_PAIRED,
    T_WSAS_PAIRED,                             /* and the items after it */
    T_WSAS_FIRST = T_WSAS_PAIRED + WSAS_ITEMS, /* sums of scores */
    T_WSAS_LAST = T_WSAS_FIRST + WSAS_ITEMS,
    T_APPOINTMENTS = T_WSAS_LAST + WSAS_ITEMS, /* from here on: of appointments */
    T_APPOINTMENTS_CANCELLED_CLIENT,
    T_APPOINTMENTS_MISSED,
    T_APPOINTMENTS_CANCELLED_SERVICE,
    T_APPOINTMENTS_ATTENDED,
    T_APPOINTMENTS_LATE_SEEN,
    T_APPOINTMENTS_LATE_NOT_SEEN,
    TALLIES
} monthly_tally_id;
enum { APPOINTMENT_TALLIES = TALLIES - T_APPOINTMENTS };

/* Whose month counts. */
typedef enum monthly_event {
    ON_RECEIVED,
    ON_ASSESSED,
    ON_TREATED,
    ON_SECOND,
    ON_ENDED,
    AT_MONTH_END,
    EVENTS
} monthly_event;

/* What a record has to hold. */
enum {
    NEEDS_SOURCE = 1,
    NEEDS_CONTACTS = 2,
    NEEDS_ENDED = 4,
    NEEDS_REASON = 8,
    NEEDS_SCORES = 16, /* of the PHQ-9 and a measure of anxiety */
    NEEDS_PROBLEM = 32,
    NEEDS_WSAS = 64
};

/* One referral, at one event; of a month's end with what was known by then. */
typedef struct monthly_facts {
    const rp_episode *episode;
    const char *source, *reason;         /* codes; NULL: not recorded */
    rp_date month_end;                   /* AT_MONTH_END: its last day */
    rp_date treated_last, treated_first; /* AT_MONTH_END: up to it; RP_NO_DATE: not yet */
    bool own_problem;                    /* the problem calls for a measure of anxiety of its own */
    uint32_t phq9, anxiety, own;         /* scores on each */
    double wsas[WSAS_ITEMS][2];          /* first and last answer; NaN: none, or no second one */
} monthly_facts;

typedef struct monthly_tally {
    monthly_event event;
    unsigned needs;
    bool (*holds)(const monthly_facts *facts, const struct monthly_tally *tally);
    int low, high;                                                                    /* for `holds` and `amount` */
    const char *code;                                                                 /* for `holds` */
    int64_t (*amount)(const monthly_facts *facts, const struct monthly_tally *tally); /* NULL: 1 */
} monthly_tally;
const monthly_tally *monthly_tally_at(size_t i); /* of referrals: i < T_APPOINTMENTS */
const char *monthly_attendance_of(size_t i);     /* code of tally T_APPOINTMENTS + i; NULL: all */
unsigned monthly_needs(size_t tally);

/* ---- medians --------------------------------------------------------------------------------------- */

/* Values by organisation's unit, month and what they are of; equal ones are kept once, with how often. */
typedef struct monthly_value {
    uint16_t of; /* SPREAD_SESSIONS, or SPREAD_WSAS + 2 * item + (1 for the last) */
    uint16_t month;
    uint32_t unit;
    int32_t value;
    int64_t n;
} monthly_value;
enum { SPREAD_SESSIONS, SPREAD_WSAS, SPREADS = SPREAD_WSAS + 2 * WSAS_ITEMS };
typedef struct monthly_spread {
    monthly_value *at;
    size_t n, room;
} monthly_spread;
/* In arena. False: no memory. */
bool monthly_spread_put(monthly_spread *spread, rp_arena *arena, monthly_value value);
bool monthly_spread_merge(monthly_spread *into, rp_arena *arena, const monthly_spread *other);
void monthly_spread_sort(monthly_spread *spread); /* by of, month, value, unit; equal ones together */
/* Of the units that are in: the middle value (mean of two), the largest, the smallest; NaN of nobody. After sorting. */
typedef struct monthly_middle {
    double median, largest, smallest;
} monthly_middle;
monthly_middle monthly_spread_middle(const monthly_spread *spread, uint16_t of, uint16_t month, const bool *is_in);

/* ---- the plan -------------------------------------------------------------------------------------- */

typedef struct monthly_organisation {
    rp_monthly_organisation told;
    bool *is_in; /* [n_units] */
} monthly_organisation;

typedef struct monthly_days {
    rp_date first, last;
} monthly_days;

enum { LEVEL_TOTAL, LEVEL_COMMISSIONER, LEVEL_PROVIDER, LEVELS };

/* A unit is a provider and a commissioner, as services pair them. */
typedef struct monthly_plan {
    const rp_cohort *cohort;
    rp_monthly_options options;
    rp_arena *arena;
    int32_t first_month;
    size_t n_months, n_units, n_organisations;
    size_t level_from[LEVELS + 1]; /* organisations of a level */
    uint32_t *unit_of_service;     /* the last for none */
    monthly_organisation *organisations;
    unsigned lacks; /* NEEDS_... */
    int service_column, source_column, reason_column, contact_date, attendance;
    int rater_column, item_column, value_column;
    monthly_days *days;                  /* of each month */
    uint16_t on[EVENTS][T_APPOINTMENTS]; /* tallies of an event */
    size_t n_on[EVENTS];
    const char *notes[16];
    size_t n_notes;
} monthly_plan;
/* Of a plan with cohort, options and arena. */
bool monthly_plan_make(monthly_plan *plan, rp_error *error);

/* ---- counting --------------------------------------------------------------------------------------- */

typedef struct monthly_cell {
    int64_t n, people; /* `people`: referrals behind it */
} monthly_cell;
typedef struct monthly_counts {
    monthly_cell *cells; /* [n_units][n_months][TALLIES] */
    monthly_spread spread;
    rp_arena *arena;
} monthly_counts;
static inline monthly_cell *monthly_cell_of(const monthly_plan *plan, const monthly_counts *counts, size_t unit,
                                            size_t month) {
    return &counts->cells[(unit * plan->n_months + month) * TALLIES];
}
bool monthly_count(const monthly_plan *plan, monthly_counts *out, rp_error *error);
/* False: no memory. */
bool monthly_count_episode(const monthly_plan *plan, const rp_episode *episode, monthly_counts *counts);

/* ---- measures --------------------------------------------------------------------------------------- */

/* Disjoint sets of people whose sizes the shares of one family would give away: `of` less up to three others. */
enum { LESS = 3, NO_TALLY = -1 };
typedef struct monthly_class {
    int of, less[LESS];
} monthly_class;
typedef enum monthly_family {
    FAMILY_NONE,
    FAMILY_ENDINGS,
    FAMILY_WAITS,
    FAMILY_CHANGE,
    FAMILY_RECOVERY,
    FAMILY_OWN,
    FAMILY_GAPS,
    FAMILIES
} monthly_family;

typedef struct monthly_measure {
    rp_monthly_measure told;
    int tally, over; /* tally, or the two of a share or mean; of medians: what they are of, and who is behind them */
    monthly_family family;
} monthly_measure;
const monthly_measure *monthly_measure_of(size_t i);
unsigned monthly_measure_needs(const monthly_measure *measure);

typedef struct monthly_figure {
    int64_t n, of, people; /* count; numerator and denominator; referrals behind it */
    double value;          /* of medians, largest, smallest */
    bool hidden;
} monthly_figure;

struct rp_monthly {
    monthly_plan plan;
    monthly_counts counts;
    monthly_cell *sums;      /* [n_organisations][n_months][TALLIES] */
    monthly_figure *figures; /* [n_organisations][n_months][measures] */
};
static inline monthly_cell *monthly_sum_of(const rp_monthly *m, size_t organisation, size_t month) {
    return &m->sums[(organisation * m->plan.n_months + month) * TALLIES];
}
static inline monthly_figure *monthly_figure_of(const rp_monthly *m, size_t organisation, size_t month,
                                                size_t measure) {
    return &m->figures[(organisation * m->plan.n_months + month) * rp_monthly_measures() + measure];
}
void monthly_hide(rp_monthly *m);

#endif
