/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every number that a service is made from, but for the distributions of people (referrals.c) and of waits (course.c).
 * What has no source is assumed, says so in truth.json, and can be set otherwise. Severity is in units of about one
 * standard deviation at the start, alliance in points of the 1 to 5 answers. */
#include "simulation/parameters.h"

#include <string.h>

#define CRITIC                                                                                                         \
    "NHS Digital 2019-20, treated once 489,547 and more often 606,192, as quoted on a critic's page: secondary"
#define DAVIS   "derived from Davis 2020, abstract: about 40% of first appointments and 12% of all not attended"
#define TUNED   "tuned to NHS England 2024-25, PROMs and outcomes of those who finished; the split is assumed"
#define TRIAL   "IMPLEMENT trial of CBT for anxiety (57 clients, MIT licence), recomputed"
#define DYADS   "36 dyads, recomputed; a small sample"
#define ASSUMED NULL

static const sim_parameter_def defs[SIM_PARAMETERS] = {
    [SIM_NOT_SEEN] = {"not_seen", 0.25, 0, 1, ASSUMED, "share of referrals that end before anybody is seen"},
    [SIM_SEEN_ONLY] = {"seen_only", 0.06, 0, 1, ASSUMED, "share of referrals that are assessed and not treated"},
    [SIM_ONCE] = {"once", 0.447, 0, 1, CRITIC, "share of those treated who leave after one treatment contact"},
    [SIM_NEVER_BOOKED] = {"never_booked", 0.15, 0, 1, ASSUMED, "share of those not seen who had no appointment"},
    [SIM_FIRST_MISSED] = {"first_missed", 0.21, 0, 1, DAVIS, "share of those seen who missed an appointment before"},
    [SIM_LATER_MISSED] = {"later_missed", 0.02, 0, 0.9, DAVIS, "chance that a later appointment is missed"},
    [SIM_CANCELLED_BY_CLIENT] = {"cancelled_by_client", 0.04, 0, 0.9, ASSUMED, "chance that the client cancels one"},
    [SIM_CANCELLED_BY_SERVICE] = {"cancelled_by_service", 0.02, 0, 0.9, ASSUMED, "chance that the service cancels one"},
    [SIM_LEAVES] = {"leaves", 0.05, 0, 1, ASSUMED, "chance to leave after each later treatment contact"},
    [SIM_STOPS_WELL] = {"stops_well", 0.1, 0, 1, ASSUMED,
                        "chance to end by agreement after a contact with both scores "
                        "below the cut-offs"},
    [SIM_LEAVES_WORSE] = {"leaves_worse", 0, -5, 5, ASSUMED, "log odds of leaving, a unit of severity"},
    [SIM_FOLLOW_UP] = {"follow_up", 0.15, 0, 1, ASSUMED, "share of completed courses with a follow-up contact"},
    [SIM_AGAIN] = {"again", 0.05, 0, 1, ASSUMED, "share of clients who are referred again after an ending"},
    [SIM_USUAL_CARE] = {"usual_care", 0, 0, 1, ASSUMED, "share allocated by chance to usual care; 0: no such arm"},

    [SIM_TRAIT_MEAN] = {"trait_mean", -0.7, -5, 5, TUNED, "mean severity in the long run"},
    [SIM_TRAIT_SD] = {"trait_sd", 0.65, 0, 5, TUNED, "spread of it between people"},
    [SIM_EPISODE_MEAN] = {"episode_mean", 0.6, -5, 5, TUNED,
                          "mean severity at referral above it, which fades untreated"},
    [SIM_EPISODE_SD] = {"episode_sd", 0.5, 0, 5, ASSUMED, "spread of that between people"},
    [SIM_EPISODE_WEEKS] = {"episode_weeks", 12, 1, 1000, ASSUMED, "weeks in which it fades to 37%"},
    [SIM_WOBBLE_SD] = {"wobble_sd", 0.5, 0, 5, ASSUMED, "spread of a person's severity from contact to contact"},
    [SIM_WOBBLE_KEPT] = {"wobble_kept", 0.5, 0, 0.99, ASSUMED, "share of it that is left at the next contact"},
    [SIM_SELECTED_AT] = {"selected_at", 0, 0, 20, ASSUMED, "lowest first PHQ-9 of those who are referred"},
    [SIM_NO_CASES] = {"no_cases", 0.65, 0, 1, TUNED,
                      "chance that somebody below both cut-offs at first is not referred"},
    [SIM_LOADING] = {"loading", 0.72, 0.1, 0.95, ASSUMED, "correlation of an item's answer tendency with the symptom"},
    [SIM_EFFECT] = {"effect", 1.08, -5, 5, TUNED, "mean benefit of a long treatment"},
    [SIM_EFFECT_SESSIONS] = {"effect_sessions", 4, 0.1, 100, ASSUMED, "treatment contacts that give 63% of it"},
    [SIM_RESPONSE_SD] = {"response_sd", 0.9, 0, 5, ASSUMED, "spread of benefit between people, its mean being 1"},
    [SIM_PRACTITIONER_SD] = {"practitioner_sd", 0.4, 0, 5, ASSUMED,
                             "spread of benefit between practitioners; about 5% of the variance of last scores"},
    [SIM_HARMED] = {"harmed", 0, 0, 1, ASSUMED, "share of people whom treatment makes worse"},
    [SIM_HARM] = {"harm", 1.2, 0, 5, ASSUMED, "by how much, where others have a benefit of 1"},

    [SIM_ALLIANCE_MEAN] = {"alliance_mean", 3.7, 1, 5, TRIAL, "mean answer at the first treatment contact"},
    [SIM_ALLIANCE_SLOPE] = {"alliance_slope", 0.039, -1, 1, TRIAL, "its rise from contact to contact"},
    [SIM_ALLIANCE_BETWEEN] = {"alliance_between", 0.29, 0, 4, TRIAL, "variance between clients"},
    [SIM_ALLIANCE_WITHIN] = {"alliance_within", 0.121, 0, 4, TRIAL, "variance within clients, from contact to contact"},
    [SIM_ALLIANCE_RATERS] = {"alliance_raters", 0.5, -1, 1, DYADS, "correlation of client's and practitioner's view"},
    [SIM_ALLIANCE_LESS] = {"alliance_less", 0.33, -2, 2, DYADS,
                           "how much lower the practitioner's answers are: 6 of 72 "
                           "points, as a share of 4"},
    [SIM_ALLIANCE_EFFECT] = {"alliance_effect", 0, -5, 5, ASSUMED,
                             "severity at the next contact that a point above one's own mean takes away"},
    [SIM_ALLIANCE_CONFOUNDED] = {"alliance_confounded", 0.55, -1, 1,
                                 "tuned to r = .278 of alliance and outcome, Fl\xc3\xbc"
                                 "ckiger 2018",
                                 "correlation of a person's alliance with their benefit, of which it is no cause"},
    [SIM_ALLIANCE_REVERSE] = {"alliance_reverse", 0, -5, 5, ASSUMED,
                              "alliance that a unit of improvement brings after it"},
    [SIM_ALLIANCE_STATE] = {"alliance_state", 0, -5, 5, ASSUMED,
                            "alliance that a unit of passing severity takes away at the same contact"},
    [SIM_ALLIANCE_SHIFT] =
        {"alliance_shift", 0, -4, 4, ASSUMED,
         "from the fourth treatment contact, answers to bond items 3 and 5 rise by so much by themselves"},

    [SIM_SENIOR_ASSESSES] = {"senior_assesses", 0.25, 0.01, 0.99, ASSUMED,
                             "share assessed by somebody of the high-intensity staff"},
    [SIM_SENIOR_BY_SEVERITY] = {"senior_by_severity", 0, -5, 5, ASSUMED, "log odds of that, a unit of severity"},
    [SIM_SENIOR_EFFECT] = {"senior_effect", 0, -5, 5, ASSUMED, "benefit that such an assessment adds to treatment"},
    [SIM_SENIOR_KEEPS] = {"senior_keeps", 0, -5, 5, ASSUMED, "log odds of leaving early that it takes away"},
    [SIM_TOLD] =
        {"told", 0.8, 0, 1, ASSUMED,
         "chance of each: the client is told the assessor's role, the client the qualification, the GP the role"},
    [SIM_TOLD_RECORDED] = {"told_recorded", 0.55, 0, 1, ASSUMED, "chance that it is recorded, told or not"},
    [SIM_COMPLETE] = {"complete", 0.96, 0, 1, ASSUMED, "share of questionnaires answered completely"},
    [SIM_PRESENT] = {"present", 0.35, 0, 1, ASSUMED, "chance that the practitioner is there while they are answered"},
    [SIM_PRESENT_LAST] = {"present_last", 0.35, 0, 1, ASSUMED, "the same at the last planned contact"},
    [SIM_PRESENCE_SHIFT] = {"presence_shift", 0, -5, 5, ASSUMED, "what that adds to the severity that is told"},
    [SIM_PRACTITIONERS] = {"practitioners", 10, 4, 10, ASSUMED, "practitioners of a team of 500 clients; whole"},
};

