/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about contacts, and about the answers that were given there. */
#include "simulation/pages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const kinds[] = {
    "assessment", "treatment", "assessment_and_treatment", "review", "review_and_treatment", "follow_up", "employment"};
static const char *const attendances[] = {"attended", "late_seen", "did_not_attend", "cancelled_client",
                                          "cancelled_service"};
static const char *const asked[] = {"",         "complete", "partial", "declined", "not_offered", "offered_not_done",
                                    "technical"};

/* Courses in the national proportions of 2024-25 (PROMs file, all problems). */
static const char *const low_therapies[] = {"748051000000105", "748101000000105", "748041000000107", "748091000000102",
                                            "702545008"};
static const double low_shares[] = {164041, 8809, 14316, 1567, 40170};
static const char *const high_therapies[] = {"304891004",       "286711000000107",  "449030000",
                                             "443730003",       "1129471000000105", "314034001",
                                             "933221000000107", "842901000000108"};
static const double high_shares[] = {233776, 77602, 10730, 6816, 2825, 1246, 1007, 1912};

static bool was_seen(const sim_contact *contact) {
    return contact->attendance <= SIM_LATE_SEEN;
}

static void write_contact(const sim_course *course, size_t i, const char *medication, rp_draws *draws, sim_page *page) {
    static const char *const modes[] = {"in_person", "telephone", "video"};
    static const double mode_shares[] = {0.3, 0.4, 0.3}; /* assumed */
    const sim_contact *contact = &course->contacts[i];
    const char *mode = modes[sim_pick(draws, mode_shares, COUNT(mode_shares))];
    bool group = contact->treated > 0 && !contact->high && sim_chance(draws, 0.08); /* assumed */
    int minutes = contact->high ? sim_between(draws, 45, 60) : sim_between(draws, 25, 40);
    sim_put_contact(page, course, i);
    sim_put_referral(page, course);
    sim_put_date(page, contact->date);
    sim_skip(page, 1);
    sim_put(page, kinds[contact->kind]);
    sim_put_bool(page, true);
    sim_put(page, attendances[contact->attendance]);
    sim_put(page, mode);
    sim_put(page, group ? "group" : "individual");
    if (was_seen(contact))
        sim_put_int(page, minutes);
    else
        sim_skip(page, 1);
    sim_put_practitioner(page, course->client, contact->practitioner);
    if (group)
        sim_put_team(page, course->client);
    else
        sim_skip(page, 1);
    sim_put(page, medication);
    sim_put(page, "not_needed");
    sim_end_row(page);
}

static void write_activity(const sim_course *course, size_t i, const char *therapy, rp_draws *draws, sim_page *page) {
    const sim_contact *contact = &course->contacts[i];
    sim_put_thing(page, 'X', course, i, 'a');
    sim_put_contact(page, course, i);
    sim_put(page, therapy);
    sim_put_practitioner(page, course->client, contact->practitioner);
    sim_put_int(page, sim_between(draws, 20, contact->high ? 50 : 30));
    sim_end_row(page);
}

void sim_write_contacts(const sim_world *world, const sim_course *course, sim_pages *pages) {
    static const char *const medications[] = {"taking", "not_prescribed", "not_taking", "not_known"};
    static const double medication_shares[] = {0.45, 0.45, 0.05, 0.05}; /* assumed */
    rp_draws draws = rp_draws_of(world->seed, sim_subject(course->client, course->referral), SIM_STREAM_CONTACT_ROWS);
    const char *medication = medications[sim_pick(&draws, medication_shares, COUNT(medication_shares))];
    const char *low = low_therapies[sim_pick(&draws, low_shares, COUNT(low_shares))];
    const char *high = high_therapies[sim_pick(&draws, high_shares, COUNT(high_shares))];
    for (size_t i = 0; i < course->n; i++) {
        const sim_contact *contact = &course->contacts[i];
        write_contact(course, i, medication, &draws, &pages->of[RP_CONTACTS]);
        if (contact->kind == SIM_EMPLOYMENT)
            write_activity(course, i, "1098051000000103", &draws, &pages->of[RP_ACTIVITIES]);
        else if (contact->treated > 0 && course->route != SIM_ROUTE_UNKNOWN)
            write_activity(course, i, contact->high ? high : low, &draws, &pages->of[RP_ACTIVITIES]);
    }
}

/* ---- questionnaires ---- */

typedef struct paper {
    const char *instrument, *rater, *moment, *seen;
    char letter; /* in its id */
    size_t items;
} paper;
static const paper papers[SIM_PAPERS] = {
    [SIM_ASK_PHQ] = {"phq-9", "client", "before", "at_once", 'p', SIM_PHQ},
    [SIM_ASK_GAD] = {"gad-7", "client", "before", "at_once", 'g', SIM_GAD},
    [SIM_ASK_WSAS] = {"wsas", "client", "before", "at_once", 'w', SIM_WSAS},
    [SIM_ASK_ALLIANCE] = {"wai-sr", "client", "after", "after", 'a', SIM_WAI},
    [SIM_ASK_PRACTITIONER] = {"wai-sr", "practitioner", "after", "at_once", 't', SIM_WAI},
};

