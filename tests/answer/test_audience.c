/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each reader sees of an answer: the rule for whom a piece is, copies that are parts of each other, and an attack
 * on what all copies show together, over answers made at random. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/union_attack.h"

enum { SMALLEST = 5, READERS = 3, MOST_COUNTS = 40 };

static const rp_audience readers[READERS] = {RP_FOR_PUBLIC, RP_FOR_SERVICE, RP_FOR_FULL};

static rp_answer *answer_of(rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    assert_non_null(answer);
    return answer;
}

static rp_answer_table *table_of(rp_answer *answer, const char *id) {
    return rp_answer_table_add(answer, id, "T", (rp_table_column[]){{"n", "n", ""}}, 1);
}

static void words_and_names_agree(void **state) {
    (void)state;
    rp_audience reader = RP_FOR_UNSAID;
    for (int r = 0; r < READERS; r++) {
        assert_true(rp_audience_parse(rp_text_of(rp_audience_name(readers[r])), &reader));
        assert_int_equal(reader, readers[r]);
    }
    assert_false(rp_audience_parse(rp_text_of("everyone"), &reader));
    assert_false(rp_audience_parse(rp_text_of(""), &reader)); /* the name of RP_FOR_UNSAID is no word */
    assert_int_equal(reader, RP_FOR_FULL);
}

static void a_piece_that_says_nothing_goes_where_it_is_safe(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = answer_of(arena);
    rp_statement *s = rp_answer_statement(answer, "q.s");
    assert_int_equal(rp_statement_audience(s), RP_FOR_SERVICE);
    s->headline = true;
    assert_int_equal(rp_statement_audience(s), RP_FOR_PUBLIC);
    s->arm = "a";
    assert_int_equal(rp_statement_audience(s), RP_FOR_SERVICE);
    s->arm = NULL;
    s->severity = "severe";
    assert_int_equal(rp_statement_audience(s), RP_FOR_SERVICE);
    s->audience = RP_FOR_FULL;
    assert_int_equal(rp_statement_audience(s), RP_FOR_FULL);
    rp_answer_table *table = table_of(answer, "t");
    assert_int_equal(rp_table_audience(table), RP_FOR_SERVICE);
    table->audience = RP_FOR_PUBLIC;
    assert_int_equal(rp_table_audience(table), RP_FOR_PUBLIC);
    rp_arena_free(arena);
}

static void a_chart_goes_no_further_than_its_table(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = answer_of(arena);
    rp_answer_table *table = table_of(answer, "t");
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_RATES, "c", "C");
    assert_int_equal(rp_chart_audience(chart), RP_FOR_SERVICE); /* no table */
    chart->table_id = "t";
    for (int r = 0; r < READERS; r++) {
        table->audience = readers[r];
        chart->audience = RP_FOR_UNSAID;
        assert_int_equal(rp_chart_audience(chart), readers[r]);
        for (int own = 0; own < READERS; own++) {
            chart->audience = readers[own];
            assert_int_equal(rp_chart_audience(chart), readers[own > r ? own : r]);
        }
    }
    rp_chart *persons = rp_answer_chart(answer, RP_CHART_CHANGE, "p", "P");
    persons->audience = RP_FOR_PUBLIC; /* said by mistake */
    assert_int_equal(rp_chart_audience(persons), RP_FOR_FULL);
    rp_arena_free(arena);
}

/* Of 12 people 9, so that 3 is few: the 9 are hidden in a statement for analysts, and in a table for anyone. */
static void what_is_hidden_in_one_is_hidden_in_all(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = answer_of(arena);
    rp_universe *u = rp_answer_universe(answer, "u", 2);
    u->people[0] = 9;
    u->people[1] = 3;
    static const uint64_t nine = 1, all = 3;
    rp_statement *s = rp_answer_statement(answer, "q.s");
    s->audience = RP_FOR_FULL;
    s->label = "nine";
    s->numerator = rp_answer_count(answer, u, in_mask, &nine);
    s->denominator = rp_answer_count(answer, u, in_mask, &all);
    rp_answer_table *table = table_of(answer, "t");
    table->audience = RP_FOR_PUBLIC;
    rp_answer_row(table)[0] = rp_value_count(rp_answer_count(answer, u, in_mask, &all));
    rp_answer_row(table)[0] = rp_value_count(rp_answer_count(answer, u, in_mask, &nine));
    rp_answer_caveat(answer, "Keep this in mind.");
    rp_answer_needs(answer, "contacts");
    assert_true(rp_answer_protect(answer, SMALLEST));
    static const size_t statements[READERS] = {0, 0, 1};
    for (int r = 0; r < READERS; r++) {
        const rp_answer *copy = rp_answer_for(answer, readers[r], arena);
        assert_non_null(copy);
        assert_int_equal(copy->n_statements, statements[r]);
        assert_int_equal(copy->n_tables, 1);
        assert_true(copy->tables[0]->answer == copy);
        assert_int_equal(copy->tables[0]->values[0].count.n, 12);
        assert_true(copy->tables[0]->values[1].suppressed);
        assert_int_equal(copy->n_suppressed, r < 2 ? 1 : 2);
        assert_int_equal(copy->left_out, r < 2);
        assert_int_equal(copy->protected_below, SMALLEST);
        assert_true(copy->n_caveats == 1 && copy->n_needs_missing == 1);
    }
    rp_arena_free(arena);
}

