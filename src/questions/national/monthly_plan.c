/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which organisations and months there are, and what the record lacks. */
#include "questions/national/monthly_parts.h"

#include "questions/common/record_end.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_MONTHS = 1200 };                  /* a century: more is a mistyped year */
#define MOST_CELLS ((size_t)64 * 1024 * 1024) /* a gigabyte a thread */

static void note(monthly_plan *plan, const char *words) {
    if (words != NULL && plan->n_notes < sizeof plan->notes / sizeof *plan->notes)
        plan->notes[plan->n_notes++] = words;
}

/* ---- months -------------------------------------------------------------------------------------------- */

static rp_date first_day_of(int32_t month) {
    char text[32];
    rp_date day = RP_NO_DATE;
    (void)snprintf(text, sizeof text, "%04d-%02d-01", (int)(month / 12), (int)(month % 12 + 1));
    return rp_date_parse(rp_text_of(text), &day) ? day : RP_NO_DATE;
}

static rp_date last_day_of(int32_t month) {
    rp_date next = first_day_of(month + 1);
    return next == RP_NO_DATE ? RP_NO_DATE : next - 1;
}

static rp_date earliest(const rp_record *record, rp_table_id table, const char *name, rp_date so_far) {
    int column = rp_schema_column(table, name);
    for (size_t i = 0; i < rp_record_rows(record, table); i++) {
        rp_date date = rp_record_date(record, table, column, i);
        if (date != RP_NO_DATE && (so_far == RP_NO_DATE || date < so_far))
            so_far = date;
    }
    return so_far;
}

static rp_date first_seen(const rp_record *record) {
    rp_date first = earliest(record, RP_REFERRALS, "received", RP_NO_DATE);
    first = earliest(record, RP_REFERRALS, "ended", first);
    first = earliest(record, RP_CONTACTS, "date", first);
    return earliest(record, RP_INTERNET_LOGS, "to", first);
}

/* The last month that is over by the last date of the record. */
static int32_t last_whole_month(monthly_plan *plan, rp_date last) {
    int32_t month = rp_date_month(last);
    if (last_day_of(month) == last)
        return month;
    char day[11], end[11];
    rp_date_text(last, day);
    rp_date_text(last_day_of(month), end);
    note(plan, rp_arena_printf(plan->arena,
                               "The month %.7s is left out: the record ends on %s. --to %s takes it in, as far as it "
                               "goes.",
                               day, day, end));
    return month - 1;
}

static bool find_months(monthly_plan *plan, rp_error *error) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    rp_date first = first_seen(record), last = rp_question_record_end(record);
    if (first == RP_NO_DATE || last == RP_NO_DATE) {
        rp_fail(error, RP_E_RULE, "This record has no dates, so that nothing in it belongs to a month.");
        return rp_fail_remedy(error, "A report without --output-table goes by occasions too.");
    }
    int32_t from = plan->options.from != 0 ? plan->options.from : rp_date_month(first);
    int32_t to = plan->options.to != 0 ? plan->options.to : last_whole_month(plan, last);
    plan->first_month = from;
    plan->n_months = to >= from ? (size_t)(to - from) + 1 : 0;
    if (plan->n_months > MOST_MONTHS) {
        rp_fail(error, RP_E_RULE, "The months reach over more than a century.");
        return rp_fail_remedy(error, "Some date of the record is probably mistyped. Name the months by --from and "
                                     "--to.");
    }
    plan->days = rp_arena_take(plan->arena, plan->n_months, sizeof *plan->days);
    if (plan->days == NULL)
        return rp_fail_memory(error);
    for (size_t m = 0; m < plan->n_months; m++)
        plan->days[m] = (monthly_days){first_day_of(from + (int32_t)m), last_day_of(from + (int32_t)m)};
    return true;
}

/* ---- organisations ---------------------------------------------------------------------------------------- */

static const char unknown[] = "UNKNOWN"; /* as the published files have it */

/* A unit's two codes, while they are found; NULL: none. */
typedef struct unit {
    const char *codes[LEVELS]; /* of LEVEL_COMMISSIONER and LEVEL_PROVIDER */
    const char *name;          /* of the one service; NULL: several names */
} unit;
typedef RP_VEC(unit) units;

