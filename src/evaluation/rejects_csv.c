/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rejects file: every rejected row as it stood, with where and why. */
#include "rapport/evaluation.h"

/* The input that is open: rejects come input by input, in the order of its lines. */
typedef struct opened {
    uint32_t input;
    rp_slices *slices; /* NULL: none */
} opened;

static bool go_to_input(opened *at, uint32_t input, const rp_record_input_info *info, rp_error *error) {
    if (at->slices && at->input == input)
        return true;
    rp_slices_close(at->slices);
    *at = (opened){.input = input, .slices = rp_slices_open(info->path, info->encoding, error)};
    return at->slices != NULL;
}

static bool reject_row(const rp_record *record, const rp_reject *reject, opened *at, rp_buf *out, rp_error *error) {
    const rp_place *place = &reject->place;
    const rp_record_input_info *info = rp_record_input_at(record, place->origin.input);
    if (!go_to_input(at, place->origin.input, info, error))
        return false;
    rp_arena *arena = rp_arena_new(0);
    rp_text text = {0};
    bool read =
        arena ? rp_slices_next(at->slices, place->offset, place->length, arena, &text, error) : rp_fail_memory(error);
    if (read) {
        rp_csv_put(out, rp_text_of(rp_path_name(info->path)), true);
        rp_buf_printf(out, ",%u,%s,%s,", place->origin.line, reject->rule, reject->carried ? "true" : "false");
        rp_csv_put(out, text, false);
        rp_buf_put(out, "\n");
    }
    rp_arena_free(arena);
    return read;
}

bool rp_evaluation_rejects_csv(const rp_record *record, rp_buf *out, rp_error *error) {
    opened at = {0};
    bool fine = true;
    rp_buf_put(out, "input,line,rule,carried,row\n");
    for (size_t i = 0; i < rp_record_rejects(record) && fine; i++)
        fine = reject_row(record, rp_record_reject_at(record, i), &at, out, error);
    rp_slices_close(at.slices);
    return fine && (!out->failed || rp_fail_memory(error));
}
