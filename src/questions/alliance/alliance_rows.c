/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to items, person by person and session by session. First how many sessions each person may have, then the
 * answers, each at its own place, so that any number of threads may fill them. */
#include "questions/alliance/alliance_groupings.h"
#include "questions/common/everyone.h"

#include <math.h>
#include <string.h>

const char *const alliance_part_names[PARTS] = {"task", "goal", "bond"};

typedef struct gathering {
    const alliance_family *family;
    alliance_group_columns columns;
    size_t p;
    uint32_t *counts; /* by place in the cohort: sessions with answers */
    uint32_t *at;     /* by place in the cohort: number among those taken, from 1; 0: not taken */
    size_t *starts;   /* room of each person who is taken */
    uint32_t *used;   /* of that room */
    uint32_t *referral, *slot;
    double *answers;
    uint8_t *group;
} gathering;

static bool has_answers(const alliance_family *family, uint32_t administration) {
    return rp_record_children(rp_cohort_record(family->cohort), RP_RESPONSES, administration).n > 0;
}

/* The latest questionnaire of a session that has answers; UINT32_MAX: none. */
static uint32_t administration_at(const alliance_family *family, const alliance_person *person,
                                  const rp_session *session) {
    rp_rows own = alliance_administrations(family, person->episode);
    uint32_t found = UINT32_MAX;
    for (size_t a = 0; a < own.n && alliance_slot(family, session) < family->n_slots; a++)
        if (rp_cohort_in_session(family->cohort, session, own.at[a]) && has_answers(family, own.at[a]))
            found = own.at[a];
    return found;
}

static void count_block(void *statistics, const rp_block *block, const void *context) {
    (void)statistics;
    const gathering *g = context;
    size_t place = block->first;
    for (alliance_person person = {0}; alliance_next(block, &person); place++)
        for (size_t i = 0; i < person.n_sessions; i++)
            g->counts[place] += administration_at(g->family, &person, &person.sessions[i]) != UINT32_MAX;
}

/* Every so-manieth of those who have answers. */
static size_t choose(gathering *g, size_t everyone, size_t *one_in) {
    size_t willing = 0, passed = 0, n = 0;
    for (size_t i = 0; i < everyone; i++)
        willing += g->counts[i] > 0;
    *one_in = willing > 0 ? (willing - 1) / MEASURED_MOST_PEOPLE + 1 : 1;
    for (size_t i = 0; i < everyone; i++)
        if (g->counts[i] > 0 && passed++ % *one_in == 0) {
            g->at[i] = (uint32_t)++n;
            g->starts[n] = g->starts[n - 1] + g->counts[i];
        }
    return n;
}

static size_t n_answered(const double *answers, size_t p) {
    size_t n = 0;
    for (size_t i = 0; i < p; i++)
        n += !isnan(answers[i]);
    return n;
}

static void fill_person(const gathering *g, const alliance_person *person, size_t number) {
    uint8_t groups[GROUPINGS] = {0};
    alliance_groups_of_person(&g->columns, g->family->cohort, person->episode, groups);
    g->referral[number] = person->episode->row;
    for (size_t i = 0; i < person->n_sessions; i++) {
        uint32_t administration = administration_at(g->family, person, &person->sessions[i]);
        if (administration == UINT32_MAX)
            continue;
        size_t at = g->starts[number] + g->used[number];
        double *answers = g->answers + at * g->p;
        (void)alliance_answers(g->family, 0, administration, answers); /* some may be missing */
        if (n_answered(answers, g->p) == 0)
            continue; /* answers to items that the scale has not */
        g->slot[at] = (uint32_t)alliance_slot(g->family, &person->sessions[i]);
        alliance_groups_of_session(&g->columns, &person->sessions[i], administration, groups);
        memcpy(g->group + at * GROUPINGS, groups, sizeof groups);
        g->used[number]++;
    }
}

static void fill_block(void *statistics, const rp_block *block, const void *context) {
    (void)statistics;
    const gathering *g = context;
    size_t place = block->first;
    for (alliance_person person = {0}; alliance_next(block, &person); place++)
        if (g->at[place] > 0)
            fill_person(g, &person, g->at[place] - 1);
}

static bool take_room(gathering *g, size_t people, rp_arena *arena) {
    size_t n = g->starts[people];
    g->used = rp_arena_take(arena, people, sizeof *g->used);
    g->referral = rp_arena_take(arena, people, sizeof *g->referral);
    g->slot = rp_arena_take(arena, n, sizeof *g->slot);
    g->answers = rp_arena_take(arena, n * g->p, sizeof *g->answers);
    g->group = rp_arena_take(arena, n * GROUPINGS, sizeof *g->group);
    return g->used != NULL && g->referral != NULL && g->slot != NULL && g->answers != NULL && g->group != NULL;
}

