/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort by sessions and endings, and sets of them. */
#include "questions/common/shared_marks.h"
#include "questions/dropout/dropout_parts.h"

const dropout_way dropout_endings[ENDINGS] = {
    [ENDING_AGREED] = {"agreed", "By agreement", RP_QUESTION_ENDED(ENDING_AGREED)},
    [ENDING_LEFT] = {"before_planned", "Earlier than the practitioner planned", RP_QUESTION_ENDED(ENDING_LEFT)},
    [ENDING_DECLINED] = {"declined", "Declined, or withdrew", RP_QUESTION_ENDED(ENDING_DECLINED)},
    [ENDING_BY_SERVICE] = {"before_wished", "Earlier than the client asked for", RP_QUESTION_ENDED(ENDING_BY_SERVICE)},
    [ENDING_REFERRED_ON] = {"referred_on", "Referred on, or signposted", RP_QUESTION_ENDED(ENDING_REFERRED_ON)},
    [ENDING_DIED] = {"died", "Died", RP_QUESTION_ENDED(ENDING_DIED)},
    [ENDING_OTHER] = {"other", "Another reason", RP_QUESTION_ENDED(ENDING_OTHER)},
    [ENDING_NOT_RECORDED] = {"not_recorded", "Reason not recorded", RP_QUESTION_ENDED(ENDING_NOT_RECORDED)},
};

/* ---- one pass over the cohort ------------------------------------------------------------------------------------ */

typedef struct fact {
    uint64_t marks;
    size_t cell;
} fact;
typedef struct reader {
    const dropout_work *work;
    fact *facts; /* one a person, each written by the block that they are in */
} reader;

static void tally(dropout_tally *to, unsigned k, const dropout_session *s, bool by_work) {
    (s->left ? to->left : to->stayed)[k]++;
    if (by_work)
        (s->left ? to->left_by_work : to->stayed_by_work)[dropout_work_situation(s)]++;
}

bool dropout_is_drawn(const dropout_work *work, size_t place) {
    return place % work->one_in == 0;
}

/* The models in which a session of theirs is, and in which the one after which they left is. */
static uint64_t take_models(const dropout_work *work, const dropout_person *p, dropout_sums *sums) {
    uint64_t marks = 0;
    for (size_t m = 0; m < MODELS; m++)
        for (unsigned k = 0; k < p->n; k++) {
            const dropout_session *s = &p->at[k];
            if (!dropout_is_in(work, (dropout_model_id)m, s))
                continue;
            marks |= IN_MODEL(m) | (s->left ? LEFT_MODEL(m) : 0);
            tally(&sums->tallies[m], k, s, (dropout_model_defs[m].predictors & X(X_ANOTHER)) != 0);
        }
    return marks;
}

static void add_first(const rp_episode *e, int measure, rp_moments *to) {
    if (measure >= 0 && e->series[measure].n > 0)
        rp_moments_add(to, e->series[measure].points[0].value);
}

static void take_block(void *statistics, const rp_block *block, const void *context) {
    const reader *r = context;
    const dropout_work *work = r->work;
    dropout_sums *sums = statistics;
    for (size_t i = 0; i < block->n_episodes; i++) {
        const rp_episode *e = &block->episodes[i];
        fact *f = &r->facts[block->first + i];
        rp_question_ending ending = rp_question_ending_of(work->record, work->columns.end_reason, e->row);
        f->cell = rp_question_cell_of_ending(work->stages, e, ending);
        f->marks = rp_question_at_all(e->treated > 0 ? (unsigned)e->treated : 0);
        if (e->over == RP_YES)
            f->marks |= RP_QUESTION_OVER | RP_QUESTION_ENDED(ending);
        if (e->treated < 1)
            continue;
        add_first(e, work->symptoms, &sums->symptoms);
        add_first(e, work->alliance, &sums->alliance);
        if (!dropout_is_drawn(work, block->first + i))
            continue;
        dropout_person person = dropout_read(work, e);
        f->marks |= take_models(work, &person, sums);
    }
}

