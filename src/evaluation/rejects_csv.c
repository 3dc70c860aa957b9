/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rejects file: every rejected row as it stood, with where and why. */
#include "rapport/evaluation.h"

static bool reject_row(const rp_record *record, const rp_reject *reject, rp_buf *out, rp_error *error) {
    const char *path = rp_record_input_at(record, reject->place.origin.input)->path;
    rp_arena *arena = rp_arena_new(0);
    rp_text text = {0};
    bool read = arena != NULL ? rp_file_slice(path, reject->place.offset, reject->place.length, arena, &text, error)
                              : rp_fail_memory(error);
    if (read) {
        rp_csv_put(out, rp_text_of(rp_path_name(path)), true);
        rp_buf_printf(out, ",%u,%s,%s,", reject->place.origin.line, reject->rule, reject->carried ? "true" : "false");
        rp_csv_put(out, text, false);
        rp_buf_put(out, "\n");
    }
    rp_arena_free(arena);
    return read;
}

bool rp_evaluation_rejects_csv(const rp_record *record, rp_buf *out, rp_error *error) {
    rp_buf_put(out, "input,line,rule,carried,row\n");
    for (size_t i = 0; i < rp_record_rejects(record); i++)
        if (!reject_row(record, rp_record_reject_at(record, i), out, error))
            return false;
    return !out->failed || rp_fail_memory(error);
}
