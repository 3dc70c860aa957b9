/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Low and high intensity as given and as intended, and stepping from one to the other. */
#include "questions/dose/dose_parts.h"

#include <assert.h>

static const struct {
    const char *ids[2]; /* per entered, per finished */
    const char *title, *words;
} given[INTENSITIES] = {
    {{"dose.intensity.low.per_entered", "dose.intensity.low.per_finished"},
     "Low intensity alone",
     "had sessions of low intensity on record, and none of high"},
    {{"dose.intensity.both.per_entered", "dose.intensity.both.per_finished"},
     "Low and high intensity",
     "had sessions of low and of high intensity on record"},
    {{"dose.intensity.high.per_entered", "dose.intensity.high.per_finished"},
     "High intensity alone",
     "had sessions of high intensity on record, and none of low"},
    {{"dose.intensity.neither.per_entered", "dose.intensity.neither.per_finished"},
     "Neither",
     "had sessions of neither intensity alone on record"},
    {{"dose.intensity.not_known.per_entered", "dose.intensity.not_known.per_finished"},
     "Intensity not known",
     "had no session of known intensity on record"},
};
static const struct {
    const char *ids[2], *title, *words;
} stepped[STEPPINGS] = {
    {{"dose.stepping.up.per_entered", "dose.stepping.up.per_finished"},
     "Stepped up",
     "were stepped up, from low to high intensity, and not down"},
    {{"dose.stepping.down.per_entered", "dose.stepping.down.per_finished"},
     "Stepped down",
     "were stepped down, from high to low intensity, and not up"},
    {{"dose.stepping.both_ways.per_entered", "dose.stepping.both_ways.per_finished"},
     "Stepped both ways",
     "were stepped up and down"},
    {{"dose.stepping.not.per_entered", "dose.stepping.not.per_finished"}, "Not stepped", "were not stepped"},
    {{"dose.stepping.not_known.per_entered", "dose.stepping.not_known.per_finished"},
     "Not known whether stepped",
     "are not known to have been stepped, and the intensity or the order of some of their sessions is not known"},
};

static const char not_told_apart[] = "Not told apart";

static rp_count within(const dose_work *work, uint64_t marks, dose_whom whom) {
    return rp_question_having(&work->steps,
                              marks | (whom == PER_FINISHED ? rp_question_at(2) | OVER : rp_question_at(1)), 0);
}

static void say_all(const dose_work *work) {
    for (size_t w = 0; w < (work->ends ? 2 : 1); w++) {
        dose_whom whom = w == 0 ? PER_ENTERED : PER_FINISHED;
        rp_count all = dose_whom_of(&work->steps, whom);
        if (all.n <= 0)
            continue;
        for (size_t i = 0; i < INTENSITIES; i++)
            if ((work->hidden & GIVEN(i)) == 0)
                dose_say(work, given[i].ids[w], given[i].title, given[i].words, whom, false,
                         within(work, GIVEN(i), whom), all);
        for (size_t i = 0; i < STEPPINGS; i++)
            if ((work->hidden & STEPPING(i)) == 0)
                dose_say(work, stepped[i].ids[w], stepped[i].title, stepped[i].words, whom, i == STEPPED_UP && w == 0,
                         within(work, STEPPING(i), whom), all);
    }
}

static void put_row(const dose_work *work, rp_answer_table *table, const char *title, uint64_t mark,
                    const rp_moments *sessions) {
    rp_count part = within(work, mark, PER_ENTERED);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, title);
    row[1] = rp_value_count(part);
    dose_share(work, row + 2, part, dose_whom_of(&work->steps, PER_ENTERED));
    size_t at = 5;
    if (work->ends) {
        rp_count finished = within(work, mark, PER_FINISHED);
        row[at] = rp_value_count(finished);
        dose_share(work, row + at + 1, finished, dose_whom_of(&work->steps, PER_FINISHED));
        at += 4;
    }
    if (sessions == NULL)
        return;
    rp_interval mean = rp_mean_interval(sessions, work->asked->level);
    dose_number(row + at, &mean, 1, 1, part);
}

static const rp_table_column columns[] = {
    {"people", "Entered treatment", "people"},
    {"share", "Of those who entered", "%"},
    {"lower", "Interval from", "%"},
    {"upper", "Interval to", "%"},
    {"finished", "Finished", "people"},
    {"finished_share", "Of those who finished", "%"},
    {"finished_lower", "Interval from", "%"},
    {"finished_upper", "Interval to", "%"},
    {"sessions", "Sessions, mean", "sessions"},
    {"sessions_lower", "From", "sessions"},
    {"sessions_upper", "To", "sessions"},
};
enum { ENTERED_COLUMNS = 4, FINISHED_COLUMNS = 4, MEAN_COLUMNS = 3 };

