/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts as unions of cells, and shares of them. */
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

rp_statement *pathway_say(pathway_work *work, const rp_question_saying *saying, const pathway_who *who,
                          const pathway_who *whole) {
    return rp_question_say(work->answer, saying, pathway_count(work, who), pathway_count(work, whole),
                           work->plan.asked->level);
}
