/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Referrals that have ended: after how much, and why; those that have not: for how long nothing has happened; and what
 * became of appointments. */
#include "questions/common/endings.h"
#include "questions/pathway/pathway_parts.h"

typedef struct ended_after {
    const char *id, *label, *words;
    unsigned contacts;
} ended_after;

/* M073, M074, M075, M076 part the ended; M153 is the first two together. */
static const ended_after after[] = {
    {"pathway.ended.not_seen", "Ended, not seen", "have no attended contact on record", BIT(NOT_SEEN)},
    {"pathway.ended.seen_not_treated", "Ended, seen, not treated",
     "have an attended contact on record, and no treatment contact", BIT(SEEN_NOT_TREATED)},
    {"pathway.ended.treated_once", "Ended, treated once", "have one treatment contact on record", BIT(TREATED_ONCE)},
    {"pathway.ended.finished", "Ended, two or more treatment contacts", "have two or more treatment contacts on record",
     BIT(TREATED_MORE)},
};

static void say_one_session(pathway_work *work) {
    pathway_who whole = pathway_ended(pathway_anyone(work));
    whole.contacts = BIT(TREATED_ONCE) | BIT(TREATED_MORE);
    pathway_who once = whole;
    once.contacts = BIT(TREATED_ONCE);
    rp_question_saying saying = rp_question_one_session("pathway.one_session_share", true);
    pathway_say(work, &saying, &once, &whole);
}

static void write_reasons(pathway_work *work) {
    static const rp_table_column columns[] = {
        {"code", "Reason", ""}, {"meaning", "Meaning", ""}, {"ended", "Ended", "people"}, {"share", "Share", "%"}};
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(answer, "pathway.reasons", "Reasons of ending, as recorded", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = "Of all that have ended. Reasons that nobody has are left out.";
    pathway_who all = pathway_ended(pathway_anyone(work));
    rp_count whole = pathway_count(work, &all);
    for (unsigned ending = ENDED; ending < work->plan.n_endings; ending++) {
        pathway_who who = all;
        who.endings = (uint64_t)1 << ending;
        rp_count n = pathway_count(work, &who);
        if (n.n <= 0)
            continue;
        const rp_code_def *code = ending > ENDED ? &work->plan.reasons->codes[ending - ENDED - 1] : NULL;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, code != NULL ? code->code : "none recorded");
        row[1] = rp_value_text(answer, code != NULL ? code->meaning : "not known");
        row[2] = rp_value_count(n);
        row[3] = rp_value_share(100 * pathway_share(work, &n, &whole).estimate, 1, n, whole);
    }
}

void pathway_write_ends(pathway_work *work) {
    pathway_who all = pathway_anyone(work), ended = pathway_ended(all), unknown = all;
    unknown.endings = (uint64_t)1 << OVER_NOT_KNOWN;
    const char *whole = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    if (pathway_count(work, &unknown).n > 0) {
        rp_answer_caveat(work->answer, "The data hold no date of ending, so it is not known who has ended or finished, "
                                       "nor who is still in treatment.");
        return;
    }
    pathway_say(work,
                &(rp_question_saying){"pathway.ended", "Ended", work->plan.noun, "have a date of ending on record",
                                      whole, false},
                &ended, &all);
    if (rp_cohort_has_contacts(work->plan.cohort)) {
        for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
            pathway_who who = ended;
            who.contacts = after[i].contacts;
            pathway_say(work,
                        &(rp_question_saying){after[i].id, after[i].label, "people whose referral has ended",
                                              after[i].words, "ended", false},
                        &who, &ended);
        }
        say_one_session(work);
    }
    if (pathway_count(work, &ended).n > 0) {
        write_reasons(work);
        rp_answer_caveat(work->answer, "Shares of ended referrals over-represent people who left early: who is still "
                                       "in treatment is not among them.");
    }
}

static const struct {
    const char *id, *label, *words;
    unsigned ending;
} since[] = {
    {"pathway.open.not_treated", "Open, not treated so far", "have no treatment contact on record so far",
     OPEN_UNTREATED},
    {"pathway.open.to_60_days", "Open, last treatment up to 60 days before", "were last treated up to 60 days before",
     OPEN_TO_60},
    {"pathway.open.61_to_90_days", "Open, last treatment 61 to 90 days before",
     "were last treated 61 to 90 days before", OPEN_TO_90},
    {"pathway.open.91_to_120_days", "Open, last treatment 91 to 120 days before",
     "were last treated 91 to 120 days before", OPEN_TO_120},
    {"pathway.open.over_120_days", "Open, last treatment over 120 days before",
     "were last treated more than 120 days before", OPEN_LONGER},
    {"pathway.open.not_known", "Open, treated, not known when last", "were treated, and it is not known when last",
     OPEN_NO_DATE},
};

void pathway_write_open(pathway_work *work) {
    pathway_who all = pathway_anyone(work), open = all;
    open.endings = (((uint64_t)1 << ENDED) - 1) & ~((uint64_t)1 << OVER_NOT_KNOWN);
    if (pathway_count(work, &open).n <= 0)
        return;
    const char *whole = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    pathway_say(work,
                &(rp_question_saying){"pathway.open", "Open", work->plan.noun, "have no date of ending on record",
                                      whole, false},
                &open, &all);
    if (!rp_cohort_has_contacts(work->plan.cohort))
        return;
    int32_t month = rp_date_month(work->plan.last_seen); /* the day itself is a day of one person */
    const char *of = rp_answer_text(
        work->answer, "people whose referral has not ended by the last date seen in the record, in %04d-%02d,",
        (int)(month / 12), (int)(month % 12 + 1));
    for (size_t i = 0; i < sizeof since / sizeof *since; i++) {
        pathway_who who = open;
        who.endings = (uint64_t)1 << since[i].ending;
        pathway_say(work, &(rp_question_saying){since[i].id, since[i].label, of, since[i].words, "open", false}, &who,
                    &open);
    }
}

static bool is_group(const void *context, size_t group) {
    return *(const size_t *)context == group || *(const size_t *)context == SIZE_MAX;
}

void pathway_write_appointments(pathway_work *work) {
    static const rp_table_column columns[] = {
        {"attendance", "Attendance", ""}, {"n", "Appointments", "appointments"}, {"share", "Share", "%"}};
    if (!rp_cohort_has_contacts(work->plan.cohort))
        return;
    rp_answer *answer = work->answer;
    const rp_code_list *codes = work->plan.attendances;
    work->appointments = rp_answer_universe(answer, "appointments", codes->n + 1);
    for (size_t i = 0; i < work->appointments->n_groups; i++)
        work->appointments->people[i] = work->counts.appointments[i];
    rp_answer_table *table = rp_answer_table_add(answer, "pathway.appointments", "What became of appointments", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = "Appointments, not people: one person has several. Few of them are hidden as few people are.";
    rp_count whole = rp_answer_count(answer, work->appointments, is_group, &(size_t){SIZE_MAX});
    for (size_t i = 0; i <= codes->n + 1; i++) {
        size_t group = i <= codes->n ? i : SIZE_MAX;
        rp_count n = rp_answer_count(answer, work->appointments, is_group, &group);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, i < codes->n    ? codes->codes[i].meaning
                                       : i == codes->n ? "none recorded"
                                                       : "all");
        row[1] = rp_value_count(n);
        row[2] = rp_value_share(100 * pathway_share(work, &n, &whole).estimate, 1, n, whole);
    }
}
