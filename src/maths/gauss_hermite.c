/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of Gauss-Hermite quadrature. The nodes are the eigenvalues of the symmetric tridiagonal matrix with zeros on
 * its diagonal and sqrt(i / 2) beside it (Golub & Welsch, Math Comp 23, 1969): each is found by counting how many lie
 * below (Sturm), and then polished by Newton's method on the orthonormal polynomial itself. */
#include <assert.h>
#include <math.h>

#include "rapport/maths.h"

/* How many nodes lie below x: the negative pivots of the matrix less x. */
static int nodes_below(int n, double x) {
    int below = 0;
    double pivot = -x;
    for (int i = 1; i <= n; i++) {
        if (pivot == 0)
            pivot = 1e-300;
        below += pivot < 0;
        pivot = -x - 0.5 * i / pivot;
    }
    return below;
}

/* The orthonormal polynomials of degree n and n - 1 at x: h_{j+1} = x sqrt(2 / (j + 1)) h_j - sqrt(j / (j + 1))
 * h_{j-1}.
 */
static double polynomial(int n, double x, double *lower) {
    double h = 0.75112554446494248286, before = 0; /* pi^(-1/4) */
    for (int j = 0; j < n; j++) {
        double next = x * sqrt(2.0 / (j + 1)) * h - sqrt((double)j / (j + 1)) * before;
        before = h;
        h = next;
    }
    *lower = before;
    return h;
}

void rp_gauss_hermite(int n, double *nodes, double *weights) {
    assert(n >= 1 && n <= RP_HERMITE_MOST);
    for (int k = 0; k < n; k++) {
        double low = -sqrt(2.0 * n + 1), high = -low; /* no node lies further out (Szego) */
        for (int half = 0; half < 40; half++) {
            double middle = (low + high) / 2;
            if (nodes_below(n, middle) > k)
                high = middle;
            else
                low = middle;
        }
        double z = (low + high) / 2, lower;
        for (int polish = 0; polish < 3; polish++) {
            double h = polynomial(n, z, &lower);
            z -= h / (sqrt(2.0 * n) * lower);
        }
        if (2 * k + 1 == n)
            z = 0;
        polynomial(n, z, &lower);
        nodes[k] = z;
        weights[k] = 1 / (n * lower * lower);
    }
    for (int k = 0; k < n / 2; k++) { /* both halves the same to the last bit */
        nodes[n - 1 - k] = -nodes[k];
        weights[n - 1 - k] = weights[k];
    }
}
