/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single organisations, kind by kind, and groups of England's referrals: every rate as published and recomputed, and
 * ratios of two cohorts. Always in alphabetical order: nothing here is a ranking. */
#include "questions/published/published_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Publications have about six; a file with hundreds is none, and would take long. */
enum { MOST_KINDS = 32 };

/* "Commissioning Region" -> "commissioning_region": what ids hold. */
static const char *slug_of(rp_answer *answer, const char *title) {
    char *slug = rp_arena_copy(answer->arena, title, strlen(title));
    if (slug == NULL)
        answer->failed = true;
    for (char *c = slug; c != NULL && *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '_';
    return slug != NULL ? slug : "";
}

static bool belongs(const published_set *set, const published_subject *s) {
    return set->groups ? s->national && !s->total : s->total && strcmp(s->kind, set->title) == 0;
}

/* The period asked for, or the last one that the set has; NULL: it has none. */
static const char *period_of(const published_work *work, const published_set *set) {
    const char *asked = work->asked->period, *last = NULL;
    if (asked != NULL && strcmp(asked, published_every_period) != 0)
        return asked;
    for (size_t i = 0; i < work->data.n; i++)
        if (belongs(set, work->data.subjects[i]) && (last == NULL || strcmp(work->data.subjects[i]->period, last) > 0))
            last = work->data.subjects[i]->period;
    return last;
}

/* False: nobody is in it. */
static bool fill(published_work *work, published_set *set) {
    bool every = work->asked->period != NULL && strcmp(work->asked->period, published_every_period) == 0;
    set->period = period_of(work, set);
    if (set->period == NULL)
        return false;
    for (int round = 0; round < 2; round++) { /* count, then take */
        set->n = 0;
        for (size_t i = 0; i < work->data.n; i++) {
            const published_subject *s = work->data.subjects[i];
            if (!belongs(set, s) || (!every && strcmp(s->period, set->period) != 0))
                continue;
            if (set->subjects != NULL)
                set->subjects[set->n] = s;
            set->n++;
        }
        if (round == 0 && set->n > 0)
            set->subjects = rp_arena_take(work->answer->arena, set->n, sizeof *set->subjects);
        if (set->subjects == NULL) {
            work->answer->failed = work->answer->failed || set->n > 0;
            return false;
        }
    }
    return true;
}

/* ---- true proportions ---- */

static rp_value number(double value, int decimals) {
    return rp_value_num(value, decimals, rp_count_none());
}

static const char *check_words(const published_result *r) {
    static const char *const words[] = {"", "yes", "no"};
    return words[r->check];
}

static void put_row(published_work *work, rp_answer_table *table, const published_set *set, const published_subject *s,
                    const published_rate *rate, const published_funnel *funnel) {
    published_result r = published_rate_of(s, rate, work->asked->level);
    if (!r.known && r.printed == NULL)
        return;
    rp_answer *answer = work->answer;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, set->groups ? s->group : s->name);
    row[1] = rp_value_text(answer, s->code);
    row[2] = rp_value_text(answer, s->period);
    row[3] = rp_value_text(answer, r.printed != NULL ? r.printed->printed : "not published");
    if (r.known) {
        row[4] = number((double)r.x.low, 0);
        row[5] = number((double)r.x.high, 0);
        row[6] = number((double)r.n.low, 0);
        row[7] = number((double)r.n.high, 0);
        row[8] = number(100 * r.rate.low, 1);
        row[9] = number(100 * r.rate.high, 1);
        row[10] = number(100 * r.rate.lower, 1);
        row[11] = number(100 * r.rate.upper, 1);
    }
    row[12] = rp_value_text(answer, check_words(&r));
    if (!set->groups)
        row[13] = rp_value_text(answer, published_funnel_place(work, funnel, s, rate));
}

static void write_rate(published_work *work, const published_set *set, const published_rate *rate) {
    const rp_table_column columns[] = {
        {"subject", set->groups ? "Group" : "Organisation", ""},
        {"code", "Code", ""},
        {"period", "Period", ""},
        {"published", "Published", "%"},
        {"count_low", "Count from", ""},
        {"count_high", "to", ""},
        {"of_low", "Of, from", ""},
        {"of_high", "to", ""},
        {"share_low", "Rate from", "%"},
        {"share_high", "to", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "to", "%"},
        {"agrees", "Agrees", ""},
        {"limits", "Limits", ""},
    };
    rp_answer *answer = work->answer;
    const char *id = rp_answer_text(answer, "published.%s.%s", set->slug, rate->id + strlen("published."));
    published_funnel funnel = {.period = NULL};
    if (!set->groups && rate->headline)
        funnel = published_write_funnel(work, set, rate, id);
    rp_answer_table *table =
        rp_answer_table_add(answer, id, rp_answer_text(answer, "%s: %s", set->title, published_label(answer, rate)),
                            columns, sizeof columns / sizeof *columns - (set->groups ? 1 : 0));
    table->note = set->groups ? "In alphabetical order. A referral is in one group of each kind, or in none: groups of "
                                "different kinds overlap."
                              : "In alphabetical order. From and to are what the rounding of the published counts "
                                "allows.";
    for (size_t i = 0; i < set->n; i++)
        put_row(work, table, set, set->subjects[i], rate, &funnel);
}

