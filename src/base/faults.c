/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults in data: the first few in full, all of them counted. Counting needs no memory, so no fault is lost to the
 * count even when memory has run out. */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_private.h"

enum { N_LEVELS = RP_FAULT_NOTE + 1, N_RULES = 128, LONGEST_MESSAGE = 512 };

typedef struct kept {
    rp_fault fault;
    size_t order; /* of arrival, so that the sort is stable */
} kept;

typedef struct rule_count {
    const char *rule;
    rp_fault_level level;
    size_t n;
} rule_count;

struct rp_faults {
    rp_arena *arena;
    RP_VEC(kept) list;
    size_t limit;
    size_t counts[N_LEVELS];
    rule_count rules[N_RULES];
    size_t n_rules;
    const char *last_file; /* one copy serves the faults that follow in the same file */
};

rp_faults *rp_faults_new(rp_arena *arena, size_t limit) {
    rp_faults *faults = rp_arena_take(arena, 1, sizeof *faults);
    if (faults) {
        faults->arena = arena;
        faults->limit = limit;
        faults->last_file = "";
    }
    return faults;
}

/* The last place takes all rules past the table's end; there are far fewer. */
static void count_rule(rp_faults *faults, rp_fault_level level, const char *rule) {
    size_t i = 0;
    while (i < faults->n_rules && (faults->rules[i].level != level || strcmp(faults->rules[i].rule, rule) != 0))
        i++;
    if (i == N_RULES)
        i = N_RULES - 1;
    else if (i == faults->n_rules)
        faults->rules[faults->n_rules++] =
            (rule_count){.rule = i == N_RULES - 1 ? "other" : rule, .level = level, .n = 0};
    faults->rules[i].n++;
}

static const char *keep_file(rp_faults *faults, const char *file) {
    if (!file)
        return "";
    if (strcmp(file, faults->last_file) != 0) {
        const char *copy = rp_arena_copy(faults->arena, file, strlen(file));
        if (!copy)
            return NULL;
        faults->last_file = copy;
    }
    return faults->last_file;
}

void rp_faults_add(rp_faults *faults, rp_fault_level level, const char *file, int64_t line, int64_t column,
                   const char *rule, const char *format, ...) {
    assert(level >= RP_FAULT_FILE && level <= RP_FAULT_NOTE && rule);
    faults->counts[level]++;
    count_rule(faults, level, rule);
    if (faults->list.n >= faults->limit)
        return;
    char text[LONGEST_MESSAGE];
    va_list list;
    va_start(list, format);
    rp_message_format(text, sizeof text, format, list);
    va_end(list);
    const char *kept_file = keep_file(faults, file);
    const char *message = kept_file ? rp_arena_copy(faults->arena, text, strlen(text)) : NULL;
    kept *fresh = message ? rp_vec_push(faults->arena, &faults->list) : NULL;
    if (!fresh)
        return;
    fresh->fault =
        (rp_fault){.level = level, .file = kept_file, .line = line, .column = column, .rule = rule, .message = message};
    fresh->order = faults->list.n;
}

size_t rp_faults_kept(const rp_faults *faults) {
    return faults->list.n;
}

const rp_fault *rp_faults_at(const rp_faults *faults, size_t i) {
    assert(i < faults->list.n);
    return &faults->list.at[i].fault;
}

size_t rp_faults_count(const rp_faults *faults, rp_fault_level level) {
    return faults->counts[level];
}

size_t rp_faults_total(const rp_faults *faults) {
    return faults->counts[RP_FAULT_FILE] + faults->counts[RP_FAULT_ROW] + faults->counts[RP_FAULT_VALUE];
}

size_t rp_faults_rules(const rp_faults *faults) {
    return faults->n_rules;
}

const char *rp_faults_rule(const rp_faults *faults, size_t i, rp_fault_level *level, size_t *count) {
    assert(i < faults->n_rules);
    *level = faults->rules[i].level;
    *count = faults->rules[i].n;
    return faults->rules[i].rule;
}

static int by_number(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int by_place(const void *left, const void *right) {
    const kept *a = left, *b = right;
    int order = strcmp(a->fault.file, b->fault.file);
    if (order == 0)
        order = by_number(a->fault.line, b->fault.line);
    if (order == 0)
        order = by_number(a->fault.column, b->fault.column);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

void rp_faults_sort(rp_faults *faults) {
    if (faults->list.n > 1)
        qsort(faults->list.at, faults->list.n, sizeof *faults->list.at, by_place);
}
