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

/* The group's cells at each node: e(u_k) stays in at_nodes, h(u_k) and sum z e(u_k) come back. */
static void visit_nodes(binomial_plan *plan, size_t r, double theta, double s, double *h, double *ze) {
    const binomial_cells *c = plan->cells;
    size_t from = plan->run[r], n = plan->run[r + 1] - from;
    const double *z = plan->z[0] != NULL ? plan->z[0] + from : NULL;
    double u = plan->u[plan->place[r]], *eta = plan->at_nodes, *w = eta + n, *e = w + n;
    for (int k = 0; k < plan->n_nodes; k++, e += n) {
        double uk = u + plan->nodes[k] * s;
        for (size_t i = 0; i < n; i++)
            eta[i] = plan->fixed[from + i] + theta * uk * z_at(z, i);
        h[k] = binomial_link(plan->spec->family, n, eta, c->y + from, c->trials + from, e, w) - 0.5 * uk * uk;
        ze[k] = 0;
        for (size_t i = 0; i < n; i++)
            ze[k] += z_at(z, i) * e[i];
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
static double group_gradient(binomial_plan *plan, size_t r, double theta, double H, const double *share,
                             const group_nodes *g) {
    size_t from = plan->run[r], n = plan->run[r + 1] - from;
    const double *z = plan->z[0] != NULL ? plan->z[0] + from : NULL;
    const double *e = plan->e + from, *w = plan->w + from, *dw = plan->dw + from;
    double ze = 0, zzw = 0, zzdw = 0, zzzdw = 0, u = plan->u[plan->place[r]];
    for (size_t i = 0; i < n; i++) {
        double zi = z_at(z, i);
        ze += zi * e[i];
        zzw += zi * zi * w[i];
        zzdw += zi * zi * dw[i];
        zzzdw += zi * zi * zi * dw[i];
    }
    double t2 = theta * theta, Q = t2 * theta * zzzdw, mode = g->a - g->b * Q / (2 * H);
    for (size_t i = 0; i < n; i++) {
        double zi = z_at(z, i);
        plan->rest[from + i] = -g->b * t2 * zi * zi * dw[i] / (2 * H) - theta * zi * w[i] * mode / H;
    }
    const double *at_node = plan->at_nodes + 2 * n;
    for (int k = 0; k < plan->n_nodes; k++, at_node += n)
        for (size_t i = 0; i < n; i++)
            plan->rest[from + i] += share[k] * at_node[i];
    double moves = (ze - theta * u * zzw) / H; /* du / dtheta */
    return g->theta + mode * moves - g->b * (2 * theta * zzw + t2 * u * zzzdw) / (2 * H);
}

double binomial_quadrature(binomial_plan *plan, double theta, double *gradient) {
    assert(plan->q == 1 && plan->h.tail == 0);
    const binomial_cells *c = plan->cells;
    double h[RP_HERMITE_MOST], ze[RP_HERMITE_MOST];
    rp_sum log_lik = {0}, slope = {0};
    if (gradient != NULL)
        binomial_link_third(plan->spec->family, c->n, plan->eta, c->y, c->trials, plan->e, plan->w, plan->dw);
    for (size_t r = 0; r < plan->n_runs; r++) {
        double root = plan->h.values[plan->place[r]], s = 1 / root; /* of H, which is factored */
        visit_nodes(plan, r, theta, s, h, ze);
        group_nodes g = sum_nodes(plan, r, theta, s, h, ze);
        rp_sum_add(&log_lik, g.log_lik);
        if (gradient != NULL)
            rp_sum_add(&slope, group_gradient(plan, r, theta, root * root, h, &g));
    }
    if (gradient != NULL) {
        gradient[0] = rp_sum_value(&slope);
        for (size_t j = 0; j < plan->p; j++)
            gradient[1 + j] = binomial_column_sum(plan->x[j], plan->rest, c->n);
    }
    return rp_sum_value(&log_lik);
}