static bool has_rate(const published_work *work, const published_set *set, const published_rate *rate) {
    for (size_t i = 0; i < set->n; i++) {
        published_result r = published_rate_of(set->subjects[i], rate, work->asked->level);
        if (r.known || r.printed != NULL)
            return true;
    }
    return false;
}

/* ---- ratios of two cohorts ---- */

enum { MOST_RATIO_COLUMNS = 40 };

/* A column pair of the table of ratios: a count (rate NULL) or a ratio. */
typedef struct ratio_pair {
    const published_rate *rate;
    published_base base;
} ratio_pair;

typedef struct ratio_table {
    rp_table_column columns[MOST_RATIO_COLUMNS];
    ratio_pair pairs[MOST_RATIO_COLUMNS / 2];
    size_t n_columns, n_pairs;
} ratio_table;

static void add_pair(rp_answer *answer, ratio_table *t, ratio_pair pair, const char *id, const char *label) {
    if (t->n_columns + 2 > MOST_RATIO_COLUMNS)
        return;
    t->columns[t->n_columns++] =
        (rp_table_column){rp_answer_text(answer, "%s.low", id), rp_answer_text(answer, "%s, from", label), ""};
    t->columns[t->n_columns++] = (rp_table_column){rp_answer_text(answer, "%s.high", id), "to", ""};
    t->pairs[t->n_pairs++] = pair;
}

/* The counts of a cohort, then every ratio to it. */
static void add_base(published_work *work, const published_set *set, ratio_table *t, published_base base,
                     const char *id, const char *label, const char *each) {
    rp_answer *answer = work->answer;
    bool begun = false;
    for (size_t i = 0; i < published_n_rates; i++) {
        const published_rate *rate = &published_rates[i];
        if (!published_is_ratio(rate) || rate->base != base || !has_rate(work, set, rate))
            continue;
        if (!begun)
            add_pair(answer, t, (ratio_pair){NULL, base}, id, label);
        begun = true;
        add_pair(answer, t, (ratio_pair){rate, base}, rate->id + strlen("published."),
                 rp_answer_text(answer, "%s per 100 %s", published_measure_words(rate->count), each));
    }
}

static void put_ratios(published_work *work, rp_answer_table *table, const published_subject *s, const ratio_table *t) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, s->name);
    row[1] = rp_value_text(work->answer, s->code);
    row[2] = rp_value_text(work->answer, s->period);
    for (size_t i = 0; i < t->n_pairs; i++) {
        rp_value *at = &row[t->n_columns - 2 * (t->n_pairs - i)];
        published_count base = published_base_of(s, t->pairs[i].base);
        if (t->pairs[i].rate == NULL && base.known) {
            at[0] = number((double)base.low, 0);
            at[1] = number((double)base.high, 0);
        }
        if (t->pairs[i].rate == NULL)
            continue;
        published_result r = published_rate_of(s, t->pairs[i].rate, work->asked->level);
        if (!r.known)
            continue;
        at[0] = number(100 * r.rate.low, 1);
        if (!isnan(r.rate.high)) /* without a bound where the other cohort may be empty */
            at[1] = number(100 * r.rate.high, 1);
    }
}

static void write_ratios(published_work *work, const published_set *set) {
    rp_answer *answer = work->answer;
    ratio_table t = {.columns = {{"organisation", "Organisation", ""}, {"code", "Code", ""}, {"period", "Period", ""}},
                     .n_columns = 3};
    add_base(work, set, &t, OF_REFERRED, "referred", "Referred", "referred");
    add_base(work, set, &t, OF_ENTERED, "entered", "Entered", "entered");
    if (t.n_pairs == 0)
        return;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "published.%s.ratios", set->slug),
                            rp_answer_text(answer, "%s: ratios of two cohorts", set->title), t.columns, t.n_columns);
    table->note =
        "In alphabetical order. Who is referred in a period and who finishes in it are not the same people, so "
        "these are ratios and no shares: they have no interval and may be above 100. From and to are what the "
        "rounding of the published counts allows.";
    for (size_t i = 0; i < set->n; i++)
        put_ratios(work, table, set->subjects[i], &t);
}

/* ---- all sets ---- */

static void write_set(published_work *work, const char *title, bool groups) {
    published_set set = {.title = title, .slug = slug_of(work->answer, groups ? "groups" : title), .groups = groups};
    if (!fill(work, &set))
        return;
    for (size_t i = 0; i < published_n_rates; i++)
        if (!published_is_ratio(&published_rates[i]) && has_rate(work, &set, &published_rates[i]))
            write_rate(work, &set, &published_rates[i]);
    if (!groups)
        write_ratios(work, &set);
}

void published_write_sets(published_work *work) {
    const char *kind = NULL;
    size_t n_kinds = 0;
    bool left_out = false;
    for (size_t i = 0; i < work->data.n; i++) { /* in order of kind */
        const published_subject *s = work->data.subjects[i];
        left_out = left_out || (!s->national && !s->total);
        if (s->national || !s->total || (kind != NULL && strcmp(kind, s->kind) == 0))
            continue;
        kind = s->kind;
        if (n_kinds++ < MOST_KINDS)
            write_set(work, kind, false);
    }
    write_set(work, "Groups of England", true);
    if (left_out)
        rp_answer_caveat(work->answer, "The files also hold groups within organisations, which are not shown here.");
    if (n_kinds > MOST_KINDS)
        rp_answer_caveat(work->answer, "The files hold more kinds of organisation than are shown here.");
}
