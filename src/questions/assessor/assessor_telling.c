/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether client and general practitioner were told who assessed. Recorded as told, recorded as not told, and no record
 * are three things: where there is no record, nobody knows. */
#include "questions/assessor/assessor_parts.h"

#include <math.h>

const assessor_telling assessor_tellings[TELLINGS] = {
    {"client", "assessor_role", "Client, of the role", "the client", "the assessor's role", "assessor.told.client.role",
     "assessor.not_told.client.role", "assessor.no_record.client.role", "client told the role",
     "assessor.trend.client.role"},
    {"client", "assessor_qualification", "Client, of the qualification", "the client", "the assessor's qualification",
     "assessor.told.client.qualification", "assessor.not_told.client.qualification",
     "assessor.no_record.client.qualification", "client told the qualification", "assessor.trend.client.qualification"},
    {"gp", "assessor_role", "GP, of the role", "the GP", "the assessor's role", "assessor.told.gp.role",
     "assessor.not_told.gp.role", "assessor.no_record.gp.role", "GP told the role", "assessor.trend.gp.role"},
    {"gp", "assessor_qualification", "GP, of the qualification", "the GP", "the assessor's qualification",
     "assessor.told.gp.qualification", "assessor.not_told.gp.qualification", "assessor.no_record.gp.qualification",
     "GP told the qualification", "assessor.trend.gp.qualification"},
};

static void say_telling(const assessor_work *work, size_t t) {
    const assessor_telling *it = &assessor_tellings[t];
    const rp_question_set *set = &work->tellings[t];
    rp_answer *answer = work->answer;
    rp_count all = rp_question_having(set, ASSESSED, 0);
    assessor_say(work, it->told_id, rp_answer_text(answer, "%s: recorded as told", it->title),
                 rp_answer_text(answer, "have it on record that %s was told %s", it->whom, it->what), t == 0,
                 rp_question_having(set, STATE(TOLD), 0), all);
    assessor_say(work, it->not_id, rp_answer_text(answer, "%s: recorded as not told", it->title),
                 rp_answer_text(answer, "have it on record that %s was not told %s", it->whom, it->what), t == 0,
                 rp_question_having(set, STATE(NOT_TOLD), 0), all);
    assessor_say(work, it->none_id, rp_answer_text(answer, "%s: no record", it->title),
                 rp_answer_text(answer, "have no record of whether %s was told %s (this does not mean not told)",
                                it->whom, it->what),
                 t == 0, rp_question_having(set, STATE(NO_RECORD), 0), all);
}

static void write_states(const assessor_work *work) {
    static const rp_table_column columns[] = {
        {"telling", "Who was told of what", ""},
        {"assessed", "Assessed", "people"},
        {"told", "Recorded as told", "people"},
        {"share", "Told", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"not_told", "Recorded as not told", "people"},
        {"both_ways", "Recorded both ways", "people"},
        {"shown", "Shown on a screen alone", "people"},
        {"unsaid", "A row that does not say", "people"},
        {"no_record", "No record", "people"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "assessor.telling", "Who was told about the assessor",
                                                 columns, sizeof columns / sizeof *columns);
    table->audience = RP_FOR_PUBLIC;
    table->note = "People assessed. No record does not mean not told. Shown on a screen, with no one there to ask, is "
                  "told apart. All rows of a referral count, whoever they come from and whenever they were made.";
    for (size_t t = 0; t < TELLINGS; t++) {
        const rp_question_set *set = &work->tellings[t];
        rp_count all = rp_question_having(set, ASSESSED, 0), told = rp_question_having(set, STATE(TOLD), 0);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, assessor_tellings[t].title);
        row[1] = rp_value_count(all);
        row[2] = rp_value_count(told);
        rp_question_put_share(work->answer, row + 3, told, all, work->asked->level);
        for (size_t s = NOT_TOLD; s < STATES; s++)
            row[5 + s] = rp_value_count(rp_question_having(set, STATE(s), 0));
    }
}

static void write_informants(const assessor_work *work) {
    static const rp_table_column columns[] = {
        {"telling", "Who was told of what", ""},
        {"informant", "Who says so", ""},
        {"assessed", "Assessed", "people"},
        {"told", "Told, they say", "people"},
        {"share", "Told", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"not_told", "Not told, they say", "people"},
        {"not_share", "Not told", "%"},
        {"not_lower", "Interval from", "%"},
        {"not_upper", "Interval to", "%"},
    };
    static const char *const informants[INFORMANTS] = {"the client", "the practitioner", "a screen", "not recorded"};
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "assessor.informants", "Who was told about the assessor, by informant",
                            columns, sizeof columns / sizeof *columns);
    table->note = "People assessed, by who says that somebody was told or not told. A person of whom several say so is "
                  "in several lines. Of whom nobody says so, nothing is known.";
    for (size_t t = 0; t < TELLINGS; t++)
        for (size_t i = 0; i < INFORMANTS; i++) {
            const rp_question_set *set = &work->tellings[t];
            rp_count all = rp_question_having(set, ASSESSED, 0), told = rp_question_having(set, TOLD_BY(i), 0);
            rp_count not_told = rp_question_having(set, NOT_TOLD_BY(i), 0);
            if (told.n == 0 && not_told.n == 0)
                continue;
            rp_value *row = rp_answer_row(table);
            row[0] = rp_value_text(work->answer, assessor_tellings[t].title);
            row[1] = rp_value_text(work->answer, informants[i]);
            row[2] = rp_value_count(all);
            row[3] = rp_value_count(told);
            rp_question_put_share(work->answer, row + 4, told, all, work->asked->level);
            row[7] = rp_value_count(not_told);
            rp_question_put_share(work->answer, row + 8, not_told, all, work->asked->level);
        }
}

const char assessor_reading[] = "The mark is the share of whom it is recorded that they were told. The bar runs to "
                                "where it would lie if everyone of whom it is not known had been told.";

void assessor_point(const assessor_work *work, rp_chart *chart, const char *label, size_t t, uint64_t of) {
    const rp_question_set *set = &work->tellings[t];
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = label;
    p->count = rp_question_having(set, ASSESSED | of, 0);
    p->of_y = p->of_lower = rp_question_having(set, STATE(TOLD) | of, 0);
    p->of_upper = rp_question_having_any(set, of, STATE(TOLD) | STATE(BOTH_WAYS) | STATE(UNSAID) | STATE(NO_RECORD));
    if (work->answer->failed)
        return;
    double n = (double)p->count.n;
    p->y = p->lower = (double)p->of_y.n / n;
    p->upper = (double)p->of_upper.n / n;
    if (p->of_upper.n == p->of_y.n) { /* it is known of everyone: no bar */
        p->lower = p->upper = NAN;
        p->of_lower = p->of_upper = rp_count_none();
    }
}

static void draw(const assessor_work *work) {
    rp_chart *chart =
        rp_answer_chart(work->answer, RP_CHART_RATES, "assessor.telling", "Who was told about the assessor");
    chart->table_id = "assessor.telling";
    chart->reading = assessor_reading;
    chart->x_label = "Share of people assessed";
    rp_chart_series_add(chart, "Everyone assessed");
    for (size_t t = 0; t < TELLINGS; t++)
        assessor_point(work, chart, assessor_tellings[t].title, t, 0);
}

void assessor_write_telling(assessor_work *work) {
    for (size_t t = 0; t < TELLINGS; t++)
        say_telling(work, t);
    draw(work);
    write_states(work);
    write_informants(work);
}
