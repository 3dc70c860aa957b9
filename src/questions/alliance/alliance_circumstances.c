/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Under which circumstances the leading scale was answered, and whether scores differ by them. Nobody was allotted to a
 * circumstance, so no difference is an effect of one.
 *
 * The mean of all scores is told elsewhere. With the means of all kinds but one, that one would follow; so each
 * circumstance has a second universe, of scores: its groups are the kinds, and how many people have one of a kind
 * stands for their number, since the mean of a kind with few people must not be told. How many scores are of a kind is
 * never told. Two kinds of the same few people are taken for kinds of twice as many: where a third kind is all that is
 * shown, their mean is protected by the people who have any other kind. */
#include "questions/alliance/alliance_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct {
    const char *id, *title, *unsaid;
    rp_table_id table;
    const char *column;
} circumstances[] = {
    {"alliance.circumstances.practitioner_present", "Practitioner present", "whether the practitioner was there",
     RP_ADMINISTRATIONS, "practitioner_present"},
    {"alliance.circumstances.seen_by_practitioner", "Seen by the practitioner",
     "whether and when the practitioner sees the answers", RP_ADMINISTRATIONS, "seen_by_practitioner"},
    {"alliance.circumstances.moment", "When answered", "whether it was before or after the session", RP_ADMINISTRATIONS,
     "moment"},
    {"alliance.circumstances.way", "Way of answering", "in what way it was answered", RP_ADMINISTRATIONS, "way"},
    {"alliance.circumstances.mode", "Means of the contact", "by what means the contact was", RP_CONTACTS, "mode"},
};
enum { CIRCUMSTANCES = sizeof circumstances / sizeof *circumstances };

/* A kind of score: one value of one circumstance, or that it is not recorded. */
enum { MEASURED, FIRST_KIND, MOST_KINDS = 64 - FIRST_KIND };
typedef struct score_kind {
    const char *words;
    uint64_t mark;
    bool recorded;
    rp_count people; /* with a score of it; 0: it does not occur */
    size_t at;       /* among those of its circumstance that occur */
} score_kind;
typedef struct reader {
    const alliance_family *family;
    const rp_record *record;
    int columns[CIRCUMSTANCES], contact, value;
    size_t first[CIRCUMSTANCES + 1]; /* kinds of circumstance c: from first[c] to before first[c + 1] */
    score_kind kinds[MOST_KINDS];
    size_t kind_of_value[MOST_KINDS]; /* by first[c] and a value: two codes of one meaning are one kind */
    size_t n_occurring[CIRCUMSTANCES];
    size_t room[CIRCUMSTANCES + 1]; /* where the moments of each begin */
} reader;

static const rp_column_def *column_of(size_t c, int column) {
    return &rp_schema_table(circumstances[c].table)->columns[column];
}

static void list_kinds(reader *r) {
    size_t n = 0;
    for (size_t c = 0; c < CIRCUMSTANCES; c++) {
        r->columns[c] = rp_schema_column(circumstances[c].table, circumstances[c].column);
        const rp_code_list *codes = column_of(c, r->columns[c])->codes;
        size_t values = codes != NULL ? codes->n : 2;
        assert(n + values < MOST_KINDS);
        r->first[c] = n;
        for (size_t v = 0; v < values; v++)
            r->kinds[n++] = (score_kind){.words = codes != NULL ? codes->codes[v].meaning
                                                  : v == 0      ? "practitioner not there"
                                                                : "practitioner there",
                                         .recorded = true};
        r->kinds[n++] = (score_kind){.words = "not recorded"};
    }
    r->first[CIRCUMSTANCES] = n;
    for (size_t c = 0; c < CIRCUMSTANCES; c++)
        for (size_t k = r->first[c]; k < r->first[c + 1]; k++) {
            r->kinds[k].mark = MARK(FIRST_KIND + k);
            r->kind_of_value[k] = r->first[c];
            while (strcmp(r->kinds[r->kind_of_value[k]].words, r->kinds[k].words) != 0)
                r->kind_of_value[k]++;
        }
}

/* The row that tells of a circumstance, or -1: the administration's own, or that of the contact it belongs to. */
static int64_t telling_row(const reader *r, size_t c, const alliance_person *person, uint32_t administration) {
    if (circumstances[c].table == RP_ADMINISTRATIONS)
        return administration;
    int64_t contact = rp_record_refers(r->record, RP_ADMINISTRATIONS, r->contact, administration);
    for (size_t i = 0; i < person->n_sessions && contact < 0; i++)
        if (rp_cohort_in_session(r->family->cohort, &person->sessions[i], administration))
            contact = person->sessions[i].contact;
    return contact;
}

