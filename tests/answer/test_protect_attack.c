/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protection against an attacker who tries everything, on small universes made at random (fixed seeds).
 *
 * Two attackers, neither of which shares code with the protection: one adds and subtracts up to four counts shown; one
 * takes every set of 1 to 4 people and asks by elimination over fractions whether it is in the span of what is shown.
 * And one check the other way: what was hidden without being few had to be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "answer/attack_helper.h"

enum { SMALLEST = 5, MAX_COUNTS = 40, MAX_CELLS = 24 };

/* Cells are the smallest parts that an attacker could tell of; counts are sets of cells. */
typedef struct world {
    size_t n_cells;
    int64_t people[MAX_CELLS];
    uint64_t shown[MAX_COUNTS], hidden[MAX_COUNTS];
    size_t n_shown, n_hidden;
} world;

static int64_t people_in(const world *w, uint64_t set) {
    int64_t people = 0;
    for (size_t c = 0; c < w->n_cells; c++)
        if (set >> c & 1)
            people += w->people[c];
    return people;
}

static uint64_t nonempty(const world *w) {
    uint64_t set = 0;
    for (size_t c = 0; c < w->n_cells; c++)
        if (w->people[c] > 0)
            set |= (uint64_t)1 << c;
    return set;
}

/* ---- adding and subtracting up to four ----------------------------------------------------------- */

static void look_at_sum(const world *w, const int *sum) {
    uint64_t set = 0;
    for (size_t c = 0; c < w->n_cells; c++) {
        if (sum[c] != 0 && sum[c] != 1)
            return;
        if (sum[c])
            set |= (uint64_t)1 << c;
    }
    uint64_t people = set & nonempty(w);
    if (people && people_in(w, set) < SMALLEST)
        fail_msg("%d people can be worked out", (int)people_in(w, set));
    for (size_t i = 0; i < w->n_hidden; i++)
        if (people && w->hidden[i] == set)
            fail_msg("a hidden count of %d can be worked out", (int)people_in(w, set));
}

static void add_up(const world *w, size_t from, int left, int *sum) {
    look_at_sum(w, sum);
    for (size_t i = from; left > 0 && i < w->n_shown; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            for (size_t c = 0; c < w->n_cells; c++)
                sum[c] += sign * (int)(w->shown[i] >> c & 1);
            add_up(w, i + 1, left - 1, sum);
            for (size_t c = 0; c < w->n_cells; c++)
                sum[c] -= sign * (int)(w->shown[i] >> c & 1);
        }
}

/* ---- elimination ------------------------------------------------------------------------------------ */

/* Is `set` in the span of the sets, on the cells in `on`? Sizes are small, so that doubles decide safely. */
static bool in_span(const world *w, uint64_t on, const uint64_t *sets, size_t n, uint64_t set) {
    double a[MAX_CELLS][MAX_COUNTS + 1];
    size_t rank = 0;
    for (size_t c = 0; c < w->n_cells; c++)
        for (size_t i = 0; i <= n; i++)
            a[c][i] = (on >> c & 1) && ((i < n ? sets[i] : set) >> c & 1);
    for (size_t i = 0; i < n && rank < w->n_cells; i++) {
        size_t best = rank;
        for (size_t c = rank; c < w->n_cells; c++)
            if (fabs(a[c][i]) > fabs(a[best][i]))
                best = c;
        if (fabs(a[best][i]) < 1e-9)
            continue;
        for (size_t k = 0; k <= n; k++) {
            double swap = a[best][k];
            a[best][k] = a[rank][k];
            a[rank][k] = swap;
        }
        for (size_t c = rank + 1; c < w->n_cells; c++)
            for (size_t k = n + 1; k-- > i;)
                a[c][k] -= a[c][i] / a[rank][i] * a[rank][k];
        rank++;
    }
    for (size_t c = rank; c < w->n_cells; c++)
        if (fabs(a[c][n]) > 1e-9)
            return false;
    return true;
}

