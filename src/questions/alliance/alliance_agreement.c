/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far client and practitioner agree, where both rated the same scale of the same questionnaire at the same session.
 * Statements are of the leading scale; the table has all of them.
 *
 * How many each rated is said first: other parts of the answer tell it too, so what is left of it without those rated
 * by both must be protected here. How many sessions both rated is not said, since with it the means of all scores less
 * those of the pairs would tell of the few sessions that one of them rated alone. That makes it harder and not
 * impossible: the width of an interval depends on that number too. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>
#include <string.h>

enum { MOST_PAIRS = 1000 }; /* of one person that are compared: room on the stack; more are a mistake in the data */

/* Marks of a person on one scale. */
enum { BY_CLIENT, BY_PRACTITIONER, BY_BOTH, BY_BOTH_TWICE, MARKS_A_SCALE };
static uint64_t mark(size_t k, unsigned which) {
    return MARK(k * MARKS_A_SCALE + which);
}

typedef struct pairing {
    const alliance_family *family;  /* the client's, in the name of both */
    size_t others[ALLIANCE_SCALES]; /* the practitioner's measure of each scale, SIZE_MAX for none */
} pairing;

/* False: practitioners did not rate the leading scale. */
static bool find_others(pairing *p) {
    const rp_cohort *cohort = p->family->cohort;
    for (size_t k = 0; k < p->family->n_scales; k++) {
        const rp_measure *own = rp_cohort_measure(cohort, p->family->measures[k]);
        p->others[k] = SIZE_MAX;
        for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
            const rp_measure *other = rp_cohort_measure(cohort, m);
            if (other->instrument == own->instrument && other->scale == own->scale &&
                strcmp(other->rater, "practitioner") == 0)
                p->others[k] = m;
        }
    }
    return p->others[0] != SIZE_MAX;
}

/* A person's pairs of scores, in order of sessions; returns how many. */
static size_t pairs_of(const pairing *p, size_t k, const alliance_person *person, double *x, double *y) {
    size_t pairs = 0;
    for (size_t i = 0; i < person->n_sessions && p->others[k] != SIZE_MAX && pairs < MOST_PAIRS; i++) {
        const double *values = person->sessions[i].values;
        double client = values[p->family->measures[k]], practitioner = values[p->others[k]];
        if (isnan(client) || isnan(practitioner))
            continue;
        x[pairs] = client;
        y[pairs++] = practitioner;
    }
    return pairs;
}

static uint64_t marks_of(const void *context, const alliance_person *person) {
    const pairing *p = context;
    double x[MOST_PAIRS], y[MOST_PAIRS];
    uint64_t marks = 0;
    for (size_t k = 0; k < p->family->n_scales; k++) {
        size_t pairs = pairs_of(p, k, person, x, y);
        marks |= person->episode->series[p->family->measures[k]].n > 0 ? mark(k, BY_CLIENT) : 0;
        if (p->others[k] != SIZE_MAX && person->episode->series[p->others[k]].n > 0)
            marks |= mark(k, BY_PRACTITIONER);
        marks |= (pairs > 0 ? mark(k, BY_BOTH) : 0) | (pairs > 1 ? mark(k, BY_BOTH_TWICE) : 0);
    }
    return marks;
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const pairing *p = context;
    rp_agreement_sums *sums = statistics;
    double x[MOST_PAIRS], y[MOST_PAIRS];
    for (alliance_person person = {0}; alliance_next(block, &person);)
        for (size_t k = 0; k < p->family->n_scales; k++) {
            size_t n = pairs_of(p, k, &person, x, y);
            if (n > 0)
                rp_agreement_add(&sums[k], x, y, n);
        }
}

static void merge(void *into, const void *other, const void *context) {
    const pairing *p = context;
    for (size_t k = 0; k < p->family->n_scales; k++)
        rp_agreement_merge((rp_agreement_sums *)into + k, (const rp_agreement_sums *)other + k);
}

/* ---- writing --------------------------------------------------------------------------------------------- */

