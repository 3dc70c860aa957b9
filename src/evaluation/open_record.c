/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a path to a sealed record. */
#include "rapport/evaluation.h"

rp_record *rp_evaluation_open(const char *input, const char *map, bool quiet, int threads, rp_opening opening,
                              rp_arena *arena, rp_faults *faults, rp_error *error) {
    rp_instruments *instruments = rp_instruments_new(arena, error);
    if (instruments == NULL)
        return NULL;
    rp_record *record = rp_record_new(arena, instruments, faults);
    if (record == NULL)
        return rp_fail_memory(error), NULL;
    rp_record_use_threads(record, threads);
    if (opening == RP_OPEN_TO_CHECK || opening == RP_OPEN_TO_CHECK_WITHOUT_DIGESTS)
        rp_record_only_check(record, opening == RP_OPEN_TO_CHECK);
    else if (opening == RP_OPEN_TO_READ && !rp_record_only_ask(record, error))
        return NULL;
    else if (opening == RP_OPEN_TO_READ)
        rp_questions_leave_out(record);
    if (!rp_format_read(input, map, quiet, record, error) || !rp_record_seal(record, error))
        return NULL;
    rp_faults_sort(faults);
    return record;
}
