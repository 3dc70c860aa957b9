/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of one referral: appointments, who holds them, how severe it is then, and when it ends. A person decides to
 * stay or leave on what they are like at that moment, which is what makes drop-out informative. */
#include "simulation/world.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Days from referral to first treatment: NHS England 2024-25, finished courses: 81.4% within 28 days, 91.6% within 42,
 * 95.1% within 56, 97.8% within 90, 98.7% within 126. The longest is assumed. */
static const sim_point waits[] = {{0, 0},       {28, 0.8140},  {42, 0.9160}, {56, 0.9505},
                                  {90, 0.9776}, {126, 0.9870}, {250, 1}};
/* Days from first to second treatment, of the same: 40.1% within 28, 52.7% within 42, 61.8% within 56, 76.3% within 90,
 * 85.5% within 126. */
static const sim_point second_waits[] = {{6, 0},       {28, 0.4012},  {42, 0.5271}, {56, 0.6180},
                                         {90, 0.7635}, {126, 0.8553}, {300, 1}};
/* Of those who finished: low intensity alone 267,299, both 260,902, high alone 111,901, not known 30,317. */
static const double routes[SIM_ROUTES] = {267299, 260902, 111901, 30317};
/* Treatment contacts planned; assumed. */
static const int planned_least[SIM_ROUTES] = {4, 8, 8, 6}, planned_most[SIM_ROUTES] = {8, SIM_MOST_PLANNED, 14, 12};
/* What is assumed of the rest. */
#define ASSESSED_APART   0.08 /* of those treated: an assessment of its own before the first treatment contact */
#define REVIEWS          0.03 /* of later treatment contacts */
#define EMPLOYMENT       0.045
#define MISSES_LAST      0.15 /* of those who leave: an appointment that they do not come to */
#define DIES             0.0004
#define TYPICAL_SEVERITY (-0.3) /* at which the chance of leaving is the parameter's */

typedef struct walk {
    const sim_world *world;
    sim_course *course;
    rp_draws draws;
    sim_care care;
    rp_date day0, at; /* of the first contact; of the last one */
    int moment;
    double before[2]; /* severity at the last two treatment contacts, the later one first */
} walk;

uint64_t sim_subject(uint64_t client, int referral) {
    return client * 4 + (uint64_t)referral;
}

static double odds_moved(double p, double log_odds) {
    return 1 / (1 + exp(-(log(p) - log1p(-p) + log_odds)));
}

/* ---- contacts ---- */

static sim_contact *add(walk *w, rp_date date, sim_kind kind, sim_attendance attendance, int practitioner) {
    assert(w->course->n < SIM_MOST_CONTACTS);
    sim_contact *contact = &w->course->contacts[w->course->n++];
    *contact =
        (sim_contact){.date = date, .kind = kind, .attendance = attendance, .practitioner = practitioner, .moment = -1};
    return contact;
}

/* Somebody is seen: how they are, what they would answer. */
static sim_contact *see(walk *w, rp_date date, sim_kind kind, int practitioner, double present) {
    static const double on_time[] = {0.96, 0.04};
    const double *at = w->world->at;
    sim_contact *contact = add(w, date, kind, (sim_attendance)sim_pick(&w->draws, on_time, 2), practitioner);
    contact->moment = w->moment++;
    contact->present = sim_chance(&w->draws, present);
    contact->severity = sim_severity(w->world, &w->course->life, contact->moment, date - w->day0, &w->care);
    sim_answer(w->world, &w->course->life, contact->moment,
               contact->severity + (contact->present ? at[SIM_PRESENCE_SHIFT] : 0), &contact->answers);
    w->at = date;
    return contact;
}

/* The alliance at a treatment contact, and what it does until the next one. */
static void feel_alliance(walk *w, sim_contact *contact) {
    const double *at = w->world->at;
    const sim_life *life = &w->course->life;
    double above = life->alliance_wobble[contact->moment] - at[SIM_ALLIANCE_STATE] * life->wobble[contact->moment];
    if (w->care.contacts >= 2)
        above += at[SIM_ALLIANCE_REVERSE] * (w->before[1] - w->before[0]);
    double own = at[SIM_ALLIANCE_MEAN] + at[SIM_ALLIANCE_SLOPE] * w->care.contacts + life->alliance;
    contact->alliance = own + above;
    contact->turn = w->care.contacts + 1;
    sim_answer_alliance(w->world, life, contact->moment, contact->alliance, contact->turn, &contact->about_alliance);
    w->care.alliance = above;
    w->before[1] = w->before[0];
    w->before[0] = contact->severity;
}