static rp_answer_table *table_of(const dose_work *work, const char *id, const char *title, rp_table_column first,
                                 bool means) {
    rp_table_column own[1 + ENTERED_COLUMNS + FINISHED_COLUMNS + MEAN_COLUMNS] = {first};
    size_t n = 1, end = ENTERED_COLUMNS + FINISHED_COLUMNS + (means ? MEAN_COLUMNS : 0);
    for (size_t i = 0; i < end; i++)
        if (work->ends || i < ENTERED_COLUMNS || i >= ENTERED_COLUMNS + FINISHED_COLUMNS)
            own[n++] = columns[i];
    return rp_answer_table_add(work->answer, id, title, own, n);
}

static void write_tables(const dose_work *work) {
    rp_answer_table *table = table_of(work, "dose.intensity", "Low and high intensity, as given",
                                      (rp_table_column){"intensity", "Intensity", ""}, true);
    table->note = "By the therapies recorded for treatment sessions, as far as they are on record; an internet therapy "
                  "log is high. Neither: employment support alone.";
    rp_moments others = {0};
    for (size_t i = 0; i < INTENSITIES; i++)
        if ((work->hidden & GIVEN(i)) == 0)
            put_row(work, table, given[i].title, GIVEN(i), &work->sums.by_intensity[i]);
        else
            rp_moments_merge(&others, &work->sums.by_intensity[i]);
    if (others.n > 0)
        put_row(work, table, not_told_apart, OTHER_GIVEN, &others);
    if ((work->hidden & NOT_ALL) == 0)
        put_row(work, table, "Of some sessions not known", NOT_ALL, NULL);
    table =
        table_of(work, "dose.stepping", "Stepped up and down", (rp_table_column){"stepping", "Stepping", ""}, false);
    table->note = "Two or more sessions of one intensity, one after the other, are a stage; from a stage of low "
                  "intensity to one of high is a step up. Whoever had too few sessions for two stages was not stepped. "
                  "Sessions of which the intensity is not known are passed over.";
    for (size_t i = 0; i < STEPPINGS; i++)
        if ((work->hidden & STEPPING(i)) == 0)
            put_row(work, table, stepped[i].title, STEPPING(i), NULL);
    if (within(work, OTHER_STEPPING, PER_ENTERED).n > 0)
        put_row(work, table, not_told_apart, OTHER_STEPPING, NULL);
}

static void put_intended(const dose_work *work, rp_answer_table *table, const char *title, uint64_t mark) {
    rp_count all = within(work, mark, PER_ENTERED);
    if (all.n == 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, title);
    row[1] = rp_value_count(all);
    size_t at = 2;
    for (size_t g = 0; g < INTENSITIES; g++)
        if ((work->hidden & GIVEN(g)) == 0)
            row[at++] = rp_value_count(within(work, mark | GIVEN(g), PER_ENTERED));
    if (at < table->n_columns)
        row[at] = rp_value_count(within(work, mark | OTHER_GIVEN, PER_ENTERED));
}

static void write_intended(const dose_work *work) {
    static const rp_table_column given_columns[INTENSITIES] = {
        {"low", "Given low", "people"},         {"both", "Given both", "people"},     {"high", "Given high", "people"},
        {"neither", "Given neither", "people"}, {"not_known", "Not known", "people"},
    };
    rp_table_column own[2 + INTENSITIES + 1] = {{"intended", "Intended", ""},
                                                {"people", "Entered treatment", "people"}};
    size_t n = 2;
    for (size_t g = 0; g < INTENSITIES; g++)
        if ((work->hidden & GIVEN(g)) == 0)
            own[n++] = given_columns[g];
    if (n < 2 + INTENSITIES)
        own[n++] = (rp_table_column){"other", not_told_apart, "people"};
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "dose.intended", "Intensity intended, and given so far", own, n);
    table->note = "Intended by the plan in force at the first treatment session. Whose referral has not ended, or who "
                  "stopped before a second step, may have been given less than was intended.";
    const rp_code_list *list = work->columns.intensities;
    for (size_t i = 0; i < DOSE_INTENDED; i++)
        put_intended(work, table, i < list->n ? list->codes[i].meaning : "not on record", INTENDED(i));
    put_intended(work, table, not_told_apart, OTHER_INTENDED);
}

void dose_write_steps(dose_work *work) {
    const rp_record *record = work->columns.record;
    if (rp_record_rows(record, RP_ACTIVITIES) == 0)
        return;
    say_all(work);
    write_tables(work);
    if (rp_record_rows(record, RP_PLANS) > 0)
        write_intended(work);
    if (work->hidden != 0)
        rp_answer_caveat(work->answer,
                         "Some intensities or steps are not told apart: a line would be the people of one "
                         "practitioner alone.");
}