enum { DIFFERENCE, UPPER_LIMIT = 2, QUANTITIES = 7 }; /* the limits follow the difference */
typedef struct quantity {
    const char *id, *label, *words, *unit, *method;
    rp_interval value;
    bool repeated; /* rests on people with two pairs or more */
} quantity;

static void quantities_of(const rp_agreement *a, quantity out[QUANTITIES]) {
    static const char limits[] = "limits of agreement from a one-way analysis of variance by person (Bland & Altman "
                                 "1999, 2007); their interval by the delta method";
    static const char icc[] = "two-way intraclass correlation of single scores (McGraw & Wong 1996), each person's "
                              "first session rated by both";
    const quantity all[QUANTITIES] = {
        {"alliance.agreement.difference", "Client less practitioner, mean",
         "the client's score less the practitioner's, on average over sessions", "points",
         "mean over sessions; t interval over people, who have several each (Cochran 1977)", a->difference, false},
        {"alliance.agreement.lower_limit", "Lower limit of agreement",
         "about 95% of differences at a session lie above this", "points", limits, a->lower_limit, false},
        {"alliance.agreement.upper_limit", "Upper limit of agreement",
         "about 95% of differences at a session lie below this", "points", limits, a->upper_limit, false},
        {"alliance.agreement.icc_agreement", "ICC(A,1), absolute agreement",
         "1 would be the same score by both, 0 no more alike than scores of different pairs", "", icc, a->icc_agreement,
         false},
        {"alliance.agreement.icc_consistency", "ICC(C,1), consistency",
         "the same with a steady difference between the raters left aside", "", icc, a->icc_consistency, false},
        {"alliance.agreement.within", "Correlation within dyads",
         "whether both scores rise and fall together from session to session in the same dyad", "",
         "repeated-measures correlation (Bakdash & Marusich 2017), Fisher's z", a->within, true},
        {"alliance.agreement.between", "Correlation between dyads",
         "whether dyads whose client scores high on average are those whose practitioner does", "",
         "Pearson correlation of people's means over sessions rated by both, Fisher's z", a->between, false},
    };
    memcpy(out, all, sizeof all);
}

static rp_count behind(const rp_question_set *set, size_t k, const quantity *q) {
    return rp_question_having(set, mark(k, q->repeated ? BY_BOTH_TWICE : BY_BOTH), 0);
}

static void state_people(const alliance_family *family, const rp_question_set *set) {
    static const struct {
        alliance_saying say;
        uint64_t part, whole;
    } sayings[] = {
        {{"alliance.agreement.client", "Rated by the client", "people in the cohort", "have a score by the client",
          "share of everyone in the cohort, Wilson interval"},
         MARK(BY_CLIENT),
         0},
        {{"alliance.agreement.practitioner", "Rated by the practitioner", "people in the cohort",
          "have a score by the practitioner", "share of everyone in the cohort, Wilson interval"},
         MARK(BY_PRACTITIONER),
         0},
        {{"alliance.agreement.both", "Rated by both at one session", "people with a score by the client",
          "have scores by both at one session or more", "share of people with a score by the client, Wilson interval"},
         MARK(BY_BOTH),
         MARK(BY_CLIENT)},
    };
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++)
        alliance_say(set->answer, family, &sayings[i].say, rp_question_having(set, sayings[i].part, 0),
                     rp_question_having(set, sayings[i].whole, 0));
}

static void state(const alliance_family *family, const rp_question_set *set, const quantity *q) {
    if (isnan(q->value.estimate))
        return;
    rp_answer *answer = set->answer;
    rp_statement *s = alliance_statement(answer, family, q->id, 0, behind(set, 0, q),
                                         rp_question_having(set, mark(0, BY_CLIENT), 0), q->value);
    s->unit = q->unit;
    s->label = q->label;
    s->method = q->method;
    s->text =
        rp_answer_text(answer, "%s (%s): %s %.2f%s: %s. Of %lld people %s, of %lld with a client's score.",
                       family->name, alliance_scale(family, 0)->title, q->label, q->value.estimate,
                       alliance_range(answer, &q->value), q->words, (long long)s->numerator.n,
                       q->repeated ? "rated by both twice or more" : "rated by both", (long long)s->denominator.n);
}

