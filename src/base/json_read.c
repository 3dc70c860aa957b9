/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading JSON: jansson behind caps on size and depth, and members of objects by type. */
#include <string.h>

#include "base/base_private.h"
#include "rapport/json.h"

/* The byte at which nesting passes the cap, or n. Knows strings and escapes; all else is jansson's to judge. */
static size_t too_deep_at(const char *bytes, size_t n) {
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '[' || c == '{') && ++depth > RP_JSON_LIMIT_DEPTH)
            return i;
        else if (!in_string && (c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return n;
}

static json_t *fail_place(const char *bytes, size_t at, const char *name, rp_code code, const char *message,
                          rp_error *error) {
    int64_t line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        bool line_ends = bytes[i] == '\n';
        line += line_ends;
        column = line_ends ? 1 : column + (((unsigned char)bytes[i] & 0xc0) != 0x80);
    }
    rp_fail(error, code, "%s", message);
    rp_fail_at(error, name, line, column);
    if (code == RP_E_LIMIT)
        rp_fail_remedy(error, "Keep to %d levels.", (int)RP_JSON_LIMIT_DEPTH);
    return NULL;
}

static bool fail_json(const json_error_t *from, const char *name, rp_error *error) {
    if (json_error_code(from) == json_error_out_of_memory)
        return rp_fail_memory(error);
    rp_fail(error, RP_E_SYNTAX, "This is not the JSON that it should be: %s.", from->text);
    return rp_fail_at(error, name, from->line > 0 ? from->line : 0, from->column > 0 ? from->column : 0);
}

json_t *rp_json_parse(const char *bytes, size_t n, const char *name, rp_error *error) {
    if (n > RP_JSON_LIMIT_BYTES) {
        rp_fail(error, RP_E_LIMIT, "The JSON is longer than %d bytes.", (int)RP_JSON_LIMIT_BYTES);
        rp_fail_at(error, name, 0, 0);
        return NULL;
    }
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) { /* the mark that some editors put before UTF-8 */
        bytes += 3;
        n -= 3;
    }
    const char *nul = n ? memchr(bytes, '\0', n) : NULL; /* jansson passes over one that follows a number */
    if (nul)
        return fail_place(bytes, (size_t)(nul - bytes), name, RP_E_SYNTAX, "A NUL byte has no place in JSON.", error);
    size_t deep = too_deep_at(bytes, n);
    if (deep < n)
        return fail_place(bytes, deep, name, RP_E_LIMIT, "The JSON is nested too deeply.", error);
    json_error_t from;
    json_t *value = json_loadb(n ? bytes : "", n, JSON_REJECT_DUPLICATES, &from);
    if (!value)
        fail_json(&from, name, error);
    return value;
}

json_t *rp_json_load(const char *path, rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    if (!arena) {
        rp_fail_memory(error);
        return NULL;
    }
    rp_text text = {0};
    json_t *value = NULL;
    if (rp_file_read(path, RP_JSON_LIMIT_BYTES, arena, &text, error))
        value = rp_json_parse(text.at, text.n, path, error);
    rp_arena_free(arena);
    return value;
}

/* ---- members ---- */

static const char *type_words(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number with a fraction or exponent";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

static bool fail_type(const char *key, const char *where, const char *wanted, const json_t *value, rp_error *error) {
    rp_fail(error, RP_E_RULE, "\"%s\" in %s must be %s, but is %s.", key, where, wanted, type_words(value));
    return rp_fail_remedy(error, "Write %s for \"%s\".", wanted, key);
}

static bool check_object(const json_t *object, const char *where, rp_error *error) {
    if (json_is_object(object))
        return true;
    return rp_fail(error, RP_E_RULE, "%s must be an object, but is %s.", where, object ? type_words(object) : "absent");
}

/* The member, or NULL in *value where it is absent or null; false where there is no object to look in. */
static bool member(const json_t *object, const char *key, const char *where, const json_t **value, rp_error *error) {
    *value = NULL;
    if (!check_object(object, where, error))
        return false;
    const json_t *found = json_object_get(object, key);
    if (found && !json_is_null(found))
        *value = found;
    return true;
}

bool rp_json_text(const json_t *object, const char *key, const char *where, const char **out, rp_error *error) {
    const json_t *value;
    if (!member(object, key, where, &value, error))
        return false;
    if (value && !json_is_string(value))
        return fail_type(key, where, "a text", value, error);
    if (value)
        *out = json_string_value(value);
    return true;
}

bool rp_json_need_text(const json_t *object, const char *key, const char *where, const char **out, rp_error *error) {
    const char *found = NULL;
    if (!rp_json_text(object, key, where, &found, error))
        return false;
    if (!found) {
        rp_fail(error, RP_E_RULE, "\"%s\" is missing in %s.", key, where);
        return rp_fail_remedy(error, "Add \"%s\" with a text.", key);
    }
    *out = found;
    return true;
}

bool rp_json_num(const json_t *object, const char *key, const char *where, double *out, rp_error *error) {
    const json_t *value;
    if (!member(object, key, where, &value, error))
        return false;
    if (value && !json_is_number(value))
        return fail_type(key, where, "a number", value, error);
    if (value)
        *out = json_number_value(value);
    return true;
}

bool rp_json_int(const json_t *object, const char *key, const char *where, int64_t *out, rp_error *error) {
    const json_t *value;
    if (!member(object, key, where, &value, error))
        return false;
    if (value && !json_is_integer(value))
        return fail_type(key, where, "a whole number", value, error);
    if (value)
        *out = (int64_t)json_integer_value(value);
    return true;
}

bool rp_json_bool(const json_t *object, const char *key, const char *where, bool *out, rp_error *error) {
    const json_t *value;
    if (!member(object, key, where, &value, error))
        return false;
    if (value && !json_is_boolean(value))
        return fail_type(key, where, "true or false", value, error);
    if (value)
        *out = json_is_true(value);
    return true;
}

bool rp_json_array(const json_t *object, const char *key, const char *where, const json_t **out, rp_error *error) {
    const json_t *value;
    if (!member(object, key, where, &value, error))
        return false;
    if (value && !json_is_array(value))
        return fail_type(key, where, "an array", value, error);
    if (value)
        *out = value;
    return true;
}

bool rp_json_object(const json_t *object, const char *key, const char *where, const json_t **out, rp_error *error) {
    const json_t *value;
    if (!member(object, key, where, &value, error))
        return false;
    if (value && !json_is_object(value))
        return fail_type(key, where, "an object", value, error);
    if (value)
        *out = value;
    return true;
}

static bool is_aside(const char *key) {
    return key[0] == '_' || strcmp(key, "$schema") == 0 || strcmp(key, "comment") == 0;
}

static bool is_among(const char *key, const char *const *known, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(key, known[i]) == 0)
            return true;
    return false;
}

bool rp_json_only(const json_t *object, const char *where, const char *const *known, size_t n, rp_error *error) {
    if (!check_object(object, where, error))
        return false;
    /* jansson's iteration does not change the object, though its signature does not say so. */
    json_t *open = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(open); at; at = json_object_iter_next(open, at)) {
        const char *key = json_object_iter_key(at);
        if (is_aside(key) || is_among(key, known, n))
            continue;
        rp_fail(error, RP_E_UNKNOWN, "\"%s\" in %s is not a key that is known here.", key, where);
        const char *nearest = rp_text_nearest(rp_text_of(key), known, n);
        if (nearest)
            rp_fail_remedy(error, "Did you mean \"%s\"?", nearest);
        else
            rp_fail_remedy(error, "Take it out, or put \"_\" before it to keep it as a remark.");
        return false;
    }
    return true;
}
