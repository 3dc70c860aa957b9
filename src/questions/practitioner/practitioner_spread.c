/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is compared, and how far practitioners and services differ. None of it tells one practitioner from another. */
#include "questions/practitioner/practitioner_parts.h"

#include <math.h>

static const char *unit_words(size_t factor, bool several) {
    if (factor == FACTOR_PRACTITIONER)
        return several ? "practitioners" : "practitioner";
    return several ? "services" : "service";
}

void practitioner_write_people(practitioner_work *work) {
    rp_answer *answer = work->answer;
    double level = work->asked->level;
    rp_count entered = rp_question_having(&work->treated, ENTERED, 0);
    rp_count recorded = rp_question_having(&work->treated, RECORDED, 0);
    const rp_question_saying who = {.id = "practitioner.recorded",
                                    .label = "Who treated is recorded",
                                    .of = "people who entered treatment",
                                    .words = "have a practitioner recorded for their treatment",
                                    .cohort = "entered"};
    rp_question_say(answer, &who, recorded, entered, level);
    const rp_question_saying several = {.id = "practitioner.several",
                                        .label = "Treated by more than one practitioner",
                                        .of = "people whose practitioner is recorded",
                                        .words = "had treatment sessions with more than one practitioner",
                                        .cohort = "practitioner recorded"};
    rp_question_say(answer, &several, rp_question_having(&work->treated, RECORDED | SEVERAL, 0), recorded, level);
    const rp_question_saying compared = {
        .id = "practitioner.compared",
        .label = "Compared: two scores",
        .of = "people whose practitioner is recorded",
        .words = rp_answer_text(answer, "have a first and a later score on the %s", work->measure->name),
        .cohort = "practitioner recorded"};
    rp_statement *s = rp_question_say(answer, &compared, practitioner_count(work, COMPARED),
                                      practitioner_count(work, WITH_PRACTITIONER), level);
    s->measure = work->measure->instrument->short_title;
    s->scale = work->measure->instrument->scales[work->measure->scale].name;
    s->rater = work->measure->rater;
    s->audience = RP_FOR_PUBLIC;
}

/* ---- how far they differ ----------------------------------------------------------------------------------------- */

static const char *of_whom(const practitioner_work *work, size_t factor) {
    return rp_answer_text(work->answer, "among about %lld people of %zu %s",
                          practitioner_tens(practitioner_count(work, COMPARED).n), work->units[factor].n_compared,
                          unit_words(factor, true));
}

/* The number of people is told to the nearest ten, and stands on no count: who is few among them, or is not among them,
 * cannot be worked out from it. */
static rp_statement *begin(const practitioner_work *work, const char *id, const rp_interval *i) {
    rp_statement *s = rp_answer_statement(work->answer, id);
    s->measure = work->measure->instrument->short_title;
    s->scale = work->measure->instrument->scales[work->measure->scale].name;
    s->rater = work->measure->rater;
    s->denominator.n = practitioner_tens(practitioner_count(work, COMPARED).n);
    s->cohort = "practitioner recorded, two scores; people to the nearest ten";
    s->estimate = i->estimate;
    s->lower = i->lower;
    s->upper = i->upper;
    s->level = i->level;
    s->headline = true;
    return s;
}

static const char *within(const practitioner_work *work, size_t factor) {
    return factor == FACTOR_PRACTITIONER && work->model.n_factors > 1 ? " within services" : "";
}

static void say_share(const practitioner_work *work, size_t factor) {
    static const char *const ids[FACTORS] = {"practitioner.share", "practitioner.share.services"};
    rp_answer *answer = work->answer;
    const rp_interval *share = &work->model.of[factor].share;
    const char *units = unit_words(factor, true);
    const rp_interval percent = {100 * share->estimate, 100 * share->lower, 100 * share->upper, share->level};
    rp_statement *s = begin(work, ids[factor], &percent);
    s->unit = "% of the variance";
    s->label = rp_answer_text(answer, "Share of variance between %s%s", units, within(work, factor));
    s->method =
        rp_answer_text(answer,
                       "linear mixed model (REML) of the last score, an intercept for each practitioner%s, held: "
                       "%s; profile-likelihood interval of the standard deviation, the other variances as "
                       "estimated",
                       work->model.n_factors > 1 ? " and service" : "", work->model.held);
    if (isnan(share->lower) || isnan(share->upper))
        s->text = rp_answer_text(
            answer,
            "%s, last score: of the variance that is left with %s held, %.1f%% lies between %s%s, %s. There is "
            "no interval: the likelihood could not be followed.",
            work->measure->name, work->model.held, 100 * share->estimate, units, within(work, factor),
            of_whom(work, factor));
    else
        s->text = rp_answer_text(
            answer,
            "%s, last score: of the variance that is left with %s held, %.1f%% lies between %s%s (%g%% interval "
            "%.1f%% to %.1f%%), %s.",
            work->measure->name, work->model.held, 100 * share->estimate, units, within(work, factor),
            100 * share->level, 100 * share->lower, 100 * share->upper, of_whom(work, factor));
}

static void say_sd(const practitioner_work *work, size_t factor) {
    static const char *const ids[FACTORS] = {"practitioner.spread", "practitioner.spread.services"};
    rp_answer *answer = work->answer;
    const rp_interval *sd = &work->model.of[factor].sd;
    const char *units = unit_words(factor, true);
    rp_statement *s = begin(work, ids[factor], sd);
    s->unit = "points";
    s->label = rp_answer_text(answer, "Standard deviation between %s%s", units, within(work, factor));
    s->method = "square root of the variance between them in the same model; profile-likelihood interval";
    const char *interval =
        isnan(sd->lower) || isnan(sd->upper)
            ? ""
            : rp_answer_text(answer, " (%g%% interval %.1f to %.1f)", 100 * sd->level, sd->lower, sd->upper);
    const char *two_thirds =
        sd->estimate > 0 ? rp_answer_text(answer, " About two thirds of %s lie within that of their average.", units)
                         : "";
    s->text = rp_answer_text(
        answer,
        "%s, last score of people alike in what is held: %s%s differ by a standard deviation of %.1f points%s, %s.%s",
        work->measure->name, units, within(work, factor), sd->estimate, interval, of_whom(work, factor), two_thirds);
}

void practitioner_write_spread(practitioner_work *work) {
    for (size_t factor = 0; factor < FACTORS && factor < work->model.n_factors; factor++) {
        say_share(work, factor);
        say_sd(work, factor);
        if (work->model.of[factor].sd.estimate > 0)
            continue;
        rp_answer_caveat(work->answer,
                         "The model finds no spread between %s beyond what chance gives. That does not show that "
                         "there is none: the upper end of the interval says how much there may be. So no single %s "
                         "is shown.",
                         unit_words(factor, true), unit_words(factor, false));
    }
}