/* A chart finds its table in the copy that it stands in. */
static void a_copy_holds_together(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = answer_of(arena);
    table_of(answer, "t")->audience = RP_FOR_PUBLIC;
    rp_answer_chart(answer, RP_CHART_RATES, "c", "C")->table_id = "t";
    rp_answer_chart(answer, RP_CHART_CHANGE, "p", "P")->table_id = "t";
    assert_true(rp_answer_protect(answer, SMALLEST));
    const rp_answer *copy = rp_answer_for(answer, RP_FOR_PUBLIC, arena);
    assert_int_equal(copy->n_charts, 1);
    assert_true(copy->charts[0]->answer == copy && copy->charts[0] != answer->charts[0]);
    assert_true(copy->left_out && !rp_answer_for(answer, RP_FOR_FULL, arena)->left_out);
    rp_arena_free(arena);
}

/* Points of 2 and 40 people: one bin is dropped, and a line that rests on 2 people. */
static void what_is_no_more_there_is_counted(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = answer_of(arena);
    rp_universe *u = rp_answer_universe(answer, "u", 2);
    u->people[0] = 2;
    u->people[1] = 40;
    static const uint64_t few = 1;
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_CHANGE, "c", "C");
    chart->bin_width = 10;
    rp_chart_line_add(chart, "l")->count = rp_answer_count(answer, u, in_mask, &few);
    rp_chart_series_add(chart, "all");
    for (int k = 0; k < 42; k++)
        *rp_chart_point_add(chart) = (rp_chart_point){.x = k < 2 ? 5 : k < 30 ? 15 : 25, .y = 5, .count = {.n = 1}};
    assert_true(rp_answer_protect(answer, SMALLEST));
    assert_true(answer->n_suppressed >= 2);
    assert_int_equal(rp_answer_for(answer, RP_FOR_FULL, arena)->n_suppressed, answer->n_suppressed);
    assert_int_equal(rp_answer_for(answer, RP_FOR_SERVICE, arena)->n_suppressed, 0);
    rp_arena_free(arena);
}

/* ---- the attack ------------------------------------------------------------------------------------------------ */

typedef struct made {
    rp_answer *answer;
    rp_universe *universe;
    uint64_t counts[MOST_COUNTS]; /* every count that was in it */
    size_t n_counts;
} made;

static uint64_t mask_at_random(made *m, uint64_t *seed) {
    uint64_t mask = next_random(seed) & (((uint64_t)1 << m->universe->n_groups) - 1);
    if (m->n_counts > 0 && next_random(seed) % 3 == 0)
        mask |= m->counts[next_random(seed) % m->n_counts]; /* nested ones are what reports hold */
    return m->counts[m->n_counts++] = mask;
}

static rp_count count_at_random(made *m, uint64_t *seed) {
    uint64_t mask = mask_at_random(m, seed);
    return rp_answer_count(m->answer, m->universe, in_mask, &mask);
}

static void statement_at_random(made *m, uint64_t *seed) {
    uint64_t whole = mask_at_random(m, seed), part = m->counts[m->n_counts] = whole & next_random(seed);
    m->n_counts++;
    rp_statement *s = rp_answer_statement(m->answer, "q.s");
    s->numerator = rp_answer_count(m->answer, m->universe, in_mask, &part);
    s->denominator = rp_answer_count(m->answer, m->universe, in_mask, &whole);
    s->headline = next_random(seed) % 2;
    s->audience = (rp_audience)(next_random(seed) % 4);
}

static void chart_at_random(made *m, uint64_t *seed) {
    rp_chart *chart = rp_answer_chart(m->answer, RP_CHART_TRAJECTORY, "c", "C");
    chart->table_id = next_random(seed) % 2 ? "t" : NULL;
    chart->audience = (rp_audience)(next_random(seed) % 4);
    rp_chart_series_add(chart, "s");
    for (int i = 0; i < 2; i++)
        rp_chart_point_add(chart)->count = count_at_random(m, seed);
}

static made made_at_random(rp_arena *arena, uint64_t *seed) {
    static const int64_t sizes[] = {1, 1, 2, 3, 4, 5, 7, 30, 100, 0};
    made m = {.answer = answer_of(arena)};
    m.universe = rp_answer_universe(m.answer, "u", 3 + next_random(seed) % 7);
    for (size_t g = 0; g < m.universe->n_groups; g++)
        m.universe->people[g] = sizes[next_random(seed) % 10];
    for (uint64_t n = 1 + next_random(seed) % 3; n > 0; n--)
        statement_at_random(&m, seed);
    for (int t = 0; t < 3; t++) {
        rp_answer_table *table = table_of(m.answer, t == 0 ? "t" : "other");
        table->audience = (rp_audience)(next_random(seed) % 4);
        for (uint64_t n = 1 + next_random(seed) % 3; n > 0; n--)
            rp_answer_row(table)[0] = rp_value_count(count_at_random(&m, seed));
    }
    for (uint64_t n = next_random(seed) % 3; n > 0; n--)
        chart_at_random(&m, seed);
    return m;
}

