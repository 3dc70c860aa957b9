/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `dose` share. Private to src/questions/dose.
 *
 * Each matter (sessions, plan, steps, minutes, components, and each measure at each landmark) is a universe of its own.
 * In all of them people are marked by how many sessions they had and by whether the referral has ended, and what the
 * answer tells of these two is told to each of them in the same order: so it is known in all of them or in none. */
#ifndef RAPPORT_DOSE_PARTS_H
#define RAPPORT_DOSE_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/lines.h"
#include "questions/common/saying.h"
#include "questions/common/sessions.h"
#include "questions/common/shares.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* ---- marks of every universe -------------------------------------------------------------------------------- */

#define OVER RP_QUESTION_OVER
enum { OWN = RP_QUESTION_AFTER_SESSIONS }; /* from here on a universe's own */

/* All sessions after which it is told who stopped but the first are landmarks too. */
enum { DOSE_LANDMARKS = RP_QUESTION_STOPS - 1, DOSE_LATER = 4 /* sessions on from a landmark */ };

/* ---- what is on record of one person -------------------------------------------------------------------------- */

typedef enum dose_source { OF_CONTACTS, OF_ACTIVITIES, OF_LOGS, OF_COMPONENTS, DOSE_SOURCES } dose_source;
enum { DOSE_MINUTES = 3 /* sources of minutes; components are looked at in the same way */ };
/* Of how many sessions something is on record, and how much in all. */
typedef struct dose_amount {
    double of, recorded, total;
} dose_amount;

enum { DOSE_COMPONENTS = 12 /* of the schema's list; the last: any other */ };

typedef struct dose_given {
    unsigned sessions;
    unsigned steps;   /* RP_STEP_..., of all sessions together */
    bool not_all;     /* of a session no step is known */
    bool up, down;    /* stepped, as far as it is known */
    bool order_known; /* of the sessions */
    dose_amount amounts[DOSE_SOURCES];
    double delivered; /* of amounts[OF_COMPONENTS]: of its total how many components were delivered */
    uint32_t components, components_delivered; /* bit by component */
    rp_question_whose seen, seen_by_log; /* in all sessions, of internet therapy: one, or not known to be one alone */
} dose_given;

typedef struct dose_columns {
    const rp_record *record;
    int contact_minutes, activity_minutes, log_minutes;
    int contact_practitioner, activity_practitioner, log_practitioner;
    int component, delivered;
    int admin_date;
    int plan_date, planned, intensity;
    int end_reason;
    const rp_code_list *components, *reasons, *intensities;
} dose_columns;
dose_columns dose_columns_of(const rp_record *record);
dose_given dose_given_of(const rp_cohort *cohort, const dose_columns *c, const rp_episode *episode);

typedef enum dose_plan_state {
    NO_PLAN,          /* on record */
    PLAN_IN_FORCE,    /* at the first treatment session */
    PLAN_LATER_ALONE, /* none by then */
    PLAN_NOT_CLEAR,   /* which one was in force, or two of one day contradict each other */
    PLAN_STATES
} dose_plan_state;
typedef struct dose_plan {
    dose_plan_state state;
    int64_t sessions; /* planned; -1: not recorded */
    int intensity;    /* index into the codes; -1: not recorded */
    bool changed;     /* there is a plan of a later day than the first treatment session */
} dose_plan;
dose_plan dose_plan_of(const dose_columns *c, const rp_episode *episode);

/* ---- marks of single universes ---------------------------------------------------------------------------------- */

/* Sessions: why it ended, of those ended. */
typedef enum dose_reason { AGREED, BEFORE_PLANNED, BEFORE_WISHED, OTHER_REASON, NO_REASON, REASONS } dose_reason;
uint64_t dose_reason_marks(dose_reason reason); /* RP_QUESTION_ENDED of the endings that are of this reason */
extern const char *const dose_reason_titles[REASONS];

