/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 1, base: JSON. Reading is jansson's, behind caps on size and depth; writing is a small stream of our own, so
 * that numbers are the shortest text that reads back as the same double, and key order is the order of writing. */
#ifndef RAPPORT_JSON_H
#define RAPPORT_JSON_H

#include <jansson.h>

#include "rapport/base.h"

enum { RP_JSON_LIMIT_BYTES = 64 << 20, RP_JSON_LIMIT_DEPTH = 64 };

/* Parses n bytes; `name` stands in messages (file:line:column). Refuses more than RP_JSON_LIMIT_BYTES, more than
 * RP_JSON_LIMIT_DEPTH levels (checked before parsing), duplicate keys, NUL in text. NULL: see *error. Owned:
 * json_decref. */
json_t *rp_json_parse(const char *bytes, size_t n, const char *name, rp_error *error) RP_MUST_CHECK;
json_t *rp_json_load(const char *path, rp_error *error) RP_MUST_CHECK;

/* Members of an object, typed. `where` says in words which object it is ("instruments.bai"), for the message. The
 * needed ones fail when absent or of another type; the optional ones fail only when of another type and leave *out as
 * it was when absent or null. Texts are borrowed from the JSON value. */
bool rp_json_need_text(const json_t *object, const char *key, const char *where, const char **out, rp_error *error);
bool rp_json_text(const json_t *object, const char *key, const char *where, const char **out, rp_error *error);
bool rp_json_num(const json_t *object, const char *key, const char *where, double *out, rp_error *error);
bool rp_json_int(const json_t *object, const char *key, const char *where, int64_t *out, rp_error *error);
bool rp_json_bool(const json_t *object, const char *key, const char *where, bool *out, rp_error *error);
bool rp_json_array(const json_t *object, const char *key, const char *where, const json_t **out, rp_error *error);
bool rp_json_object(const json_t *object, const char *key, const char *where, const json_t **out, rp_error *error);
/* Fails when the object has a key that is not among `known`, naming the nearest; keys that begin with "_" or equal
 * "$schema" or "comment" are let pass. */
bool rp_json_only(const json_t *object, const char *where, const char *const *known, size_t n, rp_error *error);

/* Writing: commas, quotes and escapes are its business. Depth at most RP_JSON_LIMIT_DEPTH (assert). */
typedef struct rp_json {
    rp_buf *out;
    int depth;
    bool first[RP_JSON_LIMIT_DEPTH];
    char bracket[RP_JSON_LIMIT_DEPTH];
    bool after_key, pretty;
} rp_json;
void rp_json_start(rp_json *json, rp_buf *out, bool pretty);
void rp_json_open(rp_json *json, char bracket); /* '{' or '[' */
void rp_json_close(rp_json *json);
void rp_json_key(rp_json *json, const char *key);
void rp_json_put_text(rp_json *json, const char *text); /* NULL gives null */
void rp_json_put_num(rp_json *json, double value);      /* NaN and infinities give null */
void rp_json_put_int(rp_json *json, int64_t value);
void rp_json_put_bool(rp_json *json, bool value);
void rp_json_put_null(rp_json *json);

/* The shortest decimal that reads back as the same double ("0.1", "12", "1e-05"); out holds at least 32 bytes. */
void rp_number_text(double value, char out[32]);

#endif
