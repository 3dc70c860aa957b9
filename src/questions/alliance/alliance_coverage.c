/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of the questionnaire: for everyone, and by how many sessions they had. No record of it is told apart from
 * a record that it was not offered: nobody knows whether those people were asked.
 *
 * Sessions are not counted, only the people who had one of a kind: a hidden number of sessions would follow from those
 * of all the other kinds, and where it is one, so would the person. */
#include "questions/alliance/alliance_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BAND_NONE, BAND_ONE, BAND_TWO, BAND_TO_FIVE, BAND_MORE, BANDS };
static const char *const bands[BANDS] = {"no session on record", "1 session", "2 sessions", "3 to 5 sessions",
                                         "6 sessions or more"};

/* Where a session has several, the first of these stands. */
enum { STATUS_NOT_OFFERED = 6, STATUS_UNSAID, STATUS_NO_RECORD, STATUSES };
static const struct {
    const char *code, *words;
} statuses[STATUSES] = {
    {"complete", "complete"},
    {"partial", "partly answered"},
    {"technical", "lost for a technical reason"},
    {"declined", "declined"},
    {"offered_not_done", "offered, not done"},
    {"due", "due, not yet done"},
    {"not_offered", "not offered"},
    {NULL, "there, but what became of it is not recorded"},
    {NULL, "no record of it"},
};

/* Marks of a person; after these one a band, then one a status of any of their sessions. */
enum { SCORED, ASKED, ON_RECORD, MAY_HAVE_SCORED, UNSCORED_SESSION, FIRST_BAND, FIRST_STATUS = FIRST_BAND + BANDS };

enum { MOST_CODES = 16 };
typedef struct coverage {
    const alliance_family *family;
    int status;                 /* column */
    size_t of_code[MOST_CODES]; /* which status a code of the schema is */
} coverage;

static void find_statuses(coverage *c) {
    c->status = rp_schema_column(RP_ADMINISTRATIONS, "status");
    const rp_code_list *codes = rp_schema_table(RP_ADMINISTRATIONS)->columns[c->status].codes;
    assert(codes->n <= MOST_CODES);
    for (size_t i = 0; i < codes->n; i++)
        for (c->of_code[i] = 0; c->of_code[i] < STATUS_UNSAID; c->of_code[i]++)
            if (strcmp(statuses[c->of_code[i]].code, codes->codes[i].code) == 0)
                break;
}

static size_t status_of(const coverage *c, uint32_t administration) {
    int code = rp_record_code(rp_cohort_record(c->family->cohort), RP_ADMINISTRATIONS, c->status, administration);
    return code < 0 ? STATUS_UNSAID : c->of_code[code];
}

static size_t band_of(size_t sessions) {
    return sessions <= BAND_TWO ? sessions : sessions <= 5 ? BAND_TO_FIVE : BAND_MORE;
}

static uint64_t marks_of_record(const coverage *c, const alliance_person *person) {
    rp_rows rows = alliance_administrations(c->family, person->episode);
    uint64_t marks = 0;
    for (size_t a = 0; a < rows.n; a++)
        marks |= MARK(ON_RECORD) | (status_of(c, rows.at[a]) != STATUS_NOT_OFFERED ? MARK(ASKED) : 0);
    if (person->episode->series[c->family->measures[0]].n > 0)
        marks |= MARK(SCORED) | MARK(ASKED);
    if ((marks & MARK(SCORED)) != 0 || (marks & MARK(ON_RECORD)) == 0)
        marks |= MARK(MAY_HAVE_SCORED);
    return marks;
}

static size_t status_in(const coverage *c, const rp_session *session, rp_rows rows) {
    size_t status = STATUS_NO_RECORD;
    for (size_t a = 0; a < rows.n; a++)
        if (rp_cohort_in_session(c->family->cohort, session, rows.at[a]) && status_of(c, rows.at[a]) < status)
            status = status_of(c, rows.at[a]);
    return status;
}

