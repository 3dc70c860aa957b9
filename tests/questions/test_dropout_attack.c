/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records made at random, and a reader who has all that `pathway`, `dose` and `dropout` say of each about sessions and
 * endings. No set of 1 to 4 people may follow.
 *
 * What each number counts is found out from the program, as in test_harms_attack.c: a person of each type is added to a
 * record, unprotected, and the numbers that rise by one count them. A type is how many sessions, and which code the
 * referral ended by, if it has. `pathway` knows the code and of the sessions whether there were none, one or more; the
 * others know the sessions and the class of the code. What they tell is not held to go together beyond stage and class:
 * a type is possible where both of its parts are. A set follows where its vector over all possible types is a sum of
 * vectors shown. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/attack_helper.h"
#include "questions/dose_helper.h"

enum { SMALLEST = 5, RECORDS = 60, MOST_PEOPLE = 150, MOST_SESSIONS = 5, LONG = 14, MOST_NUMBERS = 4000 };

/* ---- types ---- */

static const struct {
    const char *code; /* NULL: the referral has not ended */
    unsigned class;
} codes[] = {{NULL, 0}, {"47", 1}, {"left_early", 1}, {"46", 2}, {"completed", 2},
             {"48", 3}, {"13", 4}, {"96", 5},         {"97", 5}};
enum { CODES = sizeof codes / sizeof *codes, CLASSES = 6, SESSION_COUNTS = MOST_SESSIONS + 2 };
enum { TYPES = SESSION_COUNTS * CODES };
typedef struct type {
    unsigned sessions, code;
} type;

static type type_at(size_t i) {
    unsigned n = (unsigned)(i / CODES);
    return (type){n <= MOST_SESSIONS ? n : LONG, (unsigned)(i % CODES)};
}
static size_t index_of(type t) {
    return (t.sessions <= MOST_SESSIONS ? t.sessions : SESSION_COUNTS - 1) * (size_t)CODES + t.code;
}

/* Part 0: what pathway knows; part 1: what the others know. */
enum { PARTS = 2, GROUPS = SESSION_COUNTS * CODES };
static size_t part_of(type t, int part) {
    unsigned stage = t.sessions < 2 ? t.sessions : 2;
    return part == 0 ? stage * (size_t)CODES + t.code : (index_of(t) / CODES) * CLASSES + codes[t.code].class;
}

static void put_person(world *w, int number, type t) {
    char id[16], reason[64];
    snprintf(id, sizeof id, "p%d", number);
    snprintf(reason, sizeof reason, "end_reason=%s", t.code > 0 ? codes[t.code].code : "");
    referral(w, id, "2024-01-01", t.code > 0 ? "2024-09-01" : "", reason);
    for (unsigned k = 1; k <= t.sessions; k++)
        treated(w, id, (int)k, day_of((int)k), "");
}

/* ---- numbers ---- */

typedef struct number {
    char key[220];
    int64_t n;
} number;
typedef struct numbers {
    number at[MOST_NUMBERS];
    size_t n;
} numbers;

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
    assert_true(to->n < MOST_NUMBERS);
    to->at[to->n++] = x;
}

static void note_table(numbers *to, const rp_answer_table *t) {
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++) {
        const rp_value *row = t->values + i / t->n_columns * t->n_columns;
        char key[200];
        size_t n = (size_t)snprintf(key, sizeof key, "%s/%s", t->id, t->columns[i % t->n_columns].id);
        for (size_t c = 0; c < i % t->n_columns; c++) /* what the row is */
            if (row[c].kind == RP_VALUE_TEXT && n < sizeof key)
                n += (size_t)snprintf(key + n, sizeof key - n, "/%s", row[c].text);
        if (t->values[i].suppressed)
            continue;
        note(to, &t->values[i].count, key, "count");
        note(to, &t->values[i].of, key, "of");
    }
}

