/* SPDX-License-Identifier: GPL-3.0-or-later */
/* truth.json: the parameters with their sources, the truth about statements that a report makes, and what does what.
 * A truth is taken from the reference population, which is large and none of the service's own people; beside it stands
 * the same of these people. docs/simulation.md describes the file. */
#include <math.h>

#include "rapport/json.h"
#include "simulation/truth.h"

typedef struct writer {
    rp_json json;
    const sim_truth *truth;
} writer;

static void put_text(writer *w, const char *key, const char *text) {
    rp_json_key(&w->json, key);
    rp_json_put_text(&w->json, text);
}

static void put_num(writer *w, const char *key, double value) {
    rp_json_key(&w->json, key);
    rp_json_put_num(&w->json, value);
}

static void put_int(writer *w, const char *key, int64_t value) {
    rp_json_key(&w->json, key);
    rp_json_put_int(&w->json, value);
}

static double value_of(const sim_mean *mean) {
    return mean->n > 0 ? mean->sum / (double)mean->n : NAN;
}

/* Of the mean, since the reference population is large and not endless. */
static double error_of(const sim_mean *mean) {
    if (mean->n < 2)
        return NAN;
    double m = value_of(mean), n = (double)mean->n;
    return sqrt(fmax(0, mean->squares / n - m * m) / (n - 1));
}

/* The same mean of these people. */
static const sim_mean *here(const writer *w, const sim_mean *reference) {
    ptrdiff_t at = (const char *)reference - (const char *)w->truth->reference;
    return (const sim_mean *)(const void *)((const char *)w->truth->here + at);
}

static void put_values(writer *w, const sim_mean *mean) {
    put_num(w, "value", value_of(mean));
    put_num(w, "monte_carlo_se", error_of(mean));
    put_int(w, "n", mean->n);
    put_num(w, "here", value_of(here(w, mean)));
    put_int(w, "here_n", here(w, mean)->n);
}

/* ---- statements ---- */

typedef struct about {
    const char *measure, *scale, *rater, *version; /* as the statement's own fields; NULL: it has none */
    const char *population;
    bool range; /* what covers it is the range of .worst and .best, since not everyone's outcome is known */
} about;

static void put_truth(writer *w, const char *id, const about *a, const sim_mean *mean) {
    rp_json_open(&w->json, '{');
    put_text(w, "statement", id);
    const char *const keys[] = {"measure", "scale", "rater", "version"};
    const char *const texts[] = {a->measure, a->scale, a->rater, a->version};
    for (int i = 0; i < 4; i++)
        if (texts[i] != NULL)
            put_text(w, keys[i], texts[i]);
    put_text(w, "population", a->population);
    put_text(w, "covered_by", a->range ? "range" : "interval");
    put_values(w, mean);
    rp_json_close(&w->json);
}

static void put_steps(writer *w) {
    static const struct {
        const char *id, *population;
    } steps[SIM_STEPS] = {
        [SIM_STEP_ASSESSED] = {"pathway.assessed", "referred"},
        [SIM_STEP_ENTERED] = {"pathway.entered", "referred"},
        [SIM_STEP_SECOND] = {"pathway.second_treatment", "referred"},
        [SIM_STEP_FINISHED] = {"pathway.finished", "referred"},
        [SIM_STEP_ENDED] = {"pathway.ended", "referred"},
        [SIM_STEP_ENDED_NOT_SEEN] = {"pathway.ended.not_seen", "ended"},
        [SIM_STEP_ENDED_SEEN] = {"pathway.ended.seen_not_treated", "ended"},
        [SIM_STEP_ENDED_ONCE] = {"pathway.ended.treated_once", "ended"},
        [SIM_STEP_ENDED_FINISHED] = {"pathway.ended.finished", "ended"},
        [SIM_STEP_ONE_SESSION] = {"pathway.one_session_share", "ended, treated once or more"},
        [SIM_STEP_WITHIN_42] = {"pathway.wait_treatment.within_42_days.per_entered", "entered"},
        [SIM_STEP_WITHIN_126] = {"pathway.wait_treatment.within_126_days.per_entered", "entered"},
    };
    for (int s = 0; s < SIM_STEPS; s++)
        put_truth(w, steps[s].id, &(about){.population = steps[s].population}, &w->truth->reference->steps[s]);
}

static const char *const classes[SIM_CLASSES] = {"recovery", "reliable_recovery", "reliable_improvement",
                                                 "no_reliable_change", "reliable_deterioration"};
