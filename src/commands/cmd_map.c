/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport map: a map to start from. */
#include "commands/command.h"

#include "rapport/formats.h"

static const command_option options[] = {
    {NULL, NULL, NULL},
};

static int run(const command_arguments *arguments) {
    rp_report_format format = RP_REPORT_JSON;
    if (command_given(arguments, "format") && !command_format(arguments, &format))
        return EXIT_USAGE;
    if (format != RP_REPORT_JSON)
        return command_usage(arguments, "a map is json"), EXIT_USAGE;
    rp_error error = {0};
    rp_buf out = {0};
    if (rp_format_propose_map(arguments->operands[0], &out, &error))
        return command_deliver(arguments, &out);
    rp_buf_free(&out);
    return command_failed(&error);
}

const rp_command command_map = {
    .name = "map",
    .operands = "FILE.csv",
    .summary = "Proposes a map for a file, from its header and values.",
    .details = "The map (docs/map.md) says what the columns mean. What is guessed, and what you must decide, stands in "
               "the map's \"comment\": nothing of it is certain until you have read that.",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
