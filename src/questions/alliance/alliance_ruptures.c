/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ruptures and repairs by a stated rule (rp_ruptures_find; docs/alliance.md), of the leading scale at several cut-offs
 * side by side, because the cut-off decides how many there are, and of every scale at one of them.
 *
 * Not everyone can be judged: it takes scores at two sessions that follow one another. Whoever left after a drop has no
 * later score, so that it is not known whether it was repaired. All scales have one universe, since those who can be
 * judged on one are among those who can on another. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>

enum { CUTOFFS = 5, LEADING = 2, MOST_SESSIONS = 1000 /* of one person: more are a mistake in the data */ };
static const double deviations[CUTOFFS] = {1, 1.5, 2, 2.5, 3};

/* Marks of a person: two for each scale, then four for each finding: of the leading scale at each cut-off, then of each
 * further scale at the leading cut-off. Just one of the last three goes with a rupture. */
enum { MEASURED, JUDGED, MARKS_A_SCALE };
enum { RUPTURE, REPAIRED, NOT_REPAIRED, NOT_KNOWN, MARKS_A_FINDING };
enum { MOST_SCALES = 8, FIRST_FINDING = MOST_SCALES * MARKS_A_SCALE }; /* all that 64 bits hold */
_Static_assert(FIRST_FINDING + (CUTOFFS + MOST_SCALES - 1) * MARKS_A_FINDING <= 64, "a mark is a bit");

static uint64_t of_scale(size_t k, unsigned which) {
    return MARK(k * MARKS_A_SCALE + which);
}
static uint64_t of_finding(size_t k, size_t cutoff, unsigned which) {
    size_t finding = k == 0 ? cutoff : CUTOFFS + k - 1;
    return MARK(FIRST_FINDING + finding * MARKS_A_FINDING + which);
}

typedef struct finder {
    const alliance_family *family;
    size_t n_scales;
    double sd[MOST_SCALES]; /* of a score about the person's own mean; 0: no score ever changed */
} finder;

/* Squares about people's own means, and their degrees of freedom. */
typedef struct spread {
    double squares;
    int64_t freedom;
} spread;

/* By session, or by occasion: one at which nothing was measured stands between the others too. */
static size_t scores_of(const alliance_family *family, size_t k, const alliance_person *person, double *scores) {
    size_t n = family->by_occasion ? family->n_slots : person->n_sessions;
    n = n < MOST_SESSIONS ? n : MOST_SESSIONS;
    for (size_t i = 0; i < n; i++)
        scores[i] = NAN;
    for (size_t i = 0; i < person->n_sessions; i++) {
        double score = person->sessions[i].values[family->measures[k]];
        size_t at = family->by_occasion ? alliance_slot(family, &person->sessions[i]) : i;
        if (at < n && !isnan(score)) /* where an occasion has two, the later one stands */
            scores[at] = score;
    }
    return n;
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const finder *f = context;
    spread *to = statistics;
    double scores[MOST_SESSIONS];
    for (alliance_person person = {0}; alliance_next(block, &person);)
        for (size_t k = 0; k < f->n_scales; k++) {
            size_t n = scores_of(f->family, k, &person, scores);
            rp_moments own = {0};
            for (size_t i = 0; i < n; i++)
                if (!isnan(scores[i]))
                    rp_moments_add(&own, scores[i]);
            to[k].squares += own.m2;
            to[k].freedom += own.n > 0 ? own.n - 1 : 0;
        }
}

static void merge(void *into, const void *other, const void *context) {
    const finder *f = context;
    for (size_t k = 0; k < f->n_scales; k++) {
        ((spread *)into)[k].squares += ((const spread *)other)[k].squares;
        ((spread *)into)[k].freedom += ((const spread *)other)[k].freedom;
    }
}

