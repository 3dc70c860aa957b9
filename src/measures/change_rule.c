/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an instrument or a map says about change: names of the methods, and the "change" object, which the two share.
 * docs/instruments.md describes its members, docs/change.md what the methods make of them. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "measures/measures_private.h"

static const char *const method_names[RP_CHANGE_METHODS] = {
    "jacobson_truax",    "edwards_nunnally", "gulliksen_lord_novick",
    "hageman_arrindell", "hsu_linn_lord",    "nunnally_kotsch",
};
static const char *const method_titles[RP_CHANGE_METHODS] = {
    "Jacobson–Truax",    "Edwards–Nunnally", "Gulliksen–Lord–Novick",
    "Hageman–Arrindell", "Hsu–Linn–Lord",    "Nunnally–Kotsch",
};

const char *rp_change_method_name(rp_change_method method) {
    assert(method < RP_CHANGE_METHODS);
    return method_names[method];
}

const char *rp_change_method_title(rp_change_method method) {
    assert(method < RP_CHANGE_METHODS);
    return method_titles[method];
}

rp_change_rule rp_change_rule_none(void) {
    rp_figure_source none = rp_figure_source_none();
    return (rp_change_rule){
        .reliability = NAN,
        .reliability_post = NAN,
        .sd_kind = RP_SD_BASELINE_PAIRED,
        .sd = NAN,
        .functional_mean = NAN,
        .functional_sd = NAN,
        .cutoff_kind = RP_CUTOFF_NONE,
        .cutoff = NAN,
        .reliable_change = NAN,
        .minimally_important = NAN,
        .reliability_source = none,
        .functional_source = none,
        .cutoff_source = none,
        .reliable_change_source = none,
        .minimally_important_source = none,
    };
}

/* A reading of one "change" object: the rule so far, and what its figures are checked against. */
typedef struct reading {
    const rp_definition *d;
    const json_t *change;
    const char *where;
    const rp_scale *scale;
    rp_change_rule rule;
} reading;

static bool refuse(const reading *r, const char *key, const char *wanted) {
    rp_fail(r->d->error, RP_E_RULE, "\"%s\" in %s must be %s.", key, r->where, wanted);
    return false;
}

/* True where the member is there; null there takes the figure away. */
static bool is_said(const reading *r, const char *key) {
    return json_object_get(r->change, key) != NULL;
}

static bool read_num(const reading *r, const char *key, double *out) {
    if (!is_said(r, key))
        return true;
    *out = NAN;
    return rp_json_num(r->change, key, r->where, out, r->d->error);
}

static bool read_share(const reading *r, const char *key, double *out) {
    if (!read_num(r, key, out))
        return false;
    return isnan(*out) || (*out > 0 && *out < 1) || refuse(r, key, "a number above 0 and below 1");
}

static bool read_positive(const reading *r, const char *key, double *out) {
    if (!read_num(r, key, out))
        return false;
    return isnan(*out) || *out > 0 || refuse(r, key, "a number above 0");
}

/* A change is above 0 and no wider than the scale. */
static bool read_change_size(const reading *r, const char *key, double *out) {
    if (!read_positive(r, key, out))
        return false;
    if (isnan(*out) || *out <= r->scale->highest - r->scale->lowest)
        return true;
    return refuse(r, key, "no more than the scale's highest score less its lowest");
}

static bool is_possible(const reading *r, double score) {
    return score >= r->scale->lowest && score <= r->scale->highest;
}

static bool read_sd(reading *r) {
    const json_t *sd = json_object_get(r->change, "sd");
    if (!sd)
        return true;
    const char *word = json_is_string(sd) ? json_string_value(sd) : "";
    r->rule.sd = NAN;
    if (json_is_null(sd) || strcmp(word, "baseline_paired") == 0) {
        r->rule.sd_kind = RP_SD_BASELINE_PAIRED;
        return true;
    }
    if (strcmp(word, "baseline_all") == 0) {
        r->rule.sd_kind = RP_SD_BASELINE_ALL;
        return true;
    }
    r->rule.sd_kind = RP_SD_NUMBER;
    r->rule.sd = json_is_number(sd) ? json_number_value(sd) : NAN;
    return r->rule.sd > 0 || refuse(r, "sd", "a number above 0, \"baseline_paired\" or \"baseline_all\"");
}

