/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about risk, about what happens meanwhile, and about harm. How often is assumed; who is harmed by treatment
 * tells of unwanted effects and complains more often. */
#include "simulation/pages.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { HOUR = 3600, RAISED_AT = 10 * HOUR, DEAD_ITEM = SIM_PHQ - 1 };

static void write_risk(const sim_course *course, size_t at, const char *origin, int answer, rp_draws *draws,
                       sim_page *page) {
    static const char *const levels[] = {"low", "low", "moderate", "high"};
    static const char *const actions[] = {"none_needed", "safety_plan", "supervisor_told", "gp_told", "crisis_team"};
    static const double shares[] = {0.3, 0.4, 0.15, 0.12, 0.03};
    const sim_contact *contact = &course->contacts[at];
    bool explored = sim_chance(draws, 0.85), closed = sim_chance(draws, 0.7);
    const char *action = actions[sim_pick(draws, shares, COUNT(shares))];
    sim_put_thing(page, 'Q', course, at, '1');
    sim_put_referral(page, course);
    sim_put_contact(page, course, at);
    sim_put_time(page, contact->date, RAISED_AT);
    sim_put(page, origin);
    sim_put(page, levels[answer]);
    sim_put_bool(page, explored);
    sim_put(page, explored ? action : "");
    if (explored)
        sim_put_practitioner(page, course->client, contact->practitioner);
    else
        sim_skip(page, 1);
    if (explored && closed)
        sim_put_time(page, contact->date + sim_between(draws, 0, 21), RAISED_AT + HOUR);
    else
        sim_skip(page, 1);
    sim_end_row(page);
}

/* An answer above "not at all" to the ninth item of the PHQ-9 raises a concern, most often. */
static void write_risks(const sim_course *course, rp_draws *draws, sim_page *page) {
    for (size_t i = 0; i < course->n; i++) {
        const sim_contact *contact = &course->contacts[i];
        int answer = contact->answers.phq[DEAD_ITEM];
        bool seen = sim_chance(draws, 0.8), words = sim_chance(draws, 0.01);
        if (contact->moment < 0)
            continue;
        if (contact->asked[SIM_ASK_PHQ] == SIM_ASKED_COMPLETE && answer > 0 && seen)
            write_risk(course, i, "item", answer, draws, page);
        else if (words)
            write_risk(course, i, "words", 1, draws, page);
    }
}

static void write_event(const sim_course *course, rp_date date, const char *kind, const char *related,
                        const char *words, sim_page *page) {
    sim_put_referral(page, course);
    sim_put_date(page, date);
    sim_put(page, kind);
    sim_put(page, related);
    sim_put(page, words);
    sim_end_row(page);
}

void sim_write_events(const sim_world *world, const sim_course *course, sim_pages *pages) {
    rp_draws draws = rp_draws_of(world->seed, sim_subject(course->client, course->referral), SIM_STREAM_EVENT_ROWS);
    static const struct {
        const char *kind, *words;
        double chance, harmed; /* the chance of people whom treatment harms */
    } kinds[] = {
        {"medication_change", "Dose changed by the general practitioner", 0.08, 0.08},
        {"life_event", "Lost their work", 0.06, 0.06},
        {"other_treatment", "Began a course elsewhere", 0.01, 0.01},
        {"unwanted_effect", "Slept worse after sessions", 0.03, 0.35},
        {"complaint", "Complained about how sessions went", 0.004, 0.03},
        {"crisis", "Sought help at night", 0.008, 0.02},
        {"admission", "Admitted to hospital", 0.002, 0.004},
    };
    static const char *const related[] = {"no", "possibly", "yes", "not_known"};
    static const double shares[] = {0.5, 0.25, 0.1, 0.15}, harm_shares[] = {0.1, 0.4, 0.4, 0.1};
    if (course->treated == 0)
        return;
    bool harmed = course->life.harmed && !course->usual_care;
    sim_page *page = &pages->of[RP_EVENTS];
    for (size_t k = 0; k < COUNT(kinds); k++) {
        bool happens = sim_chance(&draws, harmed ? kinds[k].harmed : kinds[k].chance);
        size_t at = (size_t)sim_between(&draws, 0, (int)course->n - 1);
        size_t how = sim_pick(&draws, harmed ? harm_shares : shares, COUNT(shares));
        if (happens)
            write_event(course, course->contacts[at].date, kinds[k].kind, related[how], kinds[k].words, page);
    }
    if (course->end_reason != NULL && strcmp(course->end_reason, "49") == 0)
        write_event(course, course->ended, "death", "not_known", "Reported by the family", page);
    write_risks(course, &draws, &pages->of[RP_RISKS]);
    if (course->finished && sim_chance(&draws, 0.02)) {
        sim_page *stories = &pages->of[RP_STORIES];
        sim_put_referral(stories, course);
        sim_put_date(stories, course->ended);
        sim_put(stories, "A story that nobody told: this person is made up");
        sim_end_row(stories);
    }
}
