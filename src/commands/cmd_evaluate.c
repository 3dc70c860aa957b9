/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport evaluate: an input in, a report out. */
#include "commands/command.h"

#include <math.h>
#include <string.h>

static const command_option options[] = {
    {"map", "FILE", "How a foreign CSV becomes a record (docs/map.md)."},
    {"question", "NAME,...", "Ask these questions only."},
    {"measure", "NAME,...", "Only these measures."},
    {"cohort", "referred|assessed|entered|ended", "Who is counted: people to whom this happened (referred)."},
    {"from", "DATE", "The cohort's event on this day or later; with nhs_monthly, from this month."},
    {"to", "DATE", "The cohort's event on this day or earlier; with nhs_monthly, to this month."},
    {"horizon", "WEEKS", "The fixed horizon of outcomes."},
    {"claims", "FOLDER", "Claims of your own, beside those built in, for the question claims (docs/claims.md)."},
    {"suppress", "N|off", "Hide counts below N, and what would let them be worked out (5)."},
    {"readers", "public,service,full",
     "A report for each of these readers, from one run, into the folder that -o names: public.html and so on "
     "(docs/readers.md)."},
    {"output-table", "episodes|sessions|nhs_monthly",
     "Instead of a report, one row a person or a session, as CSV (not for publication: nothing is hidden in it), or "
     "the national measures by organisation and month (docs/national-measures.md)."},
    {"exact-total", NULL, "With nhs_monthly: the total of all input is not rounded, as the national file has England."},
    {"list-national-measures", NULL, "Every national measure: its id, its name, its rule, or why it is not made."},
    {"list-statements", NULL, "Every statement that a report can make, with its definition."},
    {NULL, NULL, NULL},
};

static void list(const rp_statement_def *s, rp_buf *out) {
    for (; s->id != NULL; s++)
        rp_buf_printf(out, "%s\t%s\n", s->id, s->definition);
}

static int list_statements(const command_arguments *arguments) {
    rp_buf out = {0};
    for (size_t q = 0; q < rp_questions_count(); q++)
        list(rp_questions_at(q)->statements, &out);
    list(rp_published_statements(), &out);
    return command_deliver(arguments, &out);
}

static int list_national_measures(const command_arguments *arguments) {
    static const char *const named[] = {"published", "after its neighbours", "ours"};
    rp_buf out = {0};
    for (size_t i = 0; i < rp_monthly_measures(); i++) {
        const rp_monthly_measure *m = rp_monthly_measure_at(i);
        rp_buf_printf(&out, "%s\t%s\t%s\t%s\t%s\n", m->id, m->name, m->lack != NULL ? "" : named[m->named], m->rule,
                      m->lack != NULL ? m->lack : "");
    }
    return command_deliver(arguments, &out);
}

static bool parse_suppress(const command_arguments *arguments, int *below) {
    const char *given = command_value(arguments, "suppress");
    int64_t value = 5;
    if (given != NULL && strcmp(given, "off") == 0)
        value = 0;
    else if (!command_int(arguments, "suppress", 2, 1000, &value))
        return false;
    *below = (int)value;
    return true;
}

static bool parse_cohort(const command_arguments *arguments, rp_cohort_options *out) {
    *out = (rp_cohort_options){.from = RP_NO_DATE, .to = RP_NO_DATE, .horizon_weeks = NAN};
    const char *event = command_value(arguments, "cohort");
    if (event != NULL && !rp_cohort_event_parse(event, &out->event))
        return command_usage(arguments, "--cohort is one of referred, assessed, entered and ended, not '%s'", event);
    if (!command_date(arguments, "from", &out->from) || !command_date(arguments, "to", &out->to) ||
        !command_num(arguments, "horizon", 0, &out->horizon_weeks))
        return false;
    if (out->from != RP_NO_DATE && out->to != RP_NO_DATE && out->from > out->to)
        return command_usage(arguments, "--from lies after --to");
    return true;
}

