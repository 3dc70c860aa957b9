/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A claim from its JSON (docs/claims.md). */
#include <math.h>
#include <string.h>

#include "ledger/ledger_private.h"
#include "rapport/json.h"

typedef struct parse {
    const char *file;
    rp_arena *arena;
    rp_error *error;
} parse;

/* A text member into arena; "" where it is absent and need not be there. */
static bool text_of(const parse *p, const json_t *object, const char *key, bool needed, const char **out) {
    const char *found = "";
    if (!(needed ? rp_json_need_text : rp_json_text)(object, key, p->file, &found, p->error))
        return false;
    if (needed && found[0] == '\0') {
        rp_fail(p->error, RP_E_RULE, "\"%s\" of %s is empty.", key, p->file);
        return rp_fail_remedy(p->error, "Every claim says what it is: docs/claims.md.");
    }
    *out = rp_arena_copy(p->arena, found, strlen(found));
    return *out != NULL || rp_fail_memory(p->error);
}

/* The members of an array of objects, each by `one` into places of `size` bytes. */
static bool list_of(const parse *p, const json_t *object, const char *key, size_t size,
                    bool (*one)(const parse *p, const json_t *from, void *out), void *at_address, size_t *n) {
    const json_t *array = NULL;
    if (!rp_json_array(object, key, p->file, &array, p->error))
        return false;
    *n = json_array_size(array);
    char *places = rp_arena_take(p->arena, *n + 1, size);
    if (places == NULL)
        return rp_fail_memory(p->error);
    for (size_t i = 0; i < *n; i++)
        if (!one(p, json_array_get(array, i), places + i * size))
            return false;
    memcpy(at_address, &places, sizeof places);
    return true;
}

static bool no_word(const parse *p, const char *key, const char *word, const char *remedy) {
    rp_fail(p->error, RP_E_UNKNOWN, "\"%s\" of %s is \"%s\", which has no meaning.", key, p->file, word);
    return rp_fail_remedy(p->error, "%s", remedy);
}

static bool passage_of(const parse *p, const json_t *from, void *out) {
    static const char *const known[] = {"text", "read", "address"};
    rp_claim_passage *passage = out;
    const char *read = NULL;
    if (!rp_json_only(from, "source_says", known, sizeof known / sizeof *known, p->error) ||
        !text_of(p, from, "text", true, &passage->text) || !text_of(p, from, "read", true, &read) ||
        !text_of(p, from, "address", false, &passage->address))
        return false;
    return claim_read_parse(read, &passage->read) ||
           no_word(p, "read", read, "It is one of nothing, secondary, abstract, part and whole.");
}

static bool pooled_of(const parse *p, const json_t *from, void *out) {
    static const char *const known[] = {"label", "method", "r", "lower", "upper", "level", "studies"};
    rp_claim_pooled *pooled = out;
    *pooled = (rp_claim_pooled){.r = NAN, .lower = NAN, .upper = NAN, .level = 0.95, .studies = -1};
    if (!rp_json_only(from, "pooled", known, sizeof known / sizeof *known, p->error) ||
        !text_of(p, from, "label", true, &pooled->label) || !text_of(p, from, "method", false, &pooled->method) ||
        !rp_json_num(from, "r", p->file, &pooled->r, p->error) ||
        !rp_json_num(from, "lower", p->file, &pooled->lower, p->error) ||
        !rp_json_num(from, "upper", p->file, &pooled->upper, p->error) ||
        !rp_json_num(from, "level", p->file, &pooled->level, p->error) ||
        !rp_json_int(from, "studies", p->file, &pooled->studies, p->error))
        return false;
    bool interval = isfinite(pooled->lower) && isfinite(pooled->upper);
    bool in_order = !interval || (pooled->lower <= pooled->r && pooled->r <= pooled->upper);
    if (fabs(pooled->r) < 1 && interval == (isfinite(pooled->lower) || isfinite(pooled->upper)) && in_order &&
        (!interval || (pooled->lower > -1 && pooled->upper < 1)) && pooled->level > 0 && pooled->level < 1)
        return true;
    rp_fail(p->error, RP_E_RULE, "The pooled correlation \"%s\" of %s is none.", pooled->label, p->file);
    return rp_fail_remedy(p->error, "r lies between -1 and 1, and between lower and upper where they are given.");
}