/* Plan: of those who entered. */
#define PLAN(state)   MARK(OWN + (state))
#define PLAN_NUMBERED MARK(OWN + PLAN_STATES)     /* in force, and says how many sessions */
#define PLAN_CHANGED  MARK(OWN + PLAN_STATES + 1) /* in force, and another one later */
#define FEWER         MARK(OWN + PLAN_STATES + 2) /* these three: numbered and over */
#define AS_PLANNED    MARK(OWN + PLAN_STATES + 3)
#define MORE          MARK(OWN + PLAN_STATES + 4)

/* Steps: of those who entered, each in one of each list. */
typedef enum dose_intensity {
    LOW_ALONE,
    LOW_AND_HIGH,
    HIGH_ALONE,
    NEITHER_STEP,
    STEP_NOT_KNOWN,
    INTENSITIES
} dose_intensity;
typedef enum dose_stepping {
    STEPPED_UP,
    STEPPED_DOWN,
    STEPPED_BOTH_WAYS,
    NOT_STEPPED,
    STEPPING_NOT_KNOWN,
    STEPPINGS
} dose_stepping;
enum { DOSE_INTENDED = 5 /* the schema's four; the last: not known */ };
#define GIVEN(i)    MARK(OWN + (i))
#define STEPPING(i) MARK(OWN + INTENSITIES + (i))
#define INTENDED(i) MARK(OWN + INTENSITIES + STEPPINGS + (i))
#define NOT_ALL     MARK(OWN + INTENSITIES + STEPPINGS + DOSE_INTENDED) /* of some sessions no step is known */

/* Lines that would be the people of one practitioner alone are taken together (dose_lines.c), and stand here. */
#define OTHER_GIVEN    MARK(OWN + INTENSITIES + STEPPINGS + DOSE_INTENDED + 1)
#define OTHER_STEPPING MARK(OWN + INTENSITIES + STEPPINGS + DOSE_INTENDED + 2)
#define OTHER_INTENDED MARK(OWN + INTENSITIES + STEPPINGS + DOSE_INTENDED + 3)

/* Minutes, and components: of how much it is on record. */
#define RECORDED_ALL(s)  MARK(OWN + 3 * (s))
#define RECORDED_SOME(s) MARK(OWN + 3 * (s) + 1)
#define RECORDED_NONE(s) MARK(OWN + 3 * (s) + 2)
#define COMPONENT(i)     MARK(OWN + 3 + (i)) /* in the universe of components its source is number 0 */
#define DELIVERED(i)     MARK(OWN + 3 + DOSE_COMPONENTS + (i))
#define DELIVERY_KNOWN   MARK(OWN + 3 + 2 * DOSE_COMPONENTS) /* of a component at least */

/* ---- the whole cohort ----------------------------------------------------------------------------------------------
 */

typedef enum dose_whom { PER_REFERRED, PER_ENTERED, PER_FINISHED, WHOMS } dose_whom;
enum { DOSE_CELLS = 102 /* of a histogram: 0 to 100 sessions, then more */ };

typedef enum dose_matter { SESSIONS, THE_PLAN, STEPS, MINUTES, COMPONENTS, MATTERS } dose_matter;
typedef struct dose_fact {
    uint64_t marks[MATTERS];
    size_t cell, cell_of_ending; /* in the frames of stages, and of endings */
    rp_question_whose seen, seen_by_log;
} dose_fact;
/* Takes lines of steps together that would be people of one practitioner alone. Gives the marks of these lines. */
uint64_t dose_hide_practitioners(dose_fact *facts, size_t n);
/* Were all logs of one practitioner alone? */
bool dose_logs_are_of_one(const dose_fact *facts, size_t n);

/* Sums over people, mergeable; zero is empty. */
typedef struct dose_sums {
    rp_moments sessions[WHOMS];
    rp_moments by_intensity[INTENSITIES];
    int64_t histograms[WHOMS][DOSE_CELLS];
    rp_pair_moments recorded[DOSE_SOURCES]; /* x: sessions, y: of them on record */
    rp_pair_moments each[DOSE_SOURCES];     /* x: sessions on record, y: what is on record in all */
    rp_moments person[DOSE_SOURCES];        /* all of a person's, where all of it is on record */
    rp_pair_moments delivered;              /* x: components of which it is known, y: delivered */
    rp_moments planned, received, difference;
    int64_t ends; /* people of whom it is known whether their referral has ended */
} dose_sums;

