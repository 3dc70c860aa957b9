/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From rows of the table `published` to subjects with their figures. The same figure may stand in several files, and
 * one code under two names: whoever has the same period, kind, code and group is one subject. */
#include "questions/published/published_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[MEASURES] = {
    [REFERRED] = "referrals_received",
    [ENTERED] = "accessing_services",
    [SECOND] = "second_treatment",
    [ENDED] = "ended_referrals",
    [ENDED_BEFORE] = "ended_before_treatment",
    [ENDED_ONCE] = "ended_after_one_treatment",
    [FINISHED] = "finished_course_treatment",
    [COURSES] = "courses_of_therapy",
    [CASES] = "at_caseness",
    [NOT_CASES] = "not_at_caseness",
    [IMPROVED] = "improvement",
    [UNCHANGED] = "no_reliable_change",
    [DETERIORATED] = "deterioration",
    [RECOVERED] = "recovery",
    [RELIABLY_RECOVERED] = "reliable_recovery",
    [WITHIN_6_WEEKS] = "first_treatment_6_weeks",
    [WITHIN_18_WEEKS] = "first_treatment_18_weeks",
};

/* The annual files tell waits as groups of those who finished. */
static const struct {
    const char *group;
    published_measure measure;
} waits[] = {
    {"Waiting Time: Accessing services: <6 weeks", WITHIN_6_WEEKS},
    {"Waiting Time: Accessing services: <18 weeks", WITHIN_18_WEEKS},
};

typedef struct row {
    const char *period, *kind, *code, *name, *group, *measure, *statistic;
    published_figure figure;
} row;

/* Columns of the table, found once. */
typedef struct columns {
    int period, kind, code, organisation, breakdown, measure, statistic, printed, low, high;
} columns;

typedef struct gathering {
    rp_arena *arena;
    rp_names *texts; /* of keys */
    rp_names *keys;  /* number i is at[i] */
    RP_VEC(published_subject *) subjects;
    bool differs;
} gathering;

static columns find_columns(void) {
#define COLUMN(name) .name = rp_schema_column(RP_PUBLISHED, #name)
    return (columns){COLUMN(period),  COLUMN(kind),      COLUMN(code),    COLUMN(organisation), COLUMN(breakdown),
                     COLUMN(measure), COLUMN(statistic), COLUMN(printed), COLUMN(low),          COLUMN(high)};
#undef COLUMN
}

static const char *text_at(const rp_record *record, int column, size_t i) {
    const char *text = rp_record_text(record, RP_PUBLISHED, column, i);
    return text ? text : "";
}

static row row_at(const rp_record *record, const columns *at, size_t i) {
    row out = {.period = text_at(record, at->period, i),
               .kind = text_at(record, at->kind, i),
               .code = text_at(record, at->code, i),
               .name = text_at(record, at->organisation, i),
               .group = text_at(record, at->breakdown, i),
               .measure = text_at(record, at->measure, i),
               .statistic = text_at(record, at->statistic, i),
               .figure = {.printed = text_at(record, at->printed, i),
                          .low = rp_record_num(record, RP_PUBLISHED, at->low, i),
                          .high = rp_record_num(record, RP_PUBLISHED, at->high, i)}};
    if (!*out.group)
        out.group = "Total";
    return out;
}

/* The same number for the same period, kind, code (name, where there is none) and group. RP_NO_ID: no memory. */
static uint32_t number_of(gathering *g, const row *r, const char *group) {
    const char *const parts[] = {r->period, r->kind, r->code, *r->code ? "" : r->name, group};
    uint32_t key[sizeof parts / sizeof *parts];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if ((key[i] = rp_names_put(g->texts, rp_text_of(parts[i]))) == RP_NO_ID)
            return RP_NO_ID;
    return rp_names_put(g->keys, (rp_text){(const char *)key, sizeof key});
}

/* NULL: no memory. */
static published_subject *subject_of(gathering *g, const row *r, const char *group) {
    uint32_t number = number_of(g, r, group);
    if (number == RP_NO_ID)
        return NULL;
    if (number < g->subjects.n)
        return g->subjects.at[number];
    published_subject **slot = rp_vec_push(g->arena, &g->subjects);
    published_subject *s = slot ? *slot = rp_arena_take(g->arena, 1, sizeof *s) : NULL;
    if (s != NULL)
        *s = (published_subject){.period = r->period,
                                 .kind = r->kind,
                                 .code = r->code,
                                 .name = *r->name ? r->name : r->code,
                                 .group = group,
                                 .national = strcmp(r->kind, "England") == 0,
                                 .total = strcmp(group, "Total") == 0};
    return s;
}

/* The first stays. */
static void take(gathering *g, published_figure *into, const published_figure *figure) {
    if (into->printed == NULL)
        *into = *figure;
    else if (into->low != figure->low || into->high != figure->high)
        g->differs = true;
}

static bool take_wait(gathering *g, const row *r) {
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        if (strcmp(r->group, waits[i].group) == 0 && strcmp(r->measure, names[FINISHED]) == 0) {
            published_subject *all = subject_of(g, r, "Total");
            if (all == NULL)
                return false;
            take(g, &all->counts[waits[i].measure], &r->figure);
        }
    return true;
}

/* Measures that no rate is made of, and means, stay in the record alone. */
static bool take_row(gathering *g, const row *r) {
    size_t m = 0;
    while (m < MEASURES && strcmp(names[m], r->measure) != 0)
        m++;
    bool count = strcmp(r->statistic, "count") == 0, share = strcmp(r->statistic, "percentage") == 0;
    if (m == MEASURES || (!count && !share) || !(r->figure.low <= r->figure.high))
        return true;
    published_subject *s = subject_of(g, r, r->group);
    if (s == NULL)
        return false;
    take(g, count ? &s->counts[m] : &s->shares[m], &r->figure);
    return share || take_wait(g, r);
}

static int by_name(const void *left, const void *right) {
    const published_subject *a = *(published_subject *const *)left, *b = *(published_subject *const *)right;
    const char *const pairs[][2] = {
        {a->kind, b->kind}, {a->name, b->name}, {a->code, b->code}, {a->group, b->group}, {a->period, b->period}};
    int order = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs && order == 0; i++)
        order = strcmp(pairs[i][0], pairs[i][1]);
    return order;
}

bool published_data_read(const rp_record *record, rp_arena *arena, published_data *out, rp_error *error) {
    const columns at = find_columns();
    gathering g = {.arena = arena, .texts = rp_names_new(arena), .keys = rp_names_new(arena)};
    if (g.texts == NULL || g.keys == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < rp_record_rows(record, RP_PUBLISHED); i++) {
        row r = row_at(record, &at, i);
        if (!take_row(&g, &r))
            return rp_fail_memory(error);
    }
    if (g.subjects.n > 1)
        qsort(g.subjects.at, g.subjects.n, sizeof *g.subjects.at, by_name);
    *out = (published_data){.subjects = g.subjects.at, .n = g.subjects.n, .differs = g.differs};
    return true;
}

bool rp_published_has_own(const rp_record *record) {
    int kind = rp_schema_column(RP_PUBLISHED, "kind");
    for (size_t i = 0; i < rp_record_rows(record, RP_PUBLISHED); i++)
        if (strcmp(text_at(record, kind, i), RP_MONTHLY_TOTAL) == 0)
            return true;
    return false;
}
