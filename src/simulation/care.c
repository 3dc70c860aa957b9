/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about what was told, intended, agreed and delivered. How often is assumed throughout, and hangs on nothing
 * else of a person, but for what scenarios say about telling. */
#include "simulation/pages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The first contact at which somebody was seen, or -1. */
static int first_seen(const sim_course *course) {
    for (size_t i = 0; i < course->n; i++)
        if (course->contacts[i].moment >= 0)
            return (int)i;
    return -1;
}

static void disclose(const sim_course *course, size_t at, const char *to, const char *matter, const char *told,
                     const char *informant, const char *how, sim_page *page) {
    const sim_contact *contact = &course->contacts[at];
    sim_put_referral(page, course);
    sim_put_contact(page, course, at);
    sim_put_date(page, contact->date);
    sim_put(page, to);
    sim_put(page, matter);
    sim_put(page, told);
    sim_put(page, informant);
    sim_put(page, how);
    sim_put_practitioner(page, course->client, contact->practitioner);
    sim_end_row(page);
}

/* What is recorded of what was told. Nothing is recorded of the rest, told or not. */
static void write_disclosures(const sim_course *course, size_t at, rp_draws *draws, sim_page *page) {
    static const struct {
        const char *to, *matter, *how;
    } matters[SIM_MATTERS] = {[SIM_CLIENT_ROLE] = {"client", "assessor_role", "in_person"},
                              [SIM_CLIENT_QUALIFICATION] = {"client", "assessor_qualification", "in_person"},
                              [SIM_GP_ROLE] = {"gp", "assessor_role", "letter"}};
    for (int m = 0; m < SIM_MATTERS; m++) {
        const char *informant = matters[m].to[0] == 'c' && sim_chance(draws, 0.3) ? "client" : "practitioner";
        if (course->matters[m].recorded)
            disclose(course, at, matters[m].to, matters[m].matter, course->matters[m].told ? "yes" : "no", informant,
                     matters[m].how, page);
    }
    if (sim_chance(draws, 0.4))
        disclose(course, at, "client", "purpose_of_measures", "shown_on_screen", "screen", "page", page);
    if (sim_chance(draws, 0.3))
        disclose(course, at, "client", "who_sees_answers", "shown_on_screen", "screen", "page", page);
}

static const char *protocol_of(const sim_course *course) {
    static const char *const protocols[] = {"cognitive_therapy", "behavioural_activation", "exposure"};
    return course->route == SIM_LOW ? "guided_self_help" : protocols[course->client % COUNT(protocols)];
}

static void write_plan(const sim_course *course, size_t at, sim_page *page) {
    static const char *const intensities[SIM_ROUTES] = {"low", "stepped", "high", "neither"};
    sim_put_referral(page, course);
    sim_put_date(page, course->contacts[at].date);
    sim_put(page, protocol_of(course));
    sim_put_int(page, course->planned);
    sim_put(page, intensities[course->route]);
    sim_end_row(page);
}

/* A goal or a task: both have the same columns. */
static void write_agreed(const sim_course *course, size_t at, char first, const char *words, const char *status,
                         rp_draws *draws, sim_page *page) {
    bool recorded = sim_chance(draws, 0.85), both = sim_chance(draws, 0.8);
    sim_put_thing(page, first, course, at, '1');
    sim_put_referral(page, course);
    sim_put_contact(page, course, at);
    sim_put_date(page, course->contacts[at].date);
    sim_put(page, words);
    sim_put(page, recorded ? "true" : "");
    sim_put(page, !recorded ? "" : both ? "true" : "false");
    sim_put(page, status);
    sim_end_row(page);
}

static void write_ratings(const sim_course *course, size_t at, rp_draws *draws, sim_page *page) {
    size_t last = course->n - 1;
    for (int again = 0; again < 2; again++) {
        sim_put_thing(page, 'G', course, at, '1');
        sim_put_date(page, course->contacts[again ? last : at].date);
        sim_put_int(page, sim_between(draws, again ? 3 : 0, again ? 10 : 4));
        sim_put(page, "client");
        sim_end_row(page);
    }
}