static const uint8_t *answers_of(const sim_contact *contact, sim_paper which) {
    switch (which) {
    case SIM_ASK_PHQ:
        return contact->answers.phq;
    case SIM_ASK_GAD:
        return contact->answers.gad;
    case SIM_ASK_WSAS:
        return contact->answers.wsas;
    case SIM_ASK_ALLIANCE:
        return contact->about_alliance.client;
    default:
        return contact->about_alliance.practitioner;
    }
}

static void write_administration(const sim_course *course, size_t i, sim_paper which, rp_draws *draws, sim_page *page) {
    enum { FIRST_HOUR = 9, HOURS = 8, HOUR = 3600, SESSION = 50 * 60, LEAD = 15 * 60 };
    static const char *const ways[] = {"link", "this_device", "spoken", "paper"};
    static const double way_shares[] = {0.5, 0.15, 0.3, 0.05}; /* assumed */
    const sim_contact *contact = &course->contacts[i];
    const paper *p = &papers[which];
    bool answered = contact->asked[which] == SIM_ASKED_COMPLETE || contact->asked[which] == SIM_ASKED_PARTIAL;
    int begins = (FIRST_HOUR + (int)((course->client + i) % HOURS)) * HOUR;
    int at = p->moment[0] == 'b' ? begins - LEAD : begins + SESSION;
    int seconds = sim_between(draws, 8, 20) * (int)p->items;
    const char *way = ways[sim_pick(draws, way_shares, COUNT(way_shares))];
    sim_put_thing(page, 'A', course, i, p->letter);
    sim_put_referral(page, course);
    sim_put_contact(page, course, i);
    sim_put_date(page, contact->date);
    sim_skip(page, 1);
    sim_put(page, p->instrument);
    sim_put(page, "1");
    sim_put(page, p->rater);
    sim_put(page, asked[contact->asked[which]]);
    sim_put(page, p->moment);
    if (answered) {
        sim_put_time(page, contact->date, at);
        sim_put_time(page, contact->date, at + seconds);
        sim_put(page, contact->present ? "spoken" : way);
        sim_put_bool(page, contact->present);
        sim_put(page, p->seen);
        sim_put(page, "one_page");
        sim_put(page, "en");
        sim_put_int(page, seconds);
        sim_skip(page, 2);
    } else
        sim_skip(page, 10);
    sim_end_row(page);
}

static void write_responses(const sim_course *course, size_t i, sim_paper which, const uint8_t *answers,
                            sim_page *page) {
    static const char *const names[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"};
    const paper *p = &papers[which];
    bool partial = course->contacts[i].asked[which] == SIM_ASKED_PARTIAL;
    for (size_t item = 0; item < p->items; item++) {
        sim_put_thing(page, 'A', course, i, p->letter);
        sim_put(page, names[item]);
        if (partial && item + 1 == p->items) /* the last one is the one that is left out */
            sim_put(page, "missing");
        else
            sim_put_int(page, answers[item]);
        sim_end_row(page);
    }
}

static void write_score(const sim_course *course, size_t i, char letter, const char *scale, int value, size_t items,
                        sim_page *page) {
    sim_put_thing(page, 'A', course, i, letter);
    sim_put(page, scale);
    sim_put_int(page, value);
    sim_put_int(page, (int64_t)items);
    sim_put(page, "computed");
    sim_end_row(page);
}

static void write_scores(const sim_course *course, size_t i, sim_paper which, const uint8_t *answers, sim_page *page) {
    static const char *const scales[SIM_FACETS] = {"task", "goal", "bond"};
    const paper *p = &papers[which];
    sim_asked status = course->contacts[i].asked[which];
    if (status == SIM_ASKED_COMPLETE)
        write_score(course, i, p->letter, "total", sim_sum(answers, p->items), p->items, page);
    for (int facet = 0; p->items == SIM_WAI && facet < SIM_FACETS; facet++)
        if (sim_facet_given(status, facet))
            write_score(course, i, p->letter, scales[facet], sim_facet_sum(answers, facet), SIM_WAI / SIM_FACETS, page);
}

void sim_write_answers(const sim_world *world, const sim_course *course, sim_pages *pages) {
    rp_draws draws = rp_draws_of(world->seed, sim_subject(course->client, course->referral), SIM_STREAM_ANSWER_ROWS);
    for (size_t i = 0; i < course->n; i++)
        for (int which = 0; which < SIM_PAPERS; which++) {
            const sim_contact *contact = &course->contacts[i];
            sim_asked status = contact->asked[which];
            if (status == SIM_NOT_ASKED)
                continue;
            const uint8_t *answers = answers_of(contact, (sim_paper)which);
            write_administration(course, i, (sim_paper)which, &draws, &pages->of[RP_ADMINISTRATIONS]);
            if (pages->items && (status == SIM_ASKED_COMPLETE || status == SIM_ASKED_PARTIAL))
                write_responses(course, i, (sim_paper)which, answers, &pages->of[RP_RESPONSES]);
            write_scores(course, i, (sim_paper)which, answers, &pages->of[RP_SCORES]);
        }
}
