/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport check: every fault by file, line, column and rule. */
#include "commands/command.h"

#include "rapport/json.h"

#include <string.h>

enum { FAULTS_SHOWN = 100000, MOST_FAULTS_SHOWN = 1000000000 };

static const command_option options[] = {
    {"map", "FILE", "How a foreign CSV becomes a record (docs/map.md)."},
    {"rejects", "FILE", "Write every rejected row there, with where and why, as CSV."},
    {"faults", "N", "Tell at most so many faults; 100000 unless told. All are counted."},
    {NULL, NULL, NULL},
};

static const char *level_name(rp_fault_level level) {
    static const char *const names[] = {"file", "row", "value", "note"};
    return names[level];
}

/* What became of the data, a line each. */
static const char *level_meaning(rp_fault_level level) {
    static const char *const meanings[] = {"could not be read", "rejected with its row", "rejected alone",
                                           "nothing rejected; good to know"};
    return meanings[level];
}

static void place_text(const rp_fault *fault, rp_buf *out) {
    rp_buf_put(out, fault->file);
    if (fault->line > 0)
        rp_buf_printf(out, ":%lld", (long long)fault->line);
    if (fault->line > 0 && fault->column > 0)
        rp_buf_printf(out, ":%lld", (long long)fault->column);
}

/* "12 referrals, 3 contacts" of the rows rejected for themselves, or of those carried along; false: none. */
static bool rejected_text(const rp_record *record, bool carried, const char *before, rp_buf *out) {
    bool any = false;
    for (int t = 0; t < RP_TABLES; t++) {
        size_t n = rp_record_rejected(record, (rp_table_id)t, carried);
        if (n > 0)
            rp_buf_printf(out, "%s%zu %s", any ? ", " : before, n, rp_schema_table((rp_table_id)t)->name);
        any = any || n > 0;
    }
    return any;
}

static void rejects_text(const rp_record *record, rp_buf *out) {
    bool own = rejected_text(record, false, "Rejected: ", out);
    bool carried = rejected_text(record, true, own ? "; with them " : "Rejected with others: ", out);
    if (own || carried)
        rp_buf_put(out, ".\n");
}

static void as_text(const rp_record *record, rp_buf *out) {
    const rp_faults *faults = rp_record_faults(record);
    for (size_t i = 0; i < rp_faults_kept(faults); i++) {
        const rp_fault *fault = rp_faults_at(faults, i);
        place_text(fault, out);
        rp_buf_printf(out, ": %s [%s] (%s)\n", fault->message, fault->rule, level_meaning(fault->level));
    }
    size_t notes = rp_faults_count(faults, RP_FAULT_NOTE);
    if (rp_faults_kept(faults) < rp_faults_total(faults) + notes)
        rp_buf_printf(out, "Only the first %zu are shown.\n", rp_faults_kept(faults));
    for (size_t i = 0; i < rp_record_inputs(record); i++) {
        const rp_record_input_info *info = rp_record_input_at(record, i);
        rp_buf_printf(out, "%s: %lld rows read, %lld rejected.\n", info->path, (long long)info->rows,
                      (long long)info->rejected);
    }
    rejects_text(record, out);
    size_t total = rp_faults_total(faults);
    rp_buf_printf(out, "%zu fault%s, %zu note%s.\n", total, total == 1 ? "" : "s", notes, notes == 1 ? "" : "s");
}

static void as_csv(const rp_record *record, rp_buf *out) {
    const rp_faults *faults = rp_record_faults(record);
    rp_buf_put(out, "level,file,line,column,rule,message\n");
    for (size_t i = 0; i < rp_faults_kept(faults); i++) {
        const rp_fault *fault = rp_faults_at(faults, i);
        rp_buf_printf(out, "%s,", level_name(fault->level));
        rp_csv_put(out, rp_text_of(fault->file), true);
        rp_buf_printf(out, ",%lld,%lld,%s,", (long long)fault->line, (long long)fault->column, fault->rule);
        rp_csv_put(out, rp_text_of(fault->message), true);
        rp_buf_put(out, "\n");
    }
}

