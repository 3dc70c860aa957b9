/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cohort's two views as CSV: one row an episode, one row a session. One row a person: not protected, not for
 * publication. */
#include "rapport/evaluation.h"

#include "rapport/json.h"

#include <math.h>
#include <stddef.h>

static void put(rp_buf *out, const char *text) {
    rp_csv_put(out, rp_text_of(text != NULL ? text : ""), true);
}

static void put_num(rp_buf *out, double value) {
    char text[32] = "";
    if (!isnan(value))
        rp_number_text(value, text);
    rp_buf_printf(out, ",%s", text);
}

static void put_int(rp_buf *out, int64_t value, bool known) {
    if (known)
        rp_buf_printf(out, ",%lld", (long long)value);
    else
        rp_buf_put(out, ",");
}

static void put_date(rp_buf *out, rp_date date) {
    char text[11];
    rp_date_text(date, text);
    rp_buf_printf(out, ",%s", text);
}

static const char *known(rp_known value) {
    return value == RP_YES ? "true" : value == RP_NO ? "false" : "";
}

/* Extra columns of referrals: a study's covariates. */
static size_t extras(const rp_record *record) {
    return rp_record_columns(record, RP_REFERRALS) - rp_schema_table(RP_REFERRALS)->n_columns;
}

static const struct {
    const char *name;
    size_t at; /* in rp_national_flags */
} national[] = {
    {"case_at_start", offsetof(rp_national_flags, case_at_start)},
    {"case_at_end", offsetof(rp_national_flags, case_at_end)},
    {"recovered", offsetof(rp_national_flags, recovered)},
    {"improved", offsetof(rp_national_flags, improved)},
    {"deteriorated", offsetof(rp_national_flags, deteriorated)},
    {"reliably_recovered", offsetof(rp_national_flags, reliably_recovered)},
};
enum { NATIONAL_FLAGS = sizeof national / sizeof *national };

static void put_national(const rp_cohort *cohort, const rp_national *n, rp_buf *out) {
    rp_buf_put(out, ",");
    put(out, n->anxiety >= 0 ? rp_cohort_measure(cohort, (size_t)n->anxiety)->name : "");
    for (size_t i = 0; i < NATIONAL_FLAGS; i++) {
        const rp_national_flag *flag = (const rp_national_flag *)((const char *)&n->flags + national[i].at);
        rp_buf_printf(out, ",%s,", known(flag->is));
        put(out, rp_national_why_words(flag->why));
    }
}

static void episodes_header(const rp_cohort *cohort, rp_buf *out) {
    rp_buf_put(out, "referral_id,arm,received,ended,assessed,entered,finished,over,attended,treated");
    const rp_record *record = rp_cohort_record(cohort);
    for (size_t i = 0; i < extras(record); i++) {
        rp_buf_put(out, ",");
        put(out, rp_record_column_name(record, RP_REFERRALS, (int)(rp_schema_table(RP_REFERRALS)->n_columns + i)));
    }
    static const char *const parts[] = {"scores", "first", "last"};
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++)
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
            rp_buf name = {0};
            rp_buf_printf(&name, "%s: %s", rp_cohort_measure(cohort, m)->name, parts[p]);
            rp_buf_put(out, ",");
            put(out, name.at);
            out->failed = out->failed || name.failed;
            rp_buf_free(&name);
        }
    rp_buf_put(out, ",national_anxiety_measure");
    for (size_t i = 0; i < NATIONAL_FLAGS; i++)
        rp_buf_printf(out, ",national_%s,national_%s_why_not_known", national[i].name, national[i].name);
    rp_buf_put(out, "\n");
}

