/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The covariance matrix of a study's effects and its inverse: a diagonal and two columns, never n by n numbers. */
#include "models/meta/meta_parts.h"

void meta_block_make(meta_block *block, const rp_meta_data *data, size_t study, double effect, double between,
                     double *w) {
    size_t first = data->start[study];
    double r = data->spec->correlation, g00 = 0, g01 = 0, g11 = 0, log_d = 0;
    *block = (meta_block){
        .n = data->start[study + 1] - first, .root = data->root + first, .w = w, .a = sqrt(r), .b = sqrt(between)};
    for (size_t i = 0; i < block->n; i++) {
        double d = data->v[first + i] * (1 - r) + effect, wi = 1 / d, root = block->root[i];
        w[i] = wi;
        log_d += log(d);
        g00 += wi * root * root;
        g01 += wi * root;
        g11 += wi;
    }
    g00 = 1 + r * g00;
    g01 = block->a * block->b * g01;
    g11 = 1 + between * g11;
    double det = g00 * g11 - g01 * g01;
    block->c00 = g11 / det;
    block->c01 = -g01 / det;
    block->c11 = g00 / det;
    block->log_det = log_d + log(det);
}

void meta_block_solve(const meta_block *block, const double *z, double *out) {
    double t0 = 0, t1 = 0;
    for (size_t i = 0; i < block->n; i++) {
        double wz = block->w[i] * z[i];
        t0 += wz * block->root[i];
        t1 += wz;
    }
    t0 *= block->a;
    t1 *= block->b;
    double s0 = (block->c00 * t0 + block->c01 * t1) * block->a, s1 = (block->c01 * t0 + block->c11 * t1) * block->b;
    for (size_t i = 0; i < block->n; i++)
        out[i] = block->w[i] * (z[i] - s0 * block->root[i] - s1);
}

/* With G_m = U' W^m U: tr V^-1 = tr W - tr C G_2, tr V^-2 = tr W^2 - 2 tr C G_3 + tr C G_2 C G_2. */
void meta_block_traces(const meta_block *block, double *once, double *twice) {
    double w1 = 0, w2 = 0, g2[3] = {0}, g3[3] = {0};
    for (size_t i = 0; i < block->n; i++) {
        double w = block->w[i], u0 = block->a * block->root[i], u1 = block->b;
        w1 += w;
        w2 += w * w;
        g2[0] += w * w * u0 * u0;
        g2[1] += w * w * u0 * u1;
        g2[2] += w * w * u1 * u1;
        g3[0] += w * w * w * u0 * u0;
        g3[1] += w * w * w * u0 * u1;
        g3[2] += w * w * w * u1 * u1;
    }
    double c0 = block->c00, c1 = block->c01, c2 = block->c11;
    double m00 = c0 * g2[0] + c1 * g2[1], m01 = c0 * g2[1] + c1 * g2[2];
    double m10 = c1 * g2[0] + c2 * g2[1], m11 = c1 * g2[1] + c2 * g2[2];
    *once = w1 - (m00 + m11);
    *twice = w2 - 2 * (c0 * g3[0] + 2 * c1 * g3[1] + c2 * g3[2]) + m00 * m00 + 2 * m01 * m10 + m11 * m11;
}