static bool change_of(const parse *p, const json_t *from, void *out) {
    static const char *const known[] = {"label", "of", "method", "controlled", "d", "lower", "upper"};
    rp_claim_change *change = out;
    *change = (rp_claim_change){.d = NAN, .lower = NAN, .upper = NAN};
    if (!rp_json_only(from, "changes", known, sizeof known / sizeof *known, p->error) ||
        !text_of(p, from, "label", true, &change->label) || !text_of(p, from, "of", true, &change->of) ||
        !text_of(p, from, "method", true, &change->method) ||
        !rp_json_bool(from, "controlled", p->file, &change->controlled, p->error) ||
        !rp_json_num(from, "d", p->file, &change->d, p->error) ||
        !rp_json_num(from, "lower", p->file, &change->lower, p->error) ||
        !rp_json_num(from, "upper", p->file, &change->upper, p->error))
        return false;
    if (isfinite(change->d) && !(change->lower > change->d) && !(change->upper < change->d))
        return true;
    rp_fail(p->error, RP_E_RULE, "The change \"%s\" of %s is none.", change->label, p->file);
    return rp_fail_remedy(p->error, "d is a number, and lies between lower and upper where they are given.");
}

static bool bearing_of(const parse *p, const json_t *from, void *out) {
    static const char *const known[] = {"statement", "measure", "rater"};
    rp_claim_bearing *bearing = out;
    if (!rp_json_only(from, "bears_on", known, sizeof known / sizeof *known, p->error) ||
        !text_of(p, from, "statement", true, &bearing->statement) ||
        !text_of(p, from, "measure", false, &bearing->measure) || !text_of(p, from, "rater", false, &bearing->rater))
        return false;
    if (bearing->measure[0] == '\0')
        bearing->measure = NULL;
    if (bearing->rater[0] == '\0')
        bearing->rater = NULL;
    return true;
}

static bool verdict_of(const parse *p, const json_t *from, rp_claim *out) {
    const char *verdict;
    if (!text_of(p, from, "verdict", false, &verdict))
        return false;
    out->judged = verdict[0] != '\0';
    if (out->judged && !claim_verdict_parse(verdict, &out->verdict))
        return no_word(p, "verdict", verdict,
                       "It is one of supported, contradicted, not_what_the_source_says, cannot_be_told and "
                       "source_not_read.");
    return true;
}

/* A verdict on a source that nobody read, or a bar that nothing is held to. */
static bool makes_sense(const parse *p, const rp_claim *out) {
    bool own = !isnan(out->at_least) || !isnan(out->at_most);
    bool unread = rp_claim_rests_on(out) == RP_READ_NOTHING;
    const char *fault = NULL;
    if (!out->judged && !own)
        fault = "has neither a verdict nor a figure that one's own data are held to";
    else if (out->judged && out->verdict != RP_VERDICT_NOT_READ && out->verdict != RP_VERDICT_CANNOT_BE_TOLD && unread)
        fault = "has a verdict on a source of which nothing was read";
    else if (own && out->n_bearings == 0)
        fault = "holds data to a figure, and names no statement of a report in \"bears_on\"";
    else if (out->n_bearings == 0 && out->lack[0] == '\0')
        fault = "says neither which statements bear on it nor, in \"data_lack\", why none do";
    if (fault == NULL)
        return true;
    rp_fail(p->error, RP_E_RULE, "The claim %s %s.", out->id, fault);
    rp_fail_at(p->error, p->file, 0, 0);
    return rp_fail_remedy(p->error, "docs/claims.md tells what a claim consists of.");
}

bool claim_parse(const json_t *from, const char *file, rp_arena *arena, rp_claim *out, rp_error *error) {
    static const char *const known[] = {"id",        "title",       "claim",   "made_by",  "made_in",
                                        "source",    "source_says", "verdict", "because",  "bears_on",
                                        "data_lack", "pooled",      "changes", "at_least", "at_most"};
    const parse p = {.file = file, .arena = arena, .error = error};
    *out = (rp_claim){.at_least = NAN, .at_most = NAN};
    if (!rp_json_only(from, file, known, sizeof known / sizeof *known, error) ||
        !text_of(&p, from, "id", true, &out->id) || !text_of(&p, from, "title", true, &out->title) ||
        !text_of(&p, from, "claim", true, &out->claim) || !text_of(&p, from, "made_by", true, &out->made_by) ||
        !text_of(&p, from, "made_in", false, &out->made_in) || !text_of(&p, from, "source", false, &out->source) ||
        !list_of(&p, from, "source_says", sizeof *out->says, passage_of, &out->says, &out->n_says) ||
        !verdict_of(&p, from, out) || !text_of(&p, from, "because", out->judged, &out->because) ||
        !list_of(&p, from, "bears_on", sizeof *out->bearings, bearing_of, &out->bearings, &out->n_bearings) ||
        !text_of(&p, from, "data_lack", false, &out->lack) ||
        !list_of(&p, from, "pooled", sizeof *out->pooled, pooled_of, &out->pooled, &out->n_pooled) ||
        !list_of(&p, from, "changes", sizeof *out->changes, change_of, &out->changes, &out->n_changes) ||
        !rp_json_num(from, "at_least", file, &out->at_least, error) ||
        !rp_json_num(from, "at_most", file, &out->at_most, error))
        return false;
    out->file = rp_arena_copy(arena, file, strlen(file));
    return out->file != NULL ? makes_sense(&p, out) : rp_fail_memory(error);
}
