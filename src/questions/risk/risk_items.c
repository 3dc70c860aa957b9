/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to items that ask about risk: who was asked, who answered, who did not, and whether a risk was raised. */
#include "questions/common/everyone.h"
#include "questions/risk/risk_parts.h"

#include <math.h>
#include <string.h>

typedef struct reader {
    const risk_items *items;
    uint64_t *marks; /* one a person, each written by the block that they are in */
} reader;

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    r->marks[person] = risk_item_marks(r->items, episode);
}

/* How many have a score, and two, stands in `outcome`; who has answers on record at all, in `coverage`. */
static bool sort(const risk_items *items, const uint64_t *marks, rp_question_set *set) {
    rp_answer *answer = items->work->answer;
    *set = (rp_question_set){.answer = answer};
    for (size_t i = 0; i < rp_cohort_episodes(items->work->cohort); i++)
        if (!rp_question_group_add(answer->arena, &set->groups, marks[i], items->facts[i].cell))
            return false;
    set->universe = rp_question_universe(answer, items->work->frame,
                                         rp_answer_text(answer, "%s, items about risk", items->instrument->short_title),
                                         &set->groups);
    rp_answer_told(answer, rp_question_having(set, ANY_RESPONSE, 0));
    for (size_t m = 0; m < items->n_measures; m++)
        for (unsigned least = 0; least < 2; least++)
            rp_answer_told(answer, rp_question_having(set, SCORES(m, least), 0));
    return !answer->failed;
}

/* ---- writing -------------------------------------------------------------------------------------------------------
 */

#define EVERYONE 0
typedef struct line {
    uint64_t marks, of;
    const char *id, *label, *words;
    bool headline, of_risks; /* of_risks: only where the record has risks */
} line;

static const line lines[] = {
    {NEVER_GIVEN, EVERYONE, "risk.item.never_given", "Never given",
     "were never given the questionnaire, as far as it is "
     "on record",
     false, false},
    {NOT_DONE, EVERYONE, "risk.item.not_done", "Given and not done",
     "were given the questionnaire and have none filled in on record", false, false},
    {SCORES_ALONE, EVERYONE, "risk.item.scores_alone", "A score alone",
     "have scores of the questionnaire and no answers: what they answered is not known", false, false},
    {FILLED, EVERYONE, "risk.item.filled", "Filled in", "have filled it in at least once, with answers on record",
     false, false},
    {BLANK, FILLED, "risk.item.not_answered", "Not answered at least once",
     "have left it at least once without an answer (this is counted as not answered, never as a no)", true, false},
    {ANSWERED, FILLED, "risk.item.answered", "Answered at least once", "have answered it at least once", false, false},
    {POSITIVE, ANSWERED, "risk.item.positive", "A positive answer at any time",
     "have given a positive answer at least once", true, false},
    {POSITIVE_THEN, ANSWERED, "risk.item.positive.first", "A positive answer at first",
     "gave a positive answer the first time that they answered it", false, false},
    {POSITIVE_LAST, ANSWERED, "risk.item.positive.last", "A positive answer at last",
     "gave a positive answer the last time that they answered it", false, false},
    {UNRAISED_THEN, POSITIVE, "risk.item.not_raised_then", "No risk raised then",
     "have given at least one positive answer after which no risk is on record as raised in the same contact or on the "
     "same day (this does not mean that nobody talked with them)",
     true, true},
    {UNRAISED, POSITIVE, "risk.item.not_raised_since", "No risk raised then or later",
     "have given at least one positive answer after which no risk is on record as raised, then or later (this does not "
     "mean that nobody talked with them)",
     false, true},
    {UNRAISED_MAY, POSITIVE, "risk.item.not_raised_not_known", "Not known whether a risk was raised then",
     "have given a positive answer of which it cannot be told whether a risk was raised then, for want of dates, and "
     "none of which it is known that none was",
     false, true},
};

/* "item 9 of the PHQ-9", "items 6, 9 of the CORE-OM". */
static const char *item_words(const risk_items *items) {
    rp_answer *answer = items->work->answer;
    const char *names = "";
    size_t n = 0;
    for (size_t i = 0; i < items->instrument->n_items; i++)
        if (!isnan(items->instrument->items[i].risk_from))
            names = rp_answer_text(answer, "%s%s%s", names, n++ > 0 ? ", " : "", items->instrument->items[i].name);
    return rp_answer_text(answer, "%s, %s %s", items->instrument->short_title, n > 1 ? "items" : "item", names);
}

static const char *noun_of(const risk_items *items, uint64_t of) {
    return of == EVERYONE   ? rp_question_whole_of(items->work->cohort, REACH_ANY).noun
           : of == FILLED   ? "people who filled it in"
           : of == ANSWERED ? "people who answered it"
                            : "people who gave a positive answer";
}

static const char *cohort_of(const risk_items *items, uint64_t of) {
    return of == EVERYONE   ? rp_question_whole_of(items->work->cohort, REACH_ANY).cohort
           : of == FILLED   ? "filled in"
           : of == ANSWERED ? "answered"
                            : "positive answer";
}

