/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTML report: nothing runs in it, nothing is fetched by it, and each number stands with what it is of. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "report/hostile_answer.h"

static size_t count_of(const char *text, const char *piece) {
    size_t n = 0;
    for (const char *at = strstr(text, piece); at; at = strstr(at + 1, piece))
        n++;
    return n;
}

static void every_text_is_escaped(void **state) {
    (void)state;
    static const char *const fields[] = {
        "label",    "text",        "measure", "scale",   "rater",      "arm",     "severity", "occasion",    "version",
        "unit",     "cohort",      "method",  "lead",    "caveat",     "needs",   "value",    "table",       "column",
        "note",     "column_unit", "series",  "reading", "x_label",    "y_label", "line",     "chart_title", "point",
        "question", "title",       "input",   "made_at", "data_title", "command", "citation", "licence"};
    rp_buf out = write_hostile(RP_REPORT_HTML, 0);
    assert_null(strstr(out.at, "<script"));
    assert_null(strstr(out.at, "</script"));
    assert_null(strstr(out.at, " onload='"));
    assert_null(strchr(out.at, '\x1B'));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char escaped[80];
        snprintf(escaped, sizeof escaped, "&lt;script&gt;%s&lt;/script&gt;", fields[i]);
        bool shown = strstr(out.at, escaped) != NULL;
        if (strcmp(fields[i], "question") == 0)
            assert_false(shown); /* a name for programs */
        else if (!shown && strcmp(fields[i], "point") != 0 && strcmp(fields[i], "line") != 0)
            fail_msg("%s is not in the report", fields[i]); /* those two are wrapped in pictures */
    }
    rp_buf_free(&out);
}

static void nothing_runs_and_nothing_is_fetched(void **state) {
    (void)state;
    rp_buf out = write_hostile(RP_REPORT_HTML, 0);
    static const char *const never[] = {" src=",   "<link",    "<iframe",     "<object", "<embed",  "<form",   "url(",
                                        "@import", "style=\"", "javascript:", "<base",   "http://", "https://"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strstr(out.at, never[i]))
            fail_msg("the report has %s", never[i]);
    size_t links = count_of(out.at, "href=\"");
    assert_true(links > 0 && links == count_of(out.at, "href=\"#")); /* within the page only */
    rp_buf_free(&out);
}