static bool parse_options(const command_arguments *arguments, rp_arena *arena, rp_evaluation_options *out) {
    int64_t seed = 1;
    *out = (rp_evaluation_options){.input = arguments->operands[0],
                                   .map = command_value(arguments, "map"),
                                   .claims = command_value(arguments, "claims"),
                                   .asked = {.level = 0.95},
                                   .clock = !command_given(arguments, "no-clock"),
                                   .quiet = command_given(arguments, "quiet")};
    if (!command_list(arguments, "question", arena, &out->questions, &out->n_questions) ||
        !command_list(arguments, "measure", arena, &out->asked.measures, &out->asked.n_measures) ||
        !command_int(arguments, "seed", 0, INT64_MAX, &seed) || !command_threads(arguments, &out->asked.threads) ||
        !parse_cohort(arguments, &out->cohort) || !parse_suppress(arguments, &out->suppress_below))
        return false;
    out->seed = (uint64_t)seed;
    return true;
}

static void remark_on_faults(const command_arguments *arguments, const rp_evaluation *evaluation) {
    const rp_faults *faults = rp_record_faults(evaluation->record);
    size_t n = rp_faults_total(faults);
    if (n > 0 && !command_given(arguments, "quiet"))
        fprintf(stderr, "rapport: %zu fault%s in the input; 'rapport check' with the same input shows %s.\n", n,
                n == 1 ? "" : "s", n == 1 ? "it" : "each");
}

static int deliver_report(const command_arguments *arguments, const rp_evaluation *evaluation,
                          rp_report_format format) {
    rp_report report = {.answers = (const rp_answer *const *)evaluation->answers,
                        .n_answers = evaluation->n_answers,
                        .provenance = &evaluation->provenance,
                        .text_width = command_width()};
    rp_buf out = {0};
    rp_report_write(&report, format, &out);
    return command_deliver(arguments, &out);
}

static int deliver_view(const command_arguments *arguments, const rp_evaluation *evaluation, const char *view) {
    rp_buf out = {0};
    rp_error error = {0};
    bool made = strcmp(view, "episodes") == 0 ? rp_evaluation_episodes_csv(evaluation, &out, &error)
                                              : rp_evaluation_sessions_csv(evaluation, &out, &error);
    if (made)
        return command_deliver(arguments, &out);
    rp_buf_free(&out);
    return command_failed(&error);
}

/* ---- views --------------------------------------------------------------------------------------------- */

static const char nhs_monthly[] = "nhs_monthly";

static bool is_monthly(const char *view) {
    return view != NULL && strcmp(view, nhs_monthly) == 0;
}

/* The month of --from or --to, 0 where it is not given. A month that is half in is none. */
static bool parse_month(const command_arguments *arguments, const char *name, bool last, int32_t *out) {
    rp_date day = RP_NO_DATE;
    if (!command_date(arguments, name, &day))
        return false;
    *out = day == RP_NO_DATE ? 0 : rp_date_month(day);
    if (day == RP_NO_DATE || rp_date_month(last ? day + 1 : day - 1) != *out)
        return true;
    return command_usage(arguments, "--output-table nhs_monthly goes by whole months: --%s is the %s day of one", name,
                         last ? "last" : "first");
}

static bool parse_monthly(const command_arguments *arguments, const rp_evaluation_options *asked,
                          rp_monthly_options *out) {
    static const char *const others[] = {"question", "measure", "cohort", "horizon"};
    *out = (rp_monthly_options){.hide_below = asked->suppress_below,
                                .exact_total = command_given(arguments, "exact-total"),
                                .threads = asked->asked.threads};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (command_value(arguments, others[i]) != NULL)
            return command_usage(arguments, "--%s does not go with --output-table nhs_monthly", others[i]);
    if (out->hide_below != 0 && out->hide_below < 5)
        return command_usage(arguments, "--output-table nhs_monthly hides counts below 5 or more, or nothing "
                                        "(--suppress off)");
    return parse_month(arguments, "from", false, &out->from) && parse_month(arguments, "to", true, &out->to);
}