/* Can a set of 1 to SMALLEST - 1 people be had from these counts? Tries all of them. */
static bool few_in_span(const world *w, const uint64_t *sets, size_t n, size_t from, uint64_t set, int64_t people) {
    if (set && in_span(w, nonempty(w), sets, n, set))
        return true;
    for (size_t c = from; c < w->n_cells; c++)
        if (w->people[c] > 0 && people + w->people[c] < SMALLEST &&
            few_in_span(w, sets, n, c + 1, set | (uint64_t)1 << c, people + w->people[c]))
            return true;
    return false;
}

/* ---- answers made at random -------------------------------------------------------------------------- */

typedef struct maker {
    rp_arena *arena;
    rp_answer *answer;
    rp_universe *universe;
    rp_answer_table *table;
    uint64_t masks[MAX_COUNTS];
    size_t n_masks;
} maker;

static void start(maker *m, world *w, uint64_t *seed, bool zeros) {
    static const int64_t sizes[] = {1, 1, 2, 3, 4, 5, 7, 30, 100, 0};
    memset(w, 0, sizeof *w);
    memset(m, 0, sizeof *m);
    m->arena = rp_arena_new(0);
    m->answer = rp_answer_new(m->arena, "q", "Q");
    w->n_cells = 3 + next_random(seed) % 7;
    m->universe = rp_answer_universe(m->answer, "u", w->n_cells);
    for (size_t g = 0; g < w->n_cells; g++)
        m->universe->people[g] = w->people[g] = sizes[next_random(seed) % (zeros ? 10 : 9)];
    m->table = rp_answer_table_add(m->answer, "t", "T", (rp_table_column[]){{"n", "n", ""}}, 1);
}

static void cells_at_random(maker *m, const world *w, uint64_t *seed) {
    size_t n = 4 + next_random(seed) % 9;
    for (size_t i = 0; i < n; i++) {
        uint64_t mask = next_random(seed) & (((uint64_t)1 << w->n_cells) - 1);
        if (i && next_random(seed) % 3 == 0)
            mask |= m->masks[next_random(seed) % i]; /* nested ones are what reports hold */
        m->masks[m->n_masks++] = mask;
        rp_answer_row(m->table)[0] = rp_value_count(rp_answer_count(m->answer, m->universe, in_mask, &mask));
    }
}

/* How many there are in all is known to the attacker, where that is not few. */
static void tell_total(world *w) {
    uint64_t all = ((uint64_t)1 << w->n_cells) - 1;
    if (people_in(w, all) >= SMALLEST)
        w->shown[w->n_shown++] = all;
}

static void sort_out(const maker *m, world *w) {
    tell_total(w);
    for (size_t i = 0; i < m->n_masks; i++)
        if (m->table->values[i].suppressed)
            w->hidden[w->n_hidden++] = m->masks[i];
        else
            w->shown[w->n_shown++] = m->masks[i];
}

static void attack(const world *w) {
    int sum[MAX_CELLS] = {0};
    add_up(w, 0, 4, sum);
    assert_false(few_in_span(w, w->shown, w->n_shown, 0, 0, 0));
    for (size_t i = 0; i < w->n_hidden; i++)
        if (people_in(w, w->hidden[i]) > 0)
            assert_false(in_span(w, nonempty(w), w->shown, w->n_shown, w->hidden[i]));
    for (size_t i = 0; i < w->n_shown; i++)
        assert_true(people_in(w, w->shown[i]) >= SMALLEST);
}

static void tables_at_random(void **state) {
    (void)state;
    uint64_t seed = 1;
    size_t shown = 0, needless = 0, beyond_few = 0;
    for (int round = 0; round < 1500; round++) {
        world w;
        maker m;
        start(&m, &w, &seed, round % 2);
        cells_at_random(&m, &w, &seed);
        assert_true(rp_answer_protect(m.answer, SMALLEST));
        sort_out(&m, &w);
        attack(&w);
        shown += w.n_shown;
        for (size_t i = 0; i < w.n_hidden; i++) {
            if (people_in(&w, w.hidden[i]) < SMALLEST)
                continue;
            beyond_few++;
            w.shown[w.n_shown] = w.hidden[i];
            if (!few_in_span(&w, w.shown, w.n_shown + 1, 0, 0, 0))
                needless++;
        }
        rp_arena_free(m.arena);
    }
    assert_int_equal(needless, 0);
    assert_true(shown > 3000 && beyond_few > 1000); /* both ways were tried */
}

