/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protection of small numbers: which candidates are shown, in the order of the answer, and the wiping of the others.
 * The contract, with the method and what it does not do, stands in rapport/answer.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/protect.h"

typedef struct job {
    rp_answer *answer;
    rp_arena *arena; /* own, freed at the end */
    int smallest;
    RP_VEC(rp_space *) spaces;
    rp_binned *binned; /* one a chart of change, in order */
    size_t n_binned;
    bool no_memory;
} job;

enum { BEHIND = sizeof((rp_statement){0}.behind) / sizeof(rp_count), UNIT_COUNTS = 2 + BEHIND };

/* Counts that are shown together or not at all: a statement's two and the two behind it, a point's four. */
typedef struct unit {
    const rp_count *counts[UNIT_COUNTS];
    size_t n;
} unit;

static bool is_of_people(const rp_count *count) {
    return count->universe && count->n >= 0;
}

static rp_space *space_of(job *j, const rp_universe *universe) {
    for (size_t i = 0; i < j->spaces.n; i++)
        if (j->spaces.at[i]->universe == universe)
            return j->spaces.at[i];
    return NULL;
}

/* ---- few ---------------------------------------------------------------------------------------- */

static int64_t people_of(const rp_count *count) {
    int64_t people = 0;
    for (size_t g = rp_count_next(count, 0); g < count->universe->n_groups; g = rp_count_next(count, g + 1))
        people += count->universe->people[g];
    return people;
}

/* The number told and the people that stand behind it should agree; where they do not, the smaller decides. */
static bool is_few(const job *j, const rp_count *count) {
    return is_of_people(count) && (count->n < j->smallest || people_of(count) < j->smallest);
}

/* The whole without the part: false where there is no group in it, or the part is no part. In arena of the job. */
static bool rest_of(job *j, const rp_count *part, const rp_count *whole, rp_count *out) {
    if (!is_of_people(part) || !is_of_people(whole) || part->universe != whole->universe || !part->groups ||
        !whole->groups)
        return false;
    size_t words = whole->universe->n_groups / 64 + 1;
    uint64_t *groups = rp_arena_take(j->arena, words, sizeof *groups);
    if (!groups) {
        j->no_memory = true;
        return false;
    }
    bool any = false;
    for (size_t w = 0; w < words; w++) {
        if (part->groups[w] & ~whole->groups[w])
            return false;
        groups[w] = whole->groups[w] & ~part->groups[w];
        any = any || groups[w];
    }
    *out = (rp_count){.universe = whole->universe, .groups = groups};
    out->n = people_of(out);
    return any;
}

/* A part that is all of its whole tells of nobody: "100 of 100 were measured" is shown. */
static bool rest_is_few(job *j, const rp_count *part, const rp_count *whole) {
    rp_count rest;
    return rest_of(j, part, whole, &rest) && rest.n > 0 && is_few(j, &rest);
}

/* ---- the candidates of an answer ------------------------------------------------------------------ */

/* What is done with each count, and with each pair of part and whole (whole NULL: a count that is no part). */
typedef void visit(job *j, const rp_count *count, const rp_count *whole);

static void visit_point(job *j, const rp_chart_point *p, visit *each) {
    each(j, &p->count, NULL);
    each(j, &p->of_y, &p->count);
    each(j, &p->of_lower, &p->count);
    each(j, &p->of_upper, &p->count);
}

static void visit_all(job *j, visit *each) {
    rp_answer *a = j->answer;
    for (size_t i = 0; i < a->n_told; i++)
        each(j, &a->told[i], NULL);
    for (size_t i = 0; i < a->n_statements; i++) {
        each(j, &a->statements[i]->denominator, NULL);
        each(j, &a->statements[i]->numerator, &a->statements[i]->denominator);
        for (size_t b = 0; b < BEHIND; b++)
            each(j, &a->statements[i]->behind[b], NULL);
    }
    for (size_t t = 0; t < a->n_tables; t++)
        for (size_t i = 0; i < a->tables[t]->n_rows * a->tables[t]->n_columns; i++) {
            each(j, &a->tables[t]->values[i].of, NULL);
            each(j, &a->tables[t]->values[i].count, &a->tables[t]->values[i].of);
        }
    for (size_t c = 0; c < a->n_charts; c++) {
        for (size_t i = 0; i < a->charts[c]->n_lines; i++)
            each(j, &a->charts[c]->lines[i].count, NULL);
        for (size_t s = 0; !rp_chart_is_of_persons(a->charts[c]) && s < a->charts[c]->n_series; s++)
            for (size_t i = 0; i < a->charts[c]->series[s].n; i++)
                visit_point(j, &a->charts[c]->series[s].points[i], each);
    }
}

