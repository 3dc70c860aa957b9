/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problem descriptors in the groups of the national tables. Source: NHS England, talking therapies monthly metadata
 * (July 2026), breakdown V011. As printed there F45.2 is both of anxiety and of F45: anxiety is asked first. */
#include "record/cohort_parts.h"

#include <ctype.h>
#include <string.h>

void rp_problem_code(const char *problem, char code[RP_PROBLEM_ROOM]) {
    size_t n = 0;
    for (const char *at = problem; at != NULL && *at != '\0' && n + 1 < RP_PROBLEM_ROOM; at++)
        if (*at != '.' && *at != ' ')
            code[n++] = (char)toupper((unsigned char)*at);
    code[n] = '\0';
}

static bool is_under(const char code[RP_PROBLEM_ROOM], const char *under) {
    bool whole = isdigit((unsigned char)*under) != 0; /* SNOMED CT */
    return whole ? strcmp(code, under) == 0 : strncmp(code, under, strlen(under)) == 0;
}

bool rp_problem_is_under(const char *problem, const char *under) {
    char code[RP_PROBLEM_ROOM];
    rp_problem_code(problem, code);
    return is_under(code, under);
}

/* The first that a descriptor falls under decides. */
static const struct {
    const char *code;
    rp_problem_group group;
} groups[] = {
    {"F32", RP_PROBLEM_DEPRESSION},   {"F33", RP_PROBLEM_DEPRESSION},        {"F40", RP_PROBLEM_ANXIETY},
    {"F41", RP_PROBLEM_ANXIETY},      {"F42", RP_PROBLEM_ANXIETY},           {"F43", RP_PROBLEM_ANXIETY},
    {"F452", RP_PROBLEM_ANXIETY},     {"83482000", RP_PROBLEM_ANXIETY},      {"K58", RP_PROBLEM_UNEXPLAINED},
    {"G933", RP_PROBLEM_UNEXPLAINED}, {"723916001", RP_PROBLEM_UNEXPLAINED}, {"F10", RP_PROBLEM_OTHER_MENTAL},
    {"F31", RP_PROBLEM_OTHER_MENTAL}, {"F45", RP_PROBLEM_OTHER_MENTAL},      {"F50", RP_PROBLEM_OTHER_MENTAL},
    {"F99", RP_PROBLEM_OTHER_MENTAL},
};

rp_problem_group rp_national_problem_group(const char *problem) {
    char code[RP_PROBLEM_ROOM];
    rp_problem_code(problem, code);
    if (*code == '\0')
        return RP_PROBLEM_NOT_RECORDED;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (is_under(code, groups[i].code))
            return groups[i].group;
    return RP_PROBLEM_OTHER;
}

const char *rp_problem_group_words(rp_problem_group group) {
    static const char *const words[RP_PROBLEM_GROUPS] = {
        [RP_PROBLEM_NOT_RECORDED] = "no problem recorded",
        [RP_PROBLEM_DEPRESSION] = "depression",
        [RP_PROBLEM_ANXIETY] = "anxiety and stress",
        [RP_PROBLEM_UNEXPLAINED] = "medically unexplained symptoms",
        [RP_PROBLEM_OTHER_MENTAL] = "another mental health problem",
        [RP_PROBLEM_OTHER] = "another problem",
    };
    return words[group];
}
