/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is held_thing of the people compared: the columns of the model. Decided from what was recorded of people, never
 * from how they did.
 *
 * A category of PRACTITIONER_PEOPLE or more has a column, smaller ones have one together, and the largest is what the
 * others are held against. An age that is not recorded is a category too. A column that others make up is left out. */
#include "questions/practitioner/practitioner_parts.h"

#include <math.h>
#include <string.h>

enum { ARMS = RP_QUESTION_MOST_ARMS + 1, MOST_COLUMNS = 4 + ARMS + STEPS + RP_PROBLEM_GROUPS };
typedef enum held_thing { HELD_NOTHING, HELD_FIRST, HELD_ARM, HELD_STEP, HELD_PROBLEM, HELD_AGE, HELDS } held_thing;
typedef struct design_column {
    held_thing of;
    unsigned values; /* categories that are one in it, as bits; 0: it is a number */
    const char *name;
} design_column;
struct practitioner_design {
    const practitioner_work *work;
    double centre; /* of first scores */
    size_t n;
    design_column columns[MOST_COLUMNS];
};

/* Ages are told in decades about 40. */
static double decades(double age) {
    return isnan(age) ? 0 : (age - 40) / 10;
}

static unsigned category_of(const practitioner_fact *f, held_thing of) {
    switch (of) {
    case HELD_ARM:
        return f->arm;
    case HELD_STEP:
        return f->step;
    case HELD_PROBLEM:
        return f->problem;
    default:
        return isnan(f->age);
    }
}

size_t practitioner_columns(const practitioner_design *design) {
    return design->n;
}

const char *practitioner_column_name(const practitioner_design *design, size_t column) {
    return design->columns[column].name;
}

double practitioner_column_value(const practitioner_design *design, size_t column, const practitioner_fact *fact) {
    const design_column *c = &design->columns[column];
    if (c->values != 0)
        return (c->values >> category_of(fact, c->of) & 1) != 0 ? 1 : 0;
    return c->of == HELD_NOTHING ? 1 : c->of == HELD_FIRST ? fact->first - design->centre : decades(fact->age);
}

/* ---- which columns ----------------------------------------------------------------------------------------- */

static void add(practitioner_design *design, held_thing of, unsigned values, const char *name) {
    design->columns[design->n++] = (design_column){of, values, name};
}

static void add_categories(practitioner_design *design, held_thing of, size_t n, const char *name) {
    int64_t people[32] = {0};
    size_t largest = 0;
    unsigned small = 0;
    for (size_t i = 0; i < design->work->n; i++)
        if (practitioner_is_compared(&design->work->facts[i]))
            people[category_of(&design->work->facts[i], of)]++;
    for (size_t c = 1; c < n; c++)
        largest = people[c] > people[largest] ? c : largest;
    for (size_t c = 0; c < n; c++) {
        if (c == largest || people[c] == 0)
            continue;
        if (people[c] < PRACTITIONER_PEOPLE)
            small |= 1u << c;
        else
            add(design, of, 1u << c, name);
    }
    if (small != 0)
        add(design, of, small, name);
}

static void add_age(practitioner_design *design) {
    int64_t known = 0;
    for (size_t i = 0; i < design->work->n; i++)
        known += practitioner_is_compared(&design->work->facts[i]) && !isnan(design->work->facts[i].age);
    if (known >= PRACTITIONER_PEOPLE)
        add(design, HELD_AGE, 0, "age");
    add_categories(design, HELD_AGE, 2, "age not recorded");
}

static void find_centre(practitioner_design *design) {
    rp_moments first = {0};
    for (size_t i = 0; i < design->work->n; i++)
        if (practitioner_is_compared(&design->work->facts[i]))
            rp_moments_add(&first, design->work->facts[i].first);
    design->centre = first.n > 0 ? first.mean : 0;
}

/* ---- columns that others make up ------------------------------------------------------------------------------ */

typedef struct square {
    double at[MOST_COLUMNS][MOST_COLUMNS];
} square;

static void products(const practitioner_design *design, square *g) {
    double row[MOST_COLUMNS];
    memset(g, 0, sizeof *g);
    for (size_t i = 0; i < design->work->n; i++) {
        const practitioner_fact *f = &design->work->facts[i];
        if (!practitioner_is_compared(f))
            continue;
        for (size_t c = 0; c < design->n; c++)
            row[c] = practitioner_column_value(design, c, f);
        for (size_t c = 0; c < design->n; c++)
            for (size_t d = 0; d <= c; d++)
                g->at[c][d] += row[c] * row[d];
    }
}

/* Cholesky, column after column: one of which nothing is left beside those before it goes. */
static void leave_out_made_up(practitioner_design *design, square *g) {
    static const double NOTHING = 1e-9;
    size_t kept = 0, of[MOST_COLUMNS];
    square root;
    for (size_t c = 0; c < design->n; c++) {
        double left = g->at[c][c];
        for (size_t k = 0; k < kept; k++) {
            double product = g->at[c][of[k]];
            for (size_t j = 0; j < k; j++)
                product -= root.at[kept][j] * root.at[k][j];
            root.at[kept][k] = product / root.at[k][k];
            left -= root.at[kept][k] * root.at[kept][k];
        }
        if (!(left > NOTHING * g->at[c][c]))
            continue;
        root.at[kept][kept] = sqrt(left);
        design->columns[kept] = design->columns[c];
        of[kept++] = c;
    }
    design->n = kept;
}

practitioner_design *practitioner_design_of(const practitioner_work *work, rp_arena *arena) {
    practitioner_design *design = rp_arena_take(arena, 1, sizeof *design);
    square *g = rp_arena_take(arena, 1, sizeof *g);
    if (design == NULL || g == NULL)
        return NULL;
    design->work = work;
    find_centre(design);
    add(design, HELD_NOTHING, 0, "(Intercept)");
    add(design, HELD_FIRST, 0, "first score");
    add_categories(design, HELD_ARM, ARMS, "arm");
    add_categories(design, HELD_STEP, STEPS, "step");
    add_categories(design, HELD_PROBLEM, RP_PROBLEM_GROUPS, "problem");
    add_age(design);
    products(design, g);
    leave_out_made_up(design, g);
    return design;
}

/* "their first score, the steps of their sessions and their age". */
const char *practitioner_held(const practitioner_design *design, rp_answer *answer) {
    static const char *const words[HELDS] = {
        [HELD_FIRST] = "first score",
        [HELD_ARM] = "arm",
        [HELD_STEP] = "steps of their sessions",
        [HELD_PROBLEM] = "group of the problem",
        [HELD_AGE] = "age",
    };
    bool is[HELDS] = {false};
    size_t n = 0, said = 0;
    for (size_t c = 0; c < design->n; c++)
        is[design->columns[c].of] = true;
    for (size_t h = HELD_FIRST; h < HELDS; h++)
        n += is[h];
    const char *all = "";
    for (size_t h = HELD_FIRST; h < HELDS; h++)
        if (is[h]) {
            const char *joint = said == 0 ? "" : said + 1 == n ? " and " : ", ";
            all = rp_answer_text(answer, "%s%s%s", all, joint, words[h]);
            said++;
        }
    return n > 0 ? all : "nothing";
}