static const char *const measures[SIM_SYMPTOMS] = {"PHQ-9", "GAD-7", "WSAS"};

static void put_classes(writer *w, const char *after, const about *a, const sim_mean of[SIM_CLASSES]) {
    for (int c = 0; c < SIM_CLASSES; c++) {
        char id[96];
        if (a->range && c == SIM_UNCHANGED) /* neither better nor worse than another: it has no worst case */
            continue;
        snprintf(id, sizeof id, "outcome.%s%s", classes[c], after);
        put_truth(w, id, a, &of[c]);
    }
}

static void put_outcomes(writer *w) {
    static const char *const peoples[SIM_PEOPLES] = {"referred", "assessed", "entered", "finished"};
    static const char *const per[SIM_PEOPLES] = {".at_horizon.per_referral", ".at_horizon.per_assessed",
                                                 ".at_horizon.per_entered", ".at_horizon.per_finished"};
    const sim_tally *t = w->truth->reference;
    for (int s = 0; s < SIM_SYMPTOMS; s++) {
        about a = {.measure = measures[s],
                   .scale = "total",
                   .rater = "client",
                   .version = "first_to_last",
                   .population = "measured twice"};
        put_truth(w, "outcome.change", &a, &t->scored_change[s]);
        if (s > SIM_ANXIETY)
            continue;
        put_classes(w, ".per_measured_twice", &a, t->scored_classes[s]);
        a.range = true;
        a.population = "finished";
        put_classes(w, ".per_finished", &a, t->last_classes[s]);
        a.version = "at_horizon";
        for (int p = 0; p < SIM_PEOPLES; p++) {
            a.population = peoples[p];
            put_classes(w, per[p], &a, t->classes[p][s]);
        }
    }
    const about cases = {.population = "finished, a case at the start", .range = true};
    const about all = {.population = "finished", .range = true};
    put_truth(w, "outcome.national_recovery", &cases, &t->national[SIM_RECOVERED]);
    put_truth(w, "outcome.national_reliable_recovery", &cases, &t->national[SIM_RELIABLY_RECOVERED]);
    put_truth(w, "outcome.national_reliable_improvement", &all, &t->national[SIM_IMPROVED]);
    put_truth(w, "outcome.national_reliable_deterioration", &all, &t->national[SIM_DETERIORATED]);
}

static void put_alliance(writer *w) {
    static const char *const scales[SIM_SCALES] = {"task", "goal", "bond", "total"};
    static const char *const raters[] = {"client", "practitioner"};
    for (int s = 0; s < SIM_SCALES; s++)
        for (int r = 0; r < 2; r++)
            put_truth(w, "alliance.mean",
                      &(about){.measure = "WAI-SR", .scale = scales[s], .rater = raters[r], .population = "measured"},
                      &w->truth->reference->alliance[s][r]);
}

/* ---- beyond statements ---- */

static void put_change(writer *w, const char *name, const char *contrast, const char *population,
                       const sim_mean *mean) {
    rp_json_open(&w->json, '{');
    put_text(w, "name", name);
    put_text(w, "contrast", contrast);
    put_text(w, "population", population);
    put_values(w, mean);
    rp_json_close(&w->json);
}

static void put_causes(writer *w) {
    static const struct {
        const char *name, *contrast;
    } causes[SIM_CAUSES] = {
        [SIM_CAUSE_TREATMENT_PHQ] = {"treatment.phq_9", "PHQ-9 26 weeks after the first contact: treated in as many "
                                                        "contacts as they came to, less untreated"},
        [SIM_CAUSE_TREATMENT_GAD] = {"treatment.gad_7", "the same of the GAD-7"},
        [SIM_CAUSE_TREATMENT_WSAS] = {"treatment.wsas", "the same of the WSAS"},
        [SIM_CAUSE_DOSE_1] = {"dose.1", "PHQ-9 then: treated in 1 contact, less untreated"},
        [SIM_CAUSE_DOSE_4] = {"dose.4", "PHQ-9 then: treated in 4 contacts, less untreated"},
        [SIM_CAUSE_DOSE_8] = {"dose.8", "PHQ-9 then: treated in 8 contacts, less untreated"},
        [SIM_CAUSE_DOSE_12] = {"dose.12", "PHQ-9 then: treated in 12 contacts, less untreated"},
        [SIM_CAUSE_SENIOR] = {"assessor",
                              "PHQ-9 then: assessed by the high-intensity staff, less by others, in as many "
                              "contacts"},
        [SIM_CAUSE_GIFT] = {"practitioner",
                            "PHQ-9 then: with a practitioner one standard deviation above the mean, less "
                            "with a mean one"},
        [SIM_CAUSE_ALLIANCE] = {"alliance.next_contact",
                                "PHQ-9 at the second treatment contact: alliance at the first one "
                                "point higher, less as it was"},
        [SIM_CAUSE_PRESENCE] = {"presence",
                                "PHQ-9 at the last treatment contact: the practitioner there, less not there"},
    };
    for (int c = 0; c < SIM_CAUSES; c++)
        put_change(w, causes[c].name, causes[c].contrast, c == SIM_CAUSE_ALLIANCE ? "second treatment" : "entered",
                   &w->truth->reference->causes[c]);
}