static bool alike(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static unit unit_at(const rp_record *record, size_t service) {
    int provider = rp_schema_column(RP_SERVICES, "provider_code");
    int commissioner = rp_schema_column(RP_SERVICES, "commissioner_code"), name = rp_schema_column(RP_SERVICES, "name");
    return (unit){.codes = {[LEVEL_COMMISSIONER] = rp_record_id_text(record, RP_SERVICES, commissioner, service),
                            [LEVEL_PROVIDER] = rp_record_id_text(record, RP_SERVICES, provider, service)},
                  .name = rp_record_text(record, RP_SERVICES, name, service)};
}

/* The number of the unit with these codes, a new one where there is none yet. RP_NO_ID: no memory. */
static uint32_t number_of(monthly_plan *plan, units *found, rp_names *keys, const unit *u) {
    char *key = rp_arena_printf(plan->arena, "%s\n%s", u->codes[LEVEL_COMMISSIONER] ? u->codes[LEVEL_COMMISSIONER] : "",
                                u->codes[LEVEL_PROVIDER] ? u->codes[LEVEL_PROVIDER] : "");
    uint32_t number = key != NULL ? rp_names_put(keys, rp_text_of(key)) : RP_NO_ID;
    if (number == RP_NO_ID)
        return RP_NO_ID;
    if (number < found->n) {
        if (!alike(found->at[number].name, u->name))
            found->at[number].name = NULL;
        return number;
    }
    unit *slot = rp_vec_push(plan->arena, found);
    if (slot == NULL)
        return RP_NO_ID;
    *slot = *u;
    return number;
}

/* Units of services, and one more for referrals that name none, if there are any. */
static bool find_units(monthly_plan *plan, units *found) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    size_t n = rp_record_rows(record, RP_SERVICES);
    rp_names *keys = rp_names_new(plan->arena);
    plan->unit_of_service = rp_arena_take(plan->arena, n + 1, sizeof *plan->unit_of_service);
    if (keys == NULL || plan->unit_of_service == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        unit u = unit_at(record, i);
        if ((plan->unit_of_service[i] = number_of(plan, found, keys, &u)) == RP_NO_ID)
            return false;
    }
    bool some_without = n == 0;
    for (size_t i = 0; i < rp_record_rows(record, RP_REFERRALS) && !some_without; i++)
        some_without = rp_record_refers(record, RP_REFERRALS, plan->service_column, i) < 0;
    unit nowhere = {.name = NULL};
    if (some_without && (plan->unit_of_service[n] = number_of(plan, found, keys, &nowhere)) == RP_NO_ID)
        return false;
    plan->n_units = found->n;
    return true;
}

static const char *code_of(const unit *u, size_t level) {
    return u->codes[level] != NULL ? u->codes[level] : unknown;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The codes of a level in byte order, each once. NULL: no memory. */
static const char **codes_of(monthly_plan *plan, const units *found, size_t level, size_t *n) {
    const char **codes = rp_arena_take(plan->arena, found->n, sizeof *codes);
    *n = 0;
    if (codes == NULL)
        return NULL;
    for (size_t u = 0; u < found->n; u++)
        codes[u] = code_of(&found->at[u], level);
    if (found->n > 1)
        qsort(codes, found->n, sizeof *codes, by_bytes);
    for (size_t u = 0; u < found->n; u++)
        if (*n == 0 || strcmp(codes[*n - 1], codes[u]) != 0)
            codes[(*n)++] = codes[u];
    return codes;
}

static bool fill(monthly_plan *plan, const units *found, size_t level, const char *code, monthly_organisation *o) {
    const char *name = NULL;
    bool several = false;
    o->is_in = rp_arena_take(plan->arena, plan->n_units, sizeof *o->is_in);
    if (o->is_in == NULL)
        return false;
    for (size_t u = 0; u < found->n; u++) {
        o->is_in[u] = level == LEVEL_TOTAL || strcmp(code_of(&found->at[u], level), code) == 0;
        if (!o->is_in[u])
            continue;
        several = several || found->at[u].name == NULL || (name != NULL && strcmp(name, found->at[u].name) != 0);
        name = found->at[u].name;
    }
    name = several || name == NULL ? code : name; /* a service's name where the provider has that one alone */
    o->told = level == LEVEL_TOTAL
                  ? (rp_monthly_organisation){RP_MONTHLY_TOTAL, "all", "all SubICBs", "all", "all Providers"}
              : level == LEVEL_PROVIDER ? (rp_monthly_organisation){"Provider", "all", "all SubICBs", code, name}
                                        : (rp_monthly_organisation){"SubICB", code, code, "all", "all Providers"};
    return true;
}

static bool find_organisations(monthly_plan *plan) {
    units found = {0};
    const char **codes[LEVELS] = {NULL};
    size_t n[LEVELS] = {1, 0, 0};
    if (!find_units(plan, &found))
        return false;
    for (size_t level = LEVEL_COMMISSIONER; level < LEVELS; level++) {
        codes[level] = codes_of(plan, &found, level, &n[level]);
        if (codes[level] == NULL)
            return false;
        if (n[level] == 1 && strcmp(codes[level][0], unknown) == 0) {
            n[level] = 0;
            note(plan, level == LEVEL_PROVIDER
                           ? "No row is of a provider: the record's services have no provider_code."
                           : "No row is of a commissioner: the record's services have no commissioner_code.");
        }
    }
    plan->n_organisations = n[LEVEL_TOTAL] + n[LEVEL_COMMISSIONER] + n[LEVEL_PROVIDER];
    plan->organisations = rp_arena_take(plan->arena, plan->n_organisations, sizeof *plan->organisations);
    if (plan->organisations == NULL)
        return false;
    size_t at = 0;
    for (size_t level = 0; level < LEVELS; level++) {
        plan->level_from[level] = at;
        for (size_t i = 0; i < n[level]; i++)
            if (!fill(plan, &found, level, codes[level] != NULL ? codes[level][i] : "", &plan->organisations[at++]))
                return false;
    }
    plan->level_from[LEVELS] = at;
    return true;
}

/* ---- what the record lacks --------------------------------------------------------------------------------- */

static bool any_date(const rp_record *record, const char *name) {
    return earliest(record, RP_REFERRALS, name, RP_NO_DATE) != RP_NO_DATE;
}

static bool any_code(const rp_record *record, rp_table_id table, const char *name) {
    int column = rp_schema_column(table, name);
    for (size_t i = 0; i < rp_record_rows(record, table); i++)
        if (rp_record_code_text(record, table, column, i) != NULL)
            return true;
    return false;
}

static bool any_wsas(const rp_record *record) {
    for (size_t i = 0; i < rp_record_rows(record, RP_RESPONSES); i++) {
        int64_t administration = rp_record_refers(record, RP_RESPONSES, 0, i);
        const rp_instrument *instrument =
            administration >= 0 ? rp_record_instrument(record, (size_t)administration) : NULL;
        if (instrument != NULL && strcmp(instrument->name, "wsas") == 0)
            return true;
    }
    return false;
}

static bool has_measure(const rp_cohort *cohort, const char *name) {
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++)
        if (strcmp(rp_cohort_measure(cohort, m)->instrument->name, name) == 0)
            return true;
    return false;
}

