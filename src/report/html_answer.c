/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The section of one question: what was asked, what to keep in mind, charts, statements, tables; and where the data
 * came from. */
#include <string.h>

#include "report/chart.h"
#include "report/format.h"
#include "report/html_parts.h"
#include "report/report_parts.h"

static void put_needs(rp_html *html, const rp_answer *answer) {
    if (!answer->n_needs_missing)
        return;
    rp_html_open(html, "p");
    rp_html_attr(html, "class", "needs");
    rp_html_leaf(html, "strong", NULL, "Not answered in full. ");
    rp_html_text(html,
                 answer->n_needs_missing == 1 ? "The record has no table " : "The record has none of the tables ");
    for (size_t i = 0; i < answer->n_needs_missing; i++) {
        if (i)
            rp_html_text(html, ", ");
        rp_html_leaf(html, "code", NULL, answer->needs_missing[i]);
    }
    rp_html_text(html, ", so what hangs on it is left out.");
    rp_html_close(html, "p");
}

static void put_caveats(rp_html *html, const rp_answer *answer) {
    if (!answer->n_caveats)
        return;
    rp_html_open(html, "div");
    rp_html_attr(html, "class", "caveats");
    rp_html_leaf(html, "h3", NULL, "Keep in mind");
    rp_html_open(html, "ul");
    for (size_t i = 0; i < answer->n_caveats; i++)
        rp_html_leaf(html, "li", NULL, answer->caveats[i]);
    rp_html_close(html, "ul");
    rp_html_close(html, "div");
}

/* Tables that stand behind a chart are shown there. */
static bool is_behind_chart(const rp_answer *answer, const rp_answer_table *table) {
    for (size_t i = 0; i < answer->n_charts; i++)
        if (answer->charts[i]->table_id && strcmp(answer->charts[i]->table_id, table->id) == 0)
            return true;
    return false;
}

/* A long one is folded, so that what follows it is found. On paper it is there. */
static void put_one_table(rp_html *html, const rp_answer_table *table) {
    enum { LONG = 30 };
    if (table->n_rows <= LONG) {
        rp_html_put_table(html, table, true);
        return;
    }
    rp_html_open(html, "details");
    rp_html_open(html, "summary");
    rp_html_textf(html, "%s (%zu rows)", table->title, table->n_rows);
    rp_html_close(html, "summary");
    rp_html_put_table(html, table, false);
    rp_html_close(html, "details");
}

static void put_tables(rp_html *html, const rp_answer *answer) {
    bool any = false;
    for (size_t i = 0; i < answer->n_tables; i++) {
        if (is_behind_chart(answer, answer->tables[i]))
            continue;
        if (!any)
            rp_html_leaf(html, "h3", NULL, "Tables");
        any = true;
        put_one_table(html, answer->tables[i]);
    }
}

void rp_html_put_answer(rp_html *html, const rp_answer *answer, size_t number) {
    char id[32], chart[64];
    snprintf(id, sizeof id, "q%zu", number);
    rp_html_open(html, "section");
    rp_html_attrf(html, "aria-labelledby", "%s", id);
    rp_html_open(html, "h2");
    rp_html_attr(html, "id", id);
    rp_html_text(html, answer->title);
    rp_html_close(html, "h2");
    if (answer->lead)
        rp_html_leaf(html, "p", "lead", answer->lead);
    put_needs(html, answer);
    put_caveats(html, answer);
    for (size_t i = 0; i < answer->n_charts; i++) {
        snprintf(chart, sizeof chart, "%s-c%zu", id, i + 1);
        rp_chart_put(html, answer->charts[i], chart);
    }
    if (answer->n_statements) {
        rp_html_leaf(html, "h3", NULL, answer->left_out ? "Statements" : "All statements");
        rp_html_put_statements(html, answer, id);
    } else if (!answer->n_tables && !answer->n_charts && !answer->left_out) {
        rp_html_leaf(html, "p", "none", "The data hold nothing that answers this question.");
    }
    put_tables(html, answer);
    if (answer->left_out)
        rp_html_leaf(html, "p", "note", rp_report_left_out(answer));
    rp_html_close(html, "section");
}

/* ---- provenance ------------------------------------------------------------------------------------- */

static void put_pair(rp_html *html, const char *term, const char *text) {
    if (!text || !*text)
        return;
    rp_html_leaf(html, "dt", NULL, term);
    rp_html_leaf(html, "dd", NULL, text);
}

static void put_inputs(rp_html *html, const rp_provenance *p) {
    static const char *const heads[] = {"File", "Bytes", "Rows", "Rejected", "SHA-256"};
    char text[RP_FORMAT_ROOM];
    rp_html_open(html, "div");
    rp_html_attr(html, "class", "scroll");
    rp_html_attr(html, "role", "region");
    rp_html_attr(html, "aria-label", "Files read");
    rp_html_attr(html, "tabindex", "0");
    rp_html_open(html, "table");
    rp_html_leaf(html, "caption", NULL, "Files read");
    rp_html_open(html, "thead");
    rp_html_open(html, "tr");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        rp_html_open(html, "th");
        rp_html_attr(html, "scope", "col");
        rp_html_attr(html, "class", i >= 1 && i <= 3 ? "number" : NULL);
        rp_html_text(html, heads[i]);
        rp_html_close(html, "th");
    }
    rp_html_close(html, "tr");
    rp_html_close(html, "thead");
    rp_html_open(html, "tbody");
    for (size_t i = 0; i < p->n_inputs; i++) {
        const int64_t numbers[] = {p->inputs[i].bytes, p->inputs[i].rows, p->inputs[i].rejected};
        rp_html_open(html, "tr");
        rp_html_open(html, "th");
        rp_html_attr(html, "scope", "row");
        rp_html_text(html, p->inputs[i].name);
        rp_html_close(html, "th");
        for (size_t k = 0; k < 3; k++) {
            rp_format_people(numbers[k], text);
            rp_html_leaf(html, "td", "number", text);
        }
        rp_html_leaf(html, "td", "hash", p->inputs[i].sha256);
        rp_html_close(html, "tr");
    }
    rp_html_close(html, "tbody");
    rp_html_close(html, "table");
    rp_html_close(html, "div");
}

void rp_html_put_provenance(rp_html *html, const rp_provenance *p) {
    char seed[RP_FORMAT_ROOM];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)p->seed);
    rp_html_open(html, "section");
    rp_html_attr(html, "aria-labelledby", "provenance");
    rp_html_open(html, "h2");
    rp_html_attr(html, "id", "provenance");
    rp_html_text(html, "Where this came from");
    rp_html_close(html, "h2");
    rp_html_open(html, "dl");
    put_pair(html, "Data", p->title);
    put_pair(html, "Citation", p->citation);
    put_pair(html, "Licence of the data", p->licence);
    put_pair(html, "Command", p->command);
    put_pair(html, "Made by Rapport", p->version);
    put_pair(html, "Made at", p->made_at);
    put_pair(html, "Seed", seed);
    rp_html_close(html, "dl");
    if (p->n_inputs) {
        put_inputs(html, p);
        rp_html_leaf(html, "p", NULL,
                     "A file whose SHA-256 is the same is the same file, byte for byte. Rejected rows are listed by "
                     "rapport check with their line and reason.");
    }
    rp_html_close(html, "section");
}
