/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport: picks the sub-command and parses its options from the table. */
#include "commands/command.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

static const rp_command *const all[] = {&command_evaluate, &command_check,    &command_fit,    &command_score,
                                        &command_map,      &command_measures, &command_claims, &command_published,
                                        &command_simulate, &command_manual};

size_t commands_count(void) {
    return sizeof all / sizeof *all;
}

const rp_command *commands_at(size_t i) {
    return all[i];
}

static const command_option shared[] = {
    {"format", "text|json|csv|html", "Form of the result (text unless the ending of -o says otherwise)."},
    {"output", "FILE",
     "Where the result goes; short: -o. '-' is standard output. The file appears whole or not at all."},
    {"seed", "N", "Seed of everything random (1)."},
    {"threads", "N", "Threads (as many as there are processors). The result is the same for any number."},
    {"no-clock", NULL, "Leave out the time of making, so that two runs give the same bytes."},
    {"quiet", NULL, "No progress and no remarks on standard error."},
    {"help", NULL, "This help; short: -h."},
    {"version", NULL, "The version."},
    {NULL, NULL, NULL},
};

const command_option *command_option_at(const rp_command *command, size_t i) {
    size_t own = 0;
    while (command->options[own].name != NULL)
        own++;
    if (i < own)
        return &command->options[i];
    return i - own < sizeof shared / sizeof *shared - 1 ? &shared[i - own] : NULL;
}

static size_t option_place(const rp_command *command, const char *name) {
    size_t i = 0;
    for (const command_option *o = command_option_at(command, 0); o != NULL; o = command_option_at(command, ++i))
        if (strcmp(o->name, name) == 0)
            return i;
    assert(!"every option that a command reads is in its table");
    return 0;
}

const char *command_value(const command_arguments *arguments, const char *name) {
    return arguments->values[option_place(arguments->command, name)];
}

static void unknown_option(const rp_command *command, const char *given) {
    const char *names[COMMAND_MOST_OPTIONS];
    size_t n = 0;
    for (const command_option *o = command_option_at(command, 0); o != NULL; o = command_option_at(command, n))
        names[n++] = o->name;
    while (*given == '-')
        given++;
    rp_text name = {given, strcspn(given, "=")};
    const char *nearest = rp_text_nearest(name, names, n);
    fprintf(stderr, "rapport %s: there is no option --%.*s, or it lacks its value.", command->name, (int)name.n, given);
    if (nearest != NULL)
        fprintf(stderr, " Did you mean --%s?", nearest);
    fprintf(stderr, "\n  'rapport %s --help' lists them.\n", command->name);
}

/* true: go on and run it; false: *status says how to leave. */
static bool parse(const rp_command *command, int argc, char **argv, command_arguments *out, int *status) {
    struct option longs[COMMAND_MOST_OPTIONS + 1] = {0};
    size_t n = 0;
    for (const command_option *o = command_option_at(command, 0); o != NULL; o = command_option_at(command, n)) {
        assert(n < COMMAND_MOST_OPTIONS);
        longs[n] = (struct option){o->name, o->argument != NULL ? required_argument : no_argument, NULL, 1000 + (int)n};
        n++;
    }
    *out = (command_arguments){.command = command};
    opterr = 0;
    *status = EXIT_USAGE;
    for (int c; (c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1;) {
        if (c == '?') {
            unknown_option(command, argv[optind - 1]);
            return false;
        }
        size_t place = c == 'o'   ? option_place(command, "output")
                       : c == 'h' ? option_place(command, "help")
                                  : (size_t)(c - 1000);
        out->values[place] = optarg != NULL ? optarg : "";
    }
    out->operands = argv + optind;
    out->n_operands = argc - optind;
    if (command_given(out, "help") || command_given(out, "version")) {
        *status = EXIT_DONE;
        if (command_given(out, "help"))
            command_help(command, stdout);
        else
            printf("rapport %s\n", RP_VERSION);
        return false;
    }
    if (out->n_operands < command->least || out->n_operands > command->most)
        return command_usage(out, "it takes %s", *command->operands != '\0' ? command->operands : "no operands");
    return true;
}

static int unknown_command(const char *name) {
    const char *names[sizeof all / sizeof *all];
    for (size_t i = 0; i < commands_count(); i++)
        names[i] = all[i]->name;
    const char *nearest = rp_text_nearest(rp_text_of(name), names, commands_count());
    fprintf(stderr, "rapport: there is no command '%s' in this version.", name);
    if (nearest != NULL)
        fprintf(stderr, " Did you mean '%s'?", nearest);
    fprintf(stderr, "\n  'rapport --help' lists them.\n");
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        command_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        command_overview(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("rapport %s\n", RP_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < commands_count(); i++) {
        if (strcmp(argv[1], all[i]->name) != 0)
            continue;
        command_arguments arguments;
        int status;
        return parse(all[i], argc - 1, argv + 1, &arguments, &status) ? all[i]->run(&arguments) : status;
    }
    return unknown_command(argv[1]);
}
