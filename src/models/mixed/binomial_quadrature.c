/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adaptive Gauss-Hermite quadrature over one scalar random effect. About each group's mode, with s = H^-1/2 and the
 * nodes u_k = u + c_k s, c_k = sqrt(2) z_k:
 *   L_g = log sum_k w_k exp(z_k^2 + h(u_k)) - log(pi H) / 2 ... (of sqrt(2) s / sqrt(2 pi)), h(u) = l(u) - u^2 / 2.
 * The nodes move with the parameters, through u and H, and the gradient follows them: with p_k the nodes' shares,
 * A = sum p_k h'(u_k), B = 1 + s sum p_k c_k h'(u_k),
 *   dL_g = sum p_k dh(u_k) + A du - B dlog(H) / 2.
 * With one node A = 0 and B = 1: Laplace. */
#include <assert.h>
#include <math.h>

#include "models/mixed/binomial_parts.h"

/* What the nodes of one group give. */
typedef struct group_nodes {
    double log_lik, a, b, theta; /* theta: sum_k p_k u_k sum z e(u_k) */
} group_nodes;

static double z_at(const double *z, size_t i) {
    return z != NULL ? z[i] : 1;
}

/* A batch: runs, one a group, whose cells are looked at together at each node. */
typedef struct batch {
    size_t first, end, from, n;          /* runs; cells */
    double *eta, *w, *part, *factor, *e; /* e: of each node, n cells each */
    double *s, *h, *ze;                  /* of each run: H^-1/2; of each run and node: h(u_k), sum z e(u_k) */
} batch;

/* As many runs as there is room for, but one at least. */
static batch next_batch(const binomial_plan *plan, size_t first) {
    batch b = {.first = first, .end = first, .from = plan->run[first]};
    do {
        b.end++;
        b.n = plan->run[b.end] - b.from;
    } while (b.end < plan->n_runs && plan->run[b.end + 1] - b.from <= BINOMIAL_BATCH);
    size_t runs = b.end - b.first, nodes = (size_t)plan->n_nodes;
    b.eta = plan->at_nodes;
    b.w = b.eta + b.n;
    b.part = b.w + b.n;
    b.factor = b.part + b.n;
    b.e = b.factor + b.n;
    b.s = b.e + nodes * b.n;
    b.h = b.s + runs;
    b.ze = b.h + nodes * runs;
    for (size_t r = 0; r < runs; r++)
        b.s[r] = 1 / plan->h.values[plan->place[first + r]]; /* the root of H, which is factored */
    return b;
}

static void visit_nodes(binomial_plan *plan, const batch *b, double theta) {
    const binomial_cells *c = plan->cells;
    const double *z = plan->z[0];
    for (size_t k = 0; k < (size_t)plan->n_nodes; k++) {
        double *e = b->e + k * b->n;
        for (size_t r = b->first; r < b->end; r++) {
            double bk = theta * (plan->u[plan->place[r]] + plan->nodes[k] * b->s[r - b->first]);
            for (size_t i = plan->run[r]; i < plan->run[r + 1]; i++)
                b->eta[i - b->from] = plan->fixed[i] + bk * z_at(z, i);
        }
        binomial_link_cells(plan->spec->family, b->n, b->eta, c->y + b->from, c->trials + b->from, e, b->w, b->part,
                            b->factor);
        for (size_t r = b->first; r < b->end; r++) {
            size_t at = plan->run[r] - b->from, n = plan->run[r + 1] - plan->run[r];
            size_t place = (r - b->first) * (size_t)plan->n_nodes + k;
            double uk = plan->u[plan->place[r]] + plan->nodes[k] * b->s[r - b->first], sum = 0;
            b->h[place] = binomial_link_sum(n, b->part + at, b->factor + at) - 0.5 * uk * uk;
            for (size_t i = 0; i < n; i++)
                sum += z_at(z, b->from + at + i) * e[at + i];
            b->ze[place] = sum;
        }
    }
}

