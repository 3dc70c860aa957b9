/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records made at random, of one or two measures, and a reader who has every number that `outcome` shows of them: of
 * each measure and by the national rule. No set of 1 to 4 people may follow that is told by how far they came and how
 * many scores they have on each measure; those with two on both are those whom the rule knows.
 *
 * What each number counts is found out from the program: a person of each type is added to a record, unprotected, and
 * the numbers that rise by one count them. So a number is a vector over types: a stage and a course on each measure.
 * The reader knows the definitions, and of whom there is nobody: a type is possible where somebody has come so far and
 * has so many scores on both. A set follows where its vector over the possible types is a sum of vectors shown.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/attack_helper.h"
#include "questions/asked_helper.h"

enum { SMALLEST = 5, RECORDS = 60, MOST_PEOPLE = 120, MOST_NUMBERS = 12000, PLACES = 1 << 15, MOST_ROWS = 200 };

/* ---- types ---- */

enum { STAGES = 5, MEASURES = 2 };
typedef enum course { NEVER, ONCE, WORSE, BETTER, SAME, COURSES } course;
enum { TYPES = STAGES * COURSES * COURSES };
typedef struct type {
    unsigned stage, on[MEASURES]; /* a course on the PHQ-9, and on the GAD-7 */
} type;

static type type_at(size_t i) {
    return (type){(unsigned)(i / COURSES / COURSES), {(unsigned)(i / COURSES % COURSES), (unsigned)(i % COURSES)}};
}

static unsigned scores(const type *t, int measure) {
    return t->on[measure] < WORSE ? t->on[measure] : 2;
}

/* What the reader knows of whom there is: who came how far with how many scores on each measure. */
enum { GROUPS = STAGES * 3 * 3 };
static unsigned group_of(const type *t) {
    return (t->stage * 3 + scores(t, 0)) * 3 + scores(t, 1);
}

/* ---- a record ---- */

static rp_arena *common;
static rp_instruments *instruments;

static void put_person(world *w, int number, const type *t) {
    static const struct {
        const char *assessed;
        int treatments;
        bool over;
    } stages[STAGES] = {
        {NULL, 0, true}, {"2024-01-05", 0, false}, {"2024-01-05", 1, true}, {NULL, 2, true}, {"2024-01-05", 2, true}};
    static const char *const dates[] = {"2024-01-10", "2024-01-24"}, *const measures[] = {"phq-9", "gad-7"};
    static const double last[] = {[WORSE] = 20, [BETTER] = 3, [SAME] = 12}; /* from 12 */
    char id[16];
    snprintf(id, sizeof id, "p%d", number);
    referral(w, id, "2024-01-01", stages[t->stage].over ? "2024-08-01" : "", NULL);
    if (stages[t->stage].assessed != NULL)
        contact(w, id, stages[t->stage].assessed, "assessment", "attended");
    for (int i = 0; i < stages[t->stage].treatments; i++)
        contact(w, id, dates[i], "treatment", "attended");
    for (int m = 0; m < MEASURES; m++) {
        if (t->on[m] != NEVER)
            score(w, id, measures[m], dates[0], 12);
        if (t->on[m] >= WORSE) /* at the horizon of 26 weeks, all alike: the time of a score is no part of a type */
            score(w, id, measures[m], "2024-07-10", last[t->on[m]]);
    }
}

static type any_type(uint64_t *random, bool one_measure) {
    type t = type_at((size_t)(next_random(random) % TYPES));
    if (next_random(random) % 2 == 0) /* most people have both measures as often */
        t.on[1] = scores(&t, 0) < 2 ? t.on[0] : WORSE + (unsigned)(next_random(random) % 3);
    if (one_measure)
        t.on[1] = NEVER;
    return t;
}

