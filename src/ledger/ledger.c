/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The claims known to a run: those that are built in, and those of a folder. Some dozens, in order of their ids. */
#include <assert.h>
#include <string.h>

#include "ledger/ledger_private.h"
#include "rapport/embedded.h"
#include "rapport/json.h"

enum { LIMIT_BYTES = 1 << 20 };

struct rp_ledger {
    rp_arena *arena;
    RP_VEC(const rp_claim *) list;
};

static bool put(rp_ledger *ledger, const rp_claim *claim, rp_error *error) {
    size_t at = 0;
    while (at < ledger->list.n && strcmp(ledger->list.at[at]->id, claim->id) < 0)
        at++;
    if (at < ledger->list.n && strcmp(ledger->list.at[at]->id, claim->id) == 0) {
        rp_fail(error, RP_E_RULE, "There are two claims with the id \"%s\": in %s and in %s.", claim->id,
                ledger->list.at[at]->file, claim->file);
        return rp_fail_remedy(error, "Give one of them another id.");
    }
    const rp_claim **last = rp_vec_push(ledger->arena, &ledger->list);
    if (last == NULL)
        return rp_fail_memory(error);
    memmove(ledger->list.at + at + 1, ledger->list.at + at, (ledger->list.n - 1 - at) * sizeof *ledger->list.at);
    ledger->list.at[at] = claim;
    return true;
}

bool rp_ledger_add(rp_ledger *ledger, const char *bytes, size_t n, const char *name, rp_error *error) {
    json_t *json = rp_json_parse(bytes, n, name, error);
    rp_claim *claim = rp_arena_take(ledger->arena, 1, sizeof *claim);
    bool added = json != NULL;
    if (added && claim == NULL)
        added = rp_fail_memory(error);
    added = added && claim_parse(json, name, ledger->arena, claim, error) && put(ledger, claim, error);
    json_decref(json);
    return added;
}

rp_ledger *rp_ledger_new(rp_arena *arena, rp_error *error) {
    rp_ledger *ledger = rp_arena_take(arena, 1, sizeof *ledger);
    if (ledger == NULL)
        return rp_fail_memory(error), NULL;
    ledger->arena = arena;
    for (const rp_embedded *file = rp_embedded_claims; file->name != NULL; file++)
        if (!rp_ledger_add(ledger, (const char *)file->bytes, file->n, file->name, error))
            return NULL;
    return ledger;
}

static bool is_claim(const char *name) {
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".json") == 0;
}

bool rp_ledger_add_folder(rp_ledger *ledger, const char *folder, rp_error *error) {
    const char *const *names;
    size_t n;
    if (!rp_folder_names(folder, is_claim, ledger->arena, &names, &n, error))
        return false;
    if (n == 0) {
        rp_fail(error, RP_E_FILE, "No claim was found: the folder holds no file that ends in .json.");
        rp_fail_at(error, folder, 0, 0);
        return rp_fail_remedy(error, "docs/claims.md tells what a claim consists of.");
    }
    for (size_t i = 0; i < n; i++) {
        rp_text text;
        const char *path = rp_path_join(ledger->arena, folder, names[i]);
        if (path == NULL)
            return rp_fail_memory(error);
        if (!rp_file_read(path, LIMIT_BYTES, ledger->arena, &text, error) ||
            !rp_ledger_add(ledger, text.at, text.n, path, error))
            return false;
    }
    return true;
}

size_t rp_ledger_count(const rp_ledger *ledger) {
    return ledger->list.n;
}

const rp_claim *rp_ledger_at(const rp_ledger *ledger, size_t i) {
    assert(i < ledger->list.n);
    return ledger->list.at[i];
}

const rp_claim *rp_ledger_find(const rp_ledger *ledger, rp_text id) {
    for (size_t i = 0; i < ledger->list.n; i++)
        if (rp_text_is(id, ledger->list.at[i]->id))
            return ledger->list.at[i];
    return NULL;
}

const rp_claim *rp_ledger_nearest(const rp_ledger *ledger, rp_text id) {
    const char **ids = rp_arena_take(ledger->arena, ledger->list.n + 1, sizeof *ids);
    if (ids == NULL)
        return NULL;
    for (size_t i = 0; i < ledger->list.n; i++)
        ids[i] = ledger->list.at[i]->id;
    const char *nearest = rp_text_nearest(id, ids, ledger->list.n);
    return nearest != NULL ? rp_ledger_find(ledger, rp_text_of(nearest)) : NULL;
}