static void note_chart(numbers *to, const rp_chart *chart) {
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            char key[100];
            snprintf(key, sizeof key, "%s/%s/%g/%s", chart->id, chart->series[s].label, isfinite(p->x) ? p->x : -1,
                     p->label != NULL ? p->label : "");
            if (p->suppressed)
                continue;
            note(to, &p->count, key, "count");
            note(to, &p->of_y, key, "y");
        }
}

/* Appointments are not people, and have a universe of their own. */
static bool is_looked_at(const char *id) {
    return strcmp(id, "pathway.appointments") != 0;
}

static void read_answer(world *w, const char *question, int smallest, numbers *to) {
    ask(w, question, 0, 1);
    const rp_answer *a = w->answer;
    assert_true(rp_answer_protect((rp_answer *)a, smallest));
    for (size_t i = 0; i < a->n_statements; i++) {
        const rp_statement *s = a->statements[i];
        char key[100];
        snprintf(key, sizeof key, "%s/%s", s->id, s->occasion != NULL ? s->occasion : "");
        if (s->suppressed)
            continue;
        note(to, &s->numerator, key, "numerator");
        note(to, &s->denominator, key, "denominator");
    }
    for (size_t i = 0; i < a->n_tables; i++)
        if (is_looked_at(a->tables[i]->id))
            note_table(to, a->tables[i]);
    for (size_t i = 0; i < a->n_charts; i++)
        note_chart(to, a->charts[i]);
}

static void read_all(const type *people, int n, int smallest, numbers *to) {
    static const char *const questions[] = {"pathway", "dose", "dropout"};
    world w = begin();
    for (int i = 0; i < n; i++)
        put_person(&w, i, people[i]);
    seal(&w);
    to->n = 0;
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++)
        read_answer(&w, questions[q], smallest, to);
    end(&w);
}

/* ---- what each number counts ---- */

static numbers all; /* of a record in which everything occurs */
static bool counts[MOST_NUMBERS][TYPES];

static void learn(void) {
    static type people[TYPES + 1];
    static numbers more;
    for (size_t t = 0; t < TYPES; t++)
        people[t] = type_at(t);
    read_all(people, TYPES, 0, &all);
    for (size_t t = 0; t < TYPES; t++) {
        people[TYPES] = type_at(t);
        assert_int_equal(index_of(people[TYPES]), t);
        read_all(people, TYPES + 1, 0, &more);
        assert_int_equal(more.n, all.n);
        for (size_t i = 0; i < all.n; i++) {
            int64_t rise = more.at[i].n - all.at[i].n;
            assert_string_equal(more.at[i].key, all.at[i].key);
            assert_true(rise == 0 || rise == 1);
            counts[i][t] = rise == 1;
        }
    }
}

static size_t place_of(const char *key) {
    size_t i = 0;
    while (i < all.n && strcmp(all.at[i].key, key) != 0)
        i++;
    if (i == all.n)
        fail_msg("%s is not among the numbers of the full record", key);
    return i;
}

/* ---- the attack ---- */

typedef struct attack {
    int64_t people[PARTS][GROUPS];
    size_t possible[TYPES], n_possible;
    uint64_t rows[TYPES][TYPES]; /* each 1 at its pivot, and 0 at the others' */
    size_t pivots[TYPES], n_rows;
} attack;

static void start(attack *a, const type *people, int n) {
    memset(a, 0, sizeof *a);
    for (int i = 0; i < n; i++)
        for (int part = 0; part < PARTS; part++)
            a->people[part][part_of(people[i], part)]++;
    for (size_t t = 0; t < TYPES; t++)
        if (a->people[0][part_of(type_at(t), 0)] > 0 && a->people[1][part_of(type_at(t), 1)] > 0)
            a->possible[a->n_possible++] = t;
}

/* What of v is no sum of the rows. */
static size_t reduce(const attack *a, uint64_t *v) {
    for (size_t r = 0; r < a->n_rows; r++) {
        uint64_t times = v[a->pivots[r]];
        for (size_t i = 0; i < a->n_possible && times != 0; i++)
            v[i] = mod_sub(v[i], mod_mul(times, a->rows[r][i]));
    }
    size_t pivot = 0;
    while (pivot < a->n_possible && v[pivot] == 0)
        pivot++;
    return pivot;
}