static void statements_at_random(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int round = 0; round < 500; round++) {
        world w;
        maker m;
        start(&m, &w, &seed, round % 2);
        uint64_t parts[10], wholes[10];
        size_t n = 3 + next_random(&seed) % 7;
        for (size_t i = 0; i < n; i++) {
            wholes[i] = next_random(&seed) & (((uint64_t)1 << w.n_cells) - 1);
            parts[i] = wholes[i] & next_random(&seed);
            rp_statement *s = rp_answer_statement(m.answer, "q.s");
            s->numerator = rp_answer_count(m.answer, m.universe, in_mask, &parts[i]);
            s->denominator = rp_answer_count(m.answer, m.universe, in_mask, &wholes[i]);
        }
        assert_true(rp_answer_protect(m.answer, SMALLEST));
        tell_total(&w);
        for (size_t i = 0; i < n; i++) {
            uint64_t rest = wholes[i] & ~parts[i];
            if (!m.answer->statements[i]->suppressed) {
                w.shown[w.n_shown++] = wholes[i];
                w.shown[w.n_shown++] = parts[i];
                assert_true(people_in(&w, rest) == 0 || people_in(&w, rest) >= SMALLEST);
            }
        }
        attack(&w);
        rp_arena_free(m.arena);
    }
}

/* ---- bins ---------------------------------------------------------------------------------------------- */

/* Universe of three groups; people have points in one or two charts. The attacker's cells are people's (group, bin of
 * the first chart, bin of the second), which is more than the protection knows. */
typedef struct person {
    size_t group;
    int64_t bin[2][2]; /* by chart: x, y */
} person;

static void bins_as_sets(const rp_chart *chart, int which, const person *people, size_t n, world *w) {
    for (size_t i = 0; chart->n_series && i < chart->series[0].n; i++) {
        const rp_chart_point *p = &chart->series[0].points[i];
        uint64_t set = 0;
        int64_t size = 0;
        for (size_t k = 0; k < n; k++)
            if ((double)people[k].bin[which][0] + 0.5 == p->x && (double)people[k].bin[which][1] + 0.5 == p->y) {
                set |= (uint64_t)1 << k;
                size++;
            }
        assert_true(p->count.n == size && size >= SMALLEST);
        w->shown[w->n_shown++] = set;
    }
}

