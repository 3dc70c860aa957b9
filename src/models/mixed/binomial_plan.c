/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In which order the random effects are eliminated, and which of them meet.
 *
 * A factor whose groups lie whole within groups of every other factor is eliminated first: no new pairs arise. So a
 * nested chain goes from the lowest up, at a cost that grows with the number of groups. Of the factors that are then
 * left, crossed ones, the largest goes next, and the rest is dense. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

enum { MOST_TAIL = 8000 }; /* a dense rest of 8,000 takes 1 GB with its inverse, and minutes */

typedef struct planned_factor {
    size_t factor, width, first; /* of the spec; effects of a group; its first local effect */
    size_t base, node_base;      /* where its first group stands among effects, and among groups */
    bool leading;
} planned_factor;

typedef struct planning {
    binomial_plan *plan;
    rp_arena *arena, *scratch;
    planned_factor *factors; /* in order of elimination */
    size_t n_factors, n_nodes, n_lead_nodes;
    RP_VEC(uint64_t) pairs;  /* of groups that meet: the lower's number, then the higher's */
    RP_VEC(uint32_t) higher; /* of each leading group, the groups that its column has, rising */
    size_t *higher_start;
} planning;

static uint32_t key_of(const planning *g, size_t factor, size_t cell) {
    return g->plan->cells->keys[factor][cell];
}

/* ---- order ------------------------------------------------------------------------------------------- */

static bool nested_in(const planning *g, const planned_factor *low, const planned_factor *high) {
    const binomial_cells *cells = g->plan->cells;
    uint32_t *parent = rp_arena_take(g->scratch, g->plan->spec->levels[low->factor], sizeof *parent);
    if (parent == NULL)
        return false;
    for (size_t i = 0; i < cells->n; i++) {
        uint32_t *at = &parent[key_of(g, low->factor, i)], up = key_of(g, high->factor, i) + 1;
        if (*at != 0 && *at != up)
            return false;
        *at = up;
    }
    return true;
}

static size_t size_of(const planning *g, size_t i) {
    return g->factors[i].width * g->plan->spec->levels[g->factors[i].factor];
}

/* The next to be eliminated of the factors from `done` on: one that lies within all others, the largest first. */
static bool find_lowest(const planning *g, size_t done, size_t *out) {
    bool found = false;
    for (size_t i = done; i < g->n_factors; i++) {
        bool low = true;
        for (size_t j = done; low && j < g->n_factors; j++)
            low = i == j || nested_in(g, &g->factors[i], &g->factors[j]);
        if (low && (!found || size_of(g, i) > size_of(g, *out))) {
            *out = i;
            found = true;
        }
    }
    return found;
}

static void order_factors(planning *g) {
    for (size_t done = 0; done < g->n_factors; done++) {
        size_t next = done;
        bool chain = find_lowest(g, done, &next);
        if (!chain)
            for (size_t i = done; i < g->n_factors; i++)
                if (size_of(g, i) > size_of(g, next))
                    next = i;
        planned_factor chosen = g->factors[next];
        g->factors[next] = g->factors[done];
        g->factors[done] = chosen;
        g->factors[done].leading = true;
        if (!chain)
            return;
    }
}

/* ---- local effects ----------------------------------------------------------------------------------- */

static const double *column_of(const binomial_plan *plan, size_t k) {
    return plan->cells->columns[k];
}

static bool lay_out_factors(planning *g) {
    const rp_mixed_spec *spec = g->plan->spec;
    g->factors = rp_arena_take(g->scratch, spec->n_factors, sizeof *g->factors);
    if (g->factors == NULL)
        return false;
    for (size_t f = 0; f < spec->n_factors; f++) {
        size_t width = 0;
        for (size_t t = 0; t < spec->n_terms; t++)
            width += spec->terms[t].factor == f ? spec->terms[t].n_columns : 0;
        if (width > 0)
            g->factors[g->n_factors++] = (planned_factor){.factor = f, .width = width};
    }
    order_factors(g);
    binomial_plan *plan = g->plan;
    for (size_t i = 0; i < g->n_factors; i++) {
        planned_factor *f = &g->factors[i];
        f->first = plan->q;
        f->base = plan->n_u;
        f->node_base = g->n_nodes;
        plan->q += f->width;
        plan->n_u += size_of(g, i);
        g->n_nodes += spec->levels[f->factor];
        if (f->leading) {
            g->n_lead_nodes = g->n_nodes;
            plan->h.lead = plan->n_u;
        }
    }
    plan->h.tail = plan->n_u - plan->h.lead;
    return true;
}

