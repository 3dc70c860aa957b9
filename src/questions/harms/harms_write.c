/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each kind of harm under each denominator, and any of them. */
#include "questions/harms/harms_parts.h"

#include <math.h>

#define BIT(i) (1u << (i))

const rp_question_reach harms_reaches[HARMS_REACHES] = {REACH_ANY, REACH_ENTERED, REACH_FINISHED};

static bool is_held(const harms_work *work, rp_question_reach reach) {
    return reach == REACH_ANY || rp_cohort_has_contacts(work->cohort);
}

static const harms_words worse = {
    NULL,
    "Reliably deteriorated",
    "are known to have reliably deteriorated",
    {"harms.deterioration.per_referral", NULL, "harms.deterioration.per_entered", "harms.deterioration.per_finished"}};
static const harms_words unknown = {NULL,
                                    "Not known whether deteriorated",
                                    "have no two scores to tell by: whether they deteriorated is not known",
                                    {"harms.deterioration_not_known.per_referral", NULL,
                                     "harms.deterioration_not_known.per_entered",
                                     "harms.deterioration_not_known.per_finished"}};
static const harms_words most = {NULL,
                                 "Reliably deteriorated, worst case",
                                 "would have reliably deteriorated, if all of whom it is not known had",
                                 {"harms.deterioration.per_referral.worst", NULL,
                                  "harms.deterioration.per_entered.worst", "harms.deterioration.per_finished.worst"}};
static const harms_words recorded = {
    NULL,
    "Any of these events",
    "have at least one of these events on record",
    {"harms.recorded.per_referral", NULL, "harms.recorded.per_entered", "harms.recorded.per_finished"}};
static const harms_words any = {
    NULL,
    "Any harm",
    "are known to have reliably deteriorated, or have at least one of these events on record",
    {"harms.any.per_referral", NULL, "harms.any.per_entered", "harms.any.per_finished"}};

/* ---- one line -------------------------------------------------------------------- */

typedef struct page {
    rp_answer_table *table;
    rp_chart *chart;
} page;

typedef struct line {
    const harms_words *words;
    unsigned parts;
    uint64_t has;
    bool headline, of_change; /* of_change: by the national rule */
} line;

static void write_line(const harms_work *work, const page *to, const line *it, rp_question_reach reach) {
    rp_answer *answer = work->answer;
    rp_question_whole of = rp_question_whole_of(work->cohort, reach);
    rp_count whole = harms_count(work, &work->people, (harms_who){reach, harms_parts(ANY_EVENT, ANY_CHANGE), 0});
    rp_count part = harms_count(work, &work->people, (harms_who){reach, it->parts, it->has});
    const char *label = rp_answer_text(answer, "%s, of %s", it->words->title, of.noun);
    rp_question_saying saying = {it->words->ids[reach], label,     of.noun,
                                 it->words->words,      of.cohort, it->headline && reach == REACH_ENTERED};
    rp_statement *s = rp_question_say(answer, &saying, part, whole, work->asked->level);
    if (it->of_change) {
        s->measure = "PHQ-9 and the anxiety measure";
        s->rater = "client";
        s->method = "national rule, each measure's own threshold; Wilson interval";
        s->confirmed = work->change_confirmed;
    }
    rp_value *row = rp_answer_row(to->table);
    row[0] = rp_value_text(answer, it->words->title);
    row[1] = rp_value_count(part);
    row[2] = rp_value_text(answer, of.noun);
    row[3] = rp_value_count(whole);
    rp_question_put_share(work->answer, row + 4, part, whole, work->asked->level);
    if (it->words == &most || it->words == &unknown)
        return;
    rp_chart_point *p = rp_chart_point_add(to->chart);
    p->label = label;
    p->count = whole;
    p->of_y = part;
    p->lower = p->upper = NAN;
    p->y = s->estimate;
}

static void write_all(const harms_work *work, const page *to, const line *it) {
    for (size_t r = 0; r < HARMS_REACHES; r++)
        if (is_held(work, harms_reaches[r]))
            write_line(work, to, it, harms_reaches[r]);
}

