/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of an intake share: intake_convert.c makes values of texts in any thread, intake.c adds them. */
#ifndef RAPPORT_RECORD_INTAKE_H
#define RAPPORT_RECORD_INTAKE_H

#include "record/record_parts.h"

enum { RP_INTAKE_SLICE = 1024 }; /* rows added at once: what is held of them stays in the nearest caches */

typedef struct rp_intake_scratch {
    rp_words texts[RP_INTAKE_SLICE];
    uint32_t run_ids[RP_INTAKE_SLICE], ids[RP_INTAKE_SLICE];
    int16_t codes[RP_INTAKE_SLICE];
} rp_intake_scratch;

struct rp_intake {
    rp_record *record;
    rp_held_table *held;
    rp_intake_plan plan;
    int *field_of;          /* by column of the table: the field, or -1 */
    const rp_names **codes; /* by column: the codes of a closed list, numbered as in the list; else NULL */
    int method;             /* of scores; -1: another table's method means nothing here */
    rp_cell *cells;         /* for a row that goes the long way */
    rp_intake_scratch *scratch;
    rp_slices *slices; /* of its input; NULL until a place in it is looked up */
};

/* What becomes of a batch. */
typedef struct rp_intake_taken {
    void **values;      /* by column: a value of its width for each row; NULL for ids and texts, which adding takes */
    rp_text_run **runs; /* by column: of ids; else NULL */
    size_t *n_runs;
    uint8_t *doubtful; /* by row */
} rp_intake_taken;

/* The column at which a field of a row begins, read again from the file; 0 where it cannot be. */
uint32_t rp_intake_place(rp_intake *intake, uint64_t offset, uint32_t length, int field);
/* Closes the files in which places were looked up. */
void rp_intakes_close(rp_record *record);
/* False: no memory. */
bool rp_intake_know_codes(rp_intake *intake);

static inline rp_held rp_intake_value(const rp_intake_taken *taken, int column, const rp_column *def, size_t row) {
    rp_held value = rp_column_missing(def);
    size_t width = rp_column_width(def);
    memcpy(&value, (const char *)taken->values[column] + row * width, width);
    return value;
}

static inline bool rp_intake_is_missing(const rp_intake *in, rp_text text) {
    for (size_t i = 0; i < in->plan.n_missing; i++)
        if (rp_text_is(text, in->plan.missing[i]))
            return true;
    return false;
}

/* The text of a field; empty where it means a missing value. */
static inline rp_text rp_intake_text(const rp_intake *in, const rp_batch *batch, size_t row, int field) {
    rp_span span = rp_batch_span(batch, row, (size_t)field);
    rp_text text = {batch->bytes + span.at, span.n};
    return in->plan.n_missing && rp_intake_is_missing(in, text) ? (rp_text){0} : text;
}

#endif
