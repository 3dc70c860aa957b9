/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report for each reader, from one run into one folder. */
#include "commands/command.h"

static bool parse_names(const command_arguments *arguments, const char *const *names, size_t n, command_readers *out) {
    for (size_t i = 0; i < n; i++) {
        rp_audience reader;
        if (!rp_audience_parse(rp_text_of(names[i]), &reader))
            return command_usage(arguments, "--readers takes public, service and full, not '%s'", names[i]);
        out->wanted[reader] = true;
    }
    return true;
}

bool command_readers_parse(const command_arguments *arguments, rp_arena *arena, command_readers *out) {
    const char *const *names;
    size_t n;
    *out = (command_readers){.given = command_given(arguments, "readers"), .format = RP_REPORT_HTML};
    if (!out->given)
        return true;
    const char *suppress = command_value(arguments, "suppress");
    out->folder = command_value(arguments, "output");
    if (!command_list(arguments, "readers", arena, &names, &n) || !parse_names(arguments, names, n, out))
        return false;
    if (out->folder == NULL || rp_text_is(rp_text_of(out->folder), "-"))
        return command_usage(arguments, "with --readers, -o says which folder to make");
    if (command_given(arguments, "output-table"))
        return command_usage(arguments, "--output-table is a row a person, for no reader of a report");
    if (suppress != NULL && rp_text_is(rp_text_of(suppress), "off"))
        return command_usage(arguments, "--suppress off goes with no readers: what is hidden is hidden in all their "
                                        "reports, and a public one may not show small numbers. For data of your own, "
                                        "leave out --readers");
    return !command_given(arguments, "format") || command_format(arguments, &out->format);
}

static bool add_report(const rp_evaluation *evaluation, const command_readers *readers, rp_audience reader,
                       rp_arena *arena, rp_folder *folder, rp_error *error) {
    static const char *const endings[] = {
        [RP_REPORT_TEXT] = "txt", [RP_REPORT_JSON] = "json", [RP_REPORT_CSV] = "csv", [RP_REPORT_HTML] = "html"};
    char name[32];
    rp_evaluation seen;
    rp_buf out = {0};
    if (!rp_evaluation_for(evaluation, reader, arena, &seen, error))
        return false;
    rp_report report = {.answers = (const rp_answer *const *)seen.answers,
                        .n_answers = seen.n_answers,
                        .provenance = &seen.provenance,
                        .audience = reader};
    rp_report_write(&report, readers->format, &out);
    snprintf(name, sizeof name, "%s.%s", rp_audience_name(reader), endings[readers->format]);
    bool added = out.failed ? rp_fail_memory(error) : rp_folder_add(folder, name, out.at, out.n, error);
    rp_buf_free(&out);
    return added;
}

int command_deliver_readers(const rp_evaluation *evaluation, const command_readers *readers, rp_arena *arena) {
    rp_error error = {0};
    rp_folder *folder = rp_folder_begin(readers->folder, &error);
    bool done = folder != NULL;
    for (rp_audience reader = RP_FOR_PUBLIC; done && reader <= RP_FOR_FULL; reader++)
        done = !readers->wanted[reader] || add_report(evaluation, readers, reader, arena, folder, &error);
    if (done)
        done = rp_folder_end(folder, &error);
    else
        rp_folder_abandon(folder);
    return done ? EXIT_DONE : command_failed(&error);
}