static uint64_t marks_of(const void *context, const alliance_person *person) {
    const coverage *c = context;
    rp_rows rows = alliance_administrations(c->family, person->episode);
    uint64_t marks = marks_of_record(c, person) | MARK(FIRST_BAND + band_of(person->n_sessions));
    for (size_t i = 0; i < person->n_sessions; i++) {
        marks |= MARK(FIRST_STATUS + status_in(c, &person->sessions[i], rows));
        if (isnan(person->sessions[i].values[c->family->measures[0]]))
            marks |= MARK(UNSCORED_SESSION);
    }
    return marks;
}

/* ---- sessions -------------------------------------------------------------------------------------------- */

static void sessions_row(const rp_question_set *set, rp_answer_table *table, const char *what, uint64_t has,
                         uint64_t lacks) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(set->answer, what);
    row[1] = rp_value_count(rp_question_having(set, has, lacks | MARK(FIRST_BAND + BAND_NONE)));
    for (size_t b = BAND_ONE; b < BANDS; b++)
        row[1 + b] = rp_value_count(rp_question_having(set, has | MARK(FIRST_BAND + b), lacks));
}

static void write_sessions(const coverage *c, const rp_question_set *set) {
    static const rp_table_column columns[] = {
        {"what", "In a session", ""}, {"all", "Everyone", "people"},        {"one", "With 1 session", "people"},
        {"two", "With 2", "people"},  {"to_five", "With 3 to 5", "people"}, {"more", "With 6 or more", "people"},
    };
    rp_answer *answer = set->answer;
    const char *name = c->family->name;
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "alliance.coverage_sessions.%s", name),
                                                 rp_answer_text(answer, "%s: what became of it in sessions", name),
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "People with at least one session of which it holds, by how many they had in all; someone with several "
        "sessions can be in several lines. Sessions are %s. Where a session has several questionnaires, the one that "
        "came furthest counts. No record of it does not mean that nobody asked.",
        rp_cohort_has_contacts(c->family->cohort) ? "attended contacts"
                                                  : "times at which anything was measured, for lack of contacts");
    sessions_row(set, table, "people with a session", 0, 0);
    sessions_row(set, table, "a score in each session", 0, MARK(UNSCORED_SESSION));
    for (size_t s = 0; s < STATUSES; s++)
        if (rp_question_having(set, MARK(FIRST_STATUS + s), 0).n > 0)
            sessions_row(set, table, statuses[s].words, MARK(FIRST_STATUS + s), 0);
}

/* ---- people ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *id, *label, *words;
    uint64_t has, lacks;
} sayings[] = {
    {"alliance.coverage.scored", "With a score", "have at least one score", MARK(SCORED), 0},
    {"alliance.coverage.asked_no_score", "On record, no score",
     "have it on record as due, offered, declined, lost or not scored, and never a score", MARK(ASKED), MARK(SCORED)},
    {"alliance.coverage.not_offered", "Not offered", "have nothing of it on record but that it was not offered",
     MARK(ON_RECORD), MARK(ASKED)},
    {"alliance.coverage.no_record", "No record",
     "have no record of it, so that it is not known whether they were asked", 0, MARK(ON_RECORD)},
};
enum { SAYINGS = sizeof sayings / sizeof *sayings };

static void people_row(const coverage *c, const rp_question_set *set, rp_answer_table *table, const char *who,
                       uint64_t band) {
    rp_count all = rp_question_having(set, band, 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(set->answer, who);
    row[1] = rp_value_count(all);
    for (size_t i = 0; i < SAYINGS; i++) {
        rp_count part = rp_question_having(set, sayings[i].has | band, sayings[i].lacks);
        row[i == 0 ? 2 : 3 + i] = rp_value_count(part);
        row[i == 0 ? 2 : 3 + i].of = all;
        if (i == 0)
            row[3] = alliance_percent(c->family, part, all);
    }
}

static void point(const coverage *c, const rp_question_set *set, rp_chart *chart, const char *who, uint64_t band) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = who;
    p->count = rp_question_having(set, band, 0);
    p->of_y = p->of_lower = rp_question_having(set, band | MARK(SCORED), 0);
    p->of_upper = rp_question_having(set, band | MARK(MAY_HAVE_SCORED), 0);
    p->y = p->lower = alliance_share(c->family, p->of_y, p->count).estimate;
    p->upper = alliance_share(c->family, p->of_upper, p->count).estimate;
    if (p->of_upper.n == p->of_y.n) { /* everyone has a record: no bar */
        p->lower = p->upper = NAN;
        p->of_lower = p->of_upper = rp_count_none();
    }
}