/* One contact of treatment, or of usual care in its stead. */
static sim_contact *treat(walk *w, rp_date date, sim_kind kind, bool last) {
    const double *at = w->world->at;
    const sim_course *course = w->course;
    bool first_step = course->route == SIM_BOTH && w->care.contacts < course->planned / 2;
    int practitioner = w->care.contacts == 0 || first_step ? course->assessor : course->therapist;
    if (course->usual_care)
        kind = kind == SIM_ASSESSMENT_AND_TREATMENT ? SIM_ASSESSMENT : SIM_REVIEW;
    sim_contact *contact = see(w, date, kind, practitioner, at[last ? SIM_PRESENT_LAST : SIM_PRESENT]);
    feel_alliance(w, contact);
    contact->high = course->route == SIM_HIGH || (course->route == SIM_BOTH && !first_step);
    contact->treated = course->usual_care ? 0 : contact->turn;
    w->care.contacts++;
    return contact;
}

/* ---- the beginning ---- */

static void first_appointment(walk *w, rp_date date) {
    if (date - w->course->received > 1 && sim_chance(&w->draws, w->world->at[SIM_FIRST_MISSED]))
        add(w, w->course->received + (date - w->course->received) / 2, SIM_ASSESSMENT, SIM_MISSED, w->course->assessor);
}

static void never_seen(walk *w) {
    sim_course *course = w->course;
    if (!sim_chance(&w->draws, w->world->at[SIM_NEVER_BOOKED]))
        add(w, w->day0, SIM_ASSESSMENT, SIM_MISSED, course->assessor);
    course->ended = w->day0 + sim_between(&w->draws, 1, 28);
    course->end_reason = "50";
}

static void seen_only(walk *w) {
    static const char *const reasons[] = {"10", "11", "12", "13", "14", "16"};
    static const double shares[] = {0.15, 0.3, 0.15, 0.15, 0.15, 0.1}; /* assumed */
    sim_course *course = w->course;
    first_appointment(w, w->day0);
    see(w, w->day0, SIM_ASSESSMENT, course->assessor, w->world->at[SIM_PRESENT]);
    course->ended = w->at + sim_between(&w->draws, 0, 14);
    course->end_reason = reasons[sim_pick(&w->draws, shares, COUNT(shares))];
}

/* ---- treatment ---- */

static void end_left(walk *w) {
    static const char *const reasons[] = {"46", "47", "48", "96"};
    static const double once[] = {0.35, 0.5, 0.05, 0.1}, later[] = {0, 0.83, 0.05, 0.12}; /* assumed */
    sim_course *course = w->course;
    course->end_reason = reasons[sim_pick(&w->draws, w->care.contacts == 1 ? once : later, COUNT(once))];
    if (sim_chance(&w->draws, MISSES_LAST))
        add(w, w->at + sim_between(&w->draws, 7, 14), SIM_TREATMENT, SIM_MISSED, course->therapist);
    course->ended = w->at + sim_between(&w->draws, 15, 35);
}

static void end_completed(walk *w) {
    sim_course *course = w->course;
    course->end_reason = sim_chance(&w->draws, 0.95) ? "46" : "96";
    if (sim_chance(&w->draws, w->world->at[SIM_FOLLOW_UP]))
        see(w, w->at + sim_between(&w->draws, 42, 120), SIM_FOLLOW_UP_CONTACT, course->therapist,
            w->world->at[SIM_PRESENT]);
    course->ended = w->at + sim_between(&w->draws, 0, 7);
}

