/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records made at random, and a reader who has what `outcome` (the national rule), `harms`, `risk` and `coverage` (of
 * events and risks) say of each. No set of 1 to 4 people may follow.
 *
 * What each number counts is found out from the program by its definitions alone, whatever its universes are: a person
 * of each type is added to a record, unprotected, and the numbers that rise by one count them. So a number is a vector
 * over types. A type is a stage, a change, events, a risk's origin, dealing and closing, and an answer to item 9; what
 * answers tell of these in different parts is not held to go together. A type is possible where its parts are: where
 * somebody has the same stage and change, somebody the same stage, known change and events, and so on. A set follows
 * where its vector over all possible types is a sum of vectors shown. The sets tried are all unions of groups of few
 * people, of any of the parts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/attack_people.h"

enum { SMALLEST = 5, RECORDS = 120 };

/* ---- the numbers of an answer ---- */

typedef struct number {
    char key[200];
    int64_t n;
} number;
typedef struct numbers {
    number at[6000];
    size_t n;
} numbers;

/* Some keys come twice in an answer (a share and its interval have one numerator): they are one number. */
static void note(numbers *to, const rp_count *count, const char *key, const char *what) {
    if (count->universe == NULL || count->n < 0)
        return;
    number x = {.n = count->n};
    snprintf(x.key, sizeof x.key, "%s|%s", key, what);
    for (size_t i = 0; i < to->n; i++)
        if (strcmp(to->at[i].key, x.key) == 0) {
            assert_int_equal(to->at[i].n, x.n);
            return;
        }
    assert_true(to->n < sizeof to->at / sizeof *to->at);
    to->at[to->n++] = x;
}

