/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `fidelity`: which protocol for which problem, what of it was delivered, and how well, as somebody
 * judged.
 *
 * Lists of codes (fidelity_lists.c) -> everyone who entered treatment (fidelity_read.c, fidelity_people.c) ->
 * protocols, components, plans, ratings. */
#include "questions/fidelity/fidelity.h"
#include "questions/common/whom.h"
#include "questions/fidelity/fidelity_parts.h"

static const char question_title[] = "What was delivered, and how closely?";

void fidelity_say(const fidelity_work *work, const char *id, const char *label, const char *of, const char *words,
                  const char *cohort, bool headline, rp_count part, rp_count whole) {
    rp_question_saying saying = {id, label, of, words, cohort, headline};
    rp_question_say(work->answer, &saying, part, whole, work->asked->level);
}

void fidelity_tie(rp_value *values, size_t n, rp_count to) {
    for (size_t i = 0; i < n && to.n > 0; i++)
        values[i].of = to;
}

const char *fidelity_protocol_title(const fidelity_work *work, size_t protocol) {
    return protocol < work->protocols.n ? work->protocols.titles[protocol] : "protocols not told apart";
}

static bool is_anything_merged(const fidelity_work *work) {
    const fidelity_merged *m = &work->merged;
    uint32_t any =
        m->protocols | m->problems | m->steps | m->intensities | m->raters[ADHERENCE] | m->raters[COMPETENCE];
    for (size_t i = 0; i < PROTOCOLS; i++)
        any |= m->steps_of[i] | m->problems_of[i] | m->components_of[i];
    return any != 0;
}

static void caveats(const fidelity_work *work) {
    rp_answer *answer = work->answer;
    if (is_anything_merged(work))
        rp_answer_caveat(answer, "Some lines are not told apart: one would be the people of one practitioner alone.");
    rp_answer_caveat(answer, "Rapport holds no list of which protocol is recommended for which problem, nor of which "
                             "components a protocol has. So it says what is on record, not whether it was the right "
                             "thing.");
    rp_answer_caveat(answer, "Outcomes are not compared by protocol, by adherence or by competence: nobody was "
                             "allotted to them by chance, practitioners depart from a protocol because of how a person "
                             "is doing, and ratings are made of some contacts and not of others.");
    rp_question_caveat_ended(answer, work->cohort);
}

static void write(const fidelity_work *work) {
    bool protocols = rp_record_rows(work->record, RP_PROTOCOLS) > 0;
    if (protocols) {
        fidelity_write_protocols(work);
        fidelity_write_problems(work);
    }
    fidelity_write_steps(work);
    if (protocols) {
        fidelity_write_recorded(work);
        fidelity_write_components(work);
    }
    if (rp_record_rows(work->record, RP_PLANS) > 0)
        fidelity_write_plans(work);
    if (protocols)
        fidelity_write_ratings(work);
    caveats(work);
}

static bool say_nothing_to_tell(const fidelity_work *work) {
    if (!rp_cohort_has_contacts(work->cohort)) {
        rp_answer_needs(work->answer, "contacts");
        rp_answer_caveat(work->answer, "The data hold no contacts, so it is not known what was delivered in them. With "
                                       "contacts, and protocols of them, it could be told what of a protocol people "
                                       "were given.");
        return true;
    }
    if (rp_question_having(&work->all, ENTERED, 0).n > 0)
        return false;
    rp_answer_caveat(work->answer, "Nobody in the cohort has a treatment contact on record, so nothing can be said of "
                                   "what was delivered.");
    return true;
}

static bool make(fidelity_work *work, rp_arena *scratch, rp_error *error) {
    static const fidelity_source protocols[] = {{RP_PROTOCOLS, "protocol"}, {RP_PLANS, "protocol"}};
    static const fidelity_source components[] = {{RP_PROTOCOLS, "component"}};
    rp_arena *arena = work->answer->arena;
    work->columns = fidelity_columns_find();
    if (work->frame == NULL)
        return rp_fail_memory(error);
    if (!fidelity_list_make(work->record, protocols, 2, OTHER_PROTOCOL, arena, &work->protocols, error) ||
        !fidelity_list_make(work->record, components, 1, OTHER_COMPONENT, arena, &work->components, error) ||
        !fidelity_sort(work, scratch, error))
        return false;
    if (!say_nothing_to_tell(work))
        write(work);
    return !work->answer->failed || rp_fail_memory(error);
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "fidelity", question_title);
    fidelity_work *work = rp_arena_take(arena, 1, sizeof *work);
    rp_arena *scratch = rp_arena_new(0);
    bool done = false;
    if (answer != NULL && work != NULL && scratch != NULL) {
        *work = (fidelity_work){.cohort = cohort,
                                .asked = asked,
                                .frame = rp_question_frame(cohort, arena),
                                .answer = answer,
                                .record = rp_cohort_record(cohort)};
        answer->lead = "Of people who entered treatment: which protocol is on record for which problem and at which "
                       "step, which components were delivered, whether it is what was planned, and how adherence and "
                       "competence were rated, and by whom.";
        done = make(work, scratch, error);
    } else
        rp_fail_memory(error);
    rp_arena_free(scratch);
    return done ? answer : NULL;
}

static const rp_table_use uses[] = {
    {RP_PROTOCOLS,
     "The data hold no protocols, so it is not known what was delivered, which does not mean that no protocol was "
     "followed. With protocols, it could be told which, what of it, and how it was rated.",
     RP_CONTACTS},
    {RP_ACTIVITIES,
     "The data hold no activities, so it is not known at which step people were treated. With activities, it could be "
     "told by low and by high intensity.",
     RP_CONTACTS},
    {RP_PLANS,
     "The data hold no plans, so it is not known what was intended. With plans, what was intended could be held "
     "against "
     "what was delivered.",
     RP_CONTACTS},
    {RP_PROBLEMS,
     "The data hold no dated problems, so people are sorted by the problem that the referral names. With dated "
     "problems, it would go by the one that was the main problem in the end.",
     RP_CONTACTS},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not among "
     "those who entered treatment. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_fidelity = {
    .name = "fidelity", .title = question_title, .uses = uses, .statements = fidelity_statements, .ask = ask};