/* Few kinds of people in each record, so that small groups stand beside large ones. */
static int make_people(uint64_t *random, type *people) {
    int n = 20 + (int)(next_random(random) % (MOST_PEOPLE - 20)), kinds = 3 + (int)(next_random(random) % 10);
    bool one_measure = next_random(random) % 5 == 0;
    type pool[16];
    for (int k = 0; k < kinds; k++) {
        pool[k] = any_type(random, one_measure);
        if (k > 0 && next_random(random) % 2 == 0) { /* like one before, but for one thing */
            type other = pool[k];
            pool[k] = pool[next_random(random) % (unsigned)k];
            switch (next_random(random) % 3) {
            case 0:
                pool[k].stage = other.stage;
                break;
            case 1:
                pool[k].on[0] = other.on[0];
                break;
            default:
                pool[k].on[1] = other.on[1];
            }
        }
    }
    pool[0] = (type){4, {BETTER, one_measure ? NEVER : SAME}}; /* somebody has finished and has scores */
    for (int i = 0; i < n; i++) {                              /* the first kinds are the commonest */
        uint64_t r = i == 0 ? 0 : next_random(random);
        int k = 0;
        while (k + 1 < kinds && r % 3 != 0)
            k++, r /= 3;
        people[i] = pool[k];
    }
    return n;
}

/* ---- the numbers of an answer ---- */

typedef struct number {
    char key[240];
    int64_t n;
} number;
typedef struct numbers {
    number at[MOST_NUMBERS];
    size_t n;
    uint16_t places[PLACES]; /* by key: which number, from 1; 0: free */
} numbers;

/* Where the key stands among the places, or would. */
static uint16_t *place_for(numbers *in, const char *key) {
    uint64_t hash = 0;
    for (const char *c = key; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3);
    size_t at = hash >> 20 & (PLACES - 1);
    while (in->places[at] != 0 && strcmp(in->at[in->places[at] - 1].key, key) != 0)
        at = (at + 1) & (PLACES - 1);
    return &in->places[at];
}

/* Some keys come twice in an answer (a share and its interval have one numerator): they are one number. */
static void note(numbers *to, const rp_count *count, const char *key, const char *what) {
    if (count->universe == NULL || count->n < 0)
        return;
    number x = {.n = count->n};
    snprintf(x.key, sizeof x.key, "%s|%s", key, what);
    uint16_t *place = place_for(to, x.key);
    if (*place != 0) {
        assert_int_equal(to->at[*place - 1].n, x.n);
        return;
    }
    assert_true(to->n < MOST_NUMBERS);
    to->at[to->n++] = x;
    *place = (uint16_t)to->n;
}

/* The methods of change but one have margins that hang on everyone's scores: what they count is no matter of types. */
static bool is_looked_at(const char *id) {
    return strncmp(id, "outcome.methods", 15) != 0;
}

static void note_table(numbers *to, const rp_answer_table *table) {
    bool of_bins = strncmp(table->id, "outcome.points", 14) == 0;
    for (size_t i = 0; i < table->n_rows * table->n_columns && is_looked_at(table->id); i++) {
        const rp_value *row = table->values + i / table->n_columns * table->n_columns, *v = &table->values[i];
        char key[220] = "";
        size_t n = (size_t)snprintf(key, sizeof key, "%s/%s", table->id, table->columns[i % table->n_columns].id);
        for (size_t c = 0; c < table->n_columns; c++) {
            if (row[c].kind == RP_VALUE_TEXT && n < sizeof key && row[c].text != NULL)
                n += (size_t)snprintf(key + n, sizeof key - n, "/%s", row[c].text);
            if (of_bins && row[c].kind == RP_VALUE_NUM && n < sizeof key)
                n += (size_t)snprintf(key + n, sizeof key - n, "/%g", row[c].num);
        }
        const char *column = table->columns[i % table->n_columns].id; /* an interval counts what its share does */
        if (v->suppressed || strcmp(column, "lower") == 0 || strcmp(column, "upper") == 0)
            continue;
        note(to, &v->count, key, "count");
        note(to, &v->of, key, "of");
    }
}

static void note_chart(numbers *to, const rp_chart *chart) {
    for (size_t s = 0; s < chart->n_series && chart->kind == RP_CHART_RATES; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            char key[200];
            snprintf(key, sizeof key, "chart of %s/%s", chart->id, p->label);
            if (p->suppressed)
                continue;
            note(to, &p->count, key, "count");
            note(to, &p->of_y, key, "y");
            note(to, &p->of_lower, key, "lower");
            note(to, &p->of_upper, key, "upper");
        }
}