static void add_row(attack *a, uint64_t *v) {
    size_t pivot = reduce(a, v);
    if (pivot == a->n_possible)
        return;
    uint64_t scale = inverse(v[pivot]);
    for (size_t i = 0; i < a->n_possible; i++)
        v[i] = mod_mul(v[i], scale);
    for (size_t r = 0; r < a->n_rows; r++) {
        uint64_t times = a->rows[r][pivot];
        for (size_t i = 0; i < a->n_possible && times != 0; i++)
            a->rows[r][i] = mod_sub(a->rows[r][i], mod_mul(times, v[i]));
    }
    memcpy(a->rows[a->n_rows], v, sizeof a->rows[0]);
    a->pivots[a->n_rows++] = pivot;
}

static void show(attack *a, const numbers *shown) {
    for (size_t i = 0; i < shown->n; i++) {
        uint64_t v[TYPES] = {0};
        size_t at = place_of(shown->at[i].key);
        for (size_t p = 0; p < a->n_possible; p++)
            v[p] = counts[at][a->possible[p]];
        add_row(a, v);
    }
}

typedef struct set {
    struct {
        int part;
        size_t group;
    } at[SMALLEST];
    int n;
    int64_t people;
} set;

static bool follows(const attack *a, const set *s) {
    uint64_t v[TYPES] = {0};
    for (size_t p = 0; p < a->n_possible; p++) {
        for (int i = 0; i < s->n; i++)
            v[p] += part_of(type_at(a->possible[p]), s->at[i].part) == s->at[i].group;
        if (v[p] > 1)
            return false; /* the groups are not disjoint */
    }
    return reduce(a, v) == a->n_possible;
}

/* All unions of groups of few people, from this part and group on. How many follow. */
static int try_sets(const attack *a, set *s, int part, size_t group) {
    int leaks = 0;
    if (s->n > 0 && follows(a, s)) {
        leaks++;
        print_message("%d people follow:", (int)s->people);
        for (int i = 0; i < s->n; i++)
            print_message(" group %zu of part %d", s->at[i].group, s->at[i].part);
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

/* Some types are many, some few. */
static int make_people(uint64_t *random, type people[MOST_PEOPLE]) {
    int n = 0;
    for (int tries = 4 + (int)(next_random(random) % 12); tries > 0; tries--) {
        type t = type_at(next_random(random) % TYPES);
        int64_t of = next_random(random) % 3 == 0 ? 5 + (int64_t)(next_random(random) % 12)
                                                  : 1 + (int64_t)(next_random(random) % 5);
        for (; of > 0 && n < MOST_PEOPLE; of--)
            people[n++] = t;
    }
    return n;
}

static void no_few_follow_from_what_is_shown(void **state) {
    (void)state;
    uint64_t random = 20261130;
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
        start(&a, people, n);
        show(&a, &shown);
        set s = {.n = 0};
        leaks += try_sets(&a, &s, 0, 0);
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
    int found = 0;
    for (int i = 0; i < 10; i++) {
        type people[MOST_PEOPLE];
        int n = make_people(&random, people);
        read_all(people, n, 0, &shown);
        start(&a, people, n);
        show(&a, &shown);
        for (int part = 0; part < PARTS; part++)
            for (size_t g = 0; g < GROUPS; g++) {
                set s = {.n = 1, .people = a.people[part][g]};
                s.at[0].part = part;
                s.at[0].group = g;
                found += s.people > 0 && s.people < SMALLEST && follows(&a, &s);
            }
    }
    assert_true(found > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_few_follow_from_what_is_shown),
        cmocka_unit_test(unprotected_numbers_are_found_out),
    };
    return cmocka_run_group_tests_name("questions: pathway, dose and dropout attacked together", tests, NULL, NULL);
}
