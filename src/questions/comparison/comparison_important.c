/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many people of each arm are past an important difference, and how many have to be treated for one more. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>

#include "questions/common/percent.h"

typedef struct arm_share {
    rp_count whole, known, known_not;
} arm_share;

static arm_share share_of(cmp_work *work, int arm) {
    uint64_t in = MARK(CMP_IN_ARM + arm);
    return (arm_share){rp_question_having(work->set, in, 0), rp_question_having(work->set, in | MARK(CMP_IMPORTANT), 0),
                       rp_question_having(work->set, in | MARK(CMP_HAS_LAST), MARK(CMP_IMPORTANT))};
}

static void say_share(cmp_work *work, int arm, const char *id, bool past, rp_count part, rp_count whole) {
    rp_answer *answer = work->answer;
    rp_interval share = rp_rate_interval(part.n, whole.n, work->asked->level);
    rp_statement *s = cmp_statement(work, id);
    s->arm = cmp_arm(work, arm);
    s->label = rp_answer_text(answer, "%s an important difference (known), %s", past ? "Past" : "Not past", s->arm);
    s->numerator = part;
    s->denominator = whole;
    s->unit = "people";
    s->estimate = share.estimate;
    s->lower = share.lower;
    s->upper = share.upper;
    s->level = share.level;
    s->confirmed =
        isfinite(work->scale->change.minimally_important) && work->scale->change.minimally_important_source.confirmed;
    s->method = "first to last score, of everyone meant for the arm; Wilson interval";
    s->text = rp_answer_text(answer,
                             "%s: %lld of %lld people meant for %s are known %sto have improved by %.2f points or more "
                             "from the first to the "
                             "last score: %s. Of those without a last score it is not known.%s",
                             work->of->name, (long long)part.n, (long long)whole.n, s->arm, past ? "" : "not ",
                             work->important, rp_question_percent(answer, share.estimate, whole.n), cmp_beside(work));
}

static void say_shares(cmp_work *work, int arm, const arm_share *of) {
    say_share(work, arm, "comparison.important", true, of->known, of->whole);
    say_share(work, arm, "comparison.important.not", false, of->known_not, of->whole);
}

static const char *needed_text(rp_answer *answer, const rp_number_needed *n) {
    if (isnan(n->lower) || isnan(n->upper))
        return "";
    if (n->through_infinity)
        return rp_answer_text(answer,
                              " (the interval goes from %.1f to benefit over infinity, which is no difference, to %.1f "
                              "to harm)",
                              n->lower, -n->upper);
    return rp_answer_text(answer, " (from %.1f to %.1f)", fmin(fabs(n->lower), fabs(n->upper)),
                          fmax(fabs(n->lower), fabs(n->upper)));
}

static void say_difference(cmp_work *work, int arm, const arm_share *treated, const arm_share *compared) {
    rp_answer *answer = work->answer;
    rp_interval d = rp_rate_difference(treated->known.n, treated->whole.n, compared->known.n, compared->whole.n,
                                       work->asked->level);
    rp_number_needed n = rp_number_needed_of(d);
    rp_statement *s = cmp_statement(work, "comparison.important.difference");
    s->arm = cmp_arm(work, arm);
    s->label = rp_answer_text(answer, "Past an important difference, %s less %s", s->arm, cmp_arm(work, 0));
    s->behind[0] = treated->known;
    s->behind[1] = compared->known;
    s->unit = "share";
    s->estimate = d.estimate;
    s->lower = d.lower;
    s->upper = d.upper;
    s->level = d.level;
    s->method = "difference of shares of everyone meant for each arm, an outcome that is not known counted as none; "
                "Newcombe interval; its inverse is the number needed to treat";
    s->text = rp_answer_text(
        answer,
        "%s: %.1f percentage points %s of those meant for %s than of those meant for %s are known to be past an "
        "important difference (%g%% interval %+.1f to %+.1f). %s%s%s",
        work->of->name, 100 * fabs(d.estimate), d.estimate < 0 ? "fewer" : "more", s->arm, cmp_arm(work, 0),
        100 * d.level, 100 * d.lower, 100 * d.upper,
        d.estimate == 0 ? "There is no number needed to treat."
                        : rp_answer_text(answer, "The number needed to treat, to %s, is %.1f",
                                         d.estimate < 0 ? "harm one more" : "benefit one more", fabs(n.estimate)),
        d.estimate == 0 ? "" : rp_answer_text(answer, "%s.", needed_text(answer, &n)), cmp_beside(work));
}

void cmp_write_important(cmp_work *work, int arm) {
    arm_share treated = share_of(work, arm), compared = share_of(work, 0);
    if (arm == 1)
        say_shares(work, 0, &compared);
    say_shares(work, arm, &treated);
    if (treated.whole.n > 0 && compared.whole.n > 0)
        say_difference(work, arm, &treated, &compared);
    rp_answer_caveat(work->answer, "On the %s an important difference is an improvement of %.2f points or more: %s.",
                     work->of->name, work->important, work->important_words);
}
