/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goals and tasks: who has any on record, who agreed to them, and by which session the first was set. Their words are
 * not read. They are about people, not about a questionnaire; so they have one universe for themselves. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>

/* Marks of a person for one of the two tables. FIRST_AT.. : when the first was set. */
enum { ANY, CLIENT, PRACTITIONER, BOTH, UNSAID, RATED, FIRST_AT };
enum { AT_ONE, AT_TWO, AT_TO_FIVE, AT_LATER, AT_NOT_KNOWN, WHENS, MARKS_A_THING = FIRST_AT + WHENS };
static const char *const whens[WHENS] = {"by session 1", "at session 2", "at sessions 3 to 5", "at session 6 or later",
                                         "not known at which session"};

typedef struct thing {
    rp_table_id table;
    const char *name, *one, *many;
    const char *any_id, *both_id, *unsaid_id;
} thing;
enum { THINGS = 2, GOALS = 0 };
static const thing things[THINGS] = {
    {RP_GOALS, "goals", "goal", "goals", "alliance.goals", "alliance.goals.agreed_by_both",
     "alliance.goals.agreement_not_recorded"},
    {RP_TASKS, "tasks", "task", "tasks", "alliance.tasks", "alliance.tasks.agreed_by_both",
     "alliance.tasks.agreement_not_recorded"},
};
static uint64_t mark(size_t t, unsigned which) {
    return MARK(t * MARKS_A_THING + which);
}

typedef struct places {
    int contact, date, client, practitioner;
} places;
typedef struct reader {
    const rp_record *record;
    places columns[THINGS];
} reader;

static places columns_of(rp_table_id table) {
    return (places){rp_schema_column(table, "contact_id"), rp_schema_column(table, "date"),
                    rp_schema_column(table, "agreed_by_client"), rp_schema_column(table, "agreed_by_practitioner")};
}

/* The number of the session in or before which it was set; 0: not known. */
static size_t session_of(const reader *r, size_t t, uint32_t row, const alliance_person *person) {
    const places *c = &r->columns[t];
    int64_t contact = rp_record_refers(r->record, things[t].table, c->contact, row);
    for (size_t i = 0; i < person->n_sessions && contact >= 0; i++)
        if (person->sessions[i].contact == contact)
            return i + 1;
    rp_date date = rp_record_date(r->record, things[t].table, c->date, row);
    size_t number = 0;
    for (size_t i = 0; i < person->n_sessions && date != RP_NO_DATE; i++) {
        if (person->sessions[i].date == RP_NO_DATE)
            return 0;
        number += person->sessions[i].date <= date;
    }
    return date != RP_NO_DATE && person->n_sessions > 0 && number == 0 ? 1
                                                                       : number; /* before the first counts as by it */
}

static unsigned when_of(size_t session) {
    return session == 0   ? AT_NOT_KNOWN
           : session == 1 ? AT_ONE
           : session == 2 ? AT_TWO
           : session <= 5 ? AT_TO_FIVE
                          : AT_LATER;
}

static uint64_t marks_of_thing(const reader *r, size_t t, const alliance_person *person) {
    rp_rows rows = rp_record_children(r->record, things[t].table, person->episode->row);
    uint64_t marks = rows.n > 0 ? mark(t, ANY) | mark(t, UNSAID) : 0;
    size_t first = 0;
    for (size_t i = 0; i < rows.n; i++) {
        int client = rp_record_bool(r->record, things[t].table, r->columns[t].client, rows.at[i]);
        int practitioner = rp_record_bool(r->record, things[t].table, r->columns[t].practitioner, rows.at[i]);
        marks |= (client == 1 ? mark(t, CLIENT) : 0) | (practitioner == 1 ? mark(t, PRACTITIONER) : 0);
        marks |= client == 1 && practitioner == 1 ? mark(t, BOTH) : 0;
        if (client >= 0 || practitioner >= 0)
            marks &= ~mark(t, UNSAID);
        size_t session = session_of(r, t, rows.at[i], person);
        first = session > 0 && (first == 0 || session < first) ? session : first;
        if (t == GOALS && rp_record_children(r->record, RP_GOAL_RATINGS, rows.at[i]).n > 0)
            marks |= mark(t, RATED);
    }
    return rows.n > 0 ? marks | mark(t, FIRST_AT + when_of(first)) : marks;
}

