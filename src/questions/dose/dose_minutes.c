/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minutes, and components of protocols. How many sessions something is on record of is told as a mean over people, and
 * as how many people have it of all, of some and of none of their sessions. */
#include "questions/dose/dose_parts.h"

static const struct {
    const char *title, *recorded, *session, *person, *what;
} sources[DOSE_MINUTES] = {
    {"Treatment contacts: the contact's minutes", "dose.minutes.contacts.recorded", "dose.minutes.contacts.per_session",
     "dose.minutes.contacts.per_person", "minutes of treatment contacts"},
    {"Treatment contacts: minutes of its activities", "dose.minutes.activities.recorded",
     "dose.minutes.activities.per_session", "dose.minutes.activities.per_person",
     "minutes of activities in treatment contacts"},
    {"Internet therapy logs: the practitioner's time", "dose.minutes.logs.recorded", "dose.minutes.logs.per_session",
     "dose.minutes.logs.per_person", "minutes of the practitioner's time for internet therapy"},
};

/* Those who have a session of this kind, and those with something on record. */
static rp_count having(const rp_question_set *set, size_t at, bool on_record) {
    return rp_question_having_any(set, 0,
                                  RECORDED_ALL(at) | RECORDED_SOME(at) | (on_record ? (uint64_t)0 : RECORDED_NONE(at)));
}

static const char *concerned(dose_source source) {
    return source == OF_LOGS ? "with a completed log" : "with a treatment contact";
}

static void say_recorded(const dose_work *work, const rp_question_set *set, size_t at, dose_source source,
                         const char *id, const char *what, const char *sessions) {
    rp_answer *answer = work->answer;
    rp_interval share = rp_ratio_interval(&work->sums.recorded[source], work->asked->level);
    rp_count all = having(set, at, false);
    rp_statement *s = dose_mean(work, id, &share, "share", having(set, at, true), all);
    rp_interval percent = {100 * share.estimate, 100 * share.lower, 100 * share.upper, share.level};
    s->cohort = concerned(source);
    s->label = rp_answer_text(answer, "%s: share of %s of which it is on record", what, sessions);
    s->method = "share of sessions; t interval over people (Cochran 1977)";
    s->text = rp_answer_text(answer,
                             "%s: on record of %.0f%% of %s%s; %lld of the %lld people concerned have it of at "
                             "least one.",
                             what, percent.estimate, sessions, dose_range(answer, &percent, 0),
                             (long long)s->numerator.n, (long long)all.n);
}

static void say_minutes(const dose_work *work, size_t i) {
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->minutes;
    rp_count all = having(set, i, false), some = having(set, i, true);
    if (all.n <= 0)
        return;
    say_recorded(work, set, i, (dose_source)i, sources[i].recorded, sources[i].title,
                 i == OF_LOGS ? "completed logs" : "treatment contacts");
    if (some.n <= 0)
        return;
    rp_interval each = rp_ratio_interval(&work->sums.each[i], work->asked->level);
    rp_statement *s = dose_mean(work, sources[i].session, &each, "minutes", some, all);
    s->cohort = concerned((dose_source)i);
    s->label = rp_answer_text(answer, "%s, mean of one", sources[i].title);
    s->method = "mean of sessions; t interval over people, who may have several (Cochran 1977)";
    s->text = rp_answer_text(
        answer, "A mean of %.0f %s for each one that has them on record%s, of %lld of %lld people.", each.estimate,
        sources[i].what, dose_range(answer, &each, 0), (long long)some.n, (long long)all.n);
    rp_count whole = rp_question_having(set, RECORDED_ALL(i), 0);
    if (whole.n <= 0)
        return;
    rp_interval person = rp_mean_interval(&work->sums.person[i], work->asked->level);
    s = dose_mean(work, sources[i].person, &person, "minutes", whole, all);
    s->cohort = concerned((dose_source)i);
    s->label = rp_answer_text(answer, "%s, mean of a person's in all", sources[i].title);
    s->text = rp_answer_text(answer,
                             "A mean of %.0f %s for each person in all%s, of the %lld of %lld who have them on "
                             "record of every one.",
                             person.estimate, sources[i].what, dose_range(answer, &person, 0), (long long)whole.n,
                             (long long)all.n);
}

static void put_recorded(const dose_work *work, const rp_question_set *set, size_t at, dose_source source,
                         rp_value *row) {
    rp_interval share = rp_ratio_interval(&work->sums.recorded[source], work->asked->level);
    rp_count all = having(set, at, false);
    row[0] = rp_value_count(all);
    row[1] = rp_value_count(rp_question_having(set, RECORDED_ALL(at), 0));
    row[2] = rp_value_count(rp_question_having(set, RECORDED_SOME(at), 0));
    row[3] = rp_value_count(rp_question_having(set, RECORDED_NONE(at), 0));
    dose_number(row + 4, &share, 100, 1, all);
}

#define RECORDED_COLUMNS                                                                                               \
    {"people", "People with one", "people"}, {"all", "On record of all", "people"}, {"some", "Of some", "people"},     \
        {"none", "Of none", "people"}, {"recorded", "On record, of all these", "%"},                                   \
        {"recorded_lower", "Interval from", "%"}, {                                                                    \
        "recorded_upper", "Interval to", "%"                                                                           \
    }