/* The policy names the style sheet by the hash of what stands in the style element (CSP Level 3, 2.3.1). */
static void policy_holds_the_hash_of_the_style(void **state) {
    (void)state;
    rp_buf out = write_hostile(RP_REPORT_HTML, 0);
    const char *from = strstr(out.at, "<style>"), *to = strstr(out.at, "</style>");
    assert_true(from && to && count_of(out.at, "<style") == 1);
    from += strlen("<style>");
    unsigned char hash[EVP_MAX_MD_SIZE], base64[2 * EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    assert_int_equal(EVP_Digest(from, (size_t)(to - from), hash, &n, EVP_sha256(), NULL), 1);
    EVP_EncodeBlock(base64, hash, (int)n);
    char policy[256];
    snprintf(policy, sizeof policy,
             "content=\"default-src &#39;none&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;; "
             "style-src &#39;sha256-%s&#39;\"",
             (const char *)base64);
    assert_non_null(strstr(out.at, policy));
    assert_true(to - from > 1000); /* the style sheet is there */
    rp_buf_free(&out);
}

/* Elements close in the order in which they opened; ids are there once. */
static void page_is_well_formed(void **state) {
    (void)state;
    rp_buf out = write_hostile(RP_REPORT_HTML, 0);
    static const char *const names[] = {"html", "head", "body", "main", "section", "table", "tr",  "td",     "th",
                                        "svg",  "text", "p",    "ul",   "li",      "div",   "nav", "figure", "details"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char open[20], open_plain[20], close[20];
        snprintf(open, sizeof open, "<%s ", names[i]);
        snprintf(open_plain, sizeof open_plain, "<%s>", names[i]);
        snprintf(close, sizeof close, "</%s>", names[i]);
        assert_int_equal(count_of(out.at, open) + count_of(out.at, open_plain), count_of(out.at, close));
    }
    for (const char *at = strstr(out.at, " id=\""); at; at = strstr(at + 1, " id=\"")) {
        char id[64] = {0};
        size_t length = strcspn(at + 5, "\"");
        assert_true(length + 6 < sizeof id);
        memcpy(id, at, length + 6);
        if (count_of(out.at, id) != 1)
            fail_msg("%s is there more than once", id);
    }
    assert_non_null(strstr(out.at, "<html lang=\"en-GB\">"));
    assert_non_null(strstr(out.at, "href=\"#main\""));
    assert_int_equal(count_of(out.at, "<h1"), 1);
    rp_buf_free(&out);
}

static void every_chart_can_be_heard_and_has_its_numbers(void **state) {
    (void)state;
    rp_buf out = write_hostile(RP_REPORT_HTML, 0);
    size_t pictures = count_of(out.at, "<svg"), figures = count_of(out.at, "<figure");
    assert_int_equal(figures, 5);
    assert_int_equal(pictures, 1 + 2 + 1 + 2 + 2); /* a picture a series for change, rates and flow */
    assert_int_equal(count_of(out.at, "role=\"img\""), pictures);
    assert_int_equal(count_of(out.at, "<desc"), pictures);
    assert_int_equal(count_of(out.at, "<details>"), figures);
    assert_int_equal(count_of(out.at, "How to read it: "), figures);
    const char *details = out.at;
    for (size_t i = 0; i < figures; i++) {
        details = strstr(details + 1, "<details>");
        assert_true(strstr(details, "<table") < strstr(details, "</details>"));
    }
    rp_buf_free(&out);
}

/* ---- numbers with what they are of -------------------------------------------------------------------- */

static bool in_mask(const void *context, size_t group) {
    return *(const uint64_t *)context >> (group & 63) & 1;
}

static rp_answer *small_answer(rp_arena *arena) {
    static const uint64_t first = 1, both = 3;
    rp_answer *a = rp_answer_new(arena, "outcome", "Outcome");
    rp_universe *u = rp_answer_universe(a, "people", 2);
    u->people[0] = 20;
    u->people[1] = 80;
    rp_statement *s = rp_answer_statement(a, "outcome.recovery.per_referral");
    s->label = "Known recovered";
    s->text = "Known recovered: 20 of 100 people.";
    s->cohort = "referred";
    s->method = "Wilson score interval";
    s->unit = "people";
    s->numerator = rp_answer_count(a, u, in_mask, &first);
    s->denominator = rp_answer_count(a, u, in_mask, &both);
    s->estimate = 0.2;
    s->lower = 0.1333669; /* R 4.2 prop.test(20, 100, correct=FALSE) */
    s->upper = 0.2888292; /* the same */
    s->level = 0.95;
    s->confirmed = false;
    return a;
}

static rp_buf write_one(const rp_answer *answer) {
    rp_report report = {.answers = &answer, .n_answers = 1};
    rp_buf out = {0};
    rp_report_write(&report, RP_REPORT_HTML, &out);
    assert_false(out.failed);
    return out;
}

static void a_number_never_travels_alone(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_buf out = write_one(small_answer(arena));
    const char *row = strstr(out.at, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">Known recovered");
    assert_non_null(row);
    const char *end = strstr(row, "</tr>");
    static const char *const parts[] = {"20.0%",    "95% interval 13.3% to 28.9%", "20 of 100",
                                        "referred", "Wilson score interval",       "unconfirmed figure"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *at = strstr(row, parts[i]);
        if (!at || at > end)
            fail_msg("%s does not stand in the row", parts[i]);
    }
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void what_is_hidden_is_not_there(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = small_answer(arena);
    assert_true(rp_answer_protect(answer, 30)); /* 20 are too few */
    rp_buf out = write_one(answer);
    const char *body = strstr(out.at, "<body>");
    assert_null(strstr(body, "20"));
    assert_null(strstr(body, "13.3"));
    assert_non_null(strstr(body, "<strong>hidden</strong>"));
    assert_non_null(strstr(body, "What is hidden, and why"));
    assert_non_null(strstr(body, "fewer than 30 people"));
    rp_buf_free(&out);
    rp_arena_free(arena);
}

static void same_bytes_twice(void **state) {
    (void)state;
    rp_buf one = write_hostile(RP_REPORT_HTML, 0), two = write_hostile(RP_REPORT_HTML, 0);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.at, two.at, one.n);
    rp_buf_free(&one);
    rp_buf_free(&two);
}

static void no_answers_and_no_provenance(void **state) {
    (void)state;
    rp_report report = {0};
    for (int f = RP_REPORT_TEXT; f <= RP_REPORT_HTML; f++) {
        rp_buf out = {0};
        rp_report_write(&report, (rp_report_format)f, &out);
        assert_false(out.failed);
        rp_buf_free(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_escaped),
        cmocka_unit_test(nothing_runs_and_nothing_is_fetched),
        cmocka_unit_test(policy_holds_the_hash_of_the_style),
        cmocka_unit_test(page_is_well_formed),
        cmocka_unit_test(every_chart_can_be_heard_and_has_its_numbers),
        cmocka_unit_test(a_number_never_travels_alone),
        cmocka_unit_test(what_is_hidden_is_not_there),
        cmocka_unit_test(same_bytes_twice),
        cmocka_unit_test(no_answers_and_no_provenance),
    };
    return cmocka_run_group_tests_name("report: HTML", tests, NULL, NULL);
}
