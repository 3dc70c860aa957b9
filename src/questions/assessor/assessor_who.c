/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who assessed: role, training and qualifications of those who held first assessments, as they were on the day. People
 * assessed are counted, never assessors, and no line is the people of one assessor. */
#include "questions/assessor/assessor_parts.h"

#include <assert.h>
#include <string.h>

/* "assessor.role.pwp", as it stands in the list. */
static const char *role_id(const char *code) {
    static const char prefix[] = "assessor.role.";
    for (const rp_statement_def *d = assessor_statements; d->id != NULL; d++)
        if (strncmp(d->id, prefix, sizeof prefix - 1) == 0 && strcmp(d->id + sizeof prefix - 1, code) == 0)
            return d->id;
    assert(!"every role of the schema has its statement");
    return NULL;
}

/* ---- tables ------------------------------------------------------------------------------------------------ */

static void row_of(const assessor_work *work, rp_answer_table *table, const char *who, uint64_t has, uint64_t lacks) {
    rp_count part = rp_question_having(&work->who, ASSESSED | has, lacks);
    if (part.n == 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, who);
    row[1] = rp_value_count(part);
    rp_question_put_share(work->answer, row + 2, part, rp_question_having(&work->who, ASSESSED, 0), work->asked->level);
}

static rp_answer_table *table_of(const assessor_work *work, const char *id, const char *title, const char *note) {
    static const rp_table_column columns[] = {
        {"who", "Assessed by", ""},      {"people", "People", "people"}, {"share", "Of people assessed", "%"},
        {"lower", "Interval from", "%"}, {"upper", "Interval to", "%"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, id, title, columns, sizeof columns / sizeof *columns);
    table->note = note;
    row_of(work, table, "anyone", 0, 0);
    return table;
}

static const char status_note[] = "People by the status that the practitioner of their first attended assessment had "
                                  "on that day. Not known: no status of that day is on record, or two contradict each "
                                  "other. Not told apart: a line would be the people of one practitioner alone.";

static void write_way(const assessor_work *work, size_t w) {
    static const char *const ids[] = {"assessor.roles", "assessor.training"};
    static const char *const titles[] = {"Who assessed, by role", "Who assessed, by training"};
    const assessor_way *way = &work->ways[w];
    rp_answer_table *table = table_of(work, ids[w], titles[w], status_note);
    for (size_t i = 0; i < way->n_lines; i++)
        row_of(work, table, way->lines[i].label, way->lines[i].has, way->lines[i].lacks);
}

static void write_qualifications(const assessor_work *work) {
    rp_answer_table *table = table_of(
        work, "assessor.qualifications", "Who assessed, by qualification",
        "People by what the practitioner of their first attended assessment had been awarded by that day, as far as it "
        "is on record. Of one with several qualifications they are in several lines. No record of a qualification does "
        "not mean that there was none. Not told apart, or left out: a line would be the people of one practitioner "
        "alone.");
    const assessor_way *way = &work->ways[WAY_QUALIFIED];
    for (size_t l = 0; l < way->n_lines; l++) {
        row_of(work, table, way->lines[l].label, way->lines[l].has, way->lines[l].lacks);
        for (size_t i = 0; way->lines[l].has == QUALIFIED && i < work->levels->n; i++)
            row_of(work, table, rp_answer_text(work->answer, "of these: %s", work->levels->codes[i].meaning), LEVEL(i),
                   0);
    }
}

/* ---- statements --------------------------------------------------------------------------------------------- */

/* Nothing of a line that is not told apart. */
static void say(const assessor_work *work, const char *id, const char *label, const char *words, bool headline,
                uint64_t line) {
    if ((work->hidden & line) == 0)
        assessor_say(work, id, label, words, headline, rp_question_having_any(&work->who, ASSESSED, line),
                     rp_question_having(&work->who, ASSESSED, 0));
}

/* Of roles that somebody had. */
static void say_roles(const assessor_work *work) {
    rp_answer *answer = work->answer;
    for (size_t i = 0; i < work->roles->n; i++) {
        const rp_code_def *role = &work->roles->codes[i];
        if (rp_question_having(&work->who, ROLE(i), 0).n > 0)
            say(work, role_id(role->code), rp_answer_text(answer, "Assessed by: %s", role->meaning),
                rp_answer_text(answer, "were assessed by someone in the role of %s at the time", role->meaning), false,
                ROLE(i));
    }
}

void assessor_write_who(assessor_work *work) {
    const rp_record *record = rp_cohort_record(work->cohort);
    say(work, "assessor.recorded", "Who assessed is recorded",
        "have a practitioner recorded for their first assessment", false, NAMED);
    if (rp_record_rows(record, RP_PRACTITIONERS) == 0)
        return;
    say_roles(work);
    say(work, "assessor.role_not_known", "Role of the assessor is not known",
        "have a practitioner recorded of whom it is not known what role they had at the time", false, ROLE_NOT_KNOWN);
    say(work, "assessor.in_training", "Assessed by someone in training",
        "were assessed by someone recorded as in training at the time", true, IN_TRAINING);
    say(work, "assessor.not_in_training", "Assessed by someone not in training",
        "were assessed by someone recorded as not in training at the time", false, NOT_IN_TRAINING);
    bool qualifications = rp_record_rows(record, RP_QUALIFICATIONS) > 0;
    if (qualifications)
        say(work, "assessor.qualified", "Assessed by someone with a qualification on record",
            "were assessed by someone with a qualification on record that had been awarded by then", false, QUALIFIED);
    write_way(work, WAY_ROLE);
    write_way(work, WAY_TRAINING);
    if (qualifications)
        write_qualifications(work);
    if (work->hidden != 0)
        rp_answer_caveat(work->answer, "Some roles, training or qualifications are not told apart: a line would be the "
                                       "people of one practitioner alone.");
}