static void write_people(const coverage *c, const rp_question_set *set) {
    static const rp_table_column columns[] = {
        {"who", "Of whom", ""},
        {"people", "People", "people"},
        {"scored", "With a score", "people"},
        {"share", "Share", "%"},
        {"asked", "On record, no score", "people"},
        {"not_offered", "Not offered", "people"},
        {"no_record", "No record", "people"},
    };
    rp_answer *answer = set->answer;
    const char *name = c->family->name, *id = rp_answer_text(answer, "alliance.coverage.%s", name);
    rp_answer_table *table =
        rp_answer_table_add(answer, id, rp_answer_text(answer, "%s: who has a score, by number of sessions", name),
                            columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "With a score: at least one of %s, whenever. On record, no score: due, offered, "
                                 "declined, lost for a technical reason, or without that score. Not offered: nothing "
                                 "but that is on record. No record: not known whether they were asked.",
                                 alliance_scale(c->family, 0)->title);
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_RATES, id, rp_answer_text(answer, "%s: who has a score", name));
    chart->table_id = id;
    chart->reading = "Each line is the people with so many sessions. The mark is the share with at least one score. "
                     "The bar runs to where it would lie if everyone of whom there is no record had answered.";
    chart->x_label = "Share of people";
    rp_chart_series_add(chart, "Everyone");
    for (size_t b = 0; b <= BANDS; b++) {
        uint64_t band = b == 0 ? 0 : MARK(FIRST_BAND + b - 1);
        const char *who = b == 0 ? "everyone" : bands[b - 1];
        if (rp_question_having(set, band, 0).n == 0)
            continue;
        people_row(c, set, table, who, band);
        point(c, set, chart, who, band);
    }
}

bool alliance_write_coverage(alliance_work *work, rp_error *error) {
    const alliance_family *family = work->family;
    coverage *c = rp_arena_take(work->answer->arena, 1, sizeof *c);
    if (c == NULL)
        return rp_fail_memory(error);
    c->family = family;
    find_statuses(c);
    rp_question_set set;
    if (!alliance_set_make(&set, work->answer, family, rp_answer_text(work->answer, "%s, coverage", family->name),
                           marks_of, c, error))
        return false;
    rp_count all = rp_question_having(&set, 0, 0);
    for (size_t i = 0; i < SAYINGS; i++)
        alliance_say(work->answer, family,
                     &(alliance_saying){sayings[i].id, sayings[i].label, "people in the cohort", sayings[i].words,
                                        "share of everyone in the cohort, Wilson interval"},
                     rp_question_having(&set, sayings[i].has, sayings[i].lacks), all);
    const uint64_t no_session = MARK(FIRST_BAND + BAND_NONE);
    rp_count with_session = rp_question_having(&set, 0, no_session);
    if (with_session.n > 0)
        alliance_say(work->answer, family,
                     &(alliance_saying){"alliance.coverage.every_session", "A score in each session",
                                        "people with a session", "have a score in each of their sessions",
                                        "share of people with a session on record, Wilson interval"},
                     rp_question_having(&set, 0, no_session | MARK(UNSCORED_SESSION)), with_session);
    write_people(c, &set);
    write_sessions(c, &set);
    return true;
}