/* Of everyone; and of all who were allocated to an arm, where people were. */
static void put_changes(writer *w, sim_symptom symptom) {
    static const char *const names[SIM_SYMPTOMS] = {"phq_9", "gad_7", "wsas"}, *const arms[] = {"treatment",
                                                                                                "usual_care"};
    static const char contrast[] = "mean score 26 weeks after the first contact less that at it";
    const sim_tally *t = w->truth->reference;
    char name[64], people[64];
    snprintf(name, sizeof name, "change.%s", names[symptom]);
    put_change(w, name, contrast, "referred", &t->change[SIM_REFERRED][symptom]);
    for (int arm = 0; w->truth->world->at[SIM_USUAL_CARE] > 0 && arm < 2; arm++) {
        snprintf(name, sizeof name, "change.%s.%s", names[symptom], arms[arm]);
        snprintf(people, sizeof people, "referred, arm %s", arms[arm]);
        put_change(w, name, contrast, people, &t->arms[arm][symptom]);
    }
}

static void put_facts(writer *w) {
    static const char *const matters[SIM_MATTERS] = {"client.assessor_role", "client.assessor_qualification",
                                                     "gp.assessor_role"};
    const sim_tally *t = w->truth->reference;
    for (int m = 0; m < SIM_MATTERS; m++) {
        char name[64];
        snprintf(name, sizeof name, "told.%s", matters[m]);
        put_change(w, name, "share who were told", "assessed", &t->told[m]);
        snprintf(name, sizeof name, "told_on_record.%s", matters[m]);
        put_change(w, name, "share of whom there is a record that they were told", "assessed", &t->on_record[m]);
    }
    for (int s = 0; s < SIM_SYMPTOMS; s++)
        put_changes(w, (sim_symptom)s);
}

static void put_parameters(writer *w) {
    for (int i = 0; i < SIM_PARAMETERS; i++) {
        const sim_parameter_def *def = sim_parameter_at((sim_parameter)i);
        rp_json_open(&w->json, '{');
        put_text(w, "name", def->name);
        put_num(w, "value", w->truth->world->at[i]);
        put_num(w, "plain", def->plain);
        put_text(w, "meaning", def->meaning);
        put_text(w, "source", def->source != NULL ? def->source : "assumed");
        rp_json_close(&w->json);
    }
}

void sim_truth_json(const sim_truth *truth, rp_buf *out) {
    writer w = {.truth = truth};
    rp_json_start(&w.json, out, true);
    rp_json_open(&w.json, '{');
    put_text(&w, "scenario", truth->scenario->name);
    put_text(&w, "summary", truth->scenario->summary);
    put_text(&w, "version", RP_VERSION);
    put_int(&w, "seed", (int64_t)truth->world->seed);
    put_int(&w, "clients", truth->clients);
    put_int(&w, "referrals", sim_tally_referrals(truth->here));
    put_int(&w, "reference_referrals", sim_tally_referrals(truth->reference));
    rp_json_key(&w.json, "statements");
    rp_json_open(&w.json, '[');
    put_steps(&w);
    put_outcomes(&w);
    put_alliance(&w);
    rp_json_close(&w.json);
    rp_json_key(&w.json, "effects");
    rp_json_open(&w.json, '[');
    put_causes(&w);
    rp_json_close(&w.json);
    rp_json_key(&w.json, "facts");
    rp_json_open(&w.json, '[');
    put_facts(&w);
    rp_json_close(&w.json);
    rp_json_key(&w.json, "parameters");
    rp_json_open(&w.json, '[');
    put_parameters(&w);
    rp_json_close(&w.json);
    rp_json_close(&w.json);
    rp_buf_put(out, "\n");
}