static void json_place(rp_json *json, const char *key, int64_t value) {
    rp_json_key(json, key);
    if (value > 0)
        rp_json_put_int(json, value);
    else
        rp_json_put_null(json);
}

static void json_fault(rp_json *json, const rp_fault *fault) {
    rp_json_open(json, '{');
    rp_json_key(json, "level");
    rp_json_put_text(json, level_name(fault->level));
    rp_json_key(json, "file");
    rp_json_put_text(json, fault->file);
    json_place(json, "line", fault->line);
    json_place(json, "column", fault->column);
    rp_json_key(json, "rule");
    rp_json_put_text(json, fault->rule);
    rp_json_key(json, "message");
    rp_json_put_text(json, fault->message);
    rp_json_close(json);
}

static void as_json(const rp_record *record, const rp_provenance *provenance, rp_buf *out) {
    const rp_faults *faults = rp_record_faults(record);
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    rp_json_key(&json, "faults");
    rp_json_open(&json, '[');
    for (size_t i = 0; i < rp_faults_kept(faults); i++)
        json_fault(&json, rp_faults_at(faults, i));
    rp_json_close(&json);
    rp_json_key(&json, "counts");
    rp_json_open(&json, '{');
    for (int level = RP_FAULT_FILE; level <= RP_FAULT_NOTE; level++) {
        rp_json_key(&json, level_name((rp_fault_level)level));
        rp_json_put_int(&json, (int64_t)rp_faults_count(faults, (rp_fault_level)level));
    }
    rp_json_close(&json);
    rp_report_json_provenance(provenance, &json);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}

static int write_rejects(const rp_record *record, const char *path) {
    rp_buf out = {0};
    rp_error error = {0};
    bool done = rp_evaluation_rejects_csv(record, &out, &error) && rp_file_write(path, out.at, out.n, &error);
    rp_buf_free(&out);
    return done ? EXIT_DONE : command_failed(&error);
}

static int report(const command_arguments *arguments, const rp_record *record, rp_report_format format,
                  rp_arena *arena) {
    const char *rejects = command_value(arguments, "rejects");
    if (rejects != NULL && write_rejects(record, rejects) != EXIT_DONE)
        return EXIT_FAULT;
    rp_buf out = {0};
    rp_error error = {0};
    rp_provenance provenance;
    if (format == RP_REPORT_JSON && !rp_evaluation_provenance(record, arena, &provenance, &error))
        return command_failed(&error);
    if (format == RP_REPORT_JSON)
        as_json(record, &provenance, &out);
    else if (format == RP_REPORT_CSV)
        as_csv(record, &out);
    else
        as_text(record, &out);
    int status = command_deliver(arguments, &out);
    return status == EXIT_DONE && rp_faults_total(rp_record_faults(record)) > 0 ? EXIT_FAULT : status;
}

static int run(const command_arguments *arguments) {
    rp_report_format format;
    int64_t shown = FAULTS_SHOWN;
    int threads = 1;
    if (!command_format(arguments, &format) || !command_threads(arguments, &threads) ||
        !command_int(arguments, "faults", 0, MOST_FAULTS_SHOWN, &shown))
        return EXIT_USAGE;
    if (format == RP_REPORT_HTML)
        return command_usage(arguments, "it writes text, json or csv"), EXIT_USAGE;
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_faults *faults = arena != NULL ? rp_faults_new(arena, (size_t)shown) : NULL;
    rp_record *record = NULL;
    if (faults == NULL)
        rp_fail_memory(&error);
    else
        record = rp_evaluation_open(
            arguments->operands[0], command_value(arguments, "map"), command_given(arguments, "quiet"), threads,
            format == RP_REPORT_JSON ? RP_OPEN_TO_CHECK : RP_OPEN_TO_CHECK_WITHOUT_DIGESTS, arena, faults, &error);
    int status = record != NULL ? report(arguments, record, format, arena) : command_failed(&error);
    rp_arena_free(arena);
    return status;
}

const rp_command command_check = {
    .name = "check",
    .operands = "INPUT",
    .summary = "Every fault of an input, by file, line, column and rule.",
    .details = "Nothing is mended silently: a row at fault is rejected and takes along what hangs on it; the rest is "
               "kept. Exit status 1 where there is any fault.",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