static void read_all(const type *people, int n, int smallest, numbers *to) {
    world w = {.arena = rp_arena_new(0)};
    w.record = rp_record_new(w.arena, instruments, rp_faults_new(w.arena, 100));
    uint32_t input;
    assert_non_null(w.record);
    assert_true(rp_record_input(w.record, "examples/beat-the-blues/bdi.csv", RP_UTF_8, &input, &w.error));
    for (int i = 0; i < n; i++)
        put_person(&w, i, &people[i]);
    seal(&w);
    ask(&w, "outcome", 0, 1);
    const rp_answer *a = w.answer;
    assert_true(rp_answer_protect((rp_answer *)a, smallest));
    *to = (numbers){.n = 0};
    for (size_t i = 0; i < a->n_statements; i++) {
        const rp_statement *s = a->statements[i];
        char key[200];
        snprintf(key, sizeof key, "%s/%s/%s/%s", s->id, s->measure != NULL ? s->measure : "",
                 s->version != NULL ? s->version : "", s->severity != NULL ? s->severity : "");
        if (s->suppressed || !is_looked_at(s->id))
            continue;
        note(to, &s->numerator, key, "numerator");
        note(to, &s->denominator, key, "denominator");
    }
    for (size_t i = 0; i < a->n_tables; i++)
        note_table(to, a->tables[i]);
    for (size_t i = 0; i < a->n_charts; i++)
        note_chart(to, a->charts[i]);
    end(&w);
}

/* ---- what each number counts ---- */

static numbers all;                      /* of a record in which every type occurs */
static bool counts[MOST_NUMBERS][TYPES]; /* is this type, added to it, counted? */

static size_t place_of(const char *key) {
    uint16_t place = *place_for(&all, key);
    if (place == 0)
        fail_msg("%s is not among the numbers of the full record", key);
    return place - 1u;
}