/* Leaks of what these readers see side by side. */
static size_t leaks_of(const made *m, const rp_answer *const *copies, size_t n, size_t *shown, uint64_t *seed) {
    static attack a;
    attack_begin(&a, m->universe);
    for (size_t i = 0; i < n; i++)
        attack_see_answer(&a, copies[i]);
    attack_prepare(&a, seed);
    size_t leaks = attack_few_told(&a, SMALLEST);
    for (size_t i = 0; i < m->n_counts; i++) { /* few of them */
        int64_t people = 0;
        for (size_t g = 0; g < m->universe->n_groups; g++)
            people += m->counts[i] >> g & 1 ? m->universe->people[g] : 0;
        leaks += people > 0 && people < SMALLEST && attack_tells(&a, &m->counts[i]);
    }
    *shown = a.n_counts;
    return leaks;
}

static void all_readers_together_tell_of_nobody(void **state) {
    (void)state;
    uint64_t seed = 21;
    size_t less = 0, shown_in_all = 0, hidden = 0;
    for (int round = 0; round < 2000; round++) {
        rp_arena *arena = rp_arena_new(0);
        made m = made_at_random(arena, &seed);
        assert_true(rp_answer_protect(m.answer, SMALLEST));
        const rp_answer *copies[READERS];
        size_t shown[READERS], all;
        for (int r = 0; r < READERS; r++) {
            copies[r] = rp_answer_for(m.answer, readers[r], arena);
            assert_int_equal(leaks_of(&m, &copies[r], 1, &shown[r], &seed), 0);
        }
        assert_int_equal(copies[2]->n_suppressed, m.answer->n_suppressed);
        assert_int_equal(leaks_of(&m, copies, READERS, &all, &seed), 0);
        less += shown[0] < shown[1] && shown[1] < shown[2];
        shown_in_all += all;
        hidden += m.answer->n_suppressed;
        rp_arena_free(arena);
    }
    assert_true(less > 300 && shown_in_all > 3000 && hidden > 3000); /* all ways were tried */
}

/* The attacker finds what is there: had each reader a pattern of their own, made of what they see, two of them side by
 * side would tell of few people. */
static void patterns_of_their_own_would_leak(void **state) {
    (void)state;
    uint64_t seed = 22;
    size_t leaking = 0;
    for (int round = 0; round < 300; round++) {
        rp_arena *arena = rp_arena_new(0);
        uint64_t again = next_random(&seed);
        rp_answer *apart[2] = {NULL};
        made m;
        static attack a;
        for (int half = 0; half < 2; half++) { /* the same answer twice, of which one reader gets each other piece */
            uint64_t same = again;
            m = made_at_random(arena, &same);
            m.answer->n_charts = 0;
            for (size_t i = half; i < m.answer->n_statements; i += 2)
                m.answer->statements[i]->numerator = m.answer->statements[i]->denominator = rp_count_none();
            for (size_t t = 0; t < m.answer->n_tables; t++)
                for (size_t i = half; i < m.answer->tables[t]->n_rows; i += 2)
                    m.answer->tables[t]->values[i].count = rp_count_none();
            assert_true(rp_answer_protect(m.answer, SMALLEST));
            apart[half] = m.answer;
        }
        attack_begin(&a, m.universe);
        attack_see_answer(&a, apart[1]);
        for (size_t t = 0; t < apart[0]->n_tables; t++)
            for (size_t i = 0; i < apart[0]->tables[t]->n_rows; i++) {
                rp_count count = apart[0]->tables[t]->values[i].count;
                count.universe = count.n < 0 ? NULL : m.universe; /* the same people */
                attack_see(&a, &count);
            }
        attack_prepare(&a, &seed);
        leaking += attack_few_told(&a, SMALLEST) > 0;
        rp_arena_free(arena);
    }
    assert_true(leaking > 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_names_agree),
        cmocka_unit_test(a_piece_that_says_nothing_goes_where_it_is_safe),
        cmocka_unit_test(a_chart_goes_no_further_than_its_table),
        cmocka_unit_test(what_is_hidden_in_one_is_hidden_in_all),
        cmocka_unit_test(a_copy_holds_together),
        cmocka_unit_test(what_is_no_more_there_is_counted),
        cmocka_unit_test(all_readers_together_tell_of_nobody),
        cmocka_unit_test(patterns_of_their_own_would_leak),
    };
    return cmocka_run_group_tests_name("answer: what each reader sees", tests, NULL, NULL);
}
