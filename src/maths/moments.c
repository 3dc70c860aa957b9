/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments that merge: Welford, B. P. (1962), Technometrics 4, 419-420, for one value; Chan, T. F., Golub, G. H. &
 * LeVeque, R. J. (1979), Stanford STAN-CS-79-773, eq. 2.1, for two sets. Merging rounds, so the order of merges must be
 * fixed where results are to be the same to the last byte. */
#include <math.h>

#include "rapport/maths.h"

void rp_moments_add(rp_moments *m, double x) {
    if (m->n == 0 || x < m->lowest)
        m->lowest = x;
    if (m->n == 0 || x > m->highest)
        m->highest = x;
    m->n++;
    double apart = x - m->mean;
    m->mean += apart / (double)m->n;
    m->m2 += apart * (x - m->mean);
}

void rp_moments_merge(rp_moments *m, const rp_moments *other) {
    if (other->n == 0)
        return;
    if (m->n == 0) {
        *m = *other;
        return;
    }
    double n = (double)m->n, more = (double)other->n, apart = other->mean - m->mean;
    m->lowest = fmin(m->lowest, other->lowest);
    m->highest = fmax(m->highest, other->highest);
    m->m2 += other->m2 + apart * apart * (n * (more / (n + more)));
    m->mean += apart * (more / (n + more));
    m->n += other->n;
}

double rp_moments_sd(const rp_moments *m) {
    return m->n < 2 ? NAN : sqrt(m->m2 / (double)(m->n - 1));
}

void rp_pair_moments_add(rp_pair_moments *m, double x, double y) {
    m->n++;
    double n = (double)m->n, apart_x = x - m->mean_x, apart_y = y - m->mean_y;
    m->mean_x += apart_x / n;
    m->mean_y += apart_y / n;
    m->m_xx += apart_x * (x - m->mean_x);
    m->m_yy += apart_y * (y - m->mean_y);
    m->m_xy += apart_x * (y - m->mean_y);
}

void rp_pair_moments_merge(rp_pair_moments *m, const rp_pair_moments *other) {
    if (other->n == 0)
        return;
    if (m->n == 0) {
        *m = *other;
        return;
    }
    double n = (double)m->n, more = (double)other->n, weight = n * (more / (n + more));
    double apart_x = other->mean_x - m->mean_x, apart_y = other->mean_y - m->mean_y;
    m->m_xx += other->m_xx + apart_x * apart_x * weight;
    m->m_yy += other->m_yy + apart_y * apart_y * weight;
    m->m_xy += other->m_xy + apart_x * apart_y * weight;
    m->mean_x += apart_x * (more / (n + more));
    m->mean_y += apart_y * (more / (n + more));
    m->n += other->n;
}

double rp_pair_moments_correlation(const rp_pair_moments *m) {
    if (m->n < 2 || !(m->m_xx > 0) || !(m->m_yy > 0))
        return NAN;
    double r = m->m_xy / sqrt(m->m_xx) / sqrt(m->m_yy);
    return r > 1 ? 1 : r < -1 ? -1 : r; /* rounding may lead a little past; NaN stays */
}
