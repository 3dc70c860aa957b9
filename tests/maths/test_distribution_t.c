/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Student's t: closed forms at 1, 2 and 4 degrees of freedom, the derivative, the way there and back, then R's values.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "rapport/maths.h"

/* Relative, and 1e-300 near zero. */
static void assert_near(double value, double expected, double tolerance, const char *what, double at) {
    if (value == expected)
        return;
    double apart = fabs(value - expected) / fmax(fabs(expected), 1e-300);
    if (!(apart <= tolerance)) /* a NaN is not near */
        fail_msg("%s at %.17g: %.17g, expected %.17g, apart by %.3g", what, at, value, expected, apart);
}

static void closed_forms(void **state) {
    (void)state;
    for (double t = -300; t <= 5; t += t < -10 ? 7.3 : 0.0917) {
        double one = t < -1 ? atan(-1 / t) / M_PI : 0.5 + atan(t) / M_PI; /* Cauchy */
        assert_near(rp_t_cdf(t, 1), one, 1e-14, "cdf, df 1", t);
        double root = sqrt(2 + t * t); /* 1/2 + t / (2 root), without cancellation below zero */
        double two = t < 0 ? 1 / (root * (root - t)) : 0.5 + t / (2 * root);
        assert_near(rp_t_cdf(t, 2), two, 1e-14, "cdf, df 2", t);
    }
    for (double t = -3; t <= 5; t += 0.0917) { /* Abramowitz & Stegun 26.7.4 with df 4 */
        double sine = t / sqrt(4 + t * t), squared_cosine = 4 / (4 + t * t);
        assert_near(rp_t_cdf(t, 4), 0.5 + sine * (1 + squared_cosine / 2) / 2, 1e-13, "cdf, df 4", t);
    }
}

static void closed_forms_of_the_quantile(void **state) {
    (void)state;
    for (double p = 1e-9; p < 0.5; p *= 1.37) {
        assert_near(rp_t_quantile(p, 1), -1 / tan(M_PI * p), p < 0.4 ? 1e-14 : 1e-13, "quantile, df 1", p);
        assert_near(rp_t_quantile(p, 2), -(1 - 2 * p) / sqrt(2 * p * (1 - p)), 1e-14, "quantile, df 2", p);
    }
}

static void the_derivative_is_the_density(void **state) {
    (void)state;
    static const double dfs[] = {0.7, 1, 3.5, 12, 200};
    const double h = 1e-3;
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++)
        for (double t = -5; t <= 5; t += 0.21) {
            double df = dfs[i];
            double slope = (rp_t_cdf(t - 2 * h, df) - 8 * rp_t_cdf(t - h, df) + 8 * rp_t_cdf(t + h, df) -
                            rp_t_cdf(t + 2 * h, df)) /
                           (12 * h);
            double density =
                tgamma((df + 1) / 2) / tgamma(df / 2) / sqrt(df * M_PI) * pow(1 + t * t / df, -(df + 1) / 2);
            assert_true(fabs(slope - density) < 1e-10);
        }
}

static void the_quantile_undoes_the_cdf(void **state) {
    (void)state;
    static const double dfs[] = {0.1, 0.5, 1, 1.5, 2, 2.5, 3, 7, 30, 99.5, 1e3, 1e6, 1e12};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++)
        for (double p = 1e-12; p < 0.5; p *= 1.9) {
            double t = rp_t_quantile(p, dfs[i]);
            assert_near(rp_t_cdf(t, dfs[i]), p, 5e-14, "cdf of quantile", p);
            if (p > 1e-3 && 1 - (1 - p) == p) /* only where 1 - p is exact */
                assert_true(rp_t_quantile(1 - p, dfs[i]) == -t);
        }
}

static void it_never_falls(void **state) {
    (void)state;
    static const double dfs[] = {0.5, 2.5, 40};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++) {
        double before = -HUGE_VAL;
        for (double p = 0.001; p < 1; p += 0.001) {
            double here = rp_t_quantile(p, dfs[i]);
            assert_true(here > before);
            before = here;
        }
    }
}

