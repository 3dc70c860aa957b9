/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which protocols and components a record names: open lists, so that any code may stand there. */
#include "questions/fidelity/fidelity_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A code as it is sorted: known ones have their place in the schema's list, others come after. */
typedef struct named {
    const char *code, *title;
    size_t known;
} named;

static int by_place(const void *one, const void *other) {
    const named *a = one, *b = other;
    if (a->known != b->known)
        return a->known < b->known ? -1 : 1;
    return strcmp(a->code, b->code);
}

static named named_of(const rp_code_list *codes, const char *code) {
    for (size_t i = 0; i < codes->n; i++)
        if (strcmp(codes->codes[i].code, code) == 0)
            return (named){code, codes->codes[i].meaning, i};
    return (named){code, code, codes->n};
}

static bool gather(const rp_record *record, const fidelity_source *source, rp_names *names) {
    int column = rp_schema_column(source->table, source->column);
    for (size_t row = 0; row < rp_record_rows(record, source->table); row++) {
        const char *code = rp_record_code_text(record, source->table, column, row);
        if (code != NULL && rp_names_put(names, rp_text_of(code)) == RP_NO_ID)
            return false;
    }
    return true;
}

bool fidelity_list_make(const rp_record *record, const fidelity_source *sources, size_t n, size_t most, rp_arena *arena,
                        fidelity_list *out, rp_error *error) {
    assert(most <= PROTOCOLS);
    *out = (fidelity_list){.other = most};
    rp_names *names = rp_names_new(arena);
    bool done = names != NULL;
    for (size_t i = 0; i < n && done; i++)
        done = gather(record, &sources[i], names);
    size_t count = done ? rp_names_count(names) : 0;
    named *all = rp_arena_take(arena, count + 1, sizeof *all);
    if (!done || all == NULL)
        return rp_fail_memory(error);
    const rp_table_def *def = rp_schema_table(sources[0].table);
    const rp_code_list *codes = def->columns[rp_schema_column(sources[0].table, sources[0].column)].codes;
    out->place_of_known = rp_arena_take(arena, codes->n, sizeof *out->place_of_known);
    if (out->place_of_known == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < codes->n; i++)
        out->place_of_known[i] = most;
    for (size_t i = 0; i < count; i++)
        all[i] = named_of(codes, rp_names_text(names, (uint32_t)i));
    qsort(all, count, sizeof *all, by_place);
    for (size_t i = 0; i < count && out->n < most; i++) {
        out->codes[out->n] = all[i].code;
        out->titles[out->n] = all[i].title;
        if (all[i].known < codes->n)
            out->place_of_known[all[i].known] = out->n;
        out->n++;
    }
    return true;
}

size_t fidelity_list_place(const fidelity_list *list, const rp_record *record, rp_table_id table, int column,
                           size_t row) {
    int known = rp_record_code(record, table, column, row);
    if (known >= 0)
        return list->place_of_known[known];
    const char *code = rp_record_code_text(record, table, column, row);
    if (code == NULL)
        return FIDELITY_NO_CODE;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->codes[i], code) == 0)
            return i;
    return list->other;
}