static bool is_looked_at(const char *id) {
    static const char *const begins[] = {"outcome.national",
                                         "outcome.people.referred",
                                         "outcome.people.assessed",
                                         "outcome.people.entered",
                                         "outcome.people.finished",
                                         "harms",
                                         "risk"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(id, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static void note_table(numbers *to, const rp_answer_table *table) {
    for (size_t i = 0; i < table->n_rows * table->n_columns && is_looked_at(table->id); i++) {
        const rp_value *row = table->values + i / table->n_columns * table->n_columns, *v = &table->values[i];
        char key[150] = "";
        size_t n = (size_t)snprintf(key, sizeof key, "%s/%s", table->id, table->columns[i % table->n_columns].id);
        for (size_t c = 0; c < table->n_columns; c++)
            if (row[c].kind == RP_VALUE_TEXT && n < sizeof key)
                n += (size_t)snprintf(key + n, sizeof key - n, "/%s", row[c].text);
        if (v->suppressed)
            continue;
        note(to, &v->count, key, "count");
        note(to, &v->of, key, "of");
    }
}

static void note_chart(numbers *to, const rp_chart *chart) {
    for (size_t s = 0; s < chart->n_series && is_looked_at(chart->id); s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            char key[150];
            snprintf(key, sizeof key, "%s/%s", chart->id, p->label);
            if (p->suppressed)
                continue;
            note(to, &p->count, key, "count");
            note(to, &p->of_y, key, "y");
            note(to, &p->of_lower, key, "lower");
            note(to, &p->of_upper, key, "upper");
        }
}

static const char *const questions[] = {"outcome", "harms", "risk"};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static void read_answer(world *w, const char *question, int smallest, numbers *to) {
    ask(w, question, 0, 1);
    const rp_answer *a = w->answer;
    assert_true(rp_answer_protect((rp_answer *)a, smallest));
    for (size_t i = 0; i < a->n_statements; i++) {
        const rp_statement *s = a->statements[i];
        char key[150];
        snprintf(key, sizeof key, "%s/%s/%s", s->id, s->measure != NULL ? s->measure : "",
                 s->version != NULL ? s->version : "");
        if (s->suppressed || !is_looked_at(s->id))
            continue;
        note(to, &s->numerator, key, "numerator");
        note(to, &s->denominator, key, "denominator");
    }
    for (size_t i = 0; i < a->n_tables; i++)
        note_table(to, a->tables[i]);
    for (size_t i = 0; i < a->n_charts; i++)
        note_chart(to, a->charts[i]);
}

static void read_all(const type *people, int n, int smallest, numbers *to) {
    world w = begin_small();
    for (int i = 0; i < n; i++)
        put_person(&w, i, &people[i]);
    seal(&w);
    to->n = 0;
    for (size_t q = 0; q < QUESTIONS; q++)
        read_answer(&w, questions[q], smallest, to);
    end(&w);
}

/* ---- what each number counts ---- */

/* A number counts by one of these alone, by its definition; which is found out. */
enum { BY_STAGE_CHANGE = STAGES * CHANGED, BY_STAGE_KNOWN_EVENT = BY_STAGE_CHANGE + STAGES * 3 * EVENTS };
enum { BY_RISK = BY_STAGE_KNOWN_EVENT + STAGES * RISKS, BY_ANSWER = BY_RISK + RISKS * ANSWERS * 3 };
enum { VARIANTS = BY_ANSWER + EVENTS * PERIODS };
static numbers all;                 /* of a record in which everything occurs */
static bool counts[6000][VARIANTS]; /* is this variant, added to it, counted? */

static type variant_at(int v) {
    static const unsigned of_known[] = {0, 1, 4}, of_scores[] = {4, 3, 1};
    type t = {.change = 4};
    if (v < BY_STAGE_CHANGE) {
        t.stage = (unsigned)v / CHANGED, t.change = (unsigned)v % CHANGED;
    } else if (v < BY_STAGE_KNOWN_EVENT) {
        unsigned i = (unsigned)v - BY_STAGE_CHANGE;
        t.event = i % EVENTS, t.change = of_known[i / EVENTS % 3], t.stage = i / EVENTS / 3;
    } else if (v < BY_STAGE_KNOWN_EVENT + STAGES * RISKS) {
        unsigned i = (unsigned)v - BY_STAGE_KNOWN_EVENT;
        t.risk = i % RISKS, t.stage = i / RISKS;
    } else if (v < BY_ANSWER) {
        unsigned i = (unsigned)v - BY_RISK;
        t.change = of_scores[i % 3], t.answer = i / 3 % ANSWERS, t.risk = i / 3 / ANSWERS;
    } else {
        t.event = ((unsigned)v - BY_ANSWER) / PERIODS, t.period = ((unsigned)v - BY_ANSWER) % PERIODS;
    }
    return t;
}

static bool is_of_item(const char *key) {
    return strncmp(key, "risk.item", 9) == 0;
}

static int variant_of(const char *key, const type *t) {
    if (strncmp(key, "outcome", 7) == 0)
        return (int)(t->stage * CHANGED + t->change);
    if (strncmp(key, "harms.trend", 11) == 0)
        return BY_ANSWER + (int)(t->event * PERIODS + t->period);
    if (strncmp(key, "harms", 5) == 0)
        return BY_STAGE_CHANGE + (int)((t->stage * 3 + known(t)) * EVENTS + t->event);
    if (!is_of_item(key))
        return BY_STAGE_KNOWN_EVENT + (int)(t->stage * RISKS + t->risk);
    return BY_RISK + (int)((t->risk * ANSWERS + t->answer) * 3 + scores(t));
}

static size_t place_of(const char *key) {
    size_t i = 0;
    while (i < all.n && strcmp(all.at[i].key, key) != 0)
        i++;
    if (i == all.n)
        fail_msg("%s is not among the numbers of the full record", key);
    return i;
}

static void learn(void) {
    static type people[VARIANTS + 1];
    static numbers more;
    int n = 0;
    for (int v = 0; v < VARIANTS; v++) {
        people[n] = variant_at(v);
        n += v < BY_STAGE_CHANGE || people[n].stage == 0; /* enough for each number to be there */
    }
    read_all(people, n, 0, &all);
    for (int v = 0; v < VARIANTS; v++) {
        people[n] = variant_at(v);
        read_all(people, n + 1, 0, &more);
        assert_int_equal(more.n, all.n);
        for (size_t i = 0; i < all.n; i++) {
            int64_t rise = more.at[i].n - all.at[i].n;
            assert_string_equal(more.at[i].key, all.at[i].key);
            assert_true(rise == 0 || rise == 1);
            counts[i][v] = rise == 1;
        }
    }
}

/* ---- the attack ---- */

typedef struct attack {
    int64_t people[PARTS][GROUPS];
    type possible[TYPES];
    size_t n_possible, order[TYPES]; /* a shuffled order, so that a vector that is no sum is told soon */
    uint64_t *rows[400];
    size_t pivots[400], n_rows;
    rp_arena *arena;
} attack;

static void take_away(uint64_t *from, const uint64_t *row, uint64_t times, size_t n) {
    for (size_t i = 0; i < n && times != 0; i++)
        from[i] = mod_sub(from[i], mod_mul(times, row[i]));
}

/* Rows are kept so that each is 1 at its pivot and 0 at the others'. */
static void add_row(attack *a, uint64_t *v) {
    size_t n = a->n_possible, pivot = 0;
    for (size_t r = 0; r < a->n_rows; r++)
        take_away(v, a->rows[r], v[a->pivots[r]], n);
    while (pivot < n && v[pivot] == 0)
        pivot++;
    if (pivot == n)
        return;
    uint64_t scale = inverse(v[pivot]);
    for (size_t i = 0; i < n; i++)
        v[i] = mod_mul(v[i], scale);
    for (size_t r = 0; r < a->n_rows; r++)
        take_away(a->rows[r], v, a->rows[r][pivot], n);
    assert_true(a->n_rows < 400);
    a->pivots[a->n_rows] = pivot;
    a->rows[a->n_rows++] = v;
}

static void start(attack *a, const type *people, int n, uint64_t *random) {
    *a = (attack){.arena = rp_arena_new(0)};
    for (int i = 0; i < n; i++)
        for (int part = 0; part < PARTS; part++)
            a->people[part][part_of(&people[i], part)]++;
    for (size_t i = 0; i < TYPES; i++) {
        type t = type_at(i);
        assert_int_equal(index_of(&t), i);
        bool possible = true;
        for (int part = 0; part < PARTS && possible; part++)
            possible = a->people[part][part_of(&t, part)] > 0;
        if (possible)
            a->possible[a->n_possible++] = t;
    }
    for (size_t i = 0; i < a->n_possible; i++) {
        size_t j = (size_t)(next_random(random) % (i + 1));
        a->order[i] = a->order[j];
        a->order[j] = i;
    }
}

static void show(attack *a, const numbers *shown) {
    for (size_t i = 0; i < shown->n; i++) {
        size_t at = place_of(shown->at[i].key);
        uint64_t *v = rp_arena_take(a->arena, a->n_possible, sizeof *v);
        for (size_t p = 0; p < a->n_possible; p++)
            v[p] = counts[at][variant_of(shown->at[i].key, &a->possible[p])];
        add_row(a, v);
    }
}

typedef struct set {
    struct {
        int part;
        unsigned group;
    } at[SMALLEST];
    int n;
    int64_t people;
} set;

/* How often a type is in it; a set of disjoint groups has each once. */
static unsigned times_in(const set *s, const type *t) {
    unsigned times = 0;
    for (int i = 0; i < s->n; i++)
        times += part_of(t, s->at[i].part) == s->at[i].group;
    return times;
}

static bool follows(const attack *a, const set *s) {
    unsigned at_pivot[400];
    for (size_t r = 0; r < a->n_rows; r++) {
        at_pivot[r] = times_in(s, &a->possible[a->pivots[r]]);
        if (at_pivot[r] > 1)
            return false;
    }
    for (size_t i = 0; i < a->n_possible; i++) {
        size_t p = a->order[i];
        unsigned times = times_in(s, &a->possible[p]);
        uint64_t sum = 0;
        for (size_t r = 0; r < a->n_rows; r++)
            sum = at_pivot[r] != 0 ? mod_add(sum, a->rows[r][p]) : sum;
        if (times > 1 || sum != times)
            return false;
    }
    return true;
}

/* All unions of groups of few people, from this part and group on. How many follow. */
static int try_sets(const attack *a, set *s, int part, unsigned group) {
    int leaks = 0;
    if (s->n > 0 && follows(a, s)) {
        leaks++;
        print_message("%d people follow:", (int)s->people);
        for (int i = 0; i < s->n; i++)
            print_message(" group %u of part %d", s->at[i].group, s->at[i].part);
        print_message("\n");
    }
    if (s->n == SMALLEST - 1)
        return leaks;
    for (; part < PARTS; part++, group = 0)
        for (; group < GROUPS; group++) {
            int64_t people = a->people[part][group];
            if (people == 0 || s->people + people >= SMALLEST)
                continue;
            s->at[s->n].part = part;
            s->at[s->n++].group = group;
            s->people += people;
            leaks += try_sets(a, s, part, group + 1);
            s->n--;
            s->people -= people;
        }
    return leaks;
}

static void no_few_follow_from_what_is_shown(void **state) {
    (void)state;
    uint64_t random = 20240610;
    static attack a;
    static numbers shown;
    size_t n_shown = 0, n_hidden = 0;
    int leaks = 0;
    learn();
    for (int i = 0; i < RECORDS; i++) {
        type people[MOST_PEOPLE];
        int n = make_people(&random, people);
        read_all(people, n, 0, &shown);
        n_hidden += shown.n;
        read_all(people, n, SMALLEST, &shown);
        n_shown += shown.n;
        n_hidden -= shown.n;
        start(&a, people, n, &random);
        show(&a, &shown);
        set s = {.n = 0};
        leaks += try_sets(&a, &s, 0, 0);
        rp_arena_free(a.arena);
    }
    print_message("%zu numbers shown, %zu hidden\n", n_shown, n_hidden);
    assert_int_equal(leaks, 0);
    assert_true(n_shown > 20 * RECORDS && n_hidden > 20 * RECORDS); /* both happen */
}

/* The attack finds what there is to find: of numbers that nothing was hidden of, few follow at once. */
static void unprotected_numbers_are_found_out(void **state) {
    (void)state;
    uint64_t random = 7;
    static attack a;
    static numbers shown;
    type people[MOST_PEOPLE];
    int found = 0;
    for (int i = 0; i < 10; i++) {
        int n = make_people(&random, people);
        read_all(people, n, 0, &shown);
        start(&a, people, n, &random);
        show(&a, &shown);
        for (int part = 0; part < 2; part++)
            for (unsigned g = 0; g < GROUPS; g++) {
                set s = {.n = 1, .people = a.people[part][g]};
                s.at[0].part = part;
                s.at[0].group = g;
                found += s.people > 0 && s.people < SMALLEST && follows(&a, &s);
            }
        rp_arena_free(a.arena);
    }
    assert_true(found > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_few_follow_from_what_is_shown),
        cmocka_unit_test(unprotected_numbers_are_found_out),
    };
    return cmocka_run_group_tests_name("questions: outcome, harms and risk attacked together", tests, set_up,
                                       tear_down);
}
