/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: any bytes as a file of published figures. What must hold:
 *   - it ends; a file that is refused is told with what is wrong and what to do;
 *   - what is kept lies between bounds that stand in order, a percentage between 0 and 100, no count below 0;
 *   - whatever is kept can be asked about, and a share that comes of it lies between 0 and 1. */
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rapport/formats.h"
#include "rapport/questions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds) {
    if (!holds)
        __builtin_trap();
}

static void check_figures(const rp_record *record) {
    int low = rp_schema_column(RP_PUBLISHED, "low"), high = rp_schema_column(RP_PUBLISHED, "high");
    int statistic = rp_schema_column(RP_PUBLISHED, "statistic");
    for (size_t row = 0; row < rp_record_rows(record, RP_PUBLISHED); row++) {
        double a = rp_record_num(record, RP_PUBLISHED, low, row), b = rp_record_num(record, RP_PUBLISHED, high, row);
        const char *what = rp_record_text(record, RP_PUBLISHED, statistic, row);
        must(what && (a <= b || (isnan(a) && isnan(b))));
        if (strcmp(what, "count") == 0)
            must(a >= 0);
        if (strcmp(what, "percentage") == 0)
            must(a >= 0 && b <= 100);
    }
}

static void check_answer(const rp_answer *answer) {
    for (size_t i = 0; i < answer->n_statements; i++) {
        const rp_statement *s = answer->statements[i];
        must(s->id && s->text && s->cohort);
        if (strcmp(s->unit, "share") == 0 && !isnan(s->lower))
            must(s->lower >= 0 && s->lower <= s->upper && s->upper <= 1);
    }
}

/* Made once: these files change nothing in them. */
static rp_instruments *instruments(void) {
    static rp_instruments *known;
    rp_error error = {0};
    if (!known)
        known = rp_instruments_new(rp_arena_new(0), &error);
    must(known != NULL);
    return known;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    char path[64];
    int file = memfd_create("annual", 0); /* a file in memory, which has a path as any other has */
    must(file >= 0 && write(file, data, n) == (ssize_t)n);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_record *record = rp_record_new(arena, instruments(), rp_faults_new(arena, 100));
    must(record != NULL);
    if (rp_published_read(path, true, record, &error)) {
        must(rp_record_seal(record, &error));
        check_figures(record);
        const rp_published_asked asked = {.period = n % 2 ? "all" : NULL, .level = 0.95};
        const rp_answer *answer = rp_published_ask(record, &asked, arena, &error);
        if (answer)
            check_answer(answer);
        else
            must((error.code == RP_E_RULE || error.code == RP_E_LIMIT) && error.message[0] && error.remedy[0]);
    } else {
        must(error.code != RP_OK && error.code != RP_E_MEMORY && error.message[0]);
    }
    rp_arena_free(arena);
    close(file);
    return 0;
}
