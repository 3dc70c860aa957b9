/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: any bytes as JSON, and as the definition of a questionnaire. What must hold:
 *   - it ends; what is refused is told with a message and a place inside the text;
 *   - what is accepted, written by our own writer and read again, is the same;
 *   - a definition that is accepted scores within its own range. */
#include <math.h>
#include <string.h>

#include "rapport/measures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds) {
    if (!holds)
        __builtin_trap();
}

/* ---- writing and reading again ---- */

static void write_value(rp_json *out, json_t *value) {
    const char *key;
    json_t *member;
    size_t i;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        rp_json_open(out, '{');
        json_object_foreach(value, key, member) {
            rp_json_key(out, key);
            write_value(out, member);
        }
        rp_json_close(out);
        break;
    case JSON_ARRAY:
        rp_json_open(out, '[');
        json_array_foreach(value, i, member) {
            write_value(out, member);
        }
        rp_json_close(out);
        break;
    case JSON_STRING:
        rp_json_put_text(out, json_string_value(value));
        break;
    case JSON_INTEGER:
        rp_json_put_int(out, (int64_t)json_integer_value(value));
        break;
    case JSON_REAL:
        rp_json_put_num(out, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        rp_json_put_bool(out, json_is_true(value));
        break;
    case JSON_NULL:
        rp_json_put_null(out);
        break;
    }
}

/* As json_equal, but a real number that is whole may come back as an integer. */
static bool same(json_t *a, json_t *b) {
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(a)) {
        if (!json_is_object(b) || json_object_size(a) != json_object_size(b))
            return false;
        json_object_foreach(a, key, member) {
            if (!same(member, json_object_get(b, key)))
                return false;
        }
        return true;
    }
    if (json_is_array(a)) {
        if (!json_is_array(b) || json_array_size(a) != json_array_size(b))
            return false;
        json_array_foreach(a, i, member) {
            if (!same(member, json_array_get(b, i)))
                return false;
        }
        return true;
    }
    if (json_is_real(a))
        return json_is_number(b) && json_number_value(a) == json_number_value(b);
    return json_equal(a, b) == 1;
}

static void check_writing(json_t *value, bool pretty) {
    rp_buf text = {0};
    rp_json out;
    rp_error error = {0};
    rp_json_start(&out, &text, pretty);
    write_value(&out, value);
    must(!text.failed && text.at);
    json_t *again = rp_json_parse(text.at, text.n, "again", &error);
    must(again && same(value, again));
    json_decref(again);
    rp_buf_free(&text);
}

/* ---- members ---- */

static void check_members(const json_t *value) {
    static const char *const known[] = {"a", "name"};
    rp_error error = {0};
    const char *text = NULL;
    double number = 0;
    int64_t whole = 0;
    bool truth = false;
    const json_t *inner = NULL;
    must(rp_json_text(value, "a", "the value", &text, &error) || error.code != RP_OK);
    must(rp_json_num(value, "a", "the value", &number, &error) || error.code != RP_OK);
    must(rp_json_int(value, "a", "the value", &whole, &error) || error.code != RP_OK);
    must(rp_json_bool(value, "a", "the value", &truth, &error) || error.code != RP_OK);
    must(rp_json_array(value, "a", "the value", &inner, &error) || error.code != RP_OK);
    must(rp_json_object(value, "a", "the value", &inner, &error) || error.code != RP_OK);
    must(rp_json_only(value, "the value", known, 2, &error) || error.code != RP_OK);
}

/* ---- as a questionnaire ---- */

static void check_scoring(rp_arena *arena, const rp_instrument *instrument) {
    double *answers = rp_arena_take(arena, instrument->n_items, sizeof *answers);
    must(answers);
    for (int high = 0; high < 2; high++) {
        for (size_t i = 0; i < instrument->n_items; i++)
            answers[i] = high ? instrument->items[i].highest : instrument->items[i].lowest;
        for (size_t s = 0; s < instrument->n_scales; s++) {
            const rp_scale *scale = &instrument->scales[s];
            double slack = 1e-9 * (1 + fabs(scale->lowest) + fabs(scale->highest));
            rp_score score = rp_instrument_score(instrument, s, answers);
            must(scale->n_items == 0 || isnan(score.value) ||
                 (score.value >= scale->lowest - slack && score.value <= scale->highest + slack));
            (void)rp_scale_band(scale, score.value);
        }
    }
}

static void check_definition(const json_t *value) {
    static rp_arena *arena;
    static rp_instruments *known;
    rp_error error = {0};
    if (!known || rp_arena_bytes(arena) > 8u << 20) { /* the built-in ones are slow to read, so they serve many runs */
        rp_arena_free(arena);
        arena = rp_arena_new(0);
        known = rp_instruments_new(arena, &error);
        must(known);
    }
    const rp_instrument *added = rp_instruments_add_inline(known, "own", value, "the value", &error);
    if (!added) {
        must(error.code != RP_OK && error.message[0]);
        added = rp_instruments_add_fhir(known, value, "value.json", &error);
    }
    if (!added) {
        must(error.code != RP_OK && error.message[0]);
        return;
    }
    check_scoring(arena, added);
    rp_arena_free(arena); /* its name is taken now */
    arena = NULL;
    known = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rp_error error = {0};
    json_t *value = rp_json_parse(n ? (const char *)data : "", n, "fuzz", &error);
    if (!value) {
        must(error.code != RP_OK && error.message[0] && error.line >= 0 && error.line <= (int64_t)n + 1);
        return 0;
    }
    check_writing(value, false);
    check_writing(value, true);
    check_members(value);
    check_definition(value);
    json_decref(value);
    return 0;
}