static bool is_confirmed(const risk_items *items) {
    bool confirmed = true;
    for (size_t i = 0; i < items->instrument->n_items; i++)
        confirmed = confirmed &&
                    (isnan(items->instrument->items[i].risk_from) || items->instrument->items[i].risk_source.confirmed);
    return confirmed;
}

static void say(const risk_items *items, const line *it, const char *item, rp_count part, rp_count whole) {
    rp_answer *answer = items->work->answer;
    rp_question_saying saying = {it->id,
                                 rp_answer_text(answer, "%s: %s", item, it->label),
                                 noun_of(items, it->of),
                                 it->words,
                                 cohort_of(items, it->of),
                                 it->headline};
    rp_statement *s = rp_question_say(answer, &saying, part, whole, items->work->asked->level);
    s->text = rp_answer_text(answer, "%s: %s", item, s->text);
    s->measure = items->instrument->short_title;
    s->rater = "client";
    s->confirmed = is_confirmed(items);
}

/* What counts as positive, by item. */
static const char *from_words(const risk_items *items) {
    rp_answer *answer = items->work->answer;
    const char *words = "";
    for (size_t i = 0; i < items->instrument->n_items; i++) {
        const rp_item *item = &items->instrument->items[i];
        if (isnan(item->risk_from))
            continue;
        words = rp_answer_text(answer, "%s%sitem %s from %g%s", words, *words != '\0' ? ", " : "", item->name,
                               item->risk_from,
                               item->wording != NULL ? rp_answer_text(answer, " (\"%s\")", item->wording) : "");
    }
    return words;
}

static void write(const risk_items *items, const rp_question_set *set) {
    static const rp_table_column columns[] = {
        {"what", "On record", ""},     {"people", "People", "people"}, {"denominator", "Of", ""},
        {"of", "Of", "people"},        {"share", "Share", "%"},        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    rp_answer *answer = items->work->answer;
    const char *item = item_words(items);
    bool risks = rp_record_rows(items->work->record, RP_RISKS) > 0;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "risk.item.%s", items->instrument->short_title),
        rp_answer_text(answer, "%s: what people answered", item), columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "Rated by the client. A positive answer: %s. Not answered is never counted as a no. First and last are of the "
        "times that it was answered.%s",
        from_words(items),
        risks ? " A risk belongs to an answer where both name the same contact, or where it was raised on the day of "
                "the answer (days by UTC); it came later where it was raised on a later day."
              : "");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const line *it = &lines[i];
        if (it->of_risks && !risks)
            continue;
        rp_count part = rp_question_having(set, it->marks, 0), whole = rp_question_having(set, it->of, 0);
        say(items, it, item, part, whole);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, it->label);
        row[1] = rp_value_count(part);
        row[2] = rp_value_text(answer, noun_of(items, it->of));
        row[3] = rp_value_count(whole);
        rp_question_put_share(items->work->answer, row + 4, part, whole, items->work->asked->level);
    }
}

/* ---- which questionnaires ---- */

static bool is_in_record(const rp_record *record, const rp_instrument *instrument) {
    size_t n = rp_record_rows(record, RP_ADMINISTRATIONS), i = 0;
    while (i < n && rp_record_instrument(record, i) != instrument)
        i++;
    return i < n;
}

static void find_measures(risk_items *items) {
    const rp_cohort *cohort = items->work->cohort;
    for (size_t m = 0; m < rp_cohort_measures(cohort) && items->n_measures < SCALES; m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        if (measure->instrument == items->instrument && strcmp(measure->rater, "client") == 0)
            items->at[items->n_measures++] = m;
    }
}

static bool write_one(const risk_items *items, uint64_t *marks, rp_error *error) {
    reader r = {items, marks};
    rp_question_set set;
    if (!rp_question_read_everyone(items->work->cohort, read_one, &r, items->work->asked->threads, error))
        return false;
    if (!sort(items, marks, &set))
        return rp_fail_memory(error);
    write(items, &set);
    return true;
}

bool risk_write_items(risk_work *work, const risk_fact *facts, rp_error *error) {
    const rp_instruments *known = rp_record_instruments(work->record);
    if (rp_record_rows(work->record, RP_RESPONSES) == 0)
        return true; /* said once, for the whole answer */
    rp_arena *scratch = rp_arena_new(0);
    uint64_t *marks = scratch != NULL ? rp_arena_take(scratch, rp_cohort_episodes(work->cohort), sizeof *marks) : NULL;
    if (marks == NULL) {
        rp_arena_free(scratch);
        return rp_fail_memory(error);
    }
    bool done = true, any = false;
    for (size_t i = 0; i < rp_instruments_count(known) && done; i++) {
        risk_items items = {.work = work, .instrument = rp_instruments_at(known, i), .facts = facts};
        if (!rp_instrument_has_risk_items(items.instrument) || !is_in_record(work->record, items.instrument))
            continue;
        any = true;
        find_measures(&items);
        done = write_one(&items, marks, error);
    }
    if (done && !any)
        rp_answer_caveat(work->answer,
                         "No questionnaire of the data is known to ask about risk, so no answers are told.");
    rp_arena_free(scratch);
    return done;
}