/* Where it ends after this contact, ends it. */
static bool ends(walk *w, const sim_contact *contact) {
    const double *at = w->world->at;
    bool well = sim_is_well(&contact->answers), once = w->care.contacts == 1;
    double for_well = rp_draw(&w->draws), for_leaving = rp_draw(&w->draws);
    double leaves =
        odds_moved(at[once ? SIM_ONCE : SIM_LEAVES], at[SIM_LEAVES_WORSE] * (contact->severity - TYPICAL_SEVERITY) -
                                                         at[SIM_SENIOR_KEEPS] * w->care.senior);
    if (sim_chance(&w->draws, DIES)) {
        w->course->end_reason = "49";
        w->course->ended = w->at + 1;
    } else if (for_leaving < leaves)
        end_left(w);
    else if (w->care.contacts >= w->course->planned || (!once && well && for_well < at[SIM_STOPS_WELL]))
        end_completed(w);
    else
        return false;
    return true;
}

/* What there may be between two treatment contacts: an appointment about work, one that is not kept. */
static void between(walk *w, rp_date next) {
    const double *at = w->world->at;
    const double kept[] = {
        at[SIM_LATER_MISSED], at[SIM_CANCELLED_BY_CLIENT], at[SIM_CANCELLED_BY_SERVICE],
        fmax(0, 1 - at[SIM_LATER_MISSED] - at[SIM_CANCELLED_BY_CLIENT] - at[SIM_CANCELLED_BY_SERVICE])};
    static const sim_attendance how[] = {SIM_MISSED, SIM_CANCELLED_CLIENT, SIM_CANCELLED_SERVICE};
    size_t which = sim_pick(&w->draws, kept, COUNT(kept));
    int practitioner = w->course->therapist;
    if (sim_chance(&w->draws, EMPLOYMENT))
        add(w, w->at + 1, SIM_EMPLOYMENT, SIM_ATTENDED, practitioner);
    if (which < COUNT(how))
        add(w, w->at + (next - w->at) / 2 + 1, SIM_TREATMENT, how[which], practitioner);
}

static void treated(walk *w) {
    static const int gaps[] = {7, 14, 21};
    static const double shares[] = {0.5, 0.35, 0.15}; /* assumed */
    sim_course *course = w->course;
    rp_date date = w->day0;
    sim_kind kind = SIM_ASSESSMENT_AND_TREATMENT;
    bool apart = sim_chance(&w->draws, ASSESSED_APART);
    if (apart)
        w->day0 -= (w->day0 - course->received) / 2;
    first_appointment(w, w->day0);
    if (apart) {
        see(w, w->day0, SIM_ASSESSMENT, course->assessor, w->world->at[SIM_PRESENT]);
        kind = SIM_TREATMENT;
    }
    for (;;) {
        const sim_contact *contact = treat(w, date, kind, w->care.contacts + 1 == course->planned);
        if (ends(w, contact))
            return;
        date += w->care.contacts == 1 ? (int)ceil(sim_from_points(&w->draws, second_waits, COUNT(second_waits)))
                                      : gaps[sim_pick(&w->draws, shares, COUNT(shares))];
        between(w, date);
        kind = sim_chance(&w->draws, REVIEWS) ? SIM_REVIEW_AND_TREATMENT : SIM_TREATMENT;
    }
}

/* ---- the whole ---- */

/* The person, drawn again until it is one who would be referred. */
static void draw_person(const sim_world *world, sim_course *course) {
    enum { MOST_ATTEMPTS = 1000 };
    const double *at = world->at;
    const sim_care none = {0};
    uint64_t subject = sim_subject(course->client, course->referral);
    rp_draws draws = rp_draws_of(world->seed, subject, SIM_STREAM_REFERRED);
    for (uint32_t attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        sim_life_draw(world, subject, attempt, &course->life);
        sim_answer(world, &course->life, 0, sim_severity(world, &course->life, 0, 0, &none), &course->first);
        bool kept_out = sim_chance(&draws, at[SIM_NO_CASES]) && sim_is_well(&course->first);
        if (!kept_out && sim_sum(course->first.phq, SIM_PHQ) >= at[SIM_SELECTED_AT])
            return;
    }
}