static page begin(const harms_work *work) {
    static const rp_table_column columns[] = {
        {"what", "On record", ""},     {"people", "People", "people"}, {"denominator", "Of", ""},
        {"of", "Of", "people"},        {"share", "Share", "%"},        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    static const char title[] = "Harms, by who is counted";
    page to = {.chart = rp_answer_chart(work->answer, RP_CHART_RATES, "harms.people", title),
               .table =
                   rp_answer_table_add(work->answer, "harms.people", title, columns, sizeof columns / sizeof *columns)};
    to.chart->table_id = "harms.people";
    to.chart->reading = "Each line is the share of a group of people who are known to have got worse, or who have such "
                        "an event on record. What is not on record is not in it.";
    to.chart->x_label = "Share of people";
    rp_chart_series_add(to.chart, "People");
    to.table->note = rp_answer_text(
        work->answer,
        "People, not events: someone with several is counted once in each line that they belong to, so that lines "
        "overlap. No record of events does not mean that there were none.%s",
        work->change_lacks == NULL && work->events ? " Any harm: reliably deteriorated, or with at least one of the "
                                                     "events above on record, or both. Events are "
                                                     "counted whatever brought them about."
                                                   : "");
    return to;
}

void harms_write_people(harms_work *work) {
    if (work->change_lacks != NULL && !work->events)
        return;
    page to = begin(work);
    unsigned events = BIT(HARM_EVENT), is_worse = harms_parts(ANY_EVENT, BIT(CHANGED_WORSE));
    if (work->change_lacks == NULL) {
        unsigned not_known = harms_parts(ANY_EVENT, BIT(CHANGE_NOT_KNOWN));
        write_all(work, &to, &(line){&worse, is_worse, 0, true, true});
        write_all(work, &to, &(line){&unknown, not_known, 0, false, true});
        write_all(work, &to, &(line){&most, is_worse | not_known, 0, false, true});
    }
    for (size_t k = 0; k < HARM_KINDS && work->events; k++)
        write_all(work, &to,
                  &(line){&harms_kinds[k], harms_parts(ANY_EVENT, ANY_CHANGE), KIND(k),
                          k == UNWANTED_EFFECT || k == DEATH, false});
    if (work->events)
        write_all(work, &to, &(line){&recorded, harms_parts(events, ANY_CHANGE), 0, false, false});
    if (work->events && work->change_lacks == NULL)
        write_all(work, &to, &(line){&any, harms_parts(events, ANY_CHANGE) | is_worse, 0, true, true});
}

/* ---- how it was judged ----------------------------------------------------------------------------------------------
 */

void harms_write_judged(harms_work *work) {
    static const rp_table_column columns[] = {
        {"kind", "On record", ""},      {"judged", "Related to the treatment", ""},
        {"people", "People", "people"}, {"of", "Of those with it", "people"},
        {"share", "Share", "%"},        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    static const char *const judgements[JUDGEMENTS] = {"related", "possibly related", "not related",
                                                       "not known, or not recorded"};
    rp_answer *answer = work->answer;
    if (!work->judged) {
        rp_answer_caveat(answer, "Whether events were judged to be related to the treatment is not told: people differ "
                                 "in too many ways for small numbers to be protected.");
        return;
    }
    rp_answer_table *table =
        rp_answer_table_add(answer, "harms.judged", "Was it judged to be related to the treatment?", columns,
                            sizeof columns / sizeof *columns);
    table->note = "People with such an event on record, by how it was judged, as it was written down. Someone with "
                  "several of one kind is in the first line that one of them belongs to.";
    unsigned everyone = harms_parts(ANY_EVENT, ANY_CHANGE);
    for (size_t k = 0; k < HARM_KINDS; k++)
        for (size_t j = 0; j < JUDGEMENTS; j++) {
            rp_count whole = harms_count(work, &work->people, (harms_who){REACH_ANY, everyone, KIND(k)});
            rp_count part = harms_count(work, &work->people, (harms_who){REACH_ANY, everyone, JUDGED(k, j)});
            rp_value *row = rp_answer_row(table);
            row[0] = rp_value_text(answer, harms_kinds[k].title);
            row[1] = rp_value_text(answer, judgements[j]);
            row[2] = rp_value_count(part);
            row[3] = rp_value_count(whole);
            rp_question_put_share(work->answer, row + 4, part, whole, work->asked->level);
        }
}

/* ---- where change is known and where it is not ---- */

void harms_write_known(harms_work *work) {
    static const rp_table_column columns[] = {
        {"denominator", "Of", ""},     {"known", "Reliable change", ""}, {"people", "With such an event", "people"},
        {"of", "Of", "people"},        {"share", "Share", "%"},          {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    static const struct {
        const char *id, *title, *noun, *cohort;
        unsigned changes;
    } known[] = {
        {"harms.recorded.change_known", "known", "people whose change is known", "change known",
         BIT(CHANGED_WORSE) | BIT(CHANGED_NOT_WORSE)},
        {"harms.recorded.change_not_known", "not known", "people whose change is not known", "change not known",
         BIT(CHANGE_NOT_KNOWN)},
    };
    rp_answer *answer = work->answer;
    if (work->change_lacks != NULL)
        return;
    rp_answer_table *table =
        rp_answer_table_add(answer, "harms.known", "Harm on record, where change is known and where it is not", columns,
                            sizeof columns / sizeof *columns);
    table->note = "People with an unwanted effect, a complaint, a crisis, an admission or their death on record, among "
                  "those whose reliable change is known by the national rule and among those for whom it is not. Where "
                  "the second share is higher, those of whom least is known are those with more harm on record.";
    for (size_t r = 0; r < HARMS_REACHES; r++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            rp_question_reach reach = harms_reaches[r];
            harms_who all = {reach, harms_parts(ANY_EVENT, known[k].changes), 0};
            harms_who with = {reach, harms_parts(BIT(HARM_EVENT), known[k].changes), 0};
            rp_count part = harms_count(work, &work->people, with), whole = harms_count(work, &work->people, all);
            rp_value *row = rp_answer_row(table);
            row[0] = rp_value_text(answer, rp_question_whole_of(work->cohort, reach).noun);
            row[1] = rp_value_text(answer, known[k].title);
            row[2] = rp_value_count(part);
            row[3] = rp_value_count(whole);
            rp_question_put_share(work->answer, row + 4, part, whole, work->asked->level);
            if (reach != REACH_ENTERED) /* those who could be measured twice, and could be harmed by treatment */
                continue;
            rp_question_saying saying = {
                known[k].id,
                rp_answer_text(answer, "Harm on record, of %s, of those who entered", known[k].noun),
                rp_answer_text(answer, "%s, of those who entered treatment,", known[k].noun),
                "have an unwanted effect, a complaint, a crisis, an admission or their death on record",
                rp_answer_text(answer, "entered, %s", known[k].cohort),
                false};
            rp_question_say(answer, &saying, part, whole, work->asked->level);
        }
}