void dose_write_minutes(dose_work *work) {
    static const rp_table_column columns[] = {
        {"source", "Source", ""},
        RECORDED_COLUMNS,
        {"session", "Mean of one", "minutes"},
        {"session_lower", "From", "minutes"},
        {"session_upper", "To", "minutes"},
        {"person", "Mean of a person's in all", "minutes"},
        {"person_lower", "From", "minutes"},
        {"person_upper", "To", "minutes"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "dose.minutes", "Minutes of treatment", columns,
                                                 sizeof columns / sizeof *columns);
    table->note =
        "Three sources that are not added together: what a contact's activities took lies within the contact, "
        "and a log has the practitioner's time, not the client's. The mean of one is of those on record; the "
        "mean of a person's in all is of people who have every one on record.";
    for (size_t i = 0; i < DOSE_MINUTES; i++) {
        if (i == OF_LOGS && work->logs_of_one) {
            rp_answer_caveat(work->answer,
                             "The practitioner's time for internet therapy is not told: it is that of one "
                             "practitioner alone.");
            continue;
        }
        say_minutes(work, i);
        if (having(&work->minutes, i, false).n <= 0)
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, sources[i].title);
        put_recorded(work, &work->minutes, i, (dose_source)i, row + 1);
        rp_interval each = rp_ratio_interval(&work->sums.each[i], work->asked->level);
        rp_interval person = rp_mean_interval(&work->sums.person[i], work->asked->level);
        if (work->sums.each[i].n > 0)
            dose_number(row + 8, &each, 1, 1, having(&work->minutes, i, true));
        if (work->sums.person[i].n > 0)
            dose_number(row + 11, &person, 1, 0, rp_question_having(&work->minutes, RECORDED_ALL(i), 0));
    }
}

/* ---- components ---------------------------------------------------------------------------------------------------
 */

static void say_delivered(const dose_work *work) {
    rp_interval share = rp_ratio_interval(&work->sums.delivered, work->asked->level);
    rp_count some = rp_question_having(&work->components, DELIVERY_KNOWN, 0);
    rp_interval percent = {100 * share.estimate, 100 * share.lower, 100 * share.upper, share.level};
    rp_statement *s = dose_mean(work, "dose.components.delivered", &share, "share", some,
                                dose_whom_of(&work->components, PER_ENTERED));
    s->label = "Components of a protocol on record: share that was delivered";
    s->cohort = "entered";
    s->method = "share of components on record; t interval over people (Cochran 1977)";
    s->text = rp_answer_text(work->answer,
                             "Of components of a protocol of which it is on record whether they were delivered, %.0f%% "
                             "were%s, of the %lld people concerned, of %lld who entered treatment.",
                             percent.estimate, dose_range(work->answer, &percent, 0), (long long)some.n,
                             (long long)s->denominator.n);
}

static void write_coverage(const dose_work *work) {
    static const rp_table_column columns[] = {{"of", "Of", ""}, RECORDED_COLUMNS};
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "dose.components.recorded", "Components on record: of how many contacts",
                            columns, sizeof columns / sizeof *columns);
    table->note = "People with a treatment contact. No component on record does not mean that none was delivered.";
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, "Treatment contacts with a component of a protocol on record");
    put_recorded(work, &work->components, 0, OF_COMPONENTS, row + 1);
}

static void write_each(const dose_work *work) {
    static const rp_table_column columns[] = {
        {"component", "Component", ""},
        {"people", "On record at least once", "people"},
        {"delivered", "Delivered at least once", "people"},
        {"share", "Delivered, of those on record", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    const rp_code_list *list = work->columns.components;
    rp_answer_table *table = rp_answer_table_add(work->answer, "dose.components", "Components of protocols, delivered",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "People who entered treatment and have the component on record in a treatment contact. Which "
                  "components a protocol asks for is not part of the record, so that those on record are told against "
                  "themselves.";
    for (size_t i = 0; i < DOSE_COMPONENTS; i++) {
        rp_count people = rp_question_having(&work->components, COMPONENT(i), 0);
        if (people.n == 0)
            continue;
        rp_count delivered = rp_question_having(&work->components, DELIVERED(i), 0);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, i < list->n ? list->codes[i].meaning : "any other component");
        row[1] = rp_value_count(people);
        row[2] = rp_value_count(delivered);
        dose_share(work, row + 3, delivered, people);
    }
}

void dose_write_components(dose_work *work) {
    if (rp_record_rows(work->columns.record, RP_PROTOCOLS) == 0 || having(&work->components, 0, false).n <= 0)
        return;
    say_recorded(work, &work->components, 0, OF_COMPONENTS, "dose.components.recorded", "Components of a protocol",
                 "treatment contacts");
    write_coverage(work);
    if (having(&work->components, 0, true).n <= 0)
        return;
    if (work->sums.delivered.n > 0)
        say_delivered(work);
    write_each(work);
}