static rp_space *space_for(job *j, const rp_universe *universe) {
    rp_space *space = space_of(j, universe);
    if (space)
        return space;
    space = rp_space_new(j->arena, universe);
    rp_space **slot = space ? rp_vec_push(j->arena, &j->spaces) : NULL;
    if (!slot) {
        j->no_memory = true;
        return NULL;
    }
    return *slot = space;
}

static void tell_apart(job *j, const rp_count *count, const rp_count *whole) {
    (void)whole;
    rp_space *space = is_of_people(count) ? space_for(j, count->universe) : NULL;
    if (space)
        rp_space_tell_apart(space, count);
}

static void prepare(job *j) {
    const rp_answer *a = j->answer;
    visit_all(j, tell_apart);
    j->binned = rp_arena_take(j->arena, a->n_charts, sizeof *j->binned);
    j->no_memory |= !j->binned;
    for (size_t c = 0; c < a->n_charts && !j->no_memory; c++) {
        if (!rp_chart_is_of_persons(a->charts[c]))
            continue;
        rp_binned *binned = &j->binned[j->n_binned];
        j->no_memory |= !rp_bins_sort(binned, a->charts[c], j->arena);
        if (j->no_memory)
            return;
        binned->space = binned->universe ? space_for(j, binned->universe) : NULL;
        j->n_binned++;
    }
    for (size_t i = 0; i < j->spaces.n && !j->no_memory; i++)
        j->no_memory |= !rp_space_build(j->spaces.at[i], j->smallest);
}

/* ---- showing and hiding --------------------------------------------------------------------------- */

static void unit_add(unit *u, const rp_count *count) {
    if (is_of_people(count))
        u->counts[u->n++] = count;
}

/* Shows all counts of the unit, or none: false where one is few or would let something be worked out. */
static bool show(job *j, const unit *u) {
    rp_space *added[UNIT_COUNTS];
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; i < u->n && ok; i++)
        ok = !is_few(j, u->counts[i]);
    for (size_t i = 0; i < u->n && ok; i++) {
        rp_space *space = space_of(j, u->counts[i]->universe);
        rp_span_result result = rp_space_add(space, u->counts[i]);
        ok = result != RP_SPAN_REFUSED;
        if (result == RP_SPAN_ADDED)
            added[n++] = space;
    }
    while (!ok && n > 0)
        rp_space_undo(added[--n]);
    return ok;
}

static void hide_statement(job *j, rp_statement *s) {
    s->suppressed = true;
    s->estimate = s->lower = s->upper = NAN;
    s->numerator = s->denominator = s->behind[0] = s->behind[1] = rp_count_none();
    s->method = NULL; /* it may hold figures of the people hidden */
    s->text = rp_answer_text(j->answer, "%s: hidden. It counts, or would let be worked out, fewer than %d people.",
                             s->label ? s->label : s->id, j->smallest);
    j->answer->n_suppressed++;
}

static void hide_value(job *j, rp_value *v) {
    v->suppressed = true;
    v->text = NULL;
    v->num = NAN;
    v->count = v->of = rp_count_none();
    j->answer->n_suppressed++;
}

static void hide_point(job *j, rp_chart_kind kind, rp_chart_point *p) {
    p->suppressed = true;
    if (kind == RP_CHART_FUNNEL)
        p->x = NAN;
    p->y = p->lower = p->upper = NAN;
    p->count = p->of_y = p->of_lower = p->of_upper = rp_count_none();
    j->answer->n_suppressed++;
}

/* Statements are marked here and wiped at the end: points of charts are compared with those that are hidden. */
static void take_statements(job *j) {
    for (size_t i = 0; i < j->answer->n_statements; i++) {
        rp_statement *s = j->answer->statements[i];
        unit u = {.n = 0};
        unit_add(&u, &s->denominator);
        unit_add(&u, &s->numerator);
        for (size_t b = 0; b < BEHIND; b++)
            unit_add(&u, &s->behind[b]);
        s->suppressed = rest_is_few(j, &s->numerator, &s->denominator) || !show(j, &u);
    }
}

/* ---- tables --------------------------------------------------------------------------------------- */

static bool is_ratio(double value, double part, double whole) {
    double share = part / whole;
    const double same[] = {share, 1 - share, 100 * share, 100 * (1 - share)};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (fabs(value - same[i]) <= 1e-9 * fmax(1, fabs(value)))
            return true;
    return false;
}

/* A number that is the ratio of two counts of its row gives away the one that is hidden. rp_value_share is protected by
 * what it says; this is for shares that were given as plain numbers. */
