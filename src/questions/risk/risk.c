/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `risk`: of whom was a risk raised, and what is on record of what became of it?
 *
 * One pass over the cohort (risk_people.c) -> risks that were raised (risk_raised.c) -> answers to items that ask about
 * risk (risk_items.c, risk_answers.c). */
#include "questions/risk/risk.h"
#include "questions/common/record_end.h"
#include "questions/common/whom.h"
#include "questions/risk/risk_parts.h"

#include <assert.h>

static const char question_title[] = "Was a risk raised, and what became of it?";

/* The universes of those of whom a risk was raised, and the days until the first was closed. */
static bool sort(risk_work *work, const risk_fact *facts) {
    static const struct {
        const char *name;
        uint64_t marks;
    } parts[PARTS] = {
        [OF_ORIGIN] = {"risks by origin", RAISED | BITS(1, ORIGINS)},
        [OF_LEVEL] = {"risks by level", RAISED | BITS(5, LEVELS)},
        [OF_DEALING] = {"risks explored and acted on", RAISED | EXPLORED_EACH | NOT_EXPLORED | EXPLORED_UNSAID |
                                                           ACTION_EACH | ACTION_SOME | ACTION_NONE},
        [OF_ACTIONS] = {"risks by action", RAISED | BITS(17, KINDS)},
        [OF_CLOSING] = {"risks closed and open", RAISED | BITS(25, CLOSINGS) | OPEN | BITS(32, OPENINGS)},
    };
    rp_arena *arena = work->answer->arena;
    work->days = rp_arena_take(arena, RP_QUESTION_DAYS, sizeof *work->days);
    bool added = work->days != NULL;
    for (size_t i = 0; i < rp_cohort_episodes(work->cohort) && added; i++) {
        for (size_t p = 0; p < PARTS && added; p++)
            added =
                rp_question_group_add(arena, &work->parts[p].groups, facts[i].marks & parts[p].marks, facts[i].cell);
        if (facts[i].days >= 0 && added)
            work->days[facts[i].days < RP_QUESTION_DAYS - 1 ? facts[i].days : RP_QUESTION_DAYS - 1]++;
    }
    for (size_t p = 0; p < PARTS && added; p++) {
        rp_question_set *set = &work->parts[p];
        set->answer = work->answer;
        set->universe = rp_question_universe(work->answer, work->frame, parts[p].name, &set->groups);
    }
    return added && !work->answer->failed;
}

static void say_how_to_read(const risk_work *work) {
    rp_answer_caveat(work->answer,
                     "What is here is what was written down. A risk may have been talked about, and acted "
                     "on, without a record of it.");
    rp_answer_caveat(work->answer, "Nothing here is a score of risk, and nothing foretells what anybody will do: no "
                                   "answer to a questionnaire can.");
    rp_question_caveat_ended(work->answer, work->cohort);
}

static bool write(risk_work *work, rp_error *error) {
    size_t n = rp_cohort_episodes(work->cohort);
    rp_arena *scratch = rp_arena_new(0);
    risk_fact *facts = scratch != NULL ? rp_arena_take(scratch, n, sizeof *facts) : NULL;
    if (facts == NULL) {
        rp_arena_free(scratch);
        return rp_fail_memory(error);
    }
    bool done = risk_read(work, facts, error);
    if (done && rp_record_rows(work->record, RP_RISKS) > 0) {
        done = sort(work, facts) || rp_fail_memory(error);
        if (done)
            risk_write_raised(work);
    }
    done = done && risk_write_items(work, facts, error);
    rp_arena_free(scratch);
    return done;
}

static const rp_code_list *codes_of(const char *column) {
    return rp_schema_table(RP_RISKS)->columns[rp_schema_column(RP_RISKS, column)].codes;
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "risk", question_title);
    risk_work *work = rp_arena_take(arena, 1, sizeof *work);
    const rp_frame *stages = rp_question_frame(cohort, arena);
    const rp_frame *frame = stages != NULL ? rp_question_frame_of_risk(stages, arena) : NULL;
    if (answer == NULL || work == NULL || frame == NULL)
        return rp_fail_memory(error), NULL;
    *work = (risk_work){.cohort = cohort,
                        .record = rp_cohort_record(cohort),
                        .asked = asked,
                        .stages = stages,
                        .frame = frame,
                        .answer = answer,
                        .last_seen = rp_question_record_end(rp_cohort_record(cohort)),
                        .origins = codes_of("origin"),
                        .levels = codes_of("level"),
                        .actions = codes_of("action")};
    assert(work->origins->n == ORIGINS - 1 && work->levels->n == LEVELS - 1 && work->actions->n == KINDS - 1);
    answer->lead =
        "People of whom a concern about risk is on record, from a questionnaire's item, from their own words or from "
        "what was seen; whether it was talked about with them, what was done, and when it was closed. And what people "
        "answered to items that ask about it.";
    if (!write(work, error))
        return NULL;
    if (answer->n_statements > 0) {
        say_how_to_read(work);
    } else {
        rp_answer_needs(answer, "risks");
        rp_answer_caveat(answer, "The data hold neither risks nor a questionnaire that is known to ask about risk, so "
                                 "nothing can be said of risks. This does not mean that there were none.");
    }
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_RISKS,
     "The data hold no risks, which does not mean that none were raised. With risks, it could be told of whom one was "
     "raised, and what became of it.",
     -1},
    {RP_RESPONSES,
     "The data hold no responses: of the questionnaires there are scores alone, and no score tells what somebody "
     "answered when asked about risk. With responses, answers to these items could be told.",
     -1},
    {RP_CONTACTS,
     "The data hold no contacts, so it is not known who was assessed and who entered treatment. With contacts, risks "
     "raised could be told of these, too.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not among "
     "those who entered treatment. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_risk = {
    .name = "risk", .title = question_title, .uses = uses, .statements = risk_statements, .ask = ask};