static size_t kind_of(const reader *r, size_t c, const alliance_person *person, uint32_t administration) {
    int64_t row = telling_row(r, c, person, administration);
    const rp_code_list *codes = column_of(c, r->columns[c])->codes;
    int value = row < 0         ? -1
                : codes == NULL ? rp_record_bool(r->record, circumstances[c].table, r->columns[c], (size_t)row)
                                : rp_record_code(r->record, circumstances[c].table, r->columns[c], (size_t)row);
    if (value < 0)
        return r->first[c + 1] - 1;
    return r->kind_of_value[r->first[c] + (size_t)value];
}

/* How many scores a person has of each kind, and their sums: out[2 * kind] and the number after it. */
static void add_up(const reader *r, const alliance_person *person, double out[2 * MOST_KINDS]) {
    memset(out, 0, 2 * MOST_KINDS * sizeof *out);
    rp_rows rows = alliance_administrations(r->family, person->episode);
    int scale = rp_cohort_measure(r->family->cohort, r->family->measures[0])->scale;
    for (size_t a = 0; a < rows.n; a++) {
        rp_rows scores = rp_record_children(r->record, RP_SCORES, rows.at[a]);
        for (size_t s = 0; s < scores.n; s++) {
            double score = rp_record_num(r->record, RP_SCORES, r->value, scores.at[s]);
            if (isnan(score) || rp_record_score_ref(r->record, scores.at[s]).scale != scale)
                continue;
            for (size_t c = 0; c < CIRCUMSTANCES; c++) {
                double *of = out + 2 * kind_of(r, c, person, rows.at[a]);
                of[0] += 1;
                of[1] += score;
            }
        }
    }
}

static uint64_t marks_of(const void *context, const alliance_person *person) {
    const reader *r = context;
    double own[2 * MOST_KINDS];
    add_up(r, person, own);
    uint64_t marks = 0;
    for (size_t k = 0; k < r->first[CIRCUMSTANCES]; k++)
        if (own[2 * k] > 0)
            marks |= MARK(MEASURED) | r->kinds[k].mark;
    return marks;
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const reader *r = context;
    for (alliance_person person = {0}; alliance_next(block, &person);) {
        double own[2 * MOST_KINDS], of[2 * MOST_KINDS];
        add_up(r, &person, own);
        for (size_t c = 0; c < CIRCUMSTANCES; c++) {
            size_t n = 0;
            for (size_t k = r->first[c]; k < r->first[c + 1]; k++)
                if (r->kinds[k].people.n > 0) {
                    of[n++] = own[2 * k];
                    of[n++] = own[2 * k + 1];
                }
            rp_item_moments_add((double *)statistics + r->room[c], n, of);
        }
    }
}

static void merge(void *into, const void *other, const void *context) {
    const reader *r = context;
    for (size_t c = 0; c < CIRCUMSTANCES; c++)
        rp_item_moments_merge((double *)into + r->room[c], 2 * r->n_occurring[c], (const double *)other + r->room[c]);
}

/* ---- writing --------------------------------------------------------------------------------------------- */

/* What is written of one circumstance. */
typedef struct writing {
    const reader *reader;
    const rp_question_set *set;
    const rp_universe *scores; /* its groups are the kinds that occur */
    const double *moments;
    size_t c, reference; /* kind that the others are compared with; SIZE_MAX: no two are recorded */
} writing;

static rp_count scores_of(const writing *w, size_t k) {
    return alliance_group_alone(w->set->answer, w->scores, w->reader->kinds[k].at);
}

static rp_interval mean_of(const writing *w, size_t k) {
    const reader *r = w->reader;
    return rp_ratio_contrast(w->moments, 2 * r->n_occurring[w->c], r->kinds[k].at, RP_NO_KIND, r->kinds[k].people.n,
                             r->family->asked->level);
}

static rp_interval difference_of(const writing *w, size_t k) {
    const reader *r = w->reader;
    rp_count either = rp_question_having_any(w->set, 0, r->kinds[k].mark | r->kinds[w->reference].mark);
    return rp_ratio_contrast(w->moments, 2 * r->n_occurring[w->c], r->kinds[k].at, r->kinds[w->reference].at, either.n,
                             r->family->asked->level);
}

