/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: answers as the bytes of a report, and two such compared. */
#ifndef RAPPORT_TEST_BYTES_H
#define RAPPORT_TEST_BYTES_H

#include "rapport/report.h"

static inline rp_buf json_of(const rp_answer *const *answers, size_t n, const rp_provenance *provenance) {
    rp_report report = {.answers = answers, .n_answers = n, .provenance = provenance};
    rp_buf out = {0};
    rp_report_write(&report, RP_REPORT_JSON, &out);
    assert_false(out.failed);
    return out;
}

/* Frees both. */
static inline void same_bytes(rp_buf one, rp_buf other) {
    assert_int_equal(one.n, other.n);
    assert_memory_equal(one.at, other.at, one.n);
    rp_buf_free(&one);
    rp_buf_free(&other);
}

#endif