static void write_who(const alliance_family *family, const rp_question_set *set) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""},
        {"client", "By the client", "people"},
        {"practitioner", "By the practitioner", "people"},
        {"both", "By both at one session", "people"},
        {"twice", "Twice or more", "people"},
    };
    rp_answer *answer = set->answer;
    const char *name = family->instrument->short_title;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "alliance.agreement_people.%s", name),
                            rp_answer_text(answer, "%s: rated by client, practitioner, both", name), columns,
                            sizeof columns / sizeof *columns);
    table->note = "Agreement can be told only of sessions that both rated. Those are not a sample of all sessions.";
    for (size_t k = 0; k < family->n_scales; k++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, alliance_scale(family, k)->title);
        for (unsigned m = 0; m < MARKS_A_SCALE; m++)
            row[1 + m] = rp_value_count(rp_question_having(set, mark(k, m), 0));
    }
}

static void write_table(const alliance_family *family, const rp_question_set *set, const rp_agreement *agreements) {
    static const rp_table_column columns[] = {
        {"scale", "Scale", ""}, {"what", "What", ""}, {"estimate", "Estimate", ""},
        {"lower", "From", ""},  {"upper", "To", ""},  {"people", "People", "people"},
    };
    rp_answer *answer = set->answer;
    const char *name = family->instrument->short_title;
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "alliance.agreement.%s", name),
                                                 rp_answer_text(answer, "%s: do client and practitioner agree?", name),
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "Difference: client less practitioner, in points. Limits: between them lie about 95%% of the differences. "
        "ICC: of each person's first session that both rated. From and To: %g%% interval; where they are empty there "
        "are too few people, or too little spread.",
        100 * family->asked->level);
    for (size_t k = 0; k < family->n_scales; k++) {
        quantity quantities[QUANTITIES];
        quantities_of(&agreements[k], quantities);
        for (size_t q = 0; q < QUANTITIES; q++) {
            const rp_interval *i = &quantities[q].value;
            if (isnan(i->estimate))
                continue;
            rp_count people = behind(set, k, &quantities[q]);
            rp_value *row = rp_answer_row(table);
            row[0] = rp_value_text(answer, alliance_scale(family, k)->title);
            row[1] = rp_value_text(answer, quantities[q].label);
            row[2] = rp_value_num(i->estimate, 2, people);
            row[3] = alliance_number(i->lower, 2, people);
            row[4] = alliance_number(i->upper, 2, people);
            row[5] = rp_value_count(people);
        }
    }
}

/* ---- the picture ------------------------------------------------------------------------------------------ */

/* Squares of a tenth of the scale, or few people would ever share one. A cloud of more points than this says nothing,
 * and a report with them grows past what a browser likes. */
enum { SQUARES_ACROSS = 10, MOST_POINTS = 5000 };

typedef struct drawing {
    pairing *pairing;
    const rp_question_set *set;
    rp_chart *chart;
    rp_count *groups; /* of the set, one by one */
} drawing;

static void draw_person(void *context, const alliance_person *person) {
    const drawing *d = context;
    double x[MOST_PAIRS], y[MOST_PAIRS];
    if (pairs_of(d->pairing, 0, person, x, y) == 0)
        return;
    rp_chart_point *p = rp_chart_point_add(d->chart);
    p->x = (x[0] + y[0]) / 2;
    p->y = x[0] - y[0];
    uint64_t marks = marks_of(d->pairing, person);
    for (size_t g = 0; g < d->set->groups.n; g++)
        if (d->set->groups.at[g].signature == marks)
            p->count = d->groups[g];
    p->count.n = 1;
}