static void charts_of_change_at_random(void **state) {
    (void)state;
    uint64_t seed = 3;
    size_t bins_shown = 0, bins_dropped = 0;
    for (int round = 0; round < 400; round++) {
        world w;
        maker m;
        person people[MAX_CELLS];
        start(&m, &w, &seed, false);
        size_t n_groups = w.n_cells < 4 ? w.n_cells : 4;
        memset(m.universe->people, 0, w.n_cells * sizeof *m.universe->people);
        w.n_cells = MAX_CELLS;
        for (size_t k = 0; k < MAX_CELLS; k++) {
            w.people[k] = 1;
            people[k] = (person){.group = next_random(&seed) % n_groups};
            for (int i = 0; i < 4; i++)
                people[k].bin[i / 2][i % 2] = (int64_t)(next_random(&seed) % 6 / 4);
            m.universe->people[people[k].group]++;
        }
        int n_charts = 1 + round % 2;
        for (int c = 0; c < n_charts; c++) {
            rp_chart *chart = rp_answer_chart(m.answer, RP_CHART_CHANGE, "c", "C");
            chart->bin_width = 1;
            rp_chart_series_add(chart, "all");
            for (size_t k = 0; k < MAX_CELLS; k++) {
                uint64_t mask = (uint64_t)1 << people[k].group;
                *rp_chart_point_add(chart) =
                    (rp_chart_point){.x = (double)people[k].bin[c][0] + 0.25,
                                     .y = (double)people[k].bin[c][1] + 0.25,
                                     .count = rp_answer_count(m.answer, m.universe, in_mask, &mask)};
            }
        }
        for (uint64_t mask = 1; mask < (uint64_t)1 << n_groups; mask += 1 + next_random(&seed) % 5) {
            m.masks[m.n_masks++] = mask;
            rp_answer_row(m.table)[0] = rp_value_count(rp_answer_count(m.answer, m.universe, in_mask, &mask));
        }
        assert_true(rp_answer_protect(m.answer, SMALLEST));
        for (size_t i = 0; i < m.n_masks; i++) {
            uint64_t set = 0;
            for (size_t k = 0; k < MAX_CELLS; k++)
                if (m.masks[i] >> people[k].group & 1)
                    set |= (uint64_t)1 << k;
            if (!m.table->values[i].suppressed)
                w.shown[w.n_shown++] = set;
        }
        for (int c = 0; c < n_charts; c++) {
            bins_as_sets(m.answer->charts[c], c, people, MAX_CELLS, &w);
            bins_shown += m.answer->charts[c]->series[0].n;
            int64_t dropped = MAX_CELLS;
            for (size_t i = 0; i < m.answer->charts[c]->series[0].n; i++)
                dropped -= m.answer->charts[c]->series[0].points[i].count.n;
            assert_true(dropped == 0 || dropped >= SMALLEST);
            bins_dropped += dropped > 0;
        }
        int sum[MAX_CELLS] = {0};
        add_up(&w, 0, 4, sum);
        rp_arena_free(m.arena);
    }
    assert_true(bins_shown > 300 && bins_dropped > 100);
}

/* Bins of people who are in no universe are still kept from being told by their total. */
static void bins_without_a_universe(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_CHANGE, "c", "C");
    chart->bin_width = 10;
    rp_chart_series_add(chart, "all");
    const int people[] = {20, 9, 7, 3};
    for (int b = 0; b < 4; b++)
        for (int k = 0; k < people[b]; k++)
            *rp_chart_point_add(chart) = (rp_chart_point){.x = 10 * b + k % 10, .y = k % 10, .count = {.n = 1}};
    assert_true(rp_answer_protect(answer, SMALLEST));
    assert_true(chart->binned && chart->series[0].n == 2); /* 3 is few; 7 goes with it, being the next smallest */
    assert_int_equal(chart->series[0].points[0].count.n, 20);
    assert_true(chart->series[0].points[0].x == 5 && chart->series[0].points[0].y == 5);
    assert_int_equal(chart->series[0].points[1].count.n, 9);
    rp_arena_free(arena);
}

static void bins_keep_to_the_cut_off(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_CHANGE, "c", "C");
    chart->bin_width = 4;
    rp_chart_line *line = rp_chart_line_add(chart, "cut-off");
    line->vertical = true;
    line->intercept = 14;
    rp_chart_series_add(chart, "all");
    for (int k = 0; k < 12; k++)
        *rp_chart_point_add(chart) = (rp_chart_point){.x = k < 6 ? 13.5 : 14, .y = 3, .count = {.n = 1}};
    assert_true(rp_answer_protect(answer, SMALLEST));
    assert_int_equal(chart->series[0].n, 2);
    assert_true(chart->series[0].points[0].x == 12 && chart->series[0].points[1].x == 16); /* [10, 14) and [14, 18) */
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_at_random),           cmocka_unit_test(statements_at_random),
        cmocka_unit_test(charts_of_change_at_random), cmocka_unit_test(bins_without_a_universe),
        cmocka_unit_test(bins_keep_to_the_cut_off),
    };
    return cmocka_run_group_tests_name("answer: attacks on protection", tests, NULL, NULL);
}
