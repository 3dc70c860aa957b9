/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of what happens to people and of what would. */
#include <math.h>

#include "simulation/truth.h"

static void add(sim_mean *mean, double value) {
    mean->n++;
    mean->sum += value;
    mean->squares += value * value;
}

static int total(const sim_answers *answers, sim_symptom symptom) {
    switch (symptom) {
    case SIM_DEPRESSION:
        return sim_sum(answers->phq, SIM_PHQ);
    case SIM_ANXIETY:
        return sim_sum(answers->gad, SIM_GAD);
    default:
        return sim_sum(answers->wsas, SIM_WSAS);
    }
}

/* ---- before and after ---- */

static void add_classes(sim_mean out[SIM_CLASSES], sim_symptom symptom, int before, int after) {
    const sim_rule *rule = &sim_rules[symptom];
    bool recovered = before >= rule->cutoff && after < rule->cutoff;
    bool improved = before - after >= rule->reliable_change, worse = after - before >= rule->reliable_change;
    add(&out[SIM_RECOVERED], recovered);
    add(&out[SIM_RELIABLY_RECOVERED], recovered && improved);
    add(&out[SIM_IMPROVED], improved);
    add(&out[SIM_UNCHANGED], !improved && !worse);
    add(&out[SIM_DETERIORATED], worse);
}

static void add_horizon(sim_tally *tally, const sim_course *course) {
    const bool in[SIM_PEOPLES] = {true, course->assessed, course->treated > 0, course->finished};
    for (int p = 0; p < SIM_PEOPLES; p++)
        for (int s = 0; in[p] && s < SIM_SYMPTOMS; s++) {
            int before = total(&course->first, (sim_symptom)s), after = total(&course->at_horizon, (sim_symptom)s);
            add(&tally->change[p][s], after - before);
            if (p == SIM_REFERRED)
                add(&tally->arms[course->usual_care][s], after - before);
            if (s <= SIM_ANXIETY)
                add_classes(tally->classes[p][s], (sim_symptom)s, before, after);
        }
}

typedef struct pair {
    int n; /* scores that were given */
    int before, after;
} pair;

/* The first and the last score that were given; where there is no first one, or no later one, what it would have been
 * at the first or the last contact. */
static pair pair_of(const sim_course *course, sim_symptom symptom) {
    pair given = {0}, would = {0};
    int seen = 0;
    for (size_t i = 0; i < course->n; i++) {
        const sim_contact *contact = &course->contacts[i];
        if (contact->moment < 0)
            continue;
        int score = total(&contact->answers, symptom);
        would.after = score;
        if (seen++ == 0)
            would.before = score;
        if (contact->asked[SIM_ASK_PHQ + (int)symptom] != SIM_ASKED_COMPLETE)
            continue;
        given.after = score;
        if (given.n++ == 0)
            given.before = score;
    }
    if (given.n == 0)
        return would;
    if (given.n == 1)
        given.after = would.after;
    return given;
}

/* The national rule: both measures together. Recovery is of those who were a case at the start. */
static void add_national(sim_mean out[SIM_CLASSES], const pair pairs[SIM_SYMPTOMS]) {
    bool better = false, worse = false, case_before = false, case_after = false;
    for (int s = SIM_DEPRESSION; s <= SIM_ANXIETY; s++) {
        int fell = pairs[s].before - pairs[s].after;
        better = better || fell >= sim_rules[s].reliable_change;
        worse = worse || -fell >= sim_rules[s].reliable_change;
        case_before = case_before || pairs[s].before >= sim_rules[s].cutoff;
        case_after = case_after || pairs[s].after >= sim_rules[s].cutoff;
    }
    if (case_before) {
        add(&out[SIM_RECOVERED], !case_after);
        add(&out[SIM_RELIABLY_RECOVERED], !case_after && better && !worse);
    }
    add(&out[SIM_IMPROVED], better && !worse);
    add(&out[SIM_UNCHANGED], better == worse);
    add(&out[SIM_DETERIORATED], worse && !better);
}

static void add_first_to_last(sim_tally *tally, const sim_course *course) {
    pair pairs[SIM_SYMPTOMS];
    for (int s = 0; s < SIM_SYMPTOMS; s++) {
        const pair p = pairs[s] = pair_of(course, (sim_symptom)s);
        if (p.n >= 2)
            add(&tally->scored_change[s], p.after - p.before);
        if (s > SIM_ANXIETY)
            continue;
        if (p.n >= 2)
            add_classes(tally->scored_classes[s], (sim_symptom)s, p.before, p.after);
        if (course->finished)
            add_classes(tally->last_classes[s], (sim_symptom)s, p.before, p.after);
    }
    if (course->finished)
        add_national(tally->national, pairs);
}

/* ---- the way, the alliance, the telling ---- */

static void add_steps(sim_mean steps[SIM_STEPS], const sim_course *course) {
    bool over = course->ended != RP_NO_DATE, treated = course->treated > 0;
    add(&steps[SIM_STEP_ASSESSED], course->assessed);
    add(&steps[SIM_STEP_ENTERED], treated);
    add(&steps[SIM_STEP_SECOND], course->treated >= 2);
    add(&steps[SIM_STEP_FINISHED], course->finished);
    add(&steps[SIM_STEP_ENDED], over);
    if (over) {
        add(&steps[SIM_STEP_ENDED_NOT_SEEN], !course->seen);
        add(&steps[SIM_STEP_ENDED_SEEN], course->seen && !treated);
        add(&steps[SIM_STEP_ENDED_ONCE], course->treated == 1);
        add(&steps[SIM_STEP_ENDED_FINISHED], course->finished);
    }
    if (over && treated)
        add(&steps[SIM_STEP_ONE_SESSION], course->treated == 1);
    for (size_t i = 0; i < course->n; i++)
        if (course->contacts[i].treated == 1) {
            int wait = course->contacts[i].date - course->received;
            add(&steps[SIM_STEP_WITHIN_42], wait <= 42);
            add(&steps[SIM_STEP_WITHIN_126], wait <= 126);
        }
}

