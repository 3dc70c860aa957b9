/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two and three universes of the same people, protected apart, against a reader who has all of them.
 *
 * A person is in a cell of the frame and, in each universe, in a cell of its own, so that a cohort is a table of cells
 * by frame and all universes together. Two attackers, neither of which shares code with the protection. One asks of
 * every set of 1 to 4 people, and of every hidden count, whether it is a sum of what is shown: over the cells in which
 * somebody is. The other looks for a second cohort that shows the same: a hidden count must be another number there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "answer/attack_helper.h"

enum { SMALLEST = 5, MAX_CELLS = 32, MAX_COUNTS = 64, MAX_UNIVERSES = 3 };

/* A cohort, and what is shown of it; sets of its cells are masks. */
typedef struct world {
    size_t n_frame, n_universes, n_own;
    size_t n_cells; /* n_frame * n_own ^ n_universes, the frame's cell varying fastest */
    int64_t people[MAX_CELLS];
    uint64_t shown[MAX_COUNTS], hidden[MAX_COUNTS];
    size_t n_shown, n_hidden;
} world;

static int64_t people_in(const world *w, uint64_t set) {
    int64_t people = 0;
    for (size_t c = 0; c < w->n_cells; c++)
        people += set >> c & 1 ? w->people[c] : 0;
    return people;
}

static size_t own_of(const world *w, size_t cell, size_t universe) {
    size_t own = cell / w->n_frame;
    for (size_t u = 0; u < universe; u++)
        own /= w->n_own;
    return own % w->n_own;
}

/* A group of a universe is one of its own cells within one of the frame; universe n_universes is the frame alone. */
static size_t group_of(const world *w, size_t cell, size_t universe) {
    return cell % w->n_frame + (universe < w->n_universes ? own_of(w, cell, universe) * w->n_frame : 0);
}

static uint64_t set_of(const world *w, size_t universe, uint64_t groups) {
    uint64_t set = 0;
    for (size_t c = 0; c < w->n_cells; c++)
        if (groups >> group_of(w, c, universe) & 1)
            set |= (uint64_t)1 << c;
    return set;
}

/* Within a cell of the frame the universes know nothing of each other: each combination of their cells occurs. */
static void people_at_random(world *w, uint64_t *seed) {
    static const int64_t sizes[] = {1, 1, 1, 2, 3, 4, 6, 20};
    memset(w, 0, sizeof *w);
    w->n_universes = 2 + next_random(seed) % 2;
    w->n_frame = 2 + next_random(seed) % 2;
    w->n_own = w->n_universes == 2 ? 2 + next_random(seed) % 2 : 2;
    w->n_cells = w->n_frame;
    for (size_t u = 0; u < w->n_universes; u++)
        w->n_cells *= w->n_own;
    bool is_in_use[3][MAX_UNIVERSES][3];
    for (size_t f = 0; f < w->n_frame; f++)
        for (size_t u = 0; u < w->n_universes; u++)
            for (size_t o = 0; o < w->n_own; o++)
                is_in_use[f][u][o] = o == 0 || next_random(seed) % 4 > 0;
    for (size_t c = 0; c < w->n_cells; c++) {
        bool in_use = true;
        for (size_t u = 0; u < w->n_universes; u++)
            in_use = in_use && is_in_use[c % w->n_frame][u][own_of(w, c, u)];
        w->people[c] = in_use ? sizes[next_random(seed) % 8] : 0;
    }
}

/* ---- answers ------------------------------------------------------------------------------------------- */

/* A count of everyone in some cells of the frame, in some of its own, or in any. */
static uint64_t groups_at_random(const world *w, uint64_t *seed) {
    uint64_t frame = next_random(seed), own = next_random(seed), groups = 0;
    uint64_t kind = next_random(seed) % 4;
    for (size_t g = 0; g < w->n_frame * w->n_own; g++) {
        bool by_frame = frame >> g % w->n_frame & 1, by_own = own >> g / w->n_frame & 1;
        bool in = kind == 0 ? by_frame : kind == 1 ? by_own : kind == 2 ? by_frame && by_own : next_random(seed) % 2;
        groups |= in ? (uint64_t)1 << g : 0;
    }
    return groups;
}

