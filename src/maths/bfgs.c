/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BFGS with a line search by function values: a gradient of ours costs several values, and is made only at points that
 * are kept. Nocedal & Wright (2006), Numerical Optimization, algorithm 6.1, with the first matrix scaled by (6.20). */
#include <math.h>
#include <string.h>

#include "rapport/maths.h"

/* Armijo's share of the slope; Wolfe's share of it; where values are the same but for rounding, relative to |f|. */
static const double ARMIJO = 1e-4, WOLFE = 0.9, ROUNDING = 1e-12;
static const double FIRST_STEP = 0.1, SHORTEST = 1e-12; /* of a step beside x, and of a shortened one beside it */

typedef struct search {
    const rp_function *f;
    size_t n;
    int left; /* evaluations */
    double value, slope;
    double *x, *gradient; /* the caller's: where we are */
    double *inverse;      /* n by n: of the Hessian, as known */
    double *step, *new_x, *new_gradient, *product;
    bool scaled;
} search;

static double dot(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double largest(const double *a, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(a[i]) <= most))
            most = fabs(a[i]);
    return most;
}

static double evaluate(search *s, const double *x, double *gradient) {
    s->left--;
    return s->f->value(s->f->context, x, gradient);
}

static void set_inverse(search *s, double diagonal) {
    memset(s->inverse, 0, s->n * s->n * sizeof *s->inverse);
    for (size_t i = 0; i < s->n; i++)
        s->inverse[i * s->n + i] = diagonal;
}

/* Newton's direction by the inverse as known, and its slope. */
static void direct(search *s) {
    for (size_t i = 0; i < s->n; i++)
        s->step[i] = -dot(s->inverse + i * s->n, s->gradient, s->n);
    s->slope = dot(s->step, s->gradient, s->n);
}

static double at_step(search *s, double t, bool with_gradient) {
    for (size_t i = 0; i < s->n; i++)
        s->new_x[i] = s->x[i] + t * s->step[i];
    return evaluate(s, s->new_x, with_gradient ? s->new_gradient : NULL);
}

/* A step that helps: *t, and the value and gradient there. False: none found. */
static bool line_search(search *s, double *t, double *value) {
    for (*t = 1; *t > SHORTEST && s->left > 1;) {
        double found = at_step(s, *t, false), change = found - s->value;
        bool alike = fabs(change) <= ROUNDING * fabs(s->value);
        if (change <= ARMIJO * *t * s->slope || alike) {
            *value = at_step(s, *t, true);
            if (isfinite(*value) && isfinite(largest(s->new_gradient, s->n))) {
                double slope = dot(s->new_gradient, s->step, s->n);
                if (!alike || fabs(slope) <= WOLFE * fabs(s->slope))
                    return true;
                if (slope < 0 && change <= 0) /* downhill still, and by no less than rounding can tell */
                    return true;
            }
        }
        /* The parabola through both values and the slope has its lowest point here. */
        double parabola = -s->slope * *t / (2 * (change / *t - s->slope));
        *t = isfinite(parabola) ? fmin(fmax(parabola, 0.1 * *t), 0.5 * *t) : 0.1 * *t;
    }
    return false;
}

/* The inverse Hessian learns from the step taken. */
static void learn(search *s, double t) {
    size_t n = s->n;
    double *change = s->step, *bend = s->product; /* of x, of the gradient */
    for (size_t i = 0; i < n; i++) {
        change[i] *= t;
        bend[i] = s->new_gradient[i] - s->gradient[i];
    }
    double curvature = dot(change, bend, n), bends = dot(bend, bend, n);
    if (!(curvature > 1e-14 * sqrt(bends * dot(change, change, n)))) {
        for (size_t i = 0; i < n * n; i++) /* not convex here: the same way, further */
            s->inverse[i] *= 2;
        return;
    }
    if (!s->scaled)
        set_inverse(s, curvature / bends);
    s->scaled = true;
    double *turned = s->new_x; /* no longer needed: H bend */
    for (size_t i = 0; i < n; i++)
        turned[i] = dot(s->inverse + i * n, bend, n);
    double factor = 1 + dot(bend, turned, n) / curvature;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            s->inverse[i * n + j] +=
                (factor * change[i] * change[j] - change[i] * turned[j] - turned[i] * change[j]) / curvature;
}

static void start_again(search *s) {
    double length = sqrt(dot(s->gradient, s->gradient, s->n)), size = sqrt(dot(s->x, s->x, s->n));
    set_inverse(s, length > 0 ? FIRST_STEP * fmax(size, 1) / length : 1);
    s->scaled = false;
    direct(s);
}

static void descend(search *s, double decrement, rp_minimum *out) {
    bool fresh = true; /* the inverse was just set: another start would not help */
    start_again(s);
    for (;;) {
        out->decrement = -s->slope / 2;
        /* An inverse that has learned nothing yet has a decrement of no meaning, unless the gradient is 0. */
        out->converged = (s->scaled || s->slope == 0) && out->decrement <= decrement + 1e-16 * fabs(s->value);
        if (out->converged || s->left < 2)
            return;
        double t, value;
        if (!(s->slope < 0) || !line_search(s, &t, &value)) {
            if (fresh || s->left < 2)
                return;
            start_again(s);
            fresh = true;
            continue;
        }
        memcpy(s->x, s->new_x, s->n * sizeof *s->x);
        s->value = value;
        learn(s, t);
        memcpy(s->gradient, s->new_gradient, s->n * sizeof *s->gradient);
        direct(s);
        fresh = false;
    }
}

bool rp_bfgs(const rp_function *f, double decrement, int most_evaluations, double *x, double *gradient, rp_arena *arena,
             rp_minimum *out) {
    size_t n = f->n;
    double *room = rp_arena_take(arena, n * n + 4 * n, sizeof *room);
    if (room == NULL)
        return false;
    search s = {.f = f, .n = n, .left = most_evaluations, .x = x, .gradient = gradient, .inverse = room};
    s.step = room + n * n;
    s.new_x = s.step + n;
    s.new_gradient = s.new_x + n;
    s.product = s.new_gradient + n;
    s.value = evaluate(&s, x, gradient);
    *out = (rp_minimum){.decrement = INFINITY};
    if (isfinite(s.value) && isfinite(largest(gradient, n)))
        descend(&s, decrement, out);
    out->value = s.value;
    out->max_gradient = largest(gradient, n);
    out->evaluations = most_evaluations - s.left;
    return true;
}