static void merge_tallies(dropout_tally *a, const dropout_tally *b) {
    for (size_t k = 0; k < SESSIONS; k++) {
        a->left[k] += b->left[k];
        a->stayed[k] += b->stayed[k];
    }
    for (size_t w = 0; w < WORKS; w++) {
        a->left_by_work[w] += b->left_by_work[w];
        a->stayed_by_work[w] += b->stayed_by_work[w];
    }
}

static void merge(void *into, const void *other, const void *context) {
    (void)context;
    dropout_sums *a = into;
    const dropout_sums *b = other;
    rp_moments_merge(&a->symptoms, &b->symptoms);
    rp_moments_merge(&a->alliance, &b->alliance);
    for (size_t m = 0; m < MODELS; m++)
        merge_tallies(&a->tallies[m], &b->tallies[m]);
}

static bool read_all(dropout_work *work, fact *facts, rp_error *error) {
    reader r = {work, facts};
    rp_fold fold = {sizeof work->sums, take_block, merge, &r};
    rp_question_set *people = &work->people;
    people->answer = work->answer;
    if (!rp_cohort_fold(work->cohort, &fold, work->asked->threads, &work->sums, error))
        return false;
    for (size_t i = 0; i < rp_cohort_episodes(work->cohort); i++)
        if (!rp_question_group_add(work->answer->arena, &people->groups, facts[i].marks, facts[i].cell))
            return rp_fail_memory(error);
    people->universe =
        rp_question_universe(work->answer, work->endings, "sessions and how treatment ended", &people->groups);
    return !work->answer->failed || rp_fail_memory(error);
}

/* ---- practitioners ----------------------------------------------------------------------------------------------- */

typedef struct practitioner_column {
    rp_table_id table;
    int column;
} practitioner_column;

/* Numbers from 0 on, in the order of the record. */
static bool number_practitioners(dropout_work *work, rp_error *error) {
    const practitioner_column named[] = {{RP_CONTACTS, work->columns.contact_practitioner},
                                         {RP_INTERNET_LOGS, work->columns.log_practitioner}};
    enum { NAMED = sizeof named / sizeof *named };
    uint32_t last = 0;
    for (size_t t = 0; t < NAMED; t++)
        for (size_t i = 0; i < rp_record_rows(work->record, named[t].table); i++) {
            uint32_t id = rp_record_id(work->record, named[t].table, named[t].column, i);
            last = id != RP_NO_ID && id > last ? id : last;
        }
    work->level_of = rp_arena_take(work->answer->arena, (size_t)last + 1, sizeof *work->level_of);
    if (work->level_of == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i <= last; i++)
        work->level_of[i] = UINT32_MAX;
    for (size_t t = 0; t < NAMED; t++)
        for (size_t i = 0; i < rp_record_rows(work->record, named[t].table); i++) {
            uint32_t id = rp_record_id(work->record, named[t].table, named[t].column, i);
            if (id != RP_NO_ID && work->level_of[id] == UINT32_MAX)
                work->level_of[id] = work->practitioners++;
        }
    return true;
}

bool dropout_sort(dropout_work *work, rp_error *error) {
    if (!number_practitioners(work, error))
        return false;
    rp_arena *scratch = rp_arena_new(0);
    fact *facts = scratch != NULL ? rp_arena_take(scratch, rp_cohort_episodes(work->cohort), sizeof *facts) : NULL;
    bool done = facts != NULL ? read_all(work, facts, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return done;
}

/* ---- sets -----------------------------------------------------------------------------------------------------------
 */

rp_count dropout_entered(const dropout_work *work) {
    return rp_question_having(&work->people, rp_question_at(1), 0);
}

rp_count dropout_at_risk(const dropout_work *work, unsigned k) {
    return rp_question_having_any(&work->people, rp_question_at(k), RP_QUESTION_OVER | rp_question_at(k + 1));
}

rp_count dropout_ended_by(const dropout_work *work, unsigned k, uint64_t ways) {
    return rp_question_ended(&work->people, 1, k, ways);
}

bool dropout_knows_ways(const dropout_work *work) {
    uint64_t entered = rp_question_at(1) | RP_QUESTION_OVER;
    return rp_question_having(&work->people, entered, RP_QUESTION_ENDED(ENDING_NOT_RECORDED)).n > 0;
}