/* An answer of one universe with these counts; what it shows, and what not, goes to the world. */
static void answer_with(world *w, const rp_frame *frame, size_t universe, const uint64_t *groups, size_t n) {
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    size_t n_groups = universe < w->n_universes ? w->n_frame * w->n_own : w->n_frame;
    rp_universe *u =
        frame ? rp_answer_universe_in(answer, frame, "u", n_groups) : rp_answer_universe(answer, "u", n_groups);
    for (size_t c = 0; c < w->n_cells; c++)
        u->people[group_of(w, c, universe)] += w->people[c];
    rp_answer_table *table = rp_answer_table_add(answer, "t", "T", (rp_table_column[]){{"n", "n", ""}}, 1);
    for (size_t i = 0; i < n; i++)
        rp_answer_row(table)[0] = rp_value_count(rp_answer_count(answer, u, in_mask, &groups[i]));
    assert_true(rp_answer_protect(answer, SMALLEST));
    for (size_t i = 0; i < n; i++) {
        uint64_t set = set_of(w, universe, groups[i]);
        if (table->values[i].suppressed)
            w->hidden[w->n_hidden++] = set;
        else
            w->shown[w->n_shown++] = set;
    }
    rp_arena_free(arena);
}

/* Each universe in an answer of its own, and one that shows what is known of the frame itself. */
static void answers_at_random(world *w, bool framed, uint64_t *seed) {
    bool sets[4 * 3];
    uint64_t masks[16];
    rp_frame frame = {.n_cells = w->n_frame, .n_sets = 1 + next_random(seed) % 4, .sets = sets};
    for (size_t s = 0; s < frame.n_sets; s++) {
        masks[s] = next_random(seed) & ((1u << w->n_frame) - 1);
        for (size_t f = 0; f < w->n_frame; f++)
            sets[s * w->n_frame + f] = masks[s] >> f & 1;
    }
    const rp_frame *in = framed ? &frame : NULL;
    answer_with(w, in, w->n_universes, masks, frame.n_sets);
    for (size_t u = 0; u < w->n_universes; u++) {
        size_t n = 3 + next_random(seed) % 8;
        for (size_t i = 0; i < n; i++)
            masks[i] = groups_at_random(w, seed);
        answer_with(w, in, u, masks, n);
    }
    uint64_t all = ((uint64_t)1 << w->n_cells) - 1;
    if (people_in(w, all) >= SMALLEST)
        w->shown[w->n_shown++] = all;
}

/* ---- the attackers --------------------------------------------------------------------------------------- */

/* The changes of a cohort that leave all that is shown as it is: one for each free cell, on the cells in `on`. Numbers
 * are small, so that doubles decide safely. */
typedef struct changes {
    double by[MAX_CELLS][MAX_CELLS]; /* [change][cell] */
    size_t n;
} changes;

static void find_changes(const world *w, uint64_t on, changes *out) {
    double a[MAX_COUNTS][MAX_CELLS];
    size_t rank = 0, pivots[MAX_CELLS];
    bool is_pivot[MAX_CELLS] = {false};
    for (size_t i = 0; i < w->n_shown; i++)
        for (size_t c = 0; c < w->n_cells; c++)
            a[i][c] = (w->shown[i] & on) >> c & 1 ? 1 : 0;
    for (size_t c = 0; c < w->n_cells && rank < w->n_shown; c++) {
        size_t best = rank;
        for (size_t i = rank; i < w->n_shown; i++)
            if (fabs(a[i][c]) > fabs(a[best][c]))
                best = i;
        if (fabs(a[best][c]) < 1e-9)
            continue;
        for (size_t k = 0; k < w->n_cells; k++) {
            double swap = a[best][k];
            a[best][k] = a[rank][k];
            a[rank][k] = swap;
        }
        for (size_t k = w->n_cells; k-- > c;)
            a[rank][k] /= a[rank][c];
        for (size_t i = 0; i < w->n_shown; i++)
            for (size_t k = w->n_cells; i != rank && k-- > c;)
                a[i][k] -= a[i][c] * a[rank][k];
        is_pivot[c] = true;
        pivots[rank++] = c;
    }
    memset(out, 0, sizeof *out);
    for (size_t c = 0; c < w->n_cells; c++) {
        if (is_pivot[c] || !(on >> c & 1))
            continue;
        out->by[out->n][c] = 1;
        for (size_t r = 0; r < rank; r++)
            out->by[out->n][pivots[r]] = -a[r][c];
        out->n++;
    }
}