static bool gives_away(const rp_value *row, size_t n_columns, const rp_value *number) {
    for (size_t a = 0; a < n_columns; a++)
        for (size_t b = 0; b < n_columns; b++) {
            const rp_count *part = &row[a].count, *whole = &row[b].count;
            if (!row[a].suppressed && !row[b].suppressed)
                continue;
            if (!is_of_people(part) || part->universe != whole->universe || part->n > whole->n || whole->n <= 0)
                continue;
            bool counts = row[a].kind == RP_VALUE_COUNT || row[b].kind == RP_VALUE_COUNT;
            if (counts && a != b && is_ratio(number->num, (double)part->n, (double)whole->n))
                return true;
        }
    return false;
}

static void take_row(job *j, rp_value *row, size_t n_columns) {
    for (size_t i = 0; i < n_columns; i++) {
        rp_value *v = &row[i];
        unit u = {.n = 0};
        unit_add(&u, &v->of);
        unit_add(&u, &v->count);
        v->suppressed = rest_is_few(j, &v->count, &v->of) || !show(j, &u);
    }
    for (size_t i = 0; i < n_columns; i++)
        if (row[i].kind == RP_VALUE_NUM && !row[i].suppressed && gives_away(row, n_columns, &row[i]))
            row[i].suppressed = true;
    for (size_t i = 0; i < n_columns; i++)
        if (row[i].suppressed)
            hide_value(j, &row[i]);
}

static void take_tables(job *j) {
    for (size_t t = 0; t < j->answer->n_tables; t++) {
        rp_answer_table *table = j->answer->tables[t];
        for (size_t r = 0; r < table->n_rows; r++)
            take_row(j, table->values + r * table->n_columns, table->n_columns);
    }
}

/* ---- charts --------------------------------------------------------------------------------------- */

static bool few_but_some(const job *j, double people) {
    return people > 0.5 && people < j->smallest - 0.5;
}

/* A point of rates that does not say whom its shares count: the people are worked out from the numbers. */
static bool shares_reveal(const job *j, const rp_chart_point *p) {
    double n = (double)p->count.n, shares[] = {p->y, p->lower, p->upper};
    for (size_t a = 0; a < 3; a++) {
        if (!isfinite(shares[a]))
            continue;
        double people = shares[a] * n;
        if (people < j->smallest - 0.5 || n - people < j->smallest - 0.5)
            return true;
        for (size_t b = 0; b < 3; b++)
            if (isfinite(shares[b]) && few_but_some(j, fabs(people - shares[b] * n)))
                return true;
        for (size_t i = 0; i < j->answer->n_statements; i++) {
            const rp_statement *s = j->answer->statements[i];
            if (s->suppressed && s->denominator.universe == p->count.universe && s->denominator.n == p->count.n &&
                fabs((double)s->numerator.n - people) < 1e-6)
                return true;
        }
    }
    return false;
}

static bool show_point(job *j, rp_chart_kind kind, const rp_chart_point *p) {
    unit u = {.n = 0};
    unit_add(&u, &p->count);
    unit_add(&u, &p->of_y);
    unit_add(&u, &p->of_lower);
    unit_add(&u, &p->of_upper);
    bool told = is_of_people(&p->of_y) || is_of_people(&p->of_lower) || is_of_people(&p->of_upper);
    if (kind == RP_CHART_RATES && is_of_people(&p->count) && !told && shares_reveal(j, p))
        return false;
    return !rest_is_few(j, &p->of_y, &p->count) && !rest_is_few(j, &p->of_lower, &p->count) &&
           !rest_is_few(j, &p->of_upper, &p->count) && show(j, &u);
}

static int by_falling_size(const void *a, const void *b) {
    const rp_bin *const *x = a, *const *y = b;
    if ((*x)->people != (*y)->people)
        return (*x)->people > (*y)->people ? -1 : 1;
    return *x < *y ? -1 : *x > *y; /* both lie in one array */
}

/* The number of people in a chart is what its reader looks for first: where it is a number of whole classes, it is told
 * before any bin, so that bins may add up to it. */
static void tell_total(job *j, const rp_binned *binned) {
    rp_space *space = binned->space;
    if (!space || space->too_large || binned->people < j->smallest)
        return;
    memset(space->vector, 0, rp_space_length(space));
    for (size_t i = 0; i < binned->n_points; i++)
        if (binned->points[i].group != RP_NO_GROUP && space->class_of[binned->points[i].group] != RP_SPAN_NOWHERE)
            space->vector[space->class_of[binned->points[i].group]] = 1;
    int64_t people = 0;
    for (size_t c = 0; c < space->n_classes; c++)
        people += space->vector[c] ? space->people[c] : 0;
    if (people == binned->people)
        rp_space_add_vector(space);
}

