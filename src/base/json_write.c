/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON as a stream (RFC 8259): keys in the order of writing, numbers in the shortest exact form. What is
 * written is always well-formed UTF-8: a byte that is none becomes U+FFFD. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/base_private.h"
#include "rapport/json.h"

void rp_json_start(rp_json *json, rp_buf *out, bool pretty) {
    *json = (rp_json){.out = out, .pretty = pretty};
}

static void new_line(rp_json *json) {
    if (!json->pretty)
        return;
    rp_buf_add(json->out, "\n", 1);
    for (int i = 0; i < json->depth; i++)
        rp_buf_add(json->out, "  ", 2);
}

/* The comma before a member or element that is not the first. */
static void separate(rp_json *json) {
    bool *first = &json->first[json->depth - 1];
    if (!*first)
        rp_buf_add(json->out, ",", 1);
    *first = false;
    new_line(json);
}

static void before_value(rp_json *json) {
    if (json->after_key)
        json->after_key = false;
    else if (json->depth > 0) {
        assert(json->bracket[json->depth - 1] == '[');
        separate(json);
    }
}

void rp_json_open(rp_json *json, char bracket) {
    assert(bracket == '{' || bracket == '[');
    assert(json->depth < RP_JSON_LIMIT_DEPTH);
    before_value(json);
    rp_buf_add(json->out, &bracket, 1);
    json->bracket[json->depth] = bracket;
    json->first[json->depth++] = true;
}

void rp_json_close(rp_json *json) {
    assert(json->depth > 0 && !json->after_key);
    json->depth--;
    if (!json->first[json->depth])
        new_line(json);
    rp_buf_add(json->out, json->bracket[json->depth] == '{' ? "}" : "]", 1);
}

/* The short escape of RFC 8259 section 7, or 0. */
static char short_escape(unsigned char c) {
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void put_escape(rp_buf *out, unsigned char c) {
    char escape = short_escape(c);
    if (escape)
        rp_buf_add(out, (char[]){'\\', escape}, 2);
    else if (c < 0x20)
        rp_buf_printf(out, "\\u%04x", (unsigned)c);
    else
        rp_buf_add(out, "\xef\xbf\xbd", 3);
}

static void put_quoted(rp_buf *out, const char *text) {
    size_t n = strlen(text), plain = 0;
    rp_buf_add(out, "\"", 1);
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)text[i];
        size_t step = c < 0x20 || c == '"' || c == '\\' ? 0 : rp_utf8_step(text + i, n - i, NULL);
        if (step == 0) {
            rp_buf_add(out, text + plain, i - plain);
            put_escape(out, c);
            plain = i + 1;
        }
        i += step ? step : 1;
    }
    rp_buf_add(out, text + plain, n - plain);
    rp_buf_add(out, "\"", 1);
}

void rp_json_key(rp_json *json, const char *key) {
    assert(json->depth > 0 && json->bracket[json->depth - 1] == '{' && !json->after_key);
    separate(json);
    put_quoted(json->out, key);
    rp_buf_put(json->out, json->pretty ? ": " : ":");
    json->after_key = true;
}

void rp_json_put_text(rp_json *json, const char *text) {
    if (!text) {
        rp_json_put_null(json);
        return;
    }
    before_value(json);
    put_quoted(json->out, text);
}

void rp_json_put_num(rp_json *json, double value) {
    if (!isfinite(value)) {
        rp_json_put_null(json);
        return;
    }
    char text[32];
    before_value(json);
    rp_number_text(value, text);
    rp_buf_put(json->out, text);
}

void rp_json_put_int(rp_json *json, int64_t value) {
    before_value(json);
    rp_buf_printf(json->out, "%" PRId64, value);
}

void rp_json_put_bool(rp_json *json, bool value) {
    before_value(json);
    rp_buf_put(json->out, value ? "true" : "false");
}

void rp_json_put_null(rp_json *json) {
    before_value(json);
    rp_buf_put(json->out, "null");
}