static int deliver_monthly(const command_arguments *arguments, const rp_evaluation *evaluation,
                           const rp_monthly_options *asked, rp_arena *arena) {
    rp_buf out = {0};
    rp_error error = {0};
    const rp_monthly *monthly = rp_monthly_make(evaluation->cohort, asked, arena, &error);
    if (monthly == NULL || !rp_evaluation_monthly_csv(monthly, &out, &error)) {
        rp_buf_free(&out);
        return command_failed(&error);
    }
    for (size_t i = 0; i < rp_monthly_notes(monthly) && !command_given(arguments, "quiet"); i++)
        fprintf(stderr, "rapport: %s\n", rp_monthly_note_at(monthly, i));
    return command_deliver(arguments, &out);
}

/* The view asked for, NULL for a report; false: wrong use. */
static bool parse_view(const command_arguments *arguments, const char **out) {
    *out = command_value(arguments, "output-table");
    const char *format = command_value(arguments, "format");
    if (command_given(arguments, "exact-total") && !is_monthly(*out))
        return command_usage(arguments, "--exact-total goes with --output-table nhs_monthly");
    if (*out == NULL)
        return true;
    if (strcmp(*out, "episodes") != 0 && strcmp(*out, "sessions") != 0 && !is_monthly(*out))
        return command_usage(arguments, "--output-table is one of episodes, sessions and nhs_monthly, not '%s'", *out);
    if (format != NULL && strcmp(format, "csv") != 0)
        return command_usage(arguments, "--output-table gives CSV, not %s", format);
    return true;
}

/* What is asked for, instead of a report, is not limited by the cohort's window. */
static bool parse_all(const command_arguments *arguments, const char *view, rp_arena *arena,
                      rp_evaluation_options *asked, rp_monthly_options *monthly) {
    if (!parse_options(arguments, arena, asked))
        return false;
    asked->no_questions = view != NULL && asked->n_questions == 0;
    if (!is_monthly(view))
        return true;
    if (!parse_monthly(arguments, asked, monthly))
        return false;
    asked->cohort = (rp_cohort_options){.from = RP_NO_DATE, .to = RP_NO_DATE, .horizon_weeks = NAN};
    return true;
}

static int deliver(const command_arguments *arguments, const rp_evaluation *evaluation, const char *view,
                   rp_report_format format, const rp_monthly_options *monthly, rp_arena *arena) {
    remark_on_faults(arguments, evaluation);
    if (is_monthly(view))
        return deliver_monthly(arguments, evaluation, monthly, arena);
    return view != NULL ? deliver_view(arguments, evaluation, view) : deliver_report(arguments, evaluation, format);
}

static int run(const command_arguments *arguments) {
    if (command_given(arguments, "list-statements"))
        return list_statements(arguments);
    if (command_given(arguments, "list-national-measures"))
        return list_national_measures(arguments);
    rp_report_format format;
    const char *view;
    if (arguments->n_operands != 1)
        return command_usage(arguments, "it takes one INPUT"), EXIT_USAGE;
    if (!command_format(arguments, &format) || !parse_view(arguments, &view))
        return EXIT_USAGE;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    rp_evaluation_options asked;
    rp_monthly_options monthly = {0};
    rp_evaluation evaluation;
    command_readers readers;
    int status = EXIT_USAGE;
    if (arena == NULL)
        status = (rp_fail_memory(&error), command_failed(&error));
    else if (!parse_all(arguments, view, arena, &asked, &monthly) || !command_readers_parse(arguments, arena, &readers))
        status = EXIT_USAGE;
    else if (!rp_evaluate(&asked, arena, &evaluation, &error))
        status = command_failed(&error);
    else if (readers.given) {
        remark_on_faults(arguments, &evaluation);
        status = command_deliver_readers(&evaluation, &readers, arena);
    } else
        status = deliver(arguments, &evaluation, view, format, &monthly, arena);
    rp_arena_free(arena);
    return status;
}

const rp_command command_evaluate = {
    .name = "evaluate",
    .operands = "INPUT",
    .summary = "Read a service's record or a study's data, ask the questions, and report.",
    .details = "INPUT is a folder with datapackage.json, a folder with the tables' CSV files, or one CSV together with "
               "--map. Small numbers are hidden unless --suppress off is given.",
    .options = options,
    .least = 0,
    .most = 1,
    .run = run,
};
