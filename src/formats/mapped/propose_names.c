/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a column's name tells: a time, a questionnaire, an item's number, or who and when. A name is cut into words at
 * whatever is neither letter nor digit; upper and lower case are the same. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/mapped/propose.h"

enum { LONGEST = 80, MOST_WORDS = 12 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const double months_in_week = 12 / 52.1775, months_in_day = 12 / 365.2425;

/* ---- times ---- */

static const struct {
    const char *word;
    double value;
} time_words[] = {
    {"screening", -1}, {"pre", 0},       {"before", 0}, {"baseline", 0}, {"base", 0},      {"bl", 0},
    {"intake", 0},     {"admission", 0}, {"mid", 1},    {"during", 1},   {"post", 2},      {"after", 2},
    {"end", 2},        {"discharge", 2}, {"fu", 3},     {"followup", 3}, {"follow-up", 3},
};

static const struct {
    const char *word;
    rp_time_kind kind;
    double months; /* in one of it */
    bool after;    /* the word may stand after the number */
} time_units[] = {
    /* weeks and days: -1, -2 */
    {"m", RP_TIME_MONTHS, 1, true},        {"mo", RP_TIME_MONTHS, 1, true},      {"month", RP_TIME_MONTHS, 1, true},
    {"months", RP_TIME_MONTHS, 1, true},   {"mth", RP_TIME_MONTHS, 1, true},     {"w", RP_TIME_MONTHS, -1, true},
    {"wk", RP_TIME_MONTHS, -1, true},      {"week", RP_TIME_MONTHS, -1, true},   {"weeks", RP_TIME_MONTHS, -1, true},
    {"day", RP_TIME_MONTHS, -2, true},     {"days", RP_TIME_MONTHS, -2, true},   {"year", RP_TIME_MONTHS, 12, true},
    {"years", RP_TIME_MONTHS, 12, true},   {"t", RP_TIME_NUMBER, 0, false},      {"time", RP_TIME_NUMBER, 0, false},
    {"wave", RP_TIME_NUMBER, 0, false},    {"visit", RP_TIME_NUMBER, 0, false},  {"v", RP_TIME_NUMBER, 0, false},
    {"session", RP_TIME_NUMBER, 0, false}, {"s", RP_TIME_NUMBER, 0, false},      {"occasion", RP_TIME_NUMBER, 0, false},
    {"fu", RP_TIME_WORD, 0, false},        {"followup", RP_TIME_WORD, 0, false},
};

static rp_propose_time unit_time(size_t unit, double number, const char *text) {
    rp_propose_time time = {.kind = time_units[unit].kind, .value = number, .label = text};
    double months = time_units[unit].months;
    if (time.kind == RP_TIME_MONTHS)
        time.value = months > 0 ? number * months : number * (months < -1 ? months_in_day : months_in_week);
    else if (time.kind == RP_TIME_WORD)
        time.value = 3 + number / 10000;
    return time;
}

rp_propose_time rp_propose_time_of(const char *text) {
    for (size_t i = 0; i < COUNT(time_words); i++)
        if (strcmp(text, time_words[i].word) == 0)
            return (rp_propose_time){RP_TIME_WORD, time_words[i].value, text};
    size_t letters = strcspn(text, "0123456789"), digits = strspn(text + letters, "0123456789");
    const char *tail = text + letters + digits;
    size_t word = letters > 0 ? letters : strlen(tail);
    const char *unit = letters > 0 ? text : tail;
    /* Letters, then digits, or the other way round; not both, and no long numbers. */
    if (digits == 0 || digits > 3 || word == 0 || (letters > 0 && *tail))
        return (rp_propose_time){.kind = RP_TIME_NONE};
    for (size_t i = 0; i < COUNT(time_units); i++)
        if (strlen(time_units[i].word) == word && strncmp(unit, time_units[i].word, word) == 0 &&
            (letters > 0 || time_units[i].after))
            return unit_time(i, strtod(text + letters, NULL), text);
    return (rp_propose_time){.kind = RP_TIME_NONE};
}

/* ---- words ---- */

typedef struct words {
    char at[MOST_WORDS][LONGEST + 1];
    size_t n;
} words;

/* False: too long to be looked into. */
static bool cut(const char *name, words *out) {
    out->n = 0;
    if (strlen(name) > LONGEST)
        return false;
    for (const char *at = name; *at;) {
        size_t n = 0;
        while (isalnum((unsigned char)at[n]) || (unsigned char)at[n] >= 0x80)
            n++;
        if (n > 0) {
            if (out->n == MOST_WORDS)
                return false;
            for (size_t i = 0; i < n; i++)
                out->at[out->n][i] = (char)tolower((unsigned char)at[i]);
            out->at[out->n++][n] = '\0';
        }
        at += n > 0 ? n : 1;
    }
    return out->n > 0;
}

/* Words from..until, without anything between them. */
static void join(const words *w, size_t from, size_t until, char out[LONGEST + 1]) {
    size_t n = 0;
    for (size_t i = from; i < until; i++) {
        size_t more = strlen(w->at[i]);
        if (n + more > LONGEST)
            break;
        memcpy(out + n, w->at[i], more);
        n += more;
    }
    out[n] = '\0';
}

/* ---- questionnaires ---- */

/* Lower case, letters and digits alone, a second edition's "ii" as 2. */
static void plain(const char *name, char out[LONGEST + 1]) {
    size_t n = 0;
    for (; *name && n < LONGEST; name++)
        if (isalnum((unsigned char)*name))
            out[n++] = (char)tolower((unsigned char)*name);
    out[n] = '\0';
    if (n > 2 && strcmp(out + n - 2, "ii") == 0) {
        out[n - 2] = '2';
        out[n - 1] = '\0';
    }
}

/* The known questionnaire of that name; or the only one whose name begins so ("bdi", "phq"), which is a guess. */
static const rp_instrument *recognise(const rp_proposal *p, const char *text, bool *guessed) {
    char wanted[LONGEST + 1], its[LONGEST + 1];
    plain(text, wanted);
    const rp_instrument *family = NULL;
    size_t n_family = 0;
    for (size_t i = 0; i < rp_instruments_count(p->known) && wanted[0]; i++) {
        const rp_instrument *one = rp_instruments_find(p->known, rp_text_of(rp_instruments_at(p->known, i)->name));
        plain(one->name, its);
        if (strcmp(its, wanted) == 0) {
            *guessed = false;
            return one;
        }
        size_t n = strcspn(one->name, "-");
        if (strlen(wanted) != n || strncmp(one->name, wanted, n) != 0 || one == family)
            continue;
        family = one;
        n_family++;
    }
    *guessed = n_family == 1;
    return n_family == 1 ? family : NULL;
}

static bool is_word_of_sum(const char *word) {
    static const char *const sums[] = {"total", "tot", "sum", "score", "scale"};
    for (size_t i = 0; i < COUNT(sums); i++)
        if (strcmp(word, sums[i]) == 0)
            return true;
    return false;
}

/* The words that tell the time are taken out, at the end or at the beginning: "bdi.2m", "phq_week_6", "t1_gad". */
static rp_propose_time take_time(const rp_proposal *p, words *w, size_t *from) {
    char text[LONGEST + 1];
    for (size_t n = w->n > 2 ? 2 : w->n - 1; n > 0; n--)
        for (int last = 1; last >= 0; last--) {
            size_t at = last ? w->n - n : 0;
            join(w, at, at + n, text);
            rp_propose_time time = rp_propose_time_of(text);
            if (time.kind == RP_TIME_NONE)
                continue;
            w->n -= last ? n : 0;
            *from = last ? 0 : n;
            time.label = rp_arena_copy(p->arena, text, strlen(text));
            return time;
        }
    return (rp_propose_time){.kind = RP_TIME_NONE};
}

/* "bdipre", "phq9t1": without anything between. */
static void take_joined_time(const rp_proposal *p, const char *stem, rp_propose_column *column) {
    char begins[LONGEST + 1];
    for (size_t n = 2; stem[n - 1] && stem[n]; n++) {
        memcpy(begins, stem, n);
        begins[n] = '\0';
        rp_propose_time time = rp_propose_time_of(stem + n);
        if (time.kind == RP_TIME_NONE || !(column->whole = recognise(p, begins, &column->guessed)))
            continue;
        column->time = time;
        column->time.label = rp_arena_copy(p->arena, stem + n, strlen(stem + n));
        column->stem = rp_arena_copy(p->arena, begins, n);
        return;
    }
}

/* "phq9_3", "phq9_q3", "phq3": the number at the end, and what stands before it. */
static void take_number(const rp_proposal *p, const words *w, size_t from, rp_propose_column *column) {
    char before[LONGEST + 1];
    const char *last = w->at[w->n - 1];
    size_t letters = strcspn(last, "0123456789"), digits = strspn(last + letters, "0123456789");
    bool of_item =
        letters == 0 || (letters == 1 && strchr("qi", last[0])) || (letters == 4 && strncmp(last, "item", 4) == 0);
    if (digits == 0 || digits > 3 || last[letters + digits])
        return;
    join(w, from, w->n - 1, before);
    size_t n = strlen(before);
    if (!of_item || n == 0) {
        if (n + letters > LONGEST)
            return;
        memcpy(before + n, last, letters);
        before[n + letters] = '\0';
    }
    bool guessed = false;
    column->part = recognise(p, before, &guessed);
    column->number = (int)strtol(last + letters, NULL, 10);
}

bool rp_propose_name(const rp_proposal *p, rp_propose_column *column) {
    words w;
    char stem[LONGEST + 1];
    column->stem = column->name;
    if (!cut(column->name, &w))
        return true;
    size_t from = 0;
    column->time = take_time(p, &w, &from);
    while (w.n > from + 1 && is_word_of_sum(w.at[w.n - 1]))
        w.n--;
    join(&w, from, w.n, stem);
    column->stem = rp_arena_copy(p->arena, stem, strlen(stem));
    column->whole = recognise(p, stem, &column->guessed);
    take_number(p, &w, from, column);
    if (!column->whole && !column->part && column->time.kind == RP_TIME_NONE && strlen(stem) > 2)
        take_joined_time(p, stem, column);
    return column->stem != NULL && (column->time.kind == RP_TIME_NONE || column->time.label != NULL);
}

/* ---- who and when ---- */

static const char *const client_names[] = {"client",        "clientid", "patient", "patientid", "subject",
                                           "subjectid",     "subj",     "person",  "personid",  "participant",
                                           "participantid", "case",     "caseid",  "pid",       "id"};
static const char *const occasion_names[] = {"occasion", "session",   "sessionno",  "sessionnumber", "visit", "wave",
                                             "week",     "timepoint", "assessment", "phase",         "month", "time"};
static const char *const date_names[] = {"date", "sessiondate", "visitdate", "assessmentdate", "occasiondate"};
static const char *const practitioner_names[] = {"practitioner", "practitionerid", "therapist",  "therapistid",
                                                 "clinician",    "clinicianid",    "counsellor", "counselor",
                                                 "counsellorid", "psychologist"};
static const char *const arm_names[] = {"arm",       "treatment",  "trt",          "treatmentgroup", "group",
                                        "condition", "allocation", "intervention", "armname",        "studyarm"};

/* The column with the first of the names that the file has; -1: none. */
static int named(const rp_proposal *p, const char *const *names, size_t n) {
    char its[LONGEST + 1];
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < p->header.n; c++) {
            if (strlen(p->header.names[c]) > LONGEST)
                continue;
            words w;
            if (!cut(p->header.names[c], &w))
                continue;
            join(&w, 0, w.n, its);
            if (strcmp(its, names[i]) == 0)
                return (int)c;
        }
    return -1;
}

void rp_propose_roles(rp_proposal *p) {
    p->client = named(p, client_names, COUNT(client_names));
    p->occasion = named(p, occasion_names, COUNT(occasion_names));
    p->date = named(p, date_names, COUNT(date_names));
    p->practitioner = named(p, practitioner_names, COUNT(practitioner_names));
    p->arm = named(p, arm_names, COUNT(arm_names));
}