static double change_of(const double *change, uint64_t set) {
    double sum = 0;
    for (size_t c = 0; c < MAX_CELLS; c++)
        sum += set >> c & 1 ? change[c] : 0;
    return sum;
}

/* No change touches it: it is a sum of what is shown. */
static bool is_told(const changes *all, uint64_t set) {
    for (size_t i = 0; i < all->n; i++)
        if (fabs(change_of(all->by[i], set)) > 1e-9)
            return false;
    return true;
}

static size_t few_told(const world *w, const changes *all, size_t from, uint64_t set, int64_t people) {
    size_t n = set && is_told(all, set);
    for (size_t c = from; c < w->n_cells; c++)
        if (w->people[c] > 0 && people + w->people[c] < SMALLEST)
            n += few_told(w, all, c + 1, set | (uint64_t)1 << c, people + w->people[c]);
    return n;
}

static bool is_cohort(const world *w, const double *change) {
    for (size_t c = 0; c < w->n_cells; c++) {
        double people = (double)w->people[c] + change[c];
        if (people < -1e-9 || fabs(people - round(people)) > 1e-9)
            return false;
    }
    return true;
}

/* Is there a second cohort, by up to `left` more changes of up to three people each, with another number in the set? */
static bool could_differ(const world *w, const changes *all, size_t from, int left, const double *change,
                         uint64_t set) {
    if (fabs(change_of(change, set)) > 1e-9 && is_cohort(w, change))
        return true;
    for (size_t i = from; left > 0 && i < all->n; i++)
        for (int times = -3; times <= 3; times++) {
            double next[MAX_CELLS];
            for (size_t c = 0; c < MAX_CELLS; c++)
                next[c] = change[c] + times * all->by[i][c];
            if (times && could_differ(w, all, i + 1, left - 1, next, set))
                return true;
        }
    return false;
}

static size_t n_leaks(const world *w) {
    uint64_t on = 0;
    for (size_t c = 0; c < w->n_cells; c++)
        on |= (uint64_t)(w->people[c] > 0) << c;
    changes all;
    find_changes(w, on, &all);
    size_t n = few_told(w, &all, 0, 0, 0);
    for (size_t i = 0; i < w->n_hidden; i++)
        n += people_in(w, w->hidden[i]) > 0 && is_told(&all, w->hidden[i]);
    return n;
}

static void no_universe_gives_another_away(void **state) {
    (void)state;
    uint64_t seed = 11;
    size_t shown = 0, hidden = 0;
    for (int round = 0; round < 1500; round++) {
        world w;
        people_at_random(&w, &seed);
        answers_at_random(&w, true, &seed);
        assert_int_equal(n_leaks(&w), 0);
        shown += w.n_shown;
        hidden += w.n_hidden;
    }
    assert_true(shown > 3000 && hidden > 3000); /* both ways were tried */
}

/* The attacker finds what is there: without a frame the same answers leak. */
static void without_a_frame_they_do(void **state) {
    (void)state;
    uint64_t seed = 11;
    size_t leaking = 0;
    for (int round = 0; round < 300; round++) {
        world w;
        people_at_random(&w, &seed);
        answers_at_random(&w, false, &seed);
        leaking += n_leaks(&w) > 0;
    }
    assert_true(leaking > 30);
}

static void a_hidden_count_could_be_another(void **state) {
    (void)state;
    uint64_t seed = 12;
    size_t looked_at = 0;
    for (int round = 0; round < 150; round++) {
        world w;
        people_at_random(&w, &seed);
        answers_at_random(&w, true, &seed);
        changes all;
        find_changes(&w, ((uint64_t)1 << w.n_cells) - 1, &all);
        for (size_t i = 0; i < w.n_hidden; i++) {
            if (people_in(&w, w.hidden[i]) == 0)
                continue;
            looked_at++;
            bool differs = false;
            for (int most = 1; most <= 3 && !differs; most++)
                differs = could_differ(&w, &all, 0, most, (double[MAX_CELLS]){0}, w.hidden[i]);
            assert_true(differs);
        }
    }
    assert_true(looked_at > 500);
}

