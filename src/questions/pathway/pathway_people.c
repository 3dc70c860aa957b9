/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts as unions of cells, and the sentence that every share is told in. */
#include "questions/common/percent.h"
#include "questions/pathway/pathway_parts.h"

#include <math.h>

pathway_who pathway_anyone(const pathway_work *work) {
    pathway_who who = {.plan = &work->plan, .contacts = ~0u, .followed = ~0u, .endings = ~(uint64_t)0};
    for (size_t w = 0; w < WAITS; w++)
        who.bands[w] = ~0u;
    return who;
}

pathway_who pathway_ended(pathway_who who) {
    who.endings &= ~(uint64_t)0 << ENDED;
    return who;
}

pathway_who pathway_not_ended(pathway_who who) {
    who.endings &= ~(~(uint64_t)0 << ENDED);
    return who;
}

static bool in_cell(const void *context, size_t i) {
    const pathway_who *who = context;
    pathway_cell cell = pathway_cell_at(who->plan->codes[i]);
    bool in = (who->contacts >> cell.contact & 1) != 0 && (who->followed >> cell.followed & 1) != 0 &&
              (who->endings >> cell.ending & 1) != 0;
    for (size_t w = 0; w < WAITS; w++)
        in = in && (who->bands[w] >> cell.bands[w] & 1) != 0;
    return in;
}

rp_count pathway_count(pathway_work *work, const pathway_who *who) {
    return rp_answer_count(work->answer, work->people, in_cell, who);
}

rp_interval pathway_share(const pathway_work *work, const rp_count *part, const rp_count *whole) {
    if (work->answer->failed)
        return (rp_interval){NAN, NAN, NAN, work->plan.asked->level};
    return rp_rate_interval(part->n, whole->n, work->plan.asked->level);
}

rp_statement *pathway_say(pathway_work *work, const pathway_saying *saying, const pathway_who *who,
                          const pathway_who *whole) {
    rp_answer *answer = work->answer;
    rp_statement *s = rp_answer_statement(answer, saying->id);
    s->numerator = pathway_count(work, who);
    s->denominator = pathway_count(work, whole);
    s->label = rp_answer_text(answer, "%s", saying->label);
    s->cohort = saying->cohort;
    s->unit = "people";
    s->headline = saying->headline;
    rp_interval share = pathway_share(work, &s->numerator, &s->denominator);
    s->estimate = share.estimate;
    s->lower = share.lower;
    s->upper = share.upper;
    s->level = share.level;
    s->method = "count; Wilson interval";
    int64_t n = s->denominator.n;
    if (n == 0)
        s->text = rp_answer_text(answer, "%s: there is nobody of whom it could be told.", saying->label);
    else
        s->text = rp_answer_text(
            answer, "%lld of %lld %s %s: %s (%g%% interval %s to %s).", (long long)s->numerator.n, (long long)n,
            saying->of, saying->words, rp_question_percent(answer, share.estimate, n), 100 * share.level,
            rp_question_percent(answer, share.lower, n), rp_question_percent(answer, share.upper, n));
    return s;
}