/* The nodes' shares into h, and the sums over them. */
static group_nodes sum_nodes(const binomial_plan *plan, size_t r, double theta, double s, double *h, const double *ze) {
    double u = plan->u[plan->place[r]], most = -INFINITY, all = 0;
    for (int k = 0; k < plan->n_nodes; k++)
        most = fmax(most, h[k] += plan->log_weights[k]);
    for (int k = 0; k < plan->n_nodes; k++)
        all += h[k] = exp(h[k] - most);
    group_nodes out = {.log_lik = most + log(all) + log(s) - 0.57236494292470008707, .b = 1}; /* log(pi) / 2 */
    for (int k = 0; k < plan->n_nodes; k++) {
        double uk = u + plan->nodes[k] * s, slope = theta * ze[k] - uk;
        h[k] /= all;
        out.a += h[k] * slope;
        out.b += s * h[k] * plan->nodes[k] * slope;
        out.theta += h[k] * uk * ze[k];
    }
    return out;
}

/* r of the group's cells, of which X'r is the gradient of beta, into `rest`; returns the gradient of theta. */
static double group_gradient(binomial_plan *plan, const batch *all, size_t r, double theta, const double *share,
                             const group_nodes *g) {
    size_t from = plan->run[r], n = plan->run[r + 1] - from;
    const double *z = plan->z[0] != NULL ? plan->z[0] + from : NULL;
    const double *e = plan->e + from, *w = plan->w + from, *dw = plan->dw + from;
    double ze = 0, zzw = 0, zzzdw = 0, u = plan->u[plan->place[r]];
    double root = plan->h.values[plan->place[r]], H = root * root;
    for (size_t i = 0; i < n; i++) {
        double zi = z_at(z, i);
        ze += zi * e[i];
        zzw += zi * zi * w[i];
        zzzdw += zi * zi * zi * dw[i];
    }
    double t2 = theta * theta, Q = t2 * theta * zzzdw, mode = g->a - g->b * Q / (2 * H);
    for (size_t i = 0; i < n; i++) {
        double zi = z_at(z, i);
        plan->rest[from + i] = -g->b * t2 * zi * zi * dw[i] / (2 * H) - theta * zi * w[i] * mode / H;
    }
    const double *at_node = all->e + (from - all->from);
    for (int k = 0; k < plan->n_nodes; k++, at_node += all->n)
        for (size_t i = 0; i < n; i++)
            plan->rest[from + i] += share[k] * at_node[i];
    double moves = (ze - theta * u * zzw) / H; /* du / dtheta */
    return g->theta + mode * moves - g->b * (2 * theta * zzw + t2 * u * zzzdw) / (2 * H);
}

double binomial_quadrature(binomial_plan *plan, double theta, double *gradient) {
    assert(plan->q == 1 && plan->h.tail == 0);
    const binomial_cells *c = plan->cells;
    rp_sum log_lik = {0}, slope = {0};
    if (gradient != NULL)
        binomial_link_third(plan->spec->family, c->n, plan->eta, c->y, c->trials, plan->e, plan->w, plan->dw);
    for (size_t first = 0; first < plan->n_runs;) {
        batch b = next_batch(plan, first);
        visit_nodes(plan, &b, theta);
        for (size_t r = first; r < b.end; r++) {
            size_t at = (r - first) * (size_t)plan->n_nodes;
            group_nodes g = sum_nodes(plan, r, theta, b.s[r - first], b.h + at, b.ze + at);
            rp_sum_add(&log_lik, g.log_lik);
            if (gradient != NULL)
                rp_sum_add(&slope, group_gradient(plan, &b, r, theta, b.h + at, &g));
        }
        first = b.end;
    }
    if (gradient != NULL) {
        gradient[0] = rp_sum_value(&slope);
        for (size_t j = 0; j < plan->p; j++)
            gradient[1 + j] = binomial_column_sum(plan->x[j], plan->rest, c->n);
    }
    return rp_sum_value(&log_lik);
}
