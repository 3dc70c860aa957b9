/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport simulate: a synthetic service whose truth is known. */
#include "commands/command.h"

#include "rapport/simulation.h"

#include <string.h>

static const command_option options[] = {
    {"clients", "N", "How many people; 1000 unless told (30 of the scenario tiny)."},
    {"scenario", "NAME", "What kind of service; 'plain' unless told. --list shows all."},
    {"set", "NAME=VALUE", "A parameter that is to be otherwise; several with commas. truth.json lists them."},
    {"without-items", NULL, "Scores alone, no answers to items."},
    {"reference", "N", "People from whom the truth is taken; 100000 unless told."},
    {"list", NULL, "The scenarios, and what each is."},
    {NULL, NULL, NULL},
};

static int list(const command_arguments *arguments) {
    rp_buf out = {0};
    for (size_t i = 0; i < rp_simulation_scenarios(); i++)
        rp_buf_printf(&out, "%-28s%s\n", rp_simulation_scenario(i), rp_simulation_summary(i));
    return command_deliver(arguments, &out);
}

static int simulate(const command_arguments *arguments, const rp_simulation_options *chosen) {
    rp_error error = {0};
    rp_simulation_made made;
    double start = rp_time_seconds();
    const char *folder = command_value(arguments, "output");
    if (!rp_simulate(chosen, folder, &made, &error)) {
        int status = command_failed(&error);
        return error.code == RP_E_UNKNOWN ? EXIT_USAGE : status;
    }
    if (!command_given(arguments, "quiet"))
        printf("%s: %lld clients, %lld referrals, %lld rows, %lld bytes, %.1f s.\n", folder, (long long)made.clients,
               (long long)made.referrals, (long long)made.rows, (long long)made.bytes, rp_time_seconds() - start);
    return EXIT_DONE;
}

static int run(const command_arguments *arguments) {
    if (command_given(arguments, "list"))
        return list(arguments);
    rp_simulation_options chosen = {.scenario = command_value(arguments, "scenario"),
                                    .without_items = command_given(arguments, "without-items"),
                                    .quiet = command_given(arguments, "quiet")};
    int64_t seed = 1;
    if (!command_int(arguments, "clients", 1, RP_SIMULATION_MOST_CLIENTS, &chosen.clients) ||
        !command_int(arguments, "reference", 1, RP_SIMULATION_MOST_CLIENTS, &chosen.reference) ||
        !command_int(arguments, "seed", 0, INT64_MAX, &seed) || !command_threads(arguments, &chosen.threads))
        return EXIT_USAGE;
    const char *folder = command_value(arguments, "output");
    if (folder == NULL || strcmp(folder, "-") == 0)
        return command_usage(arguments, "-o says which folder to make"), EXIT_USAGE;
    rp_arena *arena = rp_arena_new(0);
    if (arena == NULL)
        return command_usage(arguments, "out of memory"), EXIT_FAULT;
    chosen.seed = (uint64_t)seed;
    int status =
        command_list(arguments, "set", arena, &chosen.sets, &chosen.n_sets) ? simulate(arguments, &chosen) : EXIT_USAGE;
    rp_arena_free(arena);
    return status;
}

const rp_command command_simulate = {
    .name = "simulate",
    .operands = "",
    .summary = "A synthetic service with every table of the record, whose truth is known.",
    .details =
        "The folder that -o names must not be there yet. It gets a data package, which 'rapport check' and 'rapport "
        "evaluate' read, and truth.json: what a report ought to find, with the parameters, each with its source "
        "or 'assumed'. The same seed gives the same bytes, whatever the number of threads; nobody in it is real. "
        "docs/simulation.md tells how people are made.",
    .options = options,
    .most = 0,
    .run = run,
};