static void decide(walk *w) {
    const double *at = w->world->at;
    sim_course *course = w->course;
    const sim_care none = {0};
    double severity = sim_severity(w->world, &course->life, 0, 0, &none);
    course->usual_care = sim_chance(&w->draws, at[SIM_USUAL_CARE]);
    course->senior = sim_chance(&w->draws, odds_moved(at[SIM_SENIOR_ASSESSES], at[SIM_SENIOR_BY_SEVERITY] * severity));
    course->assessor = sim_practitioner_pick(w->world, &w->draws, course->senior);
    course->route = (sim_route)sim_pick(&w->draws, routes, SIM_ROUTES);
    course->planned = sim_between(&w->draws, planned_least[course->route], planned_most[course->route]);
    course->therapist = sim_practitioner_pick(w->world, &w->draws, course->route != SIM_LOW);
    w->care.usual_care = course->usual_care;
    w->care.senior = course->senior;
    w->care.gift = sim_practitioner_gift(w->world, course->client, course->therapist);
    w->day0 = course->received + (int)ceil(sim_from_points(&w->draws, waits, COUNT(waits)));
}

static void answer_at_horizon(walk *w) {
    sim_course *course = w->course;
    sim_care care = w->care;
    care.contacts = 0;
    care.alliance = 0;
    for (size_t i = 0; i < course->n; i++)
        care.contacts += course->contacts[i].turn > 0 && course->contacts[i].date <= w->day0 + SIM_HORIZON_DAYS;
    care.usual_care = false;
    sim_answer_at_horizon(w->world, &course->life, &care, &course->if_treated);
    care.usual_care = true;
    sim_answer_at_horizon(w->world, &course->life, &care, &course->if_untreated);
    course->at_horizon = course->usual_care ? course->if_untreated : course->if_treated;
}

/* What lies after the last day of the record has not happened. */
static void look_back(sim_course *course) {
    size_t kept = 0;
    for (size_t i = 0; i < course->n; i++) {
        const sim_contact *c = &course->contacts[i];
        if (c->date > SIM_LAST_DAY)
            continue;
        bool seen = c->attendance <= SIM_LATE_SEEN;
        course->seen = course->seen || seen;
        course->assessed =
            course->assessed || (seen && (c->kind == SIM_ASSESSMENT || c->kind == SIM_ASSESSMENT_AND_TREATMENT));
        course->treated += c->treated > 0;
        course->contacts[kept++] = *c;
    }
    course->n = kept;
    if (course->ended > SIM_LAST_DAY) {
        course->ended = RP_NO_DATE;
        course->end_reason = NULL;
    }
    course->finished = course->treated >= 2 && course->ended != RP_NO_DATE;
}

/* When the referral comes in; false: there is none. */
static bool receive(const sim_world *world, const sim_course *earlier, sim_course *out) {
    rp_draws draws = rp_draws_of(world->seed, sim_subject(out->client, out->referral), SIM_STREAM_REFERRAL);
    if (earlier == NULL) {
        out->received = SIM_FIRST_DAY + sim_between(&draws, 0, SIM_RECEIVED_DAYS - 1);
        return true;
    }
    if (earlier->ended == RP_NO_DATE || !sim_chance(&draws, world->at[SIM_AGAIN]))
        return false;
    out->received = earlier->ended + sim_between(&draws, 30, 300);
    return out->received <= SIM_FIRST_DAY + SIM_RECEIVED_DAYS - 1;
}

bool sim_course_make(const sim_world *world, uint64_t client, const sim_course *earlier, sim_course *out) {
    memset(out, 0, sizeof *out);
    out->client = client;
    out->referral = earlier != NULL ? earlier->referral + 1 : 1;
    if (!receive(world, earlier, out))
        return false;
    draw_person(world, out);
    walk w = {.world = world,
              .course = out,
              .draws = rp_draws_of(world->seed, sim_subject(client, out->referral), SIM_STREAM_WAY)};
    decide(&w);
    double way = rp_draw(&w.draws);
    if (way < world->at[SIM_NOT_SEEN])
        never_seen(&w);
    else if (way < world->at[SIM_NOT_SEEN] + world->at[SIM_SEEN_ONLY])
        seen_only(&w);
    else
        treated(&w);
    answer_at_horizon(&w);
    look_back(out);
    sim_course_papers(world, out);
    return true;
}
