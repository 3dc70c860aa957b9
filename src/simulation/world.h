/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A synthetic service from the inside: who works there, how people's symptoms go, what they answer, what happens to
 * them. Everything is a function of the seed, the scenario and a client's number. */
#ifndef RAPPORT_SIMULATION_WORLD_H
#define RAPPORT_SIMULATION_WORLD_H

#include "simulation/draws.h"
#include "simulation/parameters.h"

enum {
    SIM_TEAM_CLIENTS = 500,
    SIM_SERVICE_TEAMS = 16,
    SIM_MOST_PRACTITIONERS = 10,
    SIM_MOST_PLANNED = 16, /* treatment contacts */
    SIM_MOST_CONTACTS = 64,
    SIM_MOST_REFERRALS = 2, /* of a client */
    /* Moments at which a person can be in some state: attended contacts by number, and the horizon. */
    SIM_MOMENTS = 20,
    SIM_AT_HORIZON = SIM_MOMENTS - 1,
    SIM_HORIZON_DAYS = 182 /* after the first contact: the 26 weeks that `outcome` takes unless told */
};

/* Days of the record. Referrals come in over two years; what is after the end has not happened yet. */
#define SIM_FIRST_DAY     19083 /* 2022-04-01 */
#define SIM_RECEIVED_DAYS 730
#define SIM_LAST_DAY      (SIM_FIRST_DAY + 913) /* 2024-09-30 */

enum { SIM_PHQ = 9, SIM_GAD = 7, SIM_WSAS = 5, SIM_WAI = 12 }; /* items */
enum { SIM_FACETS = 3 };                                       /* of alliance: task, goal, bond */

typedef struct sim_world {
    double at[SIM_PARAMETERS];
    uint64_t seed;
    uint64_t first; /* number of the first client: those of the reference population stand elsewhere */
} sim_world;

/* Streams of numbers of one subject; those with a moment take it on top. */
typedef enum sim_stream {
    SIM_STREAM_CLIENT = 1,
    SIM_STREAM_REFERRAL,
    SIM_STREAM_REFERRED,
    SIM_STREAM_WAY,
    SIM_STREAM_LIFE,
    SIM_STREAM_PAPERS,
    SIM_STREAM_REFERRAL_ROWS,
    SIM_STREAM_CONTACT_ROWS,
    SIM_STREAM_ANSWER_ROWS,
    SIM_STREAM_CARE_ROWS,
    SIM_STREAM_EVENT_ROWS,
    SIM_STREAM_STAFF,
    SIM_STREAM_SYMPTOMS = 32,
    SIM_STREAM_ALLIANCE = 64,
    SIM_STREAM_ATTEMPT = 1024 /* one of these more each time that somebody is drawn again */
} sim_stream;

/* ---- staff (staff.c) ---- */

typedef struct sim_role {
    const char *role, *qualification;
    bool high;     /* gives high-intensity therapy */
    bool training; /* until a year into the record */
} sim_role;
const sim_role *sim_role_of(int practitioner); /* by place in the team */
int sim_practitioner_pick(const sim_world *world, rp_draws *draws, bool high);
double sim_practitioner_gift(const sim_world *world, uint64_t client, int practitioner); /* standard normal */
uint64_t sim_team_of(uint64_t client);

/* ---- symptoms and alliance (life.c) ---- */

typedef enum sim_symptom { SIM_DEPRESSION, SIM_ANXIETY, SIM_FUNCTIONING, SIM_SYMPTOMS } sim_symptom;

typedef struct sim_life {
    uint64_t subject;
    uint32_t attempt;
    double trait, episode, response;
    double own[SIM_SYMPTOMS]; /* what of each symptom is not of the common severity; standard normal */
    double wobble[SIM_MOMENTS];
    double alliance, practitioner_alliance; /* deviations of a person from all people's mean */
    double facet[SIM_FACETS];
    double alliance_wobble[SIM_MOMENTS];
    bool harmed;
} sim_life;
void sim_life_draw(const sim_world *world, uint64_t subject, uint32_t attempt, sim_life *out);

/* What treatment has done by some moment. */
typedef struct sim_care {
    int contacts;    /* of treatment, before it */
    double gift;     /* of the practitioner */
    bool senior;     /* assessed by the high-intensity staff */
    double alliance; /* at the contact before, above the person's own mean; 0 where there was none */
    bool usual_care; /* nothing is done */
} sim_care;
/* Common severity `days` after the first contact. */
double sim_severity(const sim_world *world, const sim_life *life, int moment, double days, const sim_care *care);

/* ---- answers (answers.c) ---- */