static bool read_cutoff(reading *r) {
    static const char *const letters[] = {"a", "b", "c"};
    static const rp_cutoff_kind kinds[] = {RP_CUTOFF_A, RP_CUTOFF_B, RP_CUTOFF_C};
    const json_t *cutoff = json_object_get(r->change, "cutoff");
    if (!cutoff)
        return true;
    r->rule.cutoff = NAN;
    r->rule.cutoff_kind = RP_CUTOFF_NONE;
    if (json_is_null(cutoff))
        return true;
    for (size_t i = 0; i < 3 && json_is_string(cutoff); i++)
        if (strcmp(json_string_value(cutoff), letters[i]) == 0)
            r->rule.cutoff_kind = kinds[i];
    if (json_is_number(cutoff)) {
        r->rule.cutoff_kind = RP_CUTOFF_NUMBER;
        r->rule.cutoff = json_number_value(cutoff);
        if (!is_possible(r, r->rule.cutoff))
            return refuse(r, "cutoff", "a possible score of the scale");
    }
    return r->rule.cutoff_kind != RP_CUTOFF_NONE || refuse(r, "cutoff", "a number, \"a\", \"b\" or \"c\"");
}

/* The figure's source, where the figure is said here; its absence, where it is taken away. */
static bool read_source(const reading *r, const json_t *sources, const char *figure, const char *key, const char *other,
                        rp_figure_source *out) {
    bool said = is_said(r, key) || (other && is_said(r, other));
    if (!said && !(sources && json_object_get(sources, figure)))
        return true;
    if (json_is_null(json_object_get(r->change, key))) {
        *out = rp_figure_source_none();
        return true;
    }
    return rp_figure_source_read(r->d, sources, figure, r->where, out);
}

static bool read_sources(reading *r) {
    static const char *const known[] = {"reliability", "functional", "cutoff", "reliable_change",
                                        "minimally_important"};
    const json_t *sources = NULL;
    if (!rp_json_object(r->change, "sources", r->where, &sources, r->d->error))
        return false;
    const char *where = sources ? rp_definition_part(r->d, r->where, "member", "sources") : r->where;
    if (!where || (sources && !rp_json_only(sources, where, known, sizeof known / sizeof *known, r->d->error)))
        return false;
    rp_change_rule *rule = &r->rule;
    return read_source(r, sources, "reliability", "reliability", "reliability_post", &rule->reliability_source) &&
           read_source(r, sources, "functional", "functional_mean", "functional_sd", &rule->functional_source) &&
           read_source(r, sources, "cutoff", "cutoff", NULL, &rule->cutoff_source) &&
           read_source(r, sources, "reliable_change", "reliable_change", NULL, &rule->reliable_change_source) &&
           read_source(r, sources, "minimally_important", "minimally_important", NULL,
                       &rule->minimally_important_source);
}

static bool check_whole(const reading *r) {
    const rp_change_rule *rule = &r->rule;
    bool has_mean = !isnan(rule->functional_mean), has_sd = !isnan(rule->functional_sd);
    if (has_mean != has_sd) {
        rp_fail(r->d->error, RP_E_RULE, "%s gives only one of \"functional_mean\" and \"functional_sd\".", r->where);
        return rp_fail_remedy(r->d->error, "Give both, from the same sample.");
    }
    if (has_mean && !is_possible(r, rule->functional_mean))
        return refuse(r, "functional_mean", "a possible score of the scale");
    if ((rule->cutoff_kind == RP_CUTOFF_B || rule->cutoff_kind == RP_CUTOFF_C) && !has_mean) {
        rp_fail(r->d->error, RP_E_RULE, "Cut-off \"%s\" in %s needs a functional norm, and none is known.",
                rule->cutoff_kind == RP_CUTOFF_B ? "b" : "c", r->where);
        return rp_fail_remedy(r->d->error, "Give \"functional_mean\" and \"functional_sd\", or take cut-off \"a\".");
    }
    return true;
}

bool rp_change_rule_read(const rp_definition *d, const json_t *change, const char *where, const rp_scale *scale,
                         rp_change_rule *rule) {
    static const char *const known[] = {
        "reliability",     "reliability_post",    "sd",      "functional_mean", "functional_sd", "cutoff",
        "reliable_change", "minimally_important", "sources",
    };
    reading r = {d, change, where, scale, *rule};
    if (!rp_json_only(change, where, known, sizeof known / sizeof *known, d->error) ||
        !read_share(&r, "reliability", &r.rule.reliability) ||
        !read_share(&r, "reliability_post", &r.rule.reliability_post) || !read_sd(&r) ||
        !read_num(&r, "functional_mean", &r.rule.functional_mean) ||
        !read_positive(&r, "functional_sd", &r.rule.functional_sd) || !read_cutoff(&r) ||
        !read_change_size(&r, "reliable_change", &r.rule.reliable_change) ||
        !read_change_size(&r, "minimally_important", &r.rule.minimally_important) || !check_whole(&r) ||
        !read_sources(&r))
        return false;
    *rule = r.rule;
    return true;
}