/* Bins are shown largest first, so that those refused are small. */
static void choose_bins(job *j, const rp_binned *binned, rp_cut *cut, rp_bin **order) {
    int64_t shown = 0;
    if (binned->people >= j->smallest)
        rp_cut_show_bin(cut, RP_ALL_BINS);
    for (size_t b = 0; b < binned->n_bins; b++) {
        rp_bin *bin = order[b];
        bin->shown = bin->people >= j->smallest && rp_cut_show_bin(cut, (size_t)(bin - binned->bins));
        shown += bin->shown ? bin->people : 0;
    }
    for (size_t b = binned->n_bins; b-- > 0 && shown < binned->people && binned->people - shown < j->smallest;)
        if (order[b]->shown) {
            order[b]->shown = false;
            shown -= order[b]->people;
        }
}

static bool is_watched(const job *j, const rp_binned *binned) {
    for (size_t i = 0; i < j->n_binned; i++)
        if (&j->binned[i] != binned && j->binned[i].space && j->binned[i].space == binned->space)
            return true;
    return false;
}

static void take_bins(job *j, const rp_binned *binned) {
    rp_cut cut;
    rp_arena *arena = rp_arena_new(0); /* of this chart alone: the vectors are long */
    rp_bin **order = arena ? rp_arena_take(arena, binned->n_bins, sizeof *order) : NULL;
    if (!order || !rp_cut_start(&cut, arena, binned, is_watched(j, binned), j->smallest)) {
        j->no_memory = true;
        rp_arena_free(arena);
        return;
    }
    for (size_t b = 0; b < binned->n_bins; b++)
        order[b] = &binned->bins[b];
    qsort(order, binned->n_bins, sizeof *order, by_falling_size);
    choose_bins(j, binned, &cut, order);
    j->no_memory |= cut.span.no_memory;
    rp_arena_free(arena);
    size_t dropped = rp_bins_replace(binned);
    binned->chart->n_taken_out += dropped;
    j->answer->n_suppressed += dropped;
}

/* Where only the range would give somebody away, the share that is known stays. */
static bool show_without_range(job *j, rp_chart_kind kind, rp_chart_point *p) {
    rp_chart_point bare = *p;
    bare.of_lower = bare.of_upper = rp_count_none();
    bare.lower = bare.upper = NAN;
    bare.range_hidden = true;
    if (kind != RP_CHART_RATES || !is_of_people(&p->of_y) || !show_point(j, kind, &bare))
        return false;
    *p = bare;
    j->answer->n_suppressed++;
    return true;
}

static void take_lines(job *j, rp_chart *chart) {
    size_t kept = 0;
    for (size_t i = 0; i < chart->n_lines; i++) {
        unit u = {.n = 0};
        unit_add(&u, &chart->lines[i].count);
        if (show(j, &u))
            chart->lines[kept++] = chart->lines[i];
    }
    chart->n_taken_out = chart->n_lines - kept;
    j->answer->n_suppressed += chart->n_taken_out;
    chart->n_lines = kept;
}

static void take_points(job *j) {
    for (size_t c = 0; c < j->answer->n_charts; c++) {
        rp_chart *chart = j->answer->charts[c];
        take_lines(j, chart);
        for (size_t s = 0; !rp_chart_is_of_persons(chart) && s < chart->n_series; s++)
            for (size_t i = 0; i < chart->series[s].n; i++)
                if (!show_point(j, chart->kind, &chart->series[s].points[i]) &&
                    !show_without_range(j, chart->kind, &chart->series[s].points[i]))
                    hide_point(j, chart->kind, &chart->series[s].points[i]);
    }
}

/* Charts of single people come last: what all other counts show is known by then. */
static void take_all(job *j) {
    for (size_t i = 0; i < j->answer->n_told; i++) {
        unit u = {.n = 0};
        unit_add(&u, &j->answer->told[i]);
        show(j, &u);
    }
    take_statements(j);
    take_tables(j);
    take_points(j);
    for (size_t i = 0; i < j->n_binned; i++)
        tell_total(j, &j->binned[i]);
    for (size_t i = 0; i < j->n_binned; i++)
        take_bins(j, &j->binned[i]);
    for (size_t i = 0; i < j->answer->n_statements; i++)
        if (j->answer->statements[i]->suppressed)
            hide_statement(j, j->answer->statements[i]);
}

bool rp_answer_protect(rp_answer *answer, int smallest) {
    if (answer->failed)
        return false;
    if (smallest <= 0)
        return true;
    job j = {.answer = answer, .smallest = smallest, .arena = rp_arena_new(0)};
    if (!j.arena)
        return false;
    answer->protected_below = smallest;
    prepare(&j);
    if (!j.no_memory)
        take_all(&j);
    bool ok = !j.no_memory && !answer->failed;
    for (size_t i = 0; i < j.spaces.n; i++)
        ok = ok && !j.spaces.at[i]->span.no_memory;
    rp_arena_free(j.arena);
    return ok;
}