/* Takes out the room that was not used. */
static void close_up(gathering *g, alliance_rows *out) {
    size_t to = 0;
    for (size_t i = 0; i < out->n_people; i++) {
        size_t from = g->starts[i], n = g->used[i];
        memmove(g->slot + to, g->slot + from, n * sizeof *g->slot);
        memmove(g->answers + to * g->p, g->answers + from * g->p, n * g->p * sizeof *g->answers);
        memmove(g->group + to * GROUPINGS, g->group + from * GROUPINGS, n * GROUPINGS);
        g->starts[i] = to;
        to += n;
    }
    g->starts[out->n_people] = to;
    out->starts = g->starts;
    out->referral = g->referral;
    out->slot = g->slot;
    out->answers = g->answers;
    out->group = g->group;
}

/* ---- items and their parts -------------------------------------------------------------------------------- */

/* A name that the syntax of models takes. Where something had to be left out of it, the item's place keeps it apart. */
static const char *name_of(const rp_item *item, size_t place, rp_answer *answer) {
    char name[40];
    size_t n = 0;
    bool same = true;
    for (const char *c = item->name; *c != '\0'; c++) {
        bool fine = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_';
        same = same && fine && n + 1 < sizeof name;
        if (fine && n + 1 < sizeof name)
            name[n++] = *c;
    }
    name[n] = '\0';
    return same ? rp_answer_text(answer, "item_%s", name) : rp_answer_text(answer, "item_%s.%zu", name, place + 1);
}

static int part_of(const rp_instrument *instrument, uint16_t item) {
    for (int part = 0; part < PARTS; part++) {
        int scale = rp_instrument_scale(instrument, alliance_part_names[part]);
        for (size_t i = 0; scale >= 0 && i < instrument->scales[scale].n_items; i++)
            if (instrument->scales[scale].items[i] == item)
                return part;
    }
    return -1;
}

static bool name_items(alliance_rows *rows, rp_answer *answer) {
    const rp_instrument *instrument = rows->family->instrument;
    const rp_scale *scale = alliance_scale(rows->family, 0);
    const char **names = rp_arena_take(answer->arena, rows->p, sizeof *names);
    int *parts = rp_arena_take(answer->arena, rows->p, sizeof *parts);
    if (names == NULL || parts == NULL)
        return false;
    size_t of_part[PARTS] = {0};
    rows->has_parts = true;
    for (size_t i = 0; i < rows->p; i++) {
        names[i] = name_of(&instrument->items[scale->items[i]], i, answer);
        parts[i] = part_of(instrument, scale->items[i]);
        rows->has_parts = rows->has_parts && parts[i] >= 0;
        if (parts[i] >= 0)
            of_part[parts[i]]++;
    }
    for (int part = 0; part < PARTS; part++)
        rows->has_parts = rows->has_parts && of_part[part] >= MEASURED_LEAST_OF_PART;
    rows->names = names;
    rows->parts = parts;
    return true;
}

/* ---- the session ------------------------------------------------------------------------------------------ */

size_t alliance_row_at(const alliance_rows *rows, size_t person, size_t slot) {
    size_t found = SIZE_MAX; /* where a slot holds two sessions, the later one stands */
    for (size_t r = rows->starts[person]; r < rows->starts[person + 1]; r++)
        if (rows->slot[r] == slot)
            found = r;
    return found;
}

bool alliance_row_is_complete(const alliance_rows *rows, size_t row) {
    return row != SIZE_MAX && n_answered(rows->answers + row * rows->p, rows->p) == rows->p;
}

static void choose_session(alliance_rows *rows, rp_answer *answer) {
    const alliance_family *family = rows->family;
    rows->slots = family->n_slots < MEASURED_SESSIONS ? family->n_slots : MEASURED_SESSIONS;
    for (size_t s = 0; s < rows->slots; s++) {
        for (size_t i = 0; i < rows->n_people; i++)
            rows->complete[s] += alliance_row_is_complete(rows, alliance_row_at(rows, i, s));
        rows->chosen = rows->complete[s] > rows->complete[rows->chosen] ? s : rows->chosen;
    }
    rows->when = alliance_slot_label(family, answer, rows->chosen);
}

bool alliance_rows_make(const alliance_family *family, rp_answer *answer, alliance_rows *out, rp_error *error) {
    rp_arena *arena = answer->arena;
    size_t everyone = rp_cohort_episodes(family->cohort);
    *out = (alliance_rows){.family = family, .p = alliance_scale(family, 0)->n_items};
    gathering g = {.family = family,
                   .columns = alliance_group_columns_of(rp_cohort_record(family->cohort)),
                   .p = out->p,
                   .counts = rp_arena_take(arena, everyone, sizeof *g.counts),
                   .at = rp_arena_take(arena, everyone, sizeof *g.at),
                   .starts = rp_arena_take(arena, everyone + 1, sizeof *g.starts)};
    if (g.counts == NULL || g.at == NULL || g.starts == NULL || !name_items(out, answer))
        return rp_fail_memory(error);
    if (!rp_question_read_blocks(family->cohort, count_block, &g, family->asked->threads, error))
        return false;
    out->n_people = choose(&g, everyone, &out->one_in);
    if (!take_room(&g, out->n_people, arena))
        return rp_fail_memory(error);
    if (!rp_question_read_blocks(family->cohort, fill_block, &g, family->asked->threads, error))
        return false;
    close_up(&g, out);
    choose_session(out, answer);
    return true;
}