static bool lay_out_terms(planning *g) {
    binomial_plan *plan = g->plan;
    const rp_mixed_spec *spec = plan->spec;
    plan->n_theta = mixed_theta_count(spec);
    plan->z = rp_arena_take(g->arena, plan->q, sizeof *plan->z);
    plan->term_first = rp_arena_take(g->arena, spec->n_terms, sizeof *plan->term_first);
    plan->term_base = rp_arena_take(g->arena, spec->n_terms, sizeof *plan->term_base);
    plan->term_step = rp_arena_take(g->arena, spec->n_terms, sizeof *plan->term_step);
    plan->theta_row = rp_arena_take(g->arena, plan->n_theta, sizeof *plan->theta_row);
    plan->theta_column = rp_arena_take(g->arena, plan->n_theta, sizeof *plan->theta_column);
    if (plan->z == NULL || plan->term_first == NULL || plan->term_base == NULL || plan->term_step == NULL ||
        plan->theta_row == NULL || plan->theta_column == NULL)
        return false;
    for (size_t i = 0; i < g->n_factors; i++) {
        size_t at = 0;
        for (size_t t = 0; t < spec->n_terms; t++) {
            if (spec->terms[t].factor != g->factors[i].factor)
                continue;
            plan->term_first[t] = g->factors[i].first + at;
            plan->term_base[t] = g->factors[i].base + at;
            plan->term_step[t] = g->factors[i].width;
            for (size_t k = 0; k < spec->terms[t].n_columns; k++)
                plan->z[g->factors[i].first + at++] = column_of(plan, spec->terms[t].columns[k]);
        }
    }
    for (size_t t = 0, at = 0; t < spec->n_terms; t++)
        for (size_t b = 0; b < spec->terms[t].n_columns; b++)
            for (size_t a = b; a < spec->terms[t].n_columns; a++, at++) {
                plan->theta_row[at] = plan->term_first[t] + a;
                plan->theta_column[at] = plan->term_first[t] + b;
            }
    return true;
}

/* ---- runs -------------------------------------------------------------------------------------------- */

static bool same_groups(const planning *g, size_t a, size_t b) {
    for (size_t i = 0; i < g->n_factors; i++)
        if (key_of(g, g->factors[i].factor, a) != key_of(g, g->factors[i].factor, b))
            return false;
    return true;
}

static bool find_runs(planning *g) {
    binomial_plan *plan = g->plan;
    size_t n = plan->cells->n;
    for (size_t i = 0; i < n; i++)
        plan->n_runs += i == 0 || !same_groups(g, i - 1, i);
    plan->run = rp_arena_take(g->arena, plan->n_runs + 1, sizeof *plan->run);
    plan->place = rp_arena_take(g->arena, plan->n_runs * plan->q, sizeof *plan->place);
    plan->pair = rp_arena_take(g->arena, plan->n_runs * plan->q * (plan->q + 1) / 2, sizeof *plan->pair);
    if (plan->run == NULL || plan->place == NULL || plan->pair == NULL)
        return false;
    for (size_t i = 0, r = 0; i < n; i++) {
        if (i > 0 && same_groups(g, i - 1, i))
            continue;
        for (size_t k = 0, at = r * plan->q; k < g->n_factors; k++)
            for (size_t a = 0; a < g->factors[k].width; a++)
                plan->place[at++] =
                    (uint32_t)(g->factors[k].base + key_of(g, g->factors[k].factor, i) * g->factors[k].width + a);
        plan->run[r++] = i;
    }
    plan->run[plan->n_runs] = n;
    return true;
}

/* ---- pattern ----------------------------------------------------------------------------------------- */