static void learn(void) {
    static type people[TYPES + 1];
    static numbers more;
    for (size_t i = 0; i < TYPES; i++)
        people[i] = type_at(i);
    read_all(people, TYPES, 0, &all);
    for (size_t v = 0; v < TYPES; v++) {
        people[TYPES] = type_at(v);
        read_all(people, TYPES + 1, 0, &more);
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
    type possible[TYPES];
    size_t index[TYPES]; /* of each possible type among all */
    size_t n_possible;
    uint64_t rows[MOST_ROWS][TYPES];
    size_t pivots[MOST_ROWS], n_rows;
} attack;

static void take_away(uint64_t *from, const uint64_t *row, uint64_t times, size_t n) {
    for (size_t i = 0; i < n && times != 0; i++)
        from[i] = mod_sub(from[i], mod_mul(times, row[i]));
}

/* What is left of the vector when all that is shown is taken away; where its first place is, or n_possible. */
static size_t reduce(const attack *a, uint64_t *v) {
    size_t pivot = 0;
    for (size_t r = 0; r < a->n_rows; r++)
        take_away(v, a->rows[r], v[a->pivots[r]], a->n_possible);
    while (pivot < a->n_possible && v[pivot] == 0)
        pivot++;
    return pivot;
}

static void add_row(attack *a, uint64_t *v) {
    size_t n = a->n_possible, pivot = reduce(a, v);
    if (pivot == n)
        return;
    uint64_t scale = inverse(v[pivot]);
    for (size_t i = 0; i < n; i++)
        v[i] = mod_mul(v[i], scale);
    for (size_t r = 0; r < a->n_rows; r++)
        take_away(a->rows[r], v, a->rows[r][pivot], n);
    assert_true(a->n_rows < MOST_ROWS);
    a->pivots[a->n_rows] = pivot;
    memcpy(a->rows[a->n_rows++], v, n * sizeof *v);
}

static void start(attack *a, const type *people, int n) {
    bool there[GROUPS] = {false};
    *a = (attack){.n_possible = 0};
    for (int i = 0; i < n; i++)
        there[group_of(&people[i])] = true;
    for (size_t i = 0; i < TYPES; i++) {
        type t = type_at(i);
        if (there[group_of(&t)]) {
            a->index[a->n_possible] = i;
            a->possible[a->n_possible++] = t;
        }
    }
}

static void show(attack *a, const numbers *shown) {
    for (size_t i = 0; i < shown->n; i++) {
        size_t at = place_of(shown->at[i].key);
        uint64_t v[TYPES];
        for (size_t p = 0; p < a->n_possible; p++)
            v[p] = counts[at][a->index[p]];
        add_row(a, v);
    }
}

/* How far, as denominators go: everyone, and those assessed, entered, finished. */
enum { REACHES = 4 };
static bool has_reached(const type *t, int reach) {
    static const bool reached[REACHES][STAGES] = {{true, true, true, true, true},
                                                  {false, true, true, false, true},
                                                  {false, false, true, true, true},
                                                  {false, false, false, true, true}};
    return reached[reach][t->stage];
}

/* Kinds of people: so many scores on each. The national rule knows those with two on both. */
enum { KINDS = 9 };
static unsigned kind_of(const type *t) {
    return scores(t, 0) * 3 + scores(t, 1);
}

static bool in_set(const type *t, int reach, unsigned kinds) {
    return has_reached(t, reach) && (kinds >> kind_of(t) & 1) != 0;
}

static bool follows(const attack *a, int reach, unsigned kinds) {
    uint64_t v[TYPES];
    for (size_t p = 0; p < a->n_possible; p++)
        v[p] = in_set(&a->possible[p], reach, kinds);
    return reduce(a, v) == a->n_possible;
}

/* How many sets of few people follow. */
static int try_sets(const attack *a, const type *people, int n, bool tell) {
    int leaks = 0;
    for (int reach = 0; reach < REACHES; reach++) {
        int64_t of[KINDS] = {0};
        bool possible[KINDS] = {false};
        for (int i = 0; i < n; i++)
            of[kind_of(&people[i])] += has_reached(&people[i], reach);
        for (size_t p = 0; p < a->n_possible; p++)
            possible[kind_of(&a->possible[p])] |= has_reached(&a->possible[p], reach);
        for (unsigned kinds = 1; kinds < 1u << KINDS; kinds++) {
            int64_t sum = 0;
            bool all_possible = true;
            for (unsigned k = 0; k < KINDS; k++) {
                sum += kinds >> k & 1 ? of[k] : 0;
                all_possible = all_possible && (possible[k] || (kinds >> k & 1) == 0);
            }
            if (!all_possible || sum < 1 || sum >= SMALLEST || !follows(a, reach, kinds))
                continue;
            leaks++;
            if (tell)
                print_message("%d people follow: reach %d, kinds %#x\n", (int)sum, reach, kinds);
        }
    }
    return leaks;
}

static void no_few_follow_from_what_is_shown(void **state) {
    (void)state;
    uint64_t random = 20240711;
    static attack a;
    static numbers shown;
    size_t n_shown = 0, n_hidden = 0;
    int leaks = 0, records = 0;
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
        int found = try_sets(&a, people, n, true);
        leaks += found;
        records += found > 0;
    }
    print_message("%d sets in %d of %d records; %zu numbers shown, %zu hidden\n", leaks, records, RECORDS, n_shown,
                  n_hidden);
    assert_int_equal(leaks, 0);
    assert_true(n_shown > 20 * RECORDS && n_hidden > 20 * RECORDS); /* both happen */
}

/* The attack finds what there is to find: of numbers of which nothing was hidden, few follow at once. */
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
        start(&a, people, n);
        show(&a, &shown);
        found += try_sets(&a, people, n, false);
    }
    assert_true(found > 0);
}

static int set_up(void **state) {
    (void)state;
    rp_error error = {0};
    common = rp_arena_new(0);
    instruments = rp_instruments_new(common, &error);
    if (instruments == NULL)
        return -1;
    learn();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rp_arena_free(common);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_few_follow_from_what_is_shown),
        cmocka_unit_test(unprotected_numbers_are_found_out),
    };
    return cmocka_run_group_tests_name("questions: outcome attacked", tests, set_up, tear_down);
}