static uint64_t marks_at(const finder *f, size_t k, size_t cutoff, const double *scores, size_t n) {
    rp_ruptures found =
        rp_ruptures_find(scores, n, deviations[cutoff] * f->sd[k], alliance_scale(f->family, k)->higher_is_worse);
    uint64_t marks = found.judged > 0 ? of_scale(k, JUDGED) : 0;
    if (found.repaired + found.not_repaired + found.not_known == 0)
        return marks;
    unsigned became = found.not_repaired > 0 ? NOT_REPAIRED : found.not_known > 0 ? NOT_KNOWN : REPAIRED;
    return marks | of_finding(k, cutoff, RUPTURE) | of_finding(k, cutoff, became);
}

static uint64_t marks_of(const void *context, const alliance_person *person) {
    const finder *f = context;
    double scores[MOST_SESSIONS];
    uint64_t marks = 0;
    for (size_t k = 0; k < f->n_scales; k++) {
        if (person->episode->series[f->family->measures[k]].n > 0)
            marks |= of_scale(k, MEASURED);
        size_t n = scores_of(f->family, k, person, scores);
        for (size_t c = 0; c < CUTOFFS && f->sd[k] > 0; c++)
            if (k == 0 || c == LEADING)
                marks |= marks_at(f, k, c, scores, n);
    }
    return marks;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static void write_statements(const finder *f, const rp_question_set *set) {
    static const char method[] =
        "Rapport's own rule (docs/alliance.md): a drop of 2 SD of scores about people's own means from one session to "
        "the next, repaired where half is regained in the next three; Wilson interval";
    static const char with_one[] = "people with a rupture by the rule";
    static const struct {
        alliance_saying say;
        unsigned mark;
    } became[] = {
        {{"alliance.ruptures.repaired", "Every rupture repaired", with_one,
          "regained half of each drop or more in the next three sessions", method},
         REPAIRED},
        {{"alliance.ruptures.not_repaired", "A rupture not repaired", with_one,
          "have a drop of which none of the next three sessions regained half", method},
         NOT_REPAIRED},
        {{"alliance.ruptures.not_known", "Not known whether repaired", with_one,
          "have too few scores after a drop to tell whether it was regained, and none known not to be", method},
         NOT_KNOWN},
    };
    rp_answer *answer = set->answer;
    rp_count judged = rp_question_having(set, of_scale(0, JUDGED), 0);
    rp_count ruptured = rp_question_having(set, of_finding(0, LEADING, RUPTURE), 0);
    alliance_say(answer, f->family,
                 &(alliance_saying){"alliance.ruptures.judged", "Scores at two sessions in a row", "people measured",
                                    "have scores at two sessions that follow one another, without which no rupture "
                                    "can be seen",
                                    "share of people measured, Wilson interval"},
                 judged, rp_question_having(set, of_scale(0, MEASURED), 0));
    if (judged.n == 0)
        return;
    alliance_say(
        answer, f->family,
        &(alliance_saying){"alliance.ruptures", "A rupture by the rule", "people who can be judged",
                           rp_answer_text(answer, "have a score %.2f points or more worse than at the session before",
                                          deviations[LEADING] * f->sd[0]),
                           method},
        ruptured, judged);
    for (size_t i = 0; i < sizeof became / sizeof *became && ruptured.n > 0; i++)
        alliance_say(answer, f->family, &became[i].say,
                     rp_question_having(set, of_finding(0, LEADING, became[i].mark), 0), ruptured);
}

/* The cells from `row` on: the cut-off in points, people with a rupture, their share, and what became of it. */
enum { FINDING_CELLS = 7 };
static void put_finding(const finder *f, const rp_question_set *set, size_t k, size_t cutoff, rp_value *row) {
    rp_count judged = rp_question_having(set, of_scale(k, JUDGED), 0);
    rp_count ruptured = rp_question_having(set, of_finding(k, cutoff, RUPTURE), 0);
    row[0] = rp_value_num(deviations[cutoff] * f->sd[k], 2, judged);
    row[1] = rp_value_count(judged);
    row[2] = rp_value_count(ruptured);
    row[2].of = judged;
    row[3] = alliance_percent(f->family, ruptured, judged);
    for (unsigned m = REPAIRED; m < MARKS_A_FINDING; m++) {
        row[3 + m] = rp_value_count(rp_question_having(set, of_finding(k, cutoff, m), 0));
        row[3 + m].of = ruptured;
    }
}
#define FINDING_COLUMNS                                                                                                \
    {"points", "Cut-off", "points"}, {"of", "Can be judged", "people"}, {"ruptures", "A rupture", "people"},           \
        {"share", "Share", "%"}, {"repaired", "All repaired", "people"},                                               \
        {"not_repaired", "One not repaired", "people"}, {                                                              \
        "not_known", "Not known", "people"                                                                             \
    }

static void write_cutoffs(const finder *f, const rp_question_set *set) {
    static const rp_table_column columns[] = {
        {"deviations", "Cut-off", "SD"}, FINDING_COLUMNS, {"by_chance", "By chance, of steps", "%"}};
    rp_answer *answer = set->answer;
    const char *name = f->family->name;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "alliance.ruptures.%s", name),
                            rp_answer_text(answer, "%s: ruptures and repairs, by the cut-off chosen", name), columns,
                            sizeof columns / sizeof *columns);
    table->note =
        "A rupture: a score worse than at the session before by the cut-off or more. Repaired: half of the drop or "
        "more regained in the next three sessions. Not known: one of those three has no score, or did not come. SD: of "
        "scores about people's own means. By chance: how many of all steps from one session to the next would be such "
        "drops if scores merely scattered about a steady level, normally. A drop says where to look; it does not say "
        "that anything happened between two people.";
    for (size_t c = 0; c < CUTOFFS; c++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_num(deviations[c], 1, rp_count_none());
        put_finding(f, set, 0, c, row + 1);
        row[1 + FINDING_CELLS] = rp_value_num(100 * rp_normal_cdf(-deviations[c] / sqrt(2)), 1, rp_count_none());
    }
}