static int rising_pairs(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static int rising_nodes(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Which leading groups meet which higher ones in a cell; a pair that repeats from run to run is taken once. */
static bool collect_pairs(planning *g) {
    for (size_t low = 0; low < g->n_factors && g->factors[low].leading; low++)
        for (size_t high = low + 1; high < g->n_factors; high++) {
            uint64_t before = UINT64_MAX;
            for (size_t r = 0; r < g->plan->n_runs; r++) {
                size_t cell = g->plan->run[r];
                uint64_t a = g->factors[low].node_base + key_of(g, g->factors[low].factor, cell);
                uint64_t b = g->factors[high].node_base + key_of(g, g->factors[high].factor, cell);
                uint64_t pair = a << 32 | b;
                if (pair == before)
                    continue;
                uint64_t *put = rp_vec_push(g->scratch, &g->pairs);
                if (put == NULL)
                    return false;
                *put = before = pair;
            }
        }
    if (g->pairs.n > 0)
        qsort(g->pairs.at, g->pairs.n, sizeof *g->pairs.at, rising_pairs);
    return true;
}

/* Adds to the list of group i, unless it has it already. */
static bool add_higher(planning *g, uint32_t *mark, size_t i, uint32_t node) {
    if (mark[node] == i + 1)
        return true;
    uint32_t *put = rp_vec_push(g->scratch, &g->higher);
    if (put == NULL)
        return false;
    *put = node;
    mark[node] = (uint32_t)i + 1;
    return true;
}

/* Each group's list: what it meets, and what those eliminated before it leave to it. Each list is handed on to its
 * first member. */
static bool fill_pattern(planning *g) {
    uint32_t *mark = rp_arena_take(g->scratch, g->n_nodes, sizeof *mark);
    uint32_t *last_child = rp_arena_take(g->scratch, g->n_nodes, sizeof *last_child); /* number + 1 */
    uint32_t *sibling = rp_arena_take(g->scratch, g->n_nodes, sizeof *sibling);
    g->higher_start = rp_arena_take(g->scratch, g->n_lead_nodes + 1, sizeof *g->higher_start);
    if (mark == NULL || last_child == NULL || sibling == NULL || g->higher_start == NULL)
        return false;
    size_t pair = 0;
    for (size_t i = 0; i < g->n_lead_nodes; i++) {
        size_t from = g->higher.n;
        g->higher_start[i] = from;
        for (; pair < g->pairs.n && g->pairs.at[pair] >> 32 == i; pair++)
            if (!add_higher(g, mark, i, (uint32_t)g->pairs.at[pair]))
                return false;
        for (uint32_t child = last_child[i]; child != 0; child = sibling[child - 1])
            for (size_t s = g->higher_start[child - 1]; s < g->higher_start[child]; s++)
                if (g->higher.at[s] != i && !add_higher(g, mark, i, g->higher.at[s]))
                    return false;
        if (g->higher.n == from)
            continue;
        qsort(g->higher.at + from, g->higher.n - from, sizeof *g->higher.at, rising_nodes);
        uint32_t first = g->higher.at[from];
        sibling[i] = last_child[first];
        last_child[first] = (uint32_t)i + 1;
    }
    g->higher_start[g->n_lead_nodes] = g->higher.n;
    return true;
}

static const planned_factor *factor_of_node(const planning *g, size_t node) {
    size_t k = 0;
    while (k + 1 < g->n_factors && node >= g->factors[k + 1].node_base)
        k++;
    return &g->factors[k];
}

static size_t width_of_list(const planning *g, size_t node) {
    size_t width = 0;
    for (size_t s = g->higher_start[node]; s < g->higher_start[node + 1]; s++)
        width += factor_of_node(g, g->higher.at[s])->width;
    return width;
}

static bool too_large(rp_error *error) {
    return rp_fail(error, RP_E_LIMIT, "The groups of the random effects are too many, or cross too much.") ||
           rp_fail_remedy(error, "Leave out a grouping factor, or use groups that lie within one another.");
}

/* From groups to single effects. */
static bool expand_pattern(planning *g, rp_error *error) {
    binomial_matrix *h = &g->plan->h;
    size_t below = 0;
    for (size_t node = 0; node < g->n_lead_nodes; node++) {
        size_t width = factor_of_node(g, node)->width;
        below += width * (width - 1) / 2 + width * width_of_list(g, node);
    }
    h->tail_at = h->lead + below;
    h->n_values = h->tail_at + h->tail * h->tail;
    if (h->n_values > UINT32_MAX)
        return too_large(error);
    h->start = rp_arena_take(g->arena, h->lead + 1, sizeof *h->start);
    h->row = rp_arena_take_unset(g->arena, below, sizeof *h->row);
    h->values = rp_arena_take(g->arena, h->n_values, sizeof *h->values);
    h->inverse = rp_arena_take(g->arena, h->n_values, sizeof *h->inverse);
    if (h->start == NULL || h->row == NULL || h->values == NULL || h->inverse == NULL)
        return rp_fail_memory(error);
    size_t at = 0, column = 0;
    for (size_t node = 0; node < g->n_lead_nodes; node++) {
        size_t width = factor_of_node(g, node)->width;
        for (size_t a = 0; a < width; a++, column++) {
            h->start[column] = at;
            for (size_t b = a + 1; b < width; b++)
                h->row[at++] = (uint32_t)(column - a + b);
            for (size_t s = g->higher_start[node]; s < g->higher_start[node + 1]; s++) {
                const planned_factor *f = factor_of_node(g, g->higher.at[s]);
                for (size_t b = 0; b < f->width; b++)
                    h->row[at++] = (uint32_t)(f->base + (g->higher.at[s] - f->node_base) * f->width + b);
            }
        }
    }
    h->start[column] = at;
    for (size_t r = 0; r < g->plan->n_runs; r++) {
        const uint32_t *place = g->plan->place + r * g->plan->q;
        uint32_t *pair = g->plan->pair + r * g->plan->q * (g->plan->q + 1) / 2;
        for (size_t a = 0; a < g->plan->q; a++)
            for (size_t b = 0; b <= a; b++)
                *pair++ = (uint32_t)binomial_matrix_place(h, place[a], place[b]);
    }
    return true;
}

/* ---- all --------------------------------------------------------------------------------------------- */

static bool take_scratch(binomial_plan *plan, int quadrature, rp_arena *arena) {
    size_t n = plan->cells->n, n_u = plan->n_u;
    double **vectors[] = {&plan->u, &plan->u_before, &plan->step, &plan->score, &plan->v};
    double **columns[] = {&plan->fixed, &plan->eta, &plan->e, &plan->w, &plan->dw, &plan->rest};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if ((*vectors[i] = rp_arena_take(arena, n_u, sizeof **vectors[i])) == NULL)
            return false;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if ((*columns[i] = rp_arena_take(arena, n, sizeof **columns[i])) == NULL)
            return false;
    plan->lambda = rp_arena_take(arena, plan->q * plan->q, sizeof *plan->lambda);
    plan->at = rp_arena_take(arena, plan->n_theta + plan->p, sizeof *plan->at);
    plan->nodes = rp_arena_take(arena, (size_t)quadrature, sizeof *plan->nodes);
    plan->log_weights = rp_arena_take(arena, (size_t)quadrature, sizeof *plan->log_weights);
    if (plan->lambda == NULL || plan->at == NULL || plan->nodes == NULL || plan->log_weights == NULL)
        return false;
    rp_gauss_hermite(quadrature, plan->nodes, plan->log_weights);
    for (int k = 0; k < quadrature; k++) {
        plan->log_weights[k] = log(plan->log_weights[k]) + plan->nodes[k] * plan->nodes[k];
        plan->nodes[k] *= sqrt(2);
    }
    plan->n_nodes = quadrature;
    size_t longest = BINOMIAL_BATCH; /* also the most runs that a batch has */
    for (size_t r = 0; r < plan->n_runs; r++)
        if (plan->run[r + 1] - plan->run[r] > longest)
            longest = plan->run[r + 1] - plan->run[r];
    plan->at_nodes = rp_arena_take(arena, (3 * (size_t)quadrature + 5) * longest, sizeof *plan->at_nodes);
    return plan->at_nodes != NULL;
}

static bool make_plan(planning *g, int quadrature, rp_error *error) {
    binomial_plan *plan = g->plan;
    const rp_mixed_spec *spec = plan->spec;
    plan->p = spec->n_fixed;
    plan->x = rp_arena_take(g->arena, plan->p, sizeof *plan->x);
    if (plan->x == NULL || !lay_out_factors(g))
        return rp_fail_memory(error);
    if (plan->q > RP_BINOMIAL_EFFECTS)
        return rp_fail(error, RP_E_LIMIT, "%zu random effects for each row are more than %d.", plan->q,
                       RP_BINOMIAL_EFFECTS);
    for (size_t c = 0; c < plan->p; c++)
        plan->x[c] = column_of(plan, spec->fixed[c]);
    if (plan->h.tail > MOST_TAIL || g->n_nodes >= UINT32_MAX || plan->n_u >= UINT32_MAX)
        return too_large(error);
    if (!lay_out_terms(g) || !find_runs(g) || !collect_pairs(g) || !fill_pattern(g))
        return rp_fail_memory(error);
    return expand_pattern(g, error) && (take_scratch(plan, quadrature, g->arena) || rp_fail_memory(error));
}

binomial_plan *binomial_plan_new(const rp_mixed_stats *stats, int quadrature, rp_arena *arena, rp_error *error) {
    assert(stats->binomial != NULL && quadrature >= 1);
    rp_arena *scratch = rp_arena_new(0);
    binomial_plan *plan = rp_arena_take(arena, 1, sizeof *plan);
    bool ok = false;
    if (scratch == NULL || plan == NULL) {
        rp_fail_memory(error);
    } else {
        plan->spec = stats->spec;
        plan->cells = stats->binomial;
        plan->tolerance = 2e-9;
        planning g = {.plan = plan, .arena = arena, .scratch = scratch};
        ok = make_plan(&g, quadrature, error);
    }
    rp_arena_free(scratch);
    return ok ? plan : NULL;
}