static void draw_lines(rp_chart *chart, const rp_question_set *set, const quantity quantities[QUANTITIES]) {
    for (size_t q = DIFFERENCE; q <= UPPER_LIMIT; q++) {
        const rp_interval *i = &quantities[q].value;
        if (isnan(i->estimate))
            continue;
        rp_chart_line *line = rp_chart_line_add(chart, rp_answer_text(set->answer, "%s %.2f%s", quantities[q].label,
                                                                      i->estimate, alliance_range(set->answer, i)));
        line->intercept = i->estimate;
        line->lower = i->lower;
        line->upper = i->upper;
        line->dashed = q != DIFFERENCE;
        line->count = behind(set, 0, &quantities[q]);
    }
}

static bool draw(pairing *p, const rp_question_set *set, const quantity quantities[QUANTITIES], rp_error *error) {
    const rp_scale *scale = alliance_scale(p->family, 0);
    const char *name = p->family->instrument->short_title;
    rp_answer *answer = set->answer;
    if (rp_question_having(set, mark(0, BY_BOTH), 0).n > MOST_POINTS) {
        rp_answer_caveat(answer, "%s: too many people to draw one by one; how they agree is told in numbers alone.",
                         p->family->name);
        return true;
    }
    drawing d = {p, set, NULL, rp_arena_take(answer->arena, set->groups.n, sizeof *d.groups)};
    if (d.groups == NULL)
        return rp_fail_memory(error);
    for (size_t g = 0; g < set->groups.n; g++)
        d.groups[g] = alliance_group_alone(answer, set->universe, g);
    d.chart = rp_answer_chart(
        answer, RP_CHART_AGREEMENT, rp_answer_text(answer, "alliance.agreement_points.%s", name),
        rp_answer_text(answer, "%s, %s: client less practitioner, by the mean of both", name, scale->title));
    d.chart->reading =
        "Each person stands where the first session that both rated puts them: the further up, the more the client's "
        "score is above the practitioner's; the further to the right, the higher the two are on average. Between the "
        "dashed lines lie about 95% of the differences at a session. The grey bands are the ranges in which the lines "
        "plausibly lie.";
    d.chart->x_label = "Mean of both";
    d.chart->y_label = "Client less practitioner";
    d.chart->x_low = scale->lowest;
    d.chart->x_high = scale->highest;
    d.chart->bin_width = (scale->highest - scale->lowest) / SQUARES_ACROSS;
    draw_lines(d.chart, set, quantities);
    rp_chart_series_add(d.chart, "Everyone rated by both");
    return alliance_walk(p->family->cohort, draw_person, &d, error);
}

bool alliance_write_agreement(const alliance_family *client, rp_answer *answer, rp_error *error) {
    alliance_family both = *client;
    both.rater = NULL;
    both.name = rp_answer_text(answer, "%s, client and practitioner", client->instrument->short_title);
    pairing p = {.family = &both};
    if (strcmp(client->rater, "client") != 0 || !find_others(&p))
        return true;
    rp_agreement_sums sums[ALLIANCE_SCALES];
    rp_fold fold = {both.n_scales * sizeof *sums, prepare, merge, &p};
    rp_question_set set;
    if (!rp_cohort_fold(both.cohort, &fold, both.asked->threads, sums, error) ||
        !alliance_set_make(&set, answer, &both, both.name, marks_of, &p, error))
        return false;
    if (sums[0].people.n == 0) {
        rp_answer_caveat(answer, "%s: no session was rated by both, so how far they agree cannot be told.", both.name);
        return true;
    }
    rp_agreement agreements[ALLIANCE_SCALES] = {0};
    for (size_t k = 0; k < both.n_scales; k++)
        agreements[k] = rp_agreement_infer(&sums[k], both.asked->level);
    quantity quantities[QUANTITIES];
    quantities_of(&agreements[0], quantities);
    state_people(&both, &set);
    for (size_t q = 0; q < QUANTITIES; q++)
        state(&both, &set, &quantities[q]);
    write_who(&both, &set);
    write_table(&both, &set, agreements);
    return draw(&p, &set, quantities, error);
}