/* Those who also have a score of another kind; none where nobody has. */
static rp_count having_others(const writing *w, size_t k) {
    const reader *r = w->reader;
    uint64_t others = 0;
    for (size_t i = r->first[w->c]; i < r->first[w->c + 1]; i++)
        others |= i != k ? r->kinds[i].mark : 0;
    rp_count having = rp_question_having_any(w->set, 0, others);
    return having.n > 0 ? having : rp_count_none();
}

static bool is_compared(const writing *w, size_t k) {
    const score_kind *kind = &w->reader->kinds[k];
    return w->reference != SIZE_MAX && k != w->reference && kind->recorded && kind->people.n > 0;
}

static void state(const writing *w, size_t k) {
    const reader *r = w->reader;
    rp_answer *answer = w->set->answer;
    rp_interval difference = difference_of(w, k);
    const char *words = r->kinds[k].words, *other = r->kinds[w->reference].words;
    rp_statement *s = alliance_statement(answer, r->family, circumstances[w->c].id, 0, r->kinds[k].people,
                                         rp_question_having(w->set, MARK(MEASURED), 0), difference);
    s->behind[0] = scores_of(w, k);
    s->behind[1] = scores_of(w, w->reference);
    s->unit = "points";
    s->label = rp_answer_text(answer, "%s: \"%s\" less \"%s\"", circumstances[w->c].title, words, other);
    s->method =
        "difference of means of scores; t interval over people, who may have scores of both kinds (Cochran 1977)";
    s->text = rp_answer_text(answer,
                             "%s (%s), %s: the mean of scores with \"%s\" less that of scores with \"%s\" is %.2f "
                             "points%s. %lld of %lld people measured have a score of the first kind. People chose or "
                             "were given these circumstances; the difference is not an effect of them.",
                             r->family->name, alliance_scale(r->family, 0)->title, circumstances[w->c].title, words,
                             other, difference.estimate, alliance_range(answer, &difference), (long long)s->numerator.n,
                             (long long)s->denominator.n);
}

/* What stands beside a number in `of` must be fit to be shown for the number to be. */
static void put_row(const writing *w, rp_answer_table *table, size_t k) {
    const score_kind *kind = &w->reader->kinds[k];
    rp_interval mean = mean_of(w, k);
    const double means[] = {mean.estimate, mean.lower, mean.upper};
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(w->set->answer, circumstances[w->c].title);
    row[1] = rp_value_text(w->set->answer, kind->words);
    row[2] = rp_value_count(kind->people);
    row[2].of = rp_question_having(w->set, MARK(MEASURED), 0);
    for (size_t i = 0; i < 3; i++) {
        row[3 + i] = alliance_number(means[i], 2, scores_of(w, k));
        row[3 + i].of = having_others(w, k);
    }
    if (!is_compared(w, k))
        return;
    rp_interval difference = difference_of(w, k);
    const double differences[] = {difference.estimate, difference.lower, difference.upper};
    for (size_t i = 0; i < 3; i++) {
        row[6 + i] = alliance_number(differences[i], 2, scores_of(w, k));
        row[6 + i].of = scores_of(w, w->reference);
    }
}

static rp_answer_table *add_table(const alliance_family *family, rp_answer *answer) {
    static const rp_table_column columns[] = {
        {"circumstance", "Circumstance", ""},
        {"kind", "Scores with", ""},
        {"people", "People", "people"},
        {"mean", "Mean", "points"},
        {"lower", "From", "points"},
        {"upper", "To", "points"},
        {"difference", "Difference", "points"},
        {"difference_lower", "From", "points"},
        {"difference_upper", "To", "points"},
    };
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "alliance.circumstances.%s", family->name),
        rp_answer_text(answer, "%s, %s: scores by circumstance", family->name, alliance_scale(family, 0)->title),
        columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "People: with a score of that kind; someone can have several kinds. Difference: from the first kind that is "
        "recorded of at least half as many people as the commonest. From and To: %g%% t interval over people. People "
        "chose or were given these circumstances, so no difference is an effect of one.",
        100 * family->asked->level);
    return table;
}

/* The first of the list that is not rare: at least half as many people have it as have the commonest. With the
 * commonest itself the sign of a difference would turn from one rater to the other. */
