/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: any bytes as a map, over one small file that has what maps name (and some faults). What must hold:
 *   - it ends; a map that is refused is told with what is wrong and what to do;
 *   - a map that is accepted gives a record that seals;
 *   - no more people than rows, a referral each, and no score of a known scale outside its range. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rapport/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds) {
    if (!holds)
        __builtin_trap();
}

static const char file[] = "id,who,group,time,label,when,phq,pre,post,q1,q2,q3,age,sex\n"
                           "1,A,TAU,1,before,2024-01-02,10,10,5,1,2,3,30,f\n"
                           "1,A,TAU,2,after,2024-02-02,5.5,NA,4,1,,3,30,f\n"
                           "2,B,CBT,1,before,2024-01-03,28,27,-9,0,0,0,x,m\n"
                           "2,A,TAU,2,after,02/02/2024,oops,1,1,9,1,1,41,m\n"
                           ",B,CBT,3,later,,1,1,1,1,1,1,1,\n"
                           "3,,,,,,,,,,,,,\n"
                           "\"4 \",\"B,2\",CBT,1,before,2024-01-04,0,0,0,0,0,0,0,0,0\n"
                           "\"5\"\"\",B,CBT,-1,\"be\nfore\",2024-01-04,0,0,0,0,0,0,0,d\n"
                           "6,\"lost\n";
enum { LINES = 12 };

/* A file in memory, which has a path as any other has. */
static const char *file_path(void) {
    static char path[64];
    if (!path[0]) {
        int made = memfd_create("map.csv", 0);
        must(made >= 0 && write(made, file, sizeof file - 1) == (ssize_t)(sizeof file - 1));
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", made);
    }
    return path;
}

static void check_scores(rp_record *record) {
    int value = rp_schema_column(RP_SCORES, "value");
    for (size_t row = 0; row < rp_record_rows(record, RP_SCORES); row++) {
        rp_score_ref of = rp_record_score_ref(record, row);
        double x = rp_record_num(record, RP_SCORES, value, row);
        if (of.instrument && of.scale >= 0)
            must(x >= of.instrument->scales[of.scale].lowest - 1e-9 &&
                 x <= of.instrument->scales[of.scale].highest + 1e-9);
    }
}

static void check_record(rp_record *record, rp_error *error) {
    must(rp_record_seal(record, error));
    must(rp_record_rows(record, RP_REFERRALS) <= LINES);
    must(rp_record_rows(record, RP_REFERRALS) == rp_record_rows(record, RP_CLIENTS));
    must(rp_record_rows(record, RP_CONTACTS) == 0 && rp_record_about(record)->research);
    must(rp_record_inputs(record) == 1 && rp_record_input_at(record, 0)->rows <= LINES);
    check_scores(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rp_error error = {0};
    json_t *map = rp_json_parse(n ? (const char *)data : "", n, "map.json", &error);
    if (!map)
        return 0;
    rp_arena *arena = rp_arena_new(0);
    rp_instruments *known = rp_instruments_new(arena, &error);
    rp_faults *faults = rp_faults_new(arena, 100);
    rp_record *record = rp_record_new(arena, known, faults);
    must(known && record);
    error = (rp_error){0};
    if (rp_mapped_read(file_path(), map, "map.json", true, record, &error))
        check_record(record, &error);
    else
        must(error.code != RP_OK && error.code != RP_E_MEMORY && error.message[0] && error.remedy[0] && error.file[0]);
    json_decref(map);
    rp_arena_free(arena);
    return 0;
}