static bool has_anxiety(const rp_cohort *cohort) {
    bool found = has_measure(cohort, rp_national_instrument(NULL, RP_NO_DATE));
    for (size_t i = 0; i < RP_NATIONAL_DESCRIPTORS; i++)
        found = found || has_measure(cohort, rp_national_descriptor_at(i)->instrument);
    return found;
}

static void find_lacks(monthly_plan *plan) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    const struct {
        unsigned need;
        bool there;
        const char *words;
    } needs[] = {
        {NEEDS_SOURCE, any_code(record, RP_REFERRALS, "source"),
         "The record says of no referral where it came from: measures by source are left out."},
        {NEEDS_CONTACTS, rp_record_rows(record, RP_CONTACTS) > 0,
         "The record has no contacts: measures of assessment, treatment and appointments are left out."},
        {NEEDS_ENDED, any_date(record, "ended"),
         "The record has no dates of ending: measures of what has ended, or is open, are left out."},
        {NEEDS_REASON, any_code(record, RP_REFERRALS, "end_reason"),
         "The record says of no referral why it ended: measures by reason are left out."},
        {NEEDS_SCORES, has_measure(plan->cohort, "phq-9") && has_anxiety(plan->cohort),
         "The record has no scores of the PHQ-9 and a measure of anxiety: measures of outcome are left out."},
        {NEEDS_PROBLEM, any_code(record, RP_REFERRALS, "problem") || any_code(record, RP_PROBLEMS, "problem"),
         "The record has no problem descriptor: M203 to M205 are left out, and the GAD-7 counts for everybody."},
        {NEEDS_WSAS, any_wsas(record), "The record has no answers to the WSAS's items: M212 to M236 are left out."},
    };
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (!needs[i].there) {
            plan->lacks |= needs[i].need;
            note(plan, needs[i].words);
        }
}

static void find_columns(monthly_plan *plan) {
    plan->service_column = rp_schema_column(RP_REFERRALS, "service_id");
    plan->source_column = rp_schema_column(RP_REFERRALS, "source");
    plan->reason_column = rp_schema_column(RP_REFERRALS, "end_reason");
    plan->contact_date = rp_schema_column(RP_CONTACTS, "date");
    plan->attendance = rp_schema_column(RP_CONTACTS, "attendance");
    plan->rater_column = rp_schema_column(RP_ADMINISTRATIONS, "rater");
    plan->item_column = rp_schema_column(RP_RESPONSES, "item");
    plan->value_column = rp_schema_column(RP_RESPONSES, "value");
    for (size_t i = 0; i < T_APPOINTMENTS; i++) {
        monthly_event event = monthly_tally_at(i)->event;
        plan->on[event][plan->n_on[event]++] = (uint16_t)i;
    }
}

bool monthly_plan_make(monthly_plan *plan, rp_error *error) {
    find_columns(plan);
    if (!find_months(plan, error))
        return false;
    if (!find_organisations(plan))
        return rp_fail_memory(error);
    size_t most_units = plan->n_months > 0 ? MOST_CELLS / (plan->n_months * TALLIES) : SIZE_MAX;
    if (plan->n_organisations + plan->n_units > most_units) {
        rp_fail(error, RP_E_RULE, "%zu organisations and %zu months are more than can be counted at once.",
                plan->n_organisations, plan->n_months);
        return rp_fail_remedy(error, "Take fewer months with --from and --to.");
    }
    find_lacks(plan);
    return true;
}