static void write_agreements(const sim_course *course, size_t at, rp_draws *draws, sim_pages *pages) {
    static const char *const goals[] = {"To sleep through the night", "To go back to work", "To see friends again"};
    static const char *const tasks[] = {"Keep a diary", "Plan two activities", "Take the bus once"};
    static const char *const goal_statuses[] = {"open", "partly_met", "met", "dropped"};
    static const char *const task_statuses[] = {"done", "partly_done", "not_done", "agreed"};
    static const double shares[] = {0.35, 0.3, 0.25, 0.1};
    if (sim_chance(draws, 0.6)) {
        write_agreed(course, at, 'G', goals[sim_between(draws, 0, 2)], goal_statuses[sim_pick(draws, shares, 4)], draws,
                     &pages->of[RP_GOALS]);
        if (sim_chance(draws, 0.5))
            write_ratings(course, at, draws, &pages->of[RP_GOAL_RATINGS]);
    }
    if (sim_chance(draws, 0.5))
        write_agreed(course, at, 'H', tasks[sim_between(draws, 0, 2)], task_statuses[sim_pick(draws, shares, 4)], draws,
                     &pages->of[RP_TASKS]);
}

static void write_protocols(const sim_course *course, rp_draws *draws, sim_page *page) {
    static const char *const components[] = {
        "agenda",   "homework_review", "formulation",        "cognitive_restructuring",
        "exposure", "homework_set",    "activity_scheduling"};
    static const char *const raters[] = {"practitioner", "supervisor", "observer"};
    static const double shares[] = {0.85, 0.12, 0.03};
    for (size_t i = 0; i < course->n; i++) {
        if (course->contacts[i].treated == 0 || !sim_chance(draws, 0.25))
            continue;
        sim_put_contact(page, course, i);
        sim_put(page, protocol_of(course));
        sim_put(page, components[sim_between(draws, 0, (int)COUNT(components) - 1)]);
        sim_put_bool(page, sim_chance(draws, 0.8));
        sim_put_int(page, sim_between(draws, 1, 6));
        sim_put_int(page, sim_between(draws, 1, 6));
        sim_put(page, raters[sim_pick(draws, shares, COUNT(shares))]);
        sim_end_row(page);
    }
}

/* Somebody from outside interviews a few before and after: a person has a disorder who is severe. */
static void write_diagnoses(const sim_course *course, rp_draws *draws, sim_page *page) {
    if (!sim_chance(draws, 0.03))
        return;
    for (int after = 0; after < 2; after++) {
        const sim_contact *contact = &course->contacts[after ? course->n - 1 : 0];
        sim_put_referral(page, course);
        sim_put_date(page, contact->date);
        sim_put(page, "mini");
        sim_put(page, "X1");
        sim_put_bool(page, true);
        sim_put_bool(page, after == 0);
        sim_put(page, "F32");
        sim_put_bool(page, !sim_is_well(&contact->answers));
        sim_end_row(page);
    }
}

/* Only of courses that have ended after several contacts, since a completed log counts as one more. */
static void write_internet(const sim_course *course, rp_draws *draws, sim_page *page) {
    if (!sim_chance(draws, 0.06) || course->route != SIM_LOW || !course->finished)
        return;
    sim_put_referral(page, course);
    sim_put_date(page, course->contacts[0].date);
    sim_put_date(page, course->contacts[course->n - 1].date);
    sim_put(page, "sleep-well");
    sim_put_int(page, sim_between(draws, 15, 90));
    sim_put_practitioner(page, course->client, course->therapist);
    sim_end_row(page);
}

void sim_write_care(const sim_world *world, const sim_course *course, sim_pages *pages) {
    rp_draws draws = rp_draws_of(world->seed, sim_subject(course->client, course->referral), SIM_STREAM_CARE_ROWS);
    int at = first_seen(course);
    if (at < 0)
        return;
    write_disclosures(course, (size_t)at, &draws, &pages->of[RP_DISCLOSURES]);
    if (course->treated == 0)
        return;
    write_plan(course, (size_t)at, &pages->of[RP_PLANS]);
    write_agreements(course, (size_t)at, &draws, pages);
    write_protocols(course, &draws, &pages->of[RP_PROTOCOLS]);
    write_diagnoses(course, &draws, &pages->of[RP_DIAGNOSES]);
    write_internet(course, &draws, &pages->of[RP_INTERNET_LOGS]);
}