static void add_alliance(sim_tally *tally, const sim_course *course) {
    for (size_t i = 0; i < course->n; i++)
        for (int rater = 0; rater < 2; rater++) {
            const sim_contact *contact = &course->contacts[i];
            const uint8_t *answers = rater == 0 ? contact->about_alliance.client : contact->about_alliance.practitioner;
            sim_asked asked = contact->asked[SIM_ASK_ALLIANCE + rater];
            for (int facet = 0; facet < SIM_FACETS; facet++)
                if (sim_facet_given(asked, facet))
                    add(&tally->alliance[facet][rater], sim_facet_sum(answers, facet));
            if (asked == SIM_ASKED_COMPLETE)
                add(&tally->alliance[SIM_FACETS][rater], sim_sum(answers, SIM_WAI));
        }
}

static void add_told(sim_tally *tally, const sim_course *course) {
    for (int m = 0; course->assessed && m < SIM_MATTERS; m++) {
        add(&tally->told[m], course->matters[m].told);
        add(&tally->on_record[m], course->matters[m].told && course->matters[m].recorded);
    }
}

/* ---- what does what ---- */

static int phq_at_horizon(const sim_world *world, const sim_life *life, const sim_care *care) {
    sim_answers answers;
    sim_answer_at_horizon(world, life, care, &answers);
    return total(&answers, SIM_DEPRESSION);
}

static void add_dose(sim_tally *tally, const sim_world *world, const sim_course *course, sim_care care) {
    static const int doses[] = {1, 4, 8, 12};
    for (int d = 0; d < 4; d++) {
        care.contacts = doses[d];
        int difference = phq_at_horizon(world, &course->life, &care) - total(&course->if_untreated, SIM_DEPRESSION);
        add(&tally->causes[SIM_CAUSE_DOSE_1 + d], difference);
    }
}

/* A PHQ-9 at a contact, had severity been higher by `more`. */
static int phq_had_it_been(const sim_world *world, const sim_course *course, const sim_contact *contact, double more) {
    sim_answers answers;
    sim_answer(world, &course->life, contact->moment, contact->severity + more, &answers);
    return total(&answers, SIM_DEPRESSION);
}

static void add_causes(sim_tally *tally, const sim_world *world, const sim_course *course) {
    sim_care care = {.contacts = course->treated,
                     .gift = sim_practitioner_gift(world, course->client, course->therapist),
                     .senior = course->senior};
    for (int s = 0; s < SIM_SYMPTOMS; s++)
        add(&tally->causes[SIM_CAUSE_TREATMENT_PHQ + s],
            total(&course->if_treated, (sim_symptom)s) - total(&course->if_untreated, (sim_symptom)s));
    add_dose(tally, world, course, care);
    sim_care with = care, without = care;
    with.senior = true;
    without.senior = false;
    add(&tally->causes[SIM_CAUSE_SENIOR],
        phq_at_horizon(world, &course->life, &with) - phq_at_horizon(world, &course->life, &without));
    with = without = care;
    with.gift = 1;
    without.gift = 0;
    add(&tally->causes[SIM_CAUSE_GIFT],
        phq_at_horizon(world, &course->life, &with) - phq_at_horizon(world, &course->life, &without));
    const sim_contact *second = NULL, *last = NULL;
    for (size_t i = 0; i < course->n; i++) {
        second = course->contacts[i].treated == 2 ? &course->contacts[i] : second;
        last = course->contacts[i].treated > 0 ? &course->contacts[i] : last;
    }
    if (second != NULL)
        add(&tally->causes[SIM_CAUSE_ALLIANCE],
            phq_had_it_been(world, course, second, -world->at[SIM_ALLIANCE_EFFECT]) -
                phq_had_it_been(world, course, second, 0));
    if (last != NULL)
        add(&tally->causes[SIM_CAUSE_PRESENCE], phq_had_it_been(world, course, last, world->at[SIM_PRESENCE_SHIFT]) -
                                                    phq_had_it_been(world, course, last, 0));
}

void sim_tally_add(sim_tally *tally, const sim_world *world, const sim_course *course, bool causes) {
    add_steps(tally->steps, course);
    add_horizon(tally, course);
    add_first_to_last(tally, course);
    add_alliance(tally, course);
    add_told(tally, course);
    if (causes && course->treated > 0)
        add_causes(tally, world, course);
}

/* A tally is means and nothing else, and is merged as a row of them. */
_Static_assert(sizeof(sim_tally) % sizeof(sim_mean) == 0, "a tally is a row of means");

void sim_tally_merge(sim_tally *into, const sim_tally *other) {
    sim_mean *a = (sim_mean *)(void *)into;
    const sim_mean *b = (const sim_mean *)(const void *)other;
    for (size_t i = 0; i < sizeof *into / sizeof *a; i++) {
        a[i].n += b[i].n;
        a[i].sum += b[i].sum;
        a[i].squares += b[i].squares;
    }
}

int64_t sim_tally_referrals(const sim_tally *tally) {
    return tally->steps[SIM_STEP_ASSESSED].n;
}