static void write_scales(const finder *f, const rp_question_set *set) {
    static const rp_table_column columns[] = {{"scale", "Scale", ""}, FINDING_COLUMNS};
    rp_answer *answer = set->answer;
    const char *name = f->family->name;
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "alliance.ruptures_scales.%s", name),
                                                 rp_answer_text(answer, "%s: ruptures and repairs on each scale", name),
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "By the same rule, at 2 SD of each scale.";
    for (size_t k = 0; k < f->n_scales; k++) {
        if (!(f->sd[k] > 0))
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, alliance_scale(f->family, k)->title);
        put_finding(f, set, k, LEADING, row + 1);
    }
}

/* Do occasions stand for sessions? Where they lie at months of their own, they do not. */
static bool by_session(const alliance_family *family) {
    for (size_t s = 0; family->by_occasion && s < family->n_slots; s++)
        if (!isnan(rp_cohort_occasion(family->cohort, s)->months))
            return false;
    return true;
}

bool alliance_write_ruptures(const alliance_family *family, rp_answer *answer, rp_error *error) {
    if (!by_session(family)) {
        rp_answer_caveat(answer, "%s: measured at months and not by session, so ruptures cannot be told.",
                         family->name);
        return true;
    }
    finder f = {.family = family, .n_scales = family->n_scales < MOST_SCALES ? family->n_scales : MOST_SCALES};
    spread spreads[MOST_SCALES];
    rp_fold fold = {f.n_scales * sizeof *spreads, prepare, merge, &f};
    if (!rp_cohort_fold(family->cohort, &fold, family->asked->threads, spreads, error))
        return false;
    for (size_t k = 0; k < f.n_scales; k++)
        f.sd[k] = spreads[k].squares > 0 ? sqrt(spreads[k].squares / (double)spreads[k].freedom) : 0;
    if (f.sd[0] == 0) {
        rp_answer_caveat(answer, "%s: nobody has scores of several sessions that differ, so ruptures cannot be told.",
                         family->name);
        return true;
    }
    rp_question_set set;
    if (!alliance_set_make(&set, answer, family, rp_answer_text(answer, "%s, ruptures", family->name), marks_of, &f,
                           error))
        return false;
    write_statements(&f, &set);
    write_cutoffs(&f, &set);
    if (f.n_scales > 1)
        write_scales(&f, &set);
    return true;
}