static void many_degrees_are_the_normal(void **state) {
    (void)state;
    for (double z = -8; z < 4; z += 0.37) {
        assert_near(rp_t_cdf(z, 1e17), rp_normal_cdf(z), 1e-13, "cdf, df 1e17", z);
        assert_true(rp_t_cdf(z, HUGE_VAL) == rp_normal_cdf(z));
    }
    assert_near(rp_t_quantile(0.025, 1e300), rp_normal_quantile(0.025), 1e-14, "quantile, df 1e300", 0.025);
    assert_true(rp_t_quantile(0.025, HUGE_VAL) == rp_normal_quantile(0.025));
}

static void ends(void **state) {
    (void)state;
    assert_true(isnan(rp_t_cdf(1, 0)) && isnan(rp_t_cdf(1, -1)) && isnan(rp_t_cdf(1, NAN)) && isnan(rp_t_cdf(NAN, 1)));
    assert_true(isnan(rp_t_quantile(0.1, 0)) && isnan(rp_t_quantile(0.1, NAN)) && isnan(rp_t_quantile(NAN, 3)));
    assert_true(isnan(rp_t_quantile(-0.1, 3)) && isnan(rp_t_quantile(1.1, 3)));
    assert_true(rp_t_quantile(0, 3) == -HUGE_VAL && rp_t_quantile(1, 3) == HUGE_VAL && rp_t_quantile(0.5, 3) == 0);
    assert_true(rp_t_cdf(-HUGE_VAL, 3) == 0 && rp_t_cdf(HUGE_VAL, 3) == 1 && rp_t_cdf(0, 3) == 0.5);
    assert_true(rp_t_cdf(-1e300, 400) == 0 && rp_t_cdf(-1e200, 1e200) == 0);
    assert_near(rp_t_cdf(-1e200, 1), 1e-200 / M_PI, 1e-14, "cdf, df 1", -1e200); /* the Cauchy tail */
    assert_true(rp_t_quantile(1e-300, 0.01) == -HUGE_VAL);                       /* past the largest double */
}