const sim_parameter_def *sim_parameter_at(sim_parameter parameter) {
    return &defs[parameter];
}

/* "name=value" */
static bool set_one(const char *set, double out[SIM_PARAMETERS], rp_error *error) {
    const char *names[SIM_PARAMETERS], *equals = strchr(set, '=');
    rp_text name = {set, equals != NULL ? (size_t)(equals - set) : strlen(set)};
    for (int i = 0; i < SIM_PARAMETERS; i++) {
        double value;
        names[i] = defs[i].name;
        if (!rp_text_is(name, defs[i].name))
            continue;
        if (equals != NULL && rp_text_to_num(rp_text_of(equals + 1), &value) && value >= defs[i].least &&
            value <= defs[i].most) {
            out[i] = value;
            return true;
        }
        rp_fail(error, RP_E_RULE, "'%s' does not set the parameter %s.", set, defs[i].name);
        return rp_fail_remedy(error, "Write %s=NUMBER, from %g to %g.", defs[i].name, defs[i].least, defs[i].most);
    }
    const char *nearest = rp_text_nearest(name, names, SIM_PARAMETERS);
    rp_fail(error, RP_E_UNKNOWN, "There is no parameter '%.*s'.", (int)(name.n < 100 ? name.n : 100), name.at);
    return nearest != NULL ? rp_fail_remedy(error, "Did you mean %s?", nearest)
                           : rp_fail_remedy(error, "truth.json of any simulation lists them.");
}

bool sim_parameters_fill(const sim_scenario *scenario, const char *const *sets, size_t n_sets,
                         double out[SIM_PARAMETERS], rp_error *error) {
    for (int i = 0; i < SIM_PARAMETERS; i++)
        out[i] = defs[i].plain;
    for (size_t i = 0; i < scenario->n_changes; i++)
        out[scenario->changes[i].parameter] = scenario->changes[i].value;
    for (size_t i = 0; i < n_sets; i++)
        if (!set_one(sets[i], out, error))
            return false;
    if (out[SIM_NOT_SEEN] + out[SIM_SEEN_ONLY] <= 1)
        return true;
    rp_fail(error, RP_E_RULE, "not_seen and seen_only are shares of the same people, and come to more than 1.");
    return rp_fail_remedy(error, "Set them so that their sum is 1 or less.");
}