static size_t reference_of(const reader *r, size_t c) {
    int64_t most = 0;
    size_t recorded = 0, reference = r->first[c];
    for (size_t k = r->first[c]; k < r->first[c + 1]; k++)
        if (r->kinds[k].recorded && r->kinds[k].people.n > 0) {
            recorded++;
            most = r->kinds[k].people.n > most ? r->kinds[k].people.n : most;
        }
    while (recorded > 1 && (r->kinds[reference].people.n == 0 || 2 * r->kinds[reference].people.n < most))
        reference++;
    return recorded > 1 ? reference : SIZE_MAX;
}

static const rp_universe *universe_of_scores(const reader *r, rp_answer *answer, size_t c) {
    rp_universe *universe = rp_answer_universe(
        answer, rp_answer_text(answer, "%s, scores: %s", r->family->name, circumstances[c].title), r->n_occurring[c]);
    for (size_t k = r->first[c]; k < r->first[c + 1] && universe->n_groups > 0; k++)
        if (r->kinds[k].people.n > 0)
            universe->people[r->kinds[k].at] = r->kinds[k].people.n;
    return universe;
}

/* Where all scores are of one kind there is nothing to tell apart. */
static bool is_told(const reader *r, size_t c) {
    for (size_t k = r->first[c]; k < r->first[c + 1]; k++)
        if (r->kinds[k].recorded && r->kinds[k].people.n > 0)
            return r->n_occurring[c] > 1;
    return false;
}

static void write(const reader *r, const rp_question_set *set, const double *moments) {
    rp_answer_table *table = NULL;
    const char *unsaid = NULL;
    for (size_t c = 0; c < CIRCUMSTANCES; c++) {
        if (rp_record_rows(r->record, circumstances[c].table) == 0)
            continue; /* that the table is lacking is said once, for the whole answer */
        if (!is_told(r, c)) {
            unsaid = unsaid == NULL ? circumstances[c].unsaid
                                    : rp_answer_text(set->answer, "%s; %s", unsaid, circumstances[c].unsaid);
            continue;
        }
        writing w = {r, set, universe_of_scores(r, set->answer, c), moments + r->room[c], c, reference_of(r, c)};
        table = table != NULL ? table : add_table(r->family, set->answer);
        for (size_t k = r->first[c]; k < r->first[c + 1]; k++) {
            if (is_compared(&w, k))
                state(&w, k);
            if (r->kinds[k].people.n > 0)
                put_row(&w, table, k);
        }
    }
    if (unsaid != NULL)
        rp_answer_caveat(
            set->answer,
            "%s: not recorded of any score, or the same of all: %s. Whether scores differ by these cannot be told.",
            r->family->name, unsaid);
}

bool alliance_write_circumstances(const alliance_family *family, rp_answer *answer, rp_error *error) {
    reader *r = rp_arena_take(answer->arena, 1, sizeof *r);
    if (r == NULL)
        return rp_fail_memory(error);
    r->family = family;
    r->record = rp_cohort_record(family->cohort);
    r->contact = rp_schema_column(RP_ADMINISTRATIONS, "contact_id");
    r->value = rp_schema_column(RP_SCORES, "value");
    list_kinds(r);
    rp_question_set set;
    if (!alliance_set_make(&set, answer, family, rp_answer_text(answer, "%s, circumstances", family->name), marks_of, r,
                           error))
        return false;
    for (size_t c = 0; c < CIRCUMSTANCES; c++) {
        for (size_t k = r->first[c]; k < r->first[c + 1]; k++) {
            r->kinds[k].people = rp_question_having(&set, r->kinds[k].mark, 0);
            r->kinds[k].at = r->n_occurring[c];
            r->n_occurring[c] += r->kinds[k].people.n > 0;
        }
        r->room[c + 1] = r->room[c] + rp_item_moments_room(2 * r->n_occurring[c]);
    }
    rp_fold fold = {r->room[CIRCUMSTANCES] * sizeof(double), prepare, merge, r};
    double *moments = rp_arena_take(answer->arena, r->room[CIRCUMSTANCES], sizeof *moments);
    if (moments == NULL)
        return rp_fail_memory(error);
    if (!rp_cohort_fold(family->cohort, &fold, family->asked->threads, moments, error))
        return false;
    write(r, &set, moments);
    return true;
}