static void cdf_as_in_r(void **state) {
    (void)state;
    static const struct {
        double t, df, p;
    } cases[] = {
        {-4, 1, 0.077979130377369324},                   /* R 4.2: pt(-4, 1) */
        {-0.5, 1, 0.35241638234956679},                  /* R 4.2: pt(-0.5, 1) */
        {-1e5, 1, 3.1830988617318035e-06},               /* R 4.2: pt(-1e5, 1) */
        {-1e60, 2, 5.0000000000000472e-121},             /* R 4.2: pt(-1e60, 2) */
        {-2, 2, 0.091751709536136955},                   /* R 4.2: pt(-2, 2) */
        {1.5, 2.5, 0.8760817734568519},                  /* R 4.2: pt(1.5, 2.5) */
        {-3, 2.5, 0.036288047774515921},                 /* R 4.2: pt(-3, 2.5) */
        {-1e-3, 5, 0.49962039338609882},                 /* R 4.2: pt(-1e-3, 5) */
        {-2.2281388519649385, 10, 0.025000000000904309}, /* R 4.2: pt(-2.2281388519649385, 10) */
        {-1, 10, 0.17044656615103004},                   /* R 4.2: pt(-1, 10) */
        {2.0422724563012373, 30, 0.97499999999999987},   /* R 4.2: pt(2.0422724563012373, 30) */
        {-0.1, 30, 0.46050480589513554},                 /* R 4.2: pt(-0.1, 30) */
        {-100, 30, 9.923058983635087e-40},               /* R 4.2: pt(-100, 30) */
        {-6, 100, 1.5862457514014301e-08},               /* R 4.2: pt(-6, 100) */
        {-1.96, 1e4, 0.025011760115916517},              /* R 4.2: pt(-1.96, 1e4) */
        {-1.96, 1e6, 0.024998033792634898},              /* R 4.2: pt(-1.96, 1e6) */
        {-10, 1e6, 7.6393053840891504e-24},              /* R 4.2: pt(-10, 1e6) */
        {3, 1e9, 0.99865010193513104},                   /* R 4.2: pt(3, 1e9) */
        {-2, 0.1, 0.38917711390163812},                  /* R 4.2: pt(-2, 0.1) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(rp_t_cdf(cases[i].t, cases[i].df), cases[i].p, cases[i].p < 1e-20 ? 1e-12 : 1e-13, "cdf",
                    cases[i].t);
}

/* R's own qt is right to about 1e-11 only within 1e-5 of p = 1/2 and below p = 1e-100; there it is no oracle. */
static void quantile_as_in_r(void **state) {
    (void)state;
    static const struct {
        double p, df, t;
    } cases[] = {
        {1e-20, 1, -3.1830988618379071e+19},  /* R 4.2: qt(1e-20, 1) */
        {1e-10, 1, -3183098861.8379064},      /* R 4.2: qt(1e-10, 1) */
        {1e-06, 1, -318309.88618274347},      /* R 4.2: qt(1e-06, 1) */
        {0.001, 1, -318.30883898555044},      /* R 4.2: qt(0.001, 1) */
        {0.025, 1, -12.706204736174707},      /* R 4.2: qt(0.025, 1) */
        {0.05, 1, -6.3137515146750438},       /* R 4.2: qt(0.05, 1) */
        {0.2499, 1, -1.0006285160055219},     /* R 4.2: qt(0.2499, 1) */
        {0.25, 1, -1},                        /* R 4.2: qt(0.25, 1) */
        {0.4, 1, -0.32491969623290634},       /* R 4.2: qt(0.4, 1) */
        {0.49, 1, -0.031426266043351254},     /* R 4.2: qt(0.49, 1) */
        {0.75, 1, 1},                         /* R 4.2: qt(0.75, 1) */
        {0.95, 1, 6.3137515146750376},        /* R 4.2: qt(0.95, 1) */
        {0.975, 1, 12.706204736174694},       /* R 4.2: qt(0.975, 1) */
        {0.999999, 1, 318309.88617359026},    /* R 4.2: qt(0.999999, 1) */
        {1e-20, 2, -7071067811.8654757},      /* R 4.2: qt(1e-20, 2) */
        {1e-10, 2, -70710.678108048145},      /* R 4.2: qt(1e-10, 2) */
        {1e-06, 2, -707.10572052593386},      /* R 4.2: qt(1e-06, 2) */
        {0.001, 2, -22.327124770119873},      /* R 4.2: qt(0.001, 2) */
        {0.025, 2, -4.3026527297494637},      /* R 4.2: qt(0.025, 2) */
        {0.05, 2, -2.919985580353726},        /* R 4.2: qt(0.05, 2) */
        {0.2499, 2, -0.81693213289483257},    /* R 4.2: qt(0.2499, 2) */
        {0.25, 2, -0.81649658092772592},      /* R 4.2: qt(0.25, 2) */
        {0.4, 2, -0.28867513459481314},       /* R 4.2: qt(0.4, 2) */
        {0.49, 2, -0.028289929799333573},     /* R 4.2: qt(0.49, 2) */
        {0.75, 2, 0.81649658092772592},       /* R 4.2: qt(0.75, 2) */
        {0.95, 2, 2.9199855803537238},        /* R 4.2: qt(0.95, 2) */
        {0.975, 2, 4.3026527297494619},       /* R 4.2: qt(0.975, 2) */
        {0.999999, 2, 707.10572051576708},    /* R 4.2: qt(0.999999, 2) */
        {1e-20, 2.5, -87654378.82280007},     /* R 4.2: qt(1e-20, 2.5) */
        {1e-10, 2.5, -8765.4377713645972},    /* R 4.2: qt(1e-10, 2.5) */
        {1e-06, 2.5, -220.17342917823751},    /* R 4.2: qt(1e-06, 2.5) */
        {0.001, 2.5, -13.822193110865999},    /* R 4.2: qt(0.001, 2.5) */
        {0.025, 2.5, -3.5746548420036932},    /* R 4.2: qt(0.025, 2.5) */
        {0.05, 2.5, -2.5582186141359458},     /* R 4.2: qt(0.05, 2.5) */
        {0.2499, 2.5, -0.78542018194858942},  /* R 4.2: qt(0.2499, 2.5) */
        {0.25, 2.5, -0.78501368299229679},    /* R 4.2: qt(0.25, 2.5) */
        {0.4, 2.5, -0.28145951274854752},     /* R 4.2: qt(0.4, 2.5) */
        {0.49, 2.5, -0.027643841331840099},   /* R 4.2: qt(0.49, 2.5) */
        {0.75, 2.5, 0.78501368299229679},     /* R 4.2: qt(0.75, 2.5) */
        {0.95, 2.5, 2.5582186141359453},      /* R 4.2: qt(0.95, 2.5) */
        {0.975, 2.5, 3.5746548420036919},     /* R 4.2: qt(0.975, 2.5) */
        {0.999999, 2.5, 220.17342917570477},  /* R 4.2: qt(0.999999, 2.5) */
        {1e-20, 5, -15683.92545436577},       /* R 4.2: qt(1e-20, 5) */
        {1e-10, 5, -156.82559270889428},      /* R 4.2: qt(1e-10, 5) */
        {1e-06, 5, -24.771029720515955},      /* R 4.2: qt(1e-06, 5) */
        {0.001, 5, -5.8934295313560101},      /* R 4.2: qt(0.001, 5) */
        {0.025, 5, -2.570581835636315},       /* R 4.2: qt(0.025, 5) */
        {0.05, 5, -2.0150483733330233},       /* R 4.2: qt(0.05, 5) */
        {0.2499, 5, -0.72704291644482566},    /* R 4.2: qt(0.2499, 5) */
        {0.25, 5, -0.72668684380042292},      /* R 4.2: qt(0.25, 5) */
        {0.4, 5, -0.26718086570414518},       /* R 4.2: qt(0.4, 5) */
        {0.49, 5, -0.026346712342273166},     /* R 4.2: qt(0.49, 5) */
        {0.75, 5, 0.72668684380042292},       /* R 4.2: qt(0.75, 5) */
        {0.95, 5, 2.0150483733330224},        /* R 4.2: qt(0.95, 5) */
        {0.975, 5, 2.5705818356363137},       /* R 4.2: qt(0.975, 5) */
        {0.999999, 5, 24.771029720372496},    /* R 4.2: qt(0.999999, 5) */
        {1e-20, 30, -22.65887837194018},      /* R 4.2: qt(1e-20, 30) */
        {1e-10, 30, -9.377489780407144},      /* R 4.2: qt(1e-10, 30) */
        {1e-06, 30, -5.8711171204188828},     /* R 4.2: qt(1e-06, 30) */
        {0.001, 30, -3.3851848668293054},     /* R 4.2: qt(0.001, 30) */
        {0.025, 30, -2.0422724563012382},     /* R 4.2: qt(0.025, 30) */
        {0.05, 30, -1.697260886593958},       /* R 4.2: qt(0.05, 30) */
        {0.2499, 30, -0.68307672728511271},   /* R 4.2: qt(0.2499, 30) */
        {0.25, 30, -0.68275569332129227},     /* R 4.2: qt(0.25, 30) */
        {0.4, 30, -0.25560536495191277},      /* R 4.2: qt(0.4, 30) */
        {0.49, 30, -0.025278783971765903},    /* R 4.2: qt(0.49, 30) */
        {0.75, 30, 0.68275569332129227},      /* R 4.2: qt(0.75, 30) */
        {0.95, 30, 1.6972608865939569},       /* R 4.2: qt(0.95, 30) */
        {0.975, 30, 2.0422724563012378},      /* R 4.2: qt(0.975, 30) */
        {0.999999, 30, 5.8711171204086243},   /* R 4.2: qt(0.999999, 30) */
        {1e-20, 99.5, -11.709346154620267},   /* R 4.2: qt(1e-20, 99.5) */
        {1e-10, 99.5, -7.0873411890909246},   /* R 4.2: qt(1e-10, 99.5) */
        {1e-06, 99.5, -5.0503941269843375},   /* R 4.2: qt(1e-06, 99.5) */
        {0.001, 99.5, -3.1741694469120163},   /* R 4.2: qt(0.001, 99.5) */
        {0.025, 99.5, -1.9840936109906244},   /* R 4.2: qt(0.025, 99.5) */
        {0.05, 99.5, -1.6603123433073139},    /* R 4.2: qt(0.05, 99.5) */
        {0.2499, 99.5, -0.67728005177386486}, /* R 4.2: qt(0.2499, 99.5) */
        {0.25, 99.5, -0.67696345140679892},   /* R 4.2: qt(0.25, 99.5) */
        {0.4, 99.5, -0.25402558011844334},    /* R 4.2: qt(0.4, 99.5) */
        {0.49, 99.5, -0.02513201344875864},   /* R 4.2: qt(0.49, 99.5) */
        {0.75, 99.5, 0.67696345140679892},    /* R 4.2: qt(0.75, 99.5) */
        {0.95, 99.5, 1.6603123433073297},     /* R 4.2: qt(0.95, 99.5) */
        {0.975, 99.5, 1.9840936109906235},    /* R 4.2: qt(0.975, 99.5) */
        {0.999999, 99.5, 5.050394126977432},  /* R 4.2: qt(0.999999, 99.5) */
        {1e-20, 1e6, -9.2625410652916553},    /* R 4.2: qt(1e-20, 1e6) */
        {1e-10, 1e6, -6.3614068488767419},    /* R 4.2: qt(1e-10, 1e6) */
        {1e-06, 1e6, -4.75345234827968},      /* R 4.2: qt(1e-06, 1e6) */
        {0.001, 1e6, -3.0902404563165193},    /* R 4.2: qt(0.001, 1e6) */
        {0.025, 1e6, -1.9599663568141066},    /* R 4.2: qt(0.025, 1e6) */
        {0.05, 1e6, -1.6448551507220404},     /* R 4.2: qt(0.05, 1e6) */
        {0.2499, 1e6, -0.67480471563172895},  /* R 4.2: qt(0.2499, 1e6) */
        {0.25, 1e6, -0.67448999553108735},    /* R 4.2: qt(0.25, 1e6) */
        {0.4, 1e6, -0.25334717053784167},     /* R 4.2: qt(0.4, 1e6) */
        {0.49, 1e6, -0.025068914529877546},   /* R 4.2: qt(0.49, 1e6) */
        {0.75, 1e6, 0.67448999553108735},     /* R 4.2: qt(0.75, 1e6) */
        {0.95, 1e6, 1.644855150722039},       /* R 4.2: qt(0.95, 1e6) */
        {0.975, 1e6, 1.9599663568141066},     /* R 4.2: qt(0.975, 1e6) */
        {0.999999, 1e6, 4.7534523482738704},  /* R 4.2: qt(0.999999, 1e6) */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(rp_t_quantile(cases[i].p, cases[i].df), cases[i].t, 1e-13, "quantile", cases[i].p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(closed_forms_of_the_quantile),
        cmocka_unit_test(the_derivative_is_the_density),
        cmocka_unit_test(the_quantile_undoes_the_cdf),
        cmocka_unit_test(it_never_falls),
        cmocka_unit_test(many_degrees_are_the_normal),
        cmocka_unit_test(ends),
        cmocka_unit_test(cdf_as_in_r),
        cmocka_unit_test(quantile_as_in_r),
    };
    return cmocka_run_group_tests_name("maths: t distribution", tests, NULL, NULL);
}