typedef struct dose_work {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    rp_answer *answer;
    dose_columns columns;
    bool ends;       /* the record has dates of ending */
    uint64_t hidden; /* lines of steps that are not told apart */
    bool logs_of_one;
    dose_sums sums;
    rp_question_set sessions, plan, steps, minutes, components;
} dose_work;

/* Reads everyone of the cohort. false: see *error. */
bool dose_sort(dose_work *work, rp_error *error);
/* Makes the universe of a set that is full, and tells it what the answer says of sessions and endings. */
void dose_set_done(const dose_work *work, rp_question_set *set, const rp_frame *frame, const char *name);

/* ---- writing
 * ---------------------------------------------------------------------------------------------------------- */

rp_count dose_everyone(const rp_question_set *set);
rp_count dose_whom_of(const rp_question_set *set, dose_whom whom);
const char *dose_whom_words(const dose_work *work, dose_whom whom); /* "people who entered treatment" */
const char *dose_cohort_of(const dose_work *work, dose_whom whom);  /* "entered" */
void dose_say(const dose_work *work, const char *id, const char *label, const char *words, dose_whom whom,
              bool headline, rp_count part, rp_count whole);
/* Per cent of `whole` in `part`, with the limits of its interval: three values of a row; of nobody: empty. */
void dose_share(const dose_work *work, rp_value *row, rp_count part, rp_count whole);
/* An estimate and its limits, with the people behind them: three values of a row; NaN: empty. */
void dose_number(rp_value *row, const rp_interval *i, double times, int decimals, rp_count behind);
/* " (95% interval 1.0 to 2.0)", or "" where there is none. */
const char *dose_range(rp_answer *answer, const rp_interval *i, int decimals);
/* Fills in what every mean has in common. */
rp_statement *dose_mean(const dose_work *work, const char *id, const rp_interval *i, const char *unit,
                        rp_count numerator, rp_count denominator);

extern const rp_statement_def dose_statements[]; /* ended by a NULL id */
void dose_write_sessions(dose_work *work);
void dose_write_stopping(dose_work *work);
void dose_write_plan(dose_work *work);
void dose_write_steps(dose_work *work);
void dose_write_minutes(dose_work *work);
void dose_write_components(dose_work *work);

/* ---- landmarks
 * ------------------------------------------------------------------------------------------------------------ */

/* Of those with so many sessions or more: */
#define SCORE         MARK(OWN)     /* a score at that session */
#define LATER         MARK(OWN + 1) /* and a later one */
#define NEXT          MARK(OWN + 2) /* a score at that session, and one DOSE_LATER sessions on */
#define IMPROVED      MARK(OWN + 3) /* reliably, from that session to the last score */
#define DETERIORATED  MARK(OWN + 4)
#define BELOW_LAST    MARK(OWN + 5) /* the last score of all is below the cut-off, or at or past it */
#define CASE_LAST     MARK(OWN + 6)
#define MEASURED      MARK(OWN + 7) /* at any time */
#define MEASURED_MORE MARK(OWN + 8)

typedef struct dose_landmark {
    rp_moments to_last, to_next; /* later score less that at the session */
    rp_question_set set;
} dose_landmark;
typedef struct dose_measure {
    const dose_work *work;
    const rp_measure *measure;
    const rp_scale *scale;
    size_t index; /* among the cohort's measures */
    bool ruled;   /* reliable change can be told */
    rp_change_scale rule;
    dose_landmark landmarks[DOSE_LANDMARKS];
} dose_measure;
/* false: see *error. */
bool dose_landmarks_make(dose_measure *measure, rp_error *error);
void dose_write_changes(dose_measure *measure);

#endif
