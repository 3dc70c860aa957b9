/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --help and the man page, from the table of commands. */
#include "commands/command.h"

#include <string.h>

enum { WIDTH = 80 };

/* Words of text, wrapped after `at` columns already written, continued at `indent`. */
static void wrap(FILE *to, const char *text, size_t at, size_t indent) {
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (at + word >= WIDTH && at > indent) {
            fprintf(to, "\n%*s", (int)indent, "");
            at = indent;
        }
        fprintf(to, "%.*s", (int)word, text);
        at += word;
        text += word;
        if (*text == ' ') {
            text++;
            if (at + 1 + strcspn(text, " ") < WIDTH) {
                fputc(' ', to);
                at++;
            } else if (*text != '\0') {
                fprintf(to, "\n%*s", (int)indent, "");
                at = indent;
            }
        }
    }
    fputc('\n', to);
}

void command_help(const rp_command *command, FILE *to) {
    fprintf(to, "Usage: rapport %s [options]%s%s\n\n", command->name, *command->operands != '\0' ? " " : "",
            command->operands);
    wrap(to, command->summary, 0, 0);
    fputc('\n', to);
    wrap(to, command->details, 0, 0);
    fprintf(to, "\nOptions:\n");
    size_t i = 0;
    for (const command_option *o = command_option_at(command, 0); o != NULL; o = command_option_at(command, ++i)) {
        int written =
            fprintf(to, "  --%s%s%s", o->name, o->argument != NULL ? " " : "", o->argument != NULL ? o->argument : "");
        if (written > 28)
            fprintf(to, "\n%*s", 30, "");
        else
            fprintf(to, "%*s", 30 - written, "");
        wrap(to, o->help, 30, 30);
    }
}

void command_overview(FILE *to) {
    fprintf(to, "rapport %s: what a talking-therapy service achieves, told with its denominators.\n\n", RP_VERSION);
    fprintf(to, "Usage: rapport COMMAND [options] ...\n\n");
    for (size_t i = 0; i < commands_count(); i++) {
        fprintf(to, "  %-10s ", commands_at(i)->name);
        wrap(to, commands_at(i)->summary, 13, 13);
    }
    fprintf(to, "\n'rapport COMMAND --help' tells more. Begin with: rapport evaluate DATA.csv --map MAP.json\n");
}

static void manual_command(const rp_command *command, rp_buf *out) {
    rp_buf_printf(out, "## rapport %s [options]%s%s\n\n%s\n\n%s\n\n", command->name,
                  *command->operands != '\0' ? " " : "", command->operands, command->summary, command->details);
    for (const command_option *o = command->options; o->name != NULL; o++)
        rp_buf_printf(out, "*--%s*%s%s%s\n\t%s\n\n", o->name, o->argument != NULL ? " _" : "",
                      o->argument != NULL ? o->argument : "", o->argument != NULL ? "_" : "", o->help);
}

static int manual(const command_arguments *arguments) {
    rp_buf out = {0};
    rp_buf_put(&out,
               "rapport(1)\n\n# NAME\n\nrapport - what a talking-therapy service achieves, told with its "
               "denominators\n\n# SYNOPSIS\n\n*rapport* _COMMAND_ [options] ...\n\n# DESCRIPTION\n\n"
               "Rapport reads the records of a talking-therapy service or the data of a trial, and gives an honest "
               "account of it: who was seen, how much they changed, under every denominator that the data hold, "
               "and what is not known.\n\n# COMMANDS\n\n");
    for (size_t i = 0; i < commands_count(); i++)
        manual_command(commands_at(i), &out);
    rp_buf_put(&out, "# OPTIONS OF ALL COMMANDS\n\n");
    const rp_command none = {.options = &(const command_option){NULL, NULL, NULL}};
    size_t i = 0;
    for (const command_option *o = command_option_at(&none, 0); o != NULL; o = command_option_at(&none, ++i))
        rp_buf_printf(&out, "*--%s*%s%s%s\n\t%s\n\n", o->name, o->argument != NULL ? " _" : "",
                      o->argument != NULL ? o->argument : "", o->argument != NULL ? "_" : "", o->help);
    rp_buf_put(&out, "# EXIT STATUS\n\n0: done. 1: it could not be done, or *check* found faults. 2: wrong use.\n\n"
                     "# EXAMPLES\n\nA trial with its map, as one HTML file:\n\n"
                     "\trapport evaluate bdi.csv --map map.json -o report.html\n\n"
                     "Every fault of a data package:\n\n\trapport check my-service/\n\n"
                     "Published national figures, re-stated:\n\n"
                     "\trapport published annual-2024-25.csv -o published.html\n\n"
                     "# LICENCE\n\nGPL-3.0-or-later.\n");
    return command_deliver(arguments, &out);
}

static const command_option no_options[] = {{NULL, NULL, NULL}};
const rp_command command_manual = {.name = "manual",
                                   .operands = "",
                                   .summary = "The manual page of all commands, in scdoc's format.",
                                   .details = "The build makes rapport(1) from it.",
                                   .options = no_options,
                                   .run = manual};
