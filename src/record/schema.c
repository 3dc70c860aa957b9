/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables by number and name, and the parts that their columns have to play. */
#include "record/record_parts.h"

static const rp_table_def *const tables[RP_TABLES] = {
    [RP_SERVICES] = &rp_def_services,
    [RP_CLIENTS] = &rp_def_clients,
    [RP_REFERRALS] = &rp_def_referrals,
    [RP_PROBLEMS] = &rp_def_problems,
    [RP_PAUSES] = &rp_def_pauses,
    [RP_PRACTITIONERS] = &rp_def_practitioners,
    [RP_QUALIFICATIONS] = &rp_def_qualifications,
    [RP_CONTACTS] = &rp_def_contacts,
    [RP_ACTIVITIES] = &rp_def_activities,
    [RP_INTERNET_LOGS] = &rp_def_internet_logs,
    [RP_DISCLOSURES] = &rp_def_disclosures,
    [RP_ADMINISTRATIONS] = &rp_def_administrations,
    [RP_RESPONSES] = &rp_def_responses,
    [RP_SCORES] = &rp_def_scores,
    [RP_GOALS] = &rp_def_goals,
    [RP_TASKS] = &rp_def_tasks,
    [RP_GOAL_RATINGS] = &rp_def_goal_ratings,
    [RP_PROTOCOLS] = &rp_def_protocols,
    [RP_DIAGNOSES] = &rp_def_diagnoses,
    [RP_RISKS] = &rp_def_risks,
    [RP_PLANS] = &rp_def_plans,
    [RP_EVENTS] = &rp_def_events,
    [RP_STORIES] = &rp_def_stories,
    [RP_PUBLISHED] = &rp_def_published,
};

const rp_table_def *rp_schema_table(rp_table_id table) {
    assert(table >= 0 && table < RP_TABLES);
    return tables[table];
}

bool rp_schema_find(rp_text name, rp_table_id *out) {
    for (int i = 0; i < RP_TABLES; i++)
        if (rp_text_is(name, tables[i]->name)) {
            *out = (rp_table_id)i;
            return true;
        }
    return false;
}

int rp_schema_column(rp_table_id table, const char *name) {
    const rp_table_def *def = rp_schema_table(table);
    for (size_t i = 0; i < def->n_columns; i++)
        if (strcmp(def->columns[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int first_of(rp_table_id table, const char *const *names) {
    int column = -1;
    for (; *names && column < 0; names++)
        column = rp_schema_column(table, *names);
    return column;
}

/* The two columns of a pair, or -1 twice. */
static void find_pair(rp_table_id table, rp_roles *roles) {
    static const char *const pairs[][2] = {
        {"received", "ended"}, {"from", "to"}, {"started", "finished"}, {"raised", "closed"}, {"low", "high"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int start = rp_schema_column(table, pairs[i][0]), finish = rp_schema_column(table, pairs[i][1]);
        if (start >= 0 && finish >= 0) {
            roles->start = start;
            roles->finish = finish;
        }
    }
}

rp_roles rp_schema_roles(rp_table_id table) {
    static const char *const dates[] = {"date", "from", "received", "awarded", "raised", NULL};
    const rp_table_def *def = rp_schema_table(table);
    rp_roles roles = {.key = -1, .parent = -1, .start = -1, .finish = -1};
    for (size_t i = 0; i < def->n_columns; i++) {
        if (def->columns[i].need == RP_KEY)
            roles.key = (int)i;
        if (def->columns[i].need == RP_REQUIRED && def->columns[i].refers >= 0 && roles.parent < 0)
            roles.parent = (int)i;
    }
    roles.date = first_of(table, dates);
    roles.occasion = rp_schema_column(table, "occasion");
    find_pair(table, &roles);
    return roles;
}

bool rp_schema_must_be_there(const rp_column_def *column) {
    return column->need == RP_REQUIRED && column->refers >= 0 && column->refers != RP_CLIENTS &&
           column->refers != RP_PRACTITIONERS && column->refers != RP_SERVICES;
}

typedef struct bound {
    const char *column;
    int64_t lowest, highest;
} bound;

/* Generous: a value outside is a mistake of typing or of the column. A birth year's upper bound is this year. */
static const bound bounds[] = {
    {"birth_year", 1880, 9999}, {"deprivation_decile", 1, 10}, {"occasion", -1000000, 1000000}, {"minutes", 0, 1440},
    {"seconds", 0, 31 * 86400}, {"items_answered", 0, 1000},   {"sessions_planned", 0, 1000},
};

void rp_schema_range(rp_table_id table, const char *column, int64_t *lowest, int64_t *highest) {
    *lowest = INT64_MIN + 1;
    *highest = INT64_MAX;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        if (strcmp(bounds[i].column, column) == 0) {
            *lowest = bounds[i].lowest;
            *highest = bounds[i].highest;
        }
    if (table == RP_INTERNET_LOGS && strcmp(column, "minutes") == 0)
        *highest = 366 * 1440; /* of a whole course */
}

bool rp_schema_may_lie_ahead(rp_table_id table, const char *column) {
    return strcmp(column, "planned") == 0 ||
           (strcmp(column, "to") == 0 && (table == RP_PRACTITIONERS || table == RP_PAUSES));
}