typedef struct sim_answers {
    uint8_t phq[SIM_PHQ], gad[SIM_GAD], wsas[SIM_WSAS];
} sim_answers;
void sim_answer(const sim_world *world, const sim_life *life, int moment, double severity, sim_answers *out);
/* 26 weeks after the first contact, had care been such. */
void sim_answer_at_horizon(const sim_world *world, const sim_life *life, const sim_care *care, sim_answers *out);
typedef struct sim_alliance {
    uint8_t client[SIM_WAI], practitioner[SIM_WAI];
} sim_alliance;
/* `level` is the alliance on the 1 to 5 scale, `turn` the number of the contact. */
void sim_answer_alliance(const sim_world *world, const sim_life *life, int moment, double level, int turn,
                         sim_alliance *out);
int sim_sum(const uint8_t *answers, size_t n);
int sim_facet_of(size_t item);
int sim_facet_sum(const uint8_t alliance[SIM_WAI], int facet);
/* The figures by which a PHQ-9 and a GAD-7 are judged: those of the instruments' definitions. */
typedef struct sim_rule {
    int cutoff, reliable_change;
} sim_rule;
extern const sim_rule sim_rules[2];
/* Both below their cut-offs. */
bool sim_is_well(const sim_answers *answers);

/* ---- the way through the service (course.c) ---- */

typedef enum sim_kind {
    SIM_ASSESSMENT,
    SIM_TREATMENT,
    SIM_ASSESSMENT_AND_TREATMENT,
    SIM_REVIEW,
    SIM_REVIEW_AND_TREATMENT,
    SIM_FOLLOW_UP_CONTACT,
    SIM_EMPLOYMENT
} sim_kind;
typedef enum sim_attendance {
    SIM_ATTENDED,
    SIM_LATE_SEEN,
    SIM_MISSED,
    SIM_CANCELLED_CLIENT,
    SIM_CANCELLED_SERVICE
} sim_attendance;
typedef enum sim_route { SIM_LOW, SIM_BOTH, SIM_HIGH, SIM_ROUTE_UNKNOWN, SIM_ROUTES } sim_route;

/* What is asked at a contact, and what becomes of it. */
typedef enum sim_paper {
    SIM_ASK_PHQ,
    SIM_ASK_GAD,
    SIM_ASK_WSAS,
    SIM_ASK_ALLIANCE,
    SIM_ASK_PRACTITIONER,
    SIM_PAPERS
} sim_paper;
typedef enum sim_asked {
    SIM_NOT_ASKED,
    SIM_ASKED_COMPLETE,
    SIM_ASKED_PARTIAL,
    SIM_ASKED_DECLINED,
    SIM_ASKED_NOT_OFFERED,
    SIM_ASKED_NOT_DONE,
    SIM_ASKED_TECHNICAL
} sim_asked;

/* What people are told about who assesses them. */
typedef enum sim_matter { SIM_CLIENT_ROLE, SIM_CLIENT_QUALIFICATION, SIM_GP_ROLE, SIM_MATTERS } sim_matter;

typedef struct sim_contact {
    rp_date date;
    sim_kind kind;
    sim_attendance attendance;
    int practitioner;          /* place in the team */
    int moment;                /* -1: not seen */
    int turn;                  /* which contact it is of treatment, or of usual care in its stead, from 1; 0: neither */
    int treated;               /* the same of treatment alone */
    bool high;                 /* the therapy is a high-intensity one */
    bool present;              /* the practitioner is there while questionnaires are answered */
    double severity, alliance; /* as they are */
    sim_answers answers;       /* as they would be given */
    sim_alliance about_alliance;
    sim_asked asked[SIM_PAPERS];
} sim_contact;

typedef struct sim_course {
    uint64_t client;
    int referral;            /* from 1 */
    rp_date received, ended; /* RP_NO_DATE: open */
    const char *end_reason;
    bool usual_care, senior;
    sim_route route;
    int planned, assessor, therapist;
    sim_life life;
    sim_contact contacts[SIM_MOST_CONTACTS];
    size_t n;
    /* What is known to have happened by the last day of the record. */
    bool seen, assessed, finished;
    int treated;
    struct {
        bool told, recorded; /* that it was, or was not */
    } matters[SIM_MATTERS];
    /* How everyone would answer at their first contact, or on the day on which it would have been; and 26 weeks after
     * it: as things went, had they been treated in as many contacts, and untreated. */
    sim_answers first, at_horizon, if_treated, if_untreated;
} sim_course;

/* The course of a client's referral. `earlier`: the one before it; NULL: their first. False: there is none. */
bool sim_course_make(const sim_world *world, uint64_t client, const sim_course *earlier, sim_course *out);
uint64_t sim_subject(uint64_t client, int referral);

/* ---- questionnaires given and words said (papers.c) ---- */

/* Called by sim_course_make: which questionnaires are given, and what becomes of them; what is told, and recorded. */
void sim_course_papers(const sim_world *world, sim_course *course);
/* Whether every item of a facet was answered: of a form that was begun and not ended, the last item is left out. */
bool sim_facet_given(sim_asked asked, int facet);

#endif