static uint64_t marks_of(const void *context, const alliance_person *person) {
    uint64_t marks = 0;
    for (size_t t = 0; t < THINGS; t++)
        marks |= marks_of_thing(context, t, person);
    return marks;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static void write_statements(const alliance_family *nobody, const rp_question_set *set, size_t t) {
    rp_answer *answer = set->answer;
    rp_count all = rp_question_having(set, 0, 0), any = rp_question_having(set, mark(t, ANY), 0);
    const char *method = "share of people, Wilson interval", *one = things[t].one;
    alliance_say(answer, nobody,
                 &(alliance_saying){things[t].any_id, rp_answer_text(answer, "A %s on record", one),
                                    "people in the cohort", rp_answer_text(answer, "have a %s on record", one), method},
                 any, all);
    if (any.n == 0)
        return;
    const char *of = rp_answer_text(answer, "people with a %s on record", one);
    alliance_say(answer, nobody,
                 &(alliance_saying){things[t].both_id, rp_answer_text(answer, "A %s agreed by both", one), of,
                                    "have one to which client and practitioner are both recorded to have agreed",
                                    method},
                 rp_question_having(set, mark(t, BOTH), 0), any);
    alliance_say(answer, nobody,
                 &(alliance_saying){things[t].unsaid_id, "Agreement not recorded", of,
                                    "have none about which it is recorded who agreed, so that it is not known", method},
                 rp_question_having(set, mark(t, UNSAID), 0), any);
}

static void row_of(const alliance_family *nobody, const rp_question_set *set, rp_answer_table *table, size_t t,
                   const char *what, uint64_t has) {
    rp_count any = rp_question_having(set, mark(t, ANY), 0), part = rp_question_having(set, has, 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(set->answer, what);
    row[1] = rp_value_count(part);
    row[1].of = any;
    row[2] = alliance_percent(nobody, part, any);
}

static void write_table(const alliance_family *nobody, const rp_question_set *set, size_t t) {
    static const rp_table_column columns[] = {
        {"what", "What is on record", ""}, {"people", "People", "people"}, {"share", "Share", "%"}};
    rp_answer *answer = set->answer;
    const char *many = things[t].many;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "alliance.%s", things[t].name),
                            rp_answer_text(answer, "People with %s on record, and who agreed to them", many), columns,
                            sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "Shares of people with %s on record. A person with several counts wherever one of "
                                 "them does. Where agreement is not recorded, nobody knows that there was none. The "
                                 "session is that of the contact named, or the last one up to its date.",
                                 many);
    row_of(nobody, set, table, t, rp_answer_text(answer, "%s", many), mark(t, ANY));
    row_of(nobody, set, table, t, "one agreed by both", mark(t, BOTH));
    row_of(nobody, set, table, t, "one agreed by the client", mark(t, CLIENT));
    row_of(nobody, set, table, t, "one agreed by the practitioner", mark(t, PRACTITIONER));
    row_of(nobody, set, table, t, "agreement not recorded", mark(t, UNSAID));
    if (t == GOALS)
        row_of(nobody, set, table, t, "one with a rating of how near it is", mark(t, RATED));
    for (unsigned w = 0; w < WHENS; w++)
        row_of(nobody, set, table, t, rp_answer_text(answer, "the first set %s", whens[w]), mark(t, FIRST_AT + w));
}

bool alliance_write_goals(const alliance_family *nobody, rp_answer *answer, rp_error *error) {
    reader r = {.record = rp_cohort_record(nobody->cohort)};
    bool there = false;
    for (size_t t = 0; t < THINGS; t++) {
        r.columns[t] = columns_of(things[t].table);
        there = there || rp_record_rows(r.record, things[t].table) > 0;
    }
    if (!there || rp_cohort_episodes(nobody->cohort) == 0)
        return true;
    rp_question_set set;
    if (!alliance_set_make(&set, answer, nobody, "goals and tasks", marks_of, &r, error))
        return false;
    for (size_t t = 0; t < THINGS; t++)
        if (rp_record_rows(r.record, things[t].table) > 0) {
            write_statements(nobody, &set, t);
            write_table(nobody, &set, t);
        }
    return true;
}
