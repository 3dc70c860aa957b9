/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Four things that "significant" is used for, told apart, each with its own figure. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>
#include <string.h>

const rp_statement *cmp_quoted(const rp_asked *asked, const char *id, const char *measure, const char *arm) {
    for (size_t a = 0; a < asked->n_before; a++)
        for (size_t i = 0; i < asked->before[a]->n_statements; i++) {
            const rp_statement *s = asked->before[a]->statements[i];
            bool same_arm = arm == NULL ? s->arm == NULL : s->arm != NULL && strcmp(s->arm, arm) == 0;
            bool same_measure = measure == NULL || (s->measure != NULL && strcmp(s->measure, measure) == 0);
            if (strcmp(s->id, id) == 0 && same_arm && same_measure && s->severity == NULL && !s->suppressed)
                return s;
        }
    return NULL;
}

static rp_statement *meaning(cmp_work *work, int arm, const char *id, const char *label) {
    rp_statement *s = cmp_statement(work, id);
    s->arm = cmp_arm(work, arm);
    s->label = label;
    s->unit = "";
    return s;
}

static void statistical(cmp_work *work, int arm, const cmp_result *all) {
    rp_statement *s = meaning(work, arm, "comparison.meaning.statistical", "Statistically different");
    s->method = "interval of comparison.effect";
    s->behind[0] = cmp_meant_for(work, arm);
    s->behind[1] = cmp_meant_for(work, 0);
    bool told = all->state == CMP_FITTED && !isnan(all->effect.lower);
    s->text =
        rp_answer_text(work->answer,
                       "%s, statistically different: %s. It says whether chance is apt to make such a difference, and "
                       "nothing of whether it is large.%s",
                       work->of->name,
                       !told ? "cannot be told, for want of a model"
                       : all->effect.lower > 0 || all->effect.upper < 0
                           ? rp_answer_text(work->answer, "yes, the interval from %+.2f to %+.2f leaves nought out",
                                            all->effect.lower, all->effect.upper)
                           : rp_answer_text(work->answer, "not shown, the interval from %+.2f to %+.2f holds nought",
                                            all->effect.lower, all->effect.upper),
                       cmp_beside(work));
}

/* Where the interval of the difference lies beside the smallest change that counts. */
static void important(cmp_work *work, int arm, const cmp_result *all) {
    rp_statement *s = meaning(work, arm, "comparison.meaning.important", "Minimally important");
    s->method = "interval of comparison.effect beside the smallest change that counts as important";
    s->behind[0] = cmp_meant_for(work, arm);
    s->behind[1] = cmp_meant_for(work, 0);
    bool told = all->state == CMP_FITTED && !isnan(all->effect.lower);
    double better_low = work->scale->higher_is_worse ? -all->effect.upper : all->effect.lower;
    double better_high = work->scale->higher_is_worse ? -all->effect.lower : all->effect.upper;
    s->text = rp_answer_text(
        work->answer,
        "%s, minimally important: an average difference of %.2f points or more would be. %s. An average is not a "
        "person: how many people passed it is told apart.%s",
        work->of->name, work->important,
        !told                           ? "Whether it is so large cannot be told"
        : better_low >= work->important ? "It is so large, with its whole interval"
        : better_high < work->important ? "It is smaller, with its whole interval"
                                        : "The interval holds both smaller and larger differences",
        cmp_beside(work));
}

static void quoted(cmp_work *work, int arm, const char *id, const char *label, const char *what, const char *source) {
    const rp_statement *there = cmp_quoted(work->asked, source, work->of->name, cmp_arm(work, arm));
    const rp_statement *beside = cmp_quoted(work->asked, source, work->of->name, cmp_arm(work, 0));
    rp_statement *s = meaning(work, arm, id, label);
    s->method = rp_answer_text(work->answer, "as in %s", source);
    if (there == NULL || beside == NULL) {
        s->text = rp_answer_text(work->answer,
                                 "%s, %s: this report has no figure of both arms for it (%s): there is none, or it is "
                                 "about few people, or the question outcome was not asked.",
                                 work->of->name, what, source);
        return;
    }
    s->text = rp_answer_text(work->answer, "%s, %s. In %s: %s In %s: %s%s", work->of->name, what, cmp_arm(work, arm),
                             there->text, cmp_arm(work, 0), beside->text, cmp_beside(work));
}

/* The same as a table, since a page shows its words. */
static void write_table(cmp_work *work, int arm, size_t from) {
    static const rp_table_column columns[] = {{"meaning", "Meaning", ""}, {"here", "Here", ""}};
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "comparison.meaning.%s.%s", work->of->name, cmp_arm(work, arm)),
        rp_answer_text(answer, "%s: four things that are called significant", work->of->name), columns, 2);
    for (size_t i = from; i < answer->n_statements; i++) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, answer->statements[i]->label);
        row[1] = rp_value_text(answer, answer->statements[i]->text);
        row[1].count = cmp_meant_for(work, arm);
    }
}

/* By the instrument's own threshold `outcome` tells reliable recovery apart; by an index its recovery is reliable
 * (Jacobson & Truax 1991). */
static const char *reliable_recovery(const cmp_work *work) {
    return isnan(work->scale->change.reliable_change) ? "outcome.recovery.per_referral"
                                                      : "outcome.reliable_recovery.per_referral";
}

void cmp_write_meaning(cmp_work *work, int arm, const cmp_result results[CMP_KINDS]) {
    size_t from = work->answer->n_statements;
    statistical(work, arm, &results[CMP_ALL_LATER]);
    important(work, arm, &results[CMP_ALL_LATER]);
    quoted(work, arm, "comparison.meaning.reliable", "Reliable",
           "reliable: a person's change is larger than the error of measurement is apt to make it",
           "outcome.reliable_improvement.per_referral");
    quoted(work, arm, "comparison.meaning.clinical", "Clinically significant",
           "clinically significant: a person has come from among the cases to the other side of the cut-off, reliably",
           reliable_recovery(work));
    write_table(work, arm, from);
}