static void episode_row(const rp_cohort *cohort, const rp_episode *e, rp_buf *out) {
    put(out, e->id);
    rp_buf_put(out, ",");
    put(out, e->arm >= 0 ? rp_cohort_arm(cohort, (size_t)e->arm) : "");
    put_date(out, e->received);
    put_date(out, e->ended);
    rp_buf_printf(out, ",%s,%s,%s,%s", known(e->assessed), known(e->entered), known(e->finished), known(e->over));
    put_int(out, e->attended, e->attended >= 0);
    put_int(out, e->treated, e->treated >= 0);
    const rp_record *record = rp_cohort_record(cohort);
    for (size_t i = 0; i < extras(record); i++) {
        rp_buf_put(out, ",");
        put(out, rp_record_text(record, RP_REFERRALS, (int)(rp_schema_table(RP_REFERRALS)->n_columns + i), e->row));
    }
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_series *s = &e->series[m];
        put_int(out, s->n, true);
        put_num(out, s->n > 0 ? s->points[0].value : NAN);
        put_num(out, s->n > 1 ? s->points[s->n - 1].value : NAN);
    }
    put_national(cohort, &e->national, out);
    rp_buf_put(out, "\n");
}

static void sessions_header(const rp_cohort *cohort, rp_buf *out) {
    rp_buf_put(out, "referral_id,session,date,occasion,days,contact_id");
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        rp_buf_put(out, ",");
        put(out, rp_cohort_measure(cohort, m)->name);
    }
    rp_buf_put(out, ",client_id,arm,practitioner_id\n");
}

/* Of whom a row is, and with whom the session was: what groups sessions. */
static void put_who(const rp_cohort *cohort, const rp_episode *e, const rp_session *s, rp_buf *out) {
    const rp_record *record = rp_cohort_record(cohort);
    rp_buf_put(out, ",");
    put(out, rp_record_id_text(record, RP_REFERRALS, rp_schema_column(RP_REFERRALS, "client_id"), e->row));
    rp_buf_put(out, ",");
    put(out, e->arm >= 0 ? rp_cohort_arm(cohort, (size_t)e->arm) : "");
    rp_buf_put(out, ",");
    int practitioner = rp_schema_column(RP_CONTACTS, "practitioner_id");
    put(out, s->contact >= 0 ? rp_record_id_text(record, RP_CONTACTS, practitioner, (size_t)s->contact) : "");
}

static void session_row(const rp_cohort *cohort, const rp_episode *e, const rp_session *s, rp_buf *out) {
    put(out, e->id);
    put_int(out, s->number, true);
    put_date(out, s->date);
    put_int(out, s->occasion, s->occasion != RP_NO_OCCASION);
    put_num(out, s->days);
    rp_buf_put(out, ",");
    put(out, s->contact >= 0 ? rp_record_id_text(rp_cohort_record(cohort), RP_CONTACTS, 0, (size_t)s->contact) : "");
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++)
        put_num(out, s->values[m]);
    put_who(cohort, e, s, out);
    rp_buf_put(out, "\n");
}

static bool each_block(const rp_cohort *cohort, bool sessions, rp_buf *out, rp_error *error) {
    for (size_t b = 0; b < rp_cohort_blocks(cohort); b++) {
        rp_arena *arena = rp_arena_new(0);
        rp_block block = {0};
        bool made = arena != NULL ? rp_cohort_block(cohort, b, arena, &block, error) : rp_fail_memory(error);
        for (size_t i = 0; made && !sessions && i < block.n_episodes; i++)
            episode_row(cohort, &block.episodes[i], out);
        for (size_t i = 0; made && sessions && i < block.n_sessions; i++)
            session_row(cohort, &block.episodes[block.sessions[i].episode], &block.sessions[i], out);
        rp_arena_free(arena);
        if (!made)
            return false;
    }
    return !out->failed || rp_fail_memory(error);
}

bool rp_evaluation_episodes_csv(const rp_evaluation *evaluation, rp_buf *out, rp_error *error) {
    episodes_header(evaluation->cohort, out);
    return each_block(evaluation->cohort, false, out, error);
}

bool rp_evaluation_sessions_csv(const rp_evaluation *evaluation, rp_buf *out, rp_error *error) {
    sessions_header(evaluation->cohort, out);
    return each_block(evaluation->cohort, true, out, error);
}