/* A frame of 2 and 104 people that no set tells of, cut into 1 and 1, and into 50, 4 and 50. Whoever knew the 2 from
 * elsewhere would still not tell one from the other by the counts of 51 and 54: both are shown. */
static void a_cell_of_few_hides_nothing_else(void **state) {
    (void)state;
    const rp_frame frame = {.n_cells = 2};
    static const int64_t people[] = {1, 50, 1, 50, 0, 4}; /* frame's cells vary fastest */
    static const uint64_t masks[] = {1 << 0 | 1 << 1, 1 << 1 | 1 << 5};
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    rp_universe *u = rp_answer_universe_in(answer, &frame, "u", 6);
    memcpy(u->people, people, sizeof people);
    rp_answer_table *table = rp_answer_table_add(answer, "t", "T", (rp_table_column[]){{"n", "n", ""}}, 1);
    for (size_t i = 0; i < 2; i++)
        rp_answer_row(table)[0] = rp_value_count(rp_answer_count(answer, u, in_mask, &masks[i]));
    assert_true(rp_answer_protect(answer, SMALLEST));
    assert_int_equal(answer->n_suppressed, 0);
    assert_true(table->values[0].count.n == 51 && table->values[1].count.n == 54);
    rp_arena_free(arena);
}

/* What is hidden of groups in three cells of a frame, the first of which there is a set of: bit by count. `spread`:
 * that many cells lie from one to the next, and nobody is in those between. */
static uint64_t hidden_of(uint64_t seed, size_t spread) {
    enum { CELLS = 3, OWN = 3, GROUPS = CELLS * OWN, COUNTS = 12 };
    bool sets[CELLS * 8] = {true};
    const rp_frame frame = {.n_cells = CELLS * spread, .n_sets = 1, .sets = sets};
    assert_true(frame.n_cells <= sizeof sets);
    rp_arena *arena = rp_arena_new(0);
    rp_answer *answer = rp_answer_new(arena, "q", "Q");
    rp_universe *u = rp_answer_universe_in(answer, &frame, "u", GROUPS);
    for (size_t g = 0; g < GROUPS; g++) {
        u->people[g] = (int64_t)(next_random(&seed) % 12);
        u->frame_cell[g] = (uint16_t)(g % CELLS * spread);
    }
    rp_answer_table *table = rp_answer_table_add(answer, "t", "T", (rp_table_column[]){{"n", "n", ""}}, 1);
    for (size_t i = 0; i < COUNTS; i++) {
        uint64_t mask = next_random(&seed) & ((1u << GROUPS) - 1);
        rp_answer_row(table)[0] = rp_value_count(rp_answer_count(answer, u, in_mask, &mask));
    }
    assert_true(rp_answer_protect(answer, SMALLEST));
    uint64_t hidden = 0;
    for (size_t i = 0; i < COUNTS; i++)
        hidden |= (uint64_t)table->values[i].suppressed << i;
    rp_arena_free(arena);
    return hidden;
}

/* Cells of nobody tell nothing and hide nothing. */
static void cells_of_nobody_change_nothing(void **state) {
    (void)state;
    size_t some = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        uint64_t hidden = hidden_of(seed, 1);
        assert_true(hidden_of(seed, 2) == hidden);
        assert_true(hidden_of(seed, 8) == hidden);
        some += hidden != 0 && hidden != (1u << 12) - 1;
    }
    assert_true(some > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_universe_gives_another_away),  cmocka_unit_test(without_a_frame_they_do),
        cmocka_unit_test(a_hidden_count_could_be_another), cmocka_unit_test(a_cell_of_few_hides_nothing_else),
        cmocka_unit_test(cells_of_nobody_change_nothing),
    };
    return cmocka_run_group_tests_name("answer: universes in a frame", tests, NULL, NULL);
}
