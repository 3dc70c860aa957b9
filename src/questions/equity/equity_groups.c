/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups that people are told apart by. Where a list has many codes they are taken together, so that few people are
 * not singled out; each code of the schema is in one group.
 *
 * Ethnic groups: the five headings of the census of England and Wales 2001, as the NHS Data Dictionary has them (ETHNIC
 * CATEGORY) and as the national tables of 2024-25 still do. Since 2011 the census counts Chinese among Asian. Ages: the
 * bands of the national tables, with 26 to 64 cut at 45 and all from 75 together. */
#include "questions/common/client.h"
#include "questions/equity/equity_parts.h"

#include <assert.h>
#include <string.h>

enum { GENDER, ETHNICITY, AGE, DEPRIVATION, EMPLOYMENT, CONDITION, LANGUAGE, INTERPRETER };

static const char not_recorded[] = "not recorded", not_stated[] = "asked, not stated";

const equity_characteristic equity_characteristics[CHARACTERISTICS] = {
    [GENDER] = {"gender",
                "Gender",
                "equity.recorded.gender",
                "their gender",
                "gender",
                "Indeterminate, non-binary and other are one group, so that few people are not singled out.",
                {"female", "male", "non-binary, indeterminate or another", not_stated, not_recorded},
                3},
    [ETHNICITY] = {"ethnicity",
                   "Ethnic group",
                   "equity.recorded.ethnicity",
                   "their ethnic group",
                   "ethnicity",
                   "The five headings of the 2001 census of England and Wales, as the NHS Data Dictionary and the "
                   "national tables have them. They hold people who differ much. Since 2011 the census counts Chinese "
                   "among Asian.",
                   {"White", "Mixed", "Asian or Asian British", "Black or Black British",
                    "Chinese or other ethnic group", not_stated, not_recorded},
                   5},
    [AGE] = {"age",
             "Age",
             "equity.recorded.age",
             "their age",
             "birth_year",
             "The age that is reached in the year of the referral, which can be a year too high: the record holds the "
             "year of birth alone.",
             {"under 18", "18 to 25", "26 to 44", "45 to 64", "65 to 74", "75 and over", not_recorded},
             -1},
    [DEPRIVATION] = {"deprivation",
                     "Deprivation of the area",
                     "equity.recorded.deprivation",
                     "how deprived their area is",
                     "deprivation_decile",
                     "Fifths of areas, two tenths each. An area is not a person: people in it are not all alike.",
                     {"most deprived fifth (tenths 1 and 2)", "second (3 and 4)", "third (5 and 6)", "fourth (7 and 8)",
                      "least deprived fifth (9 and 10)", not_recorded},
                     -1},
    [EMPLOYMENT] = {"employment",
                    "Employment",
                    "equity.recorded.employment",
                    "their employment",
                    "employment",
                    "Another situation: not working without benefits, unpaid voluntary work, or recorded as other.",
                    {"employed", "unemployed", "in education or training", "long-term sick or disabled",
                     "looking after family or home", "retired", "another situation", not_stated, not_recorded},
                    7},
    [CONDITION] = {"long_term_condition",
                   "Long-term condition",
                   "equity.recorded.long_term_condition",
                   "whether they have a long-term condition",
                   "long_term_condition",
                   NULL,
                   {"a long-term condition", "none", not_recorded},
                   -1},
    [LANGUAGE] = {"language",
                  "Preferred language",
                  "equity.recorded.language",
                  "their preferred language",
                  "language",
                  "All languages but English are one group, so that few people are not singled out.",
                  {"English", "another language", not_recorded},
                  -1},
    [INTERPRETER] = {"interpreter",
                     "Interpreter",
                     "equity.recorded.interpreter",
                     "whether they need an interpreter",
                     "needs_interpreter",
                     NULL,
                     {"needs one", "needs none", not_recorded},
                     -1},
};

/* The codes of each group, apart by a space; the rest is not recorded. */
static const char *const codes[CHARACTERISTICS][MOST_GROUPS] = {
    [GENDER] = {"2 female", "1 male", "9 non_binary other", "not_stated", "X"},
};

size_t equity_groups(size_t characteristic) {
    size_t n = 0;
    while (n < MOST_GROUPS && equity_characteristics[characteristic].groups[n] != NULL)
        n++;
    return n;
}

static bool lists(const char *words, const char *code) {
    size_t length = strlen(code);
    for (const char *at = words; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, code, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static size_t group_of_code(size_t characteristic, const char *code) {
    size_t last = equity_groups(characteristic) - 1;
    for (size_t g = 0; code != NULL && g <= last; g++)
        if (lists(codes[characteristic][g], code))
            return g;
    assert(code == NULL || !"each code is in a group");
    return last;
}

static size_t group_of_age(const rp_record *record, int64_t client, const rp_episode *episode) {
    static const int64_t from[] = {0, 18, 26, 45, 65, 75};
    enum { BANDS = sizeof from / sizeof *from };
    int64_t age = rp_question_age(record, client, episode);
    if (age < 0)
        return BANDS;
    size_t band = BANDS - 1;
    while (from[band] > age)
        band--;
    return band;
}

static size_t group_of(const rp_record *record, size_t client, size_t characteristic) {
    int column = rp_schema_column(RP_CLIENTS, equity_characteristics[characteristic].column);
    size_t last = equity_groups(characteristic) - 1;
    int64_t decile;
    rp_known english;
    int is;
    switch (characteristic) {
    case DEPRIVATION:
        decile = rp_record_int(record, RP_CLIENTS, column, client);
        return decile == RP_NO_INT ? last : (size_t)(decile - 1) / 2;
    case LANGUAGE:
        english = rp_question_prefers_english(record, (int64_t)client);
        return english == RP_NOT_KNOWN ? last : english == RP_NO;
    case ETHNICITY:
        return (size_t)rp_question_ethnic_of(record, (int64_t)client); /* in the order of its groups */
    case EMPLOYMENT:
        return (size_t)rp_question_work_of(record, (int64_t)client); /* in the order of its groups */
    case CONDITION:
    case INTERPRETER:
        is = rp_record_bool(record, RP_CLIENTS, column, client);
        return is < 0 ? last : is == 0;
    default:
        return group_of_code(characteristic, rp_record_code_text(record, RP_CLIENTS, column, client));
    }
}

void equity_groups_of(const rp_record *record, const rp_episode *episode, uint8_t groups[CHARACTERISTICS]) {
    int64_t client = rp_question_client(record, episode);
    for (size_t c = 0; c < CHARACTERISTICS; c++) {
        size_t group = equity_groups(c) - 1;
        if (client >= 0)
            group = c == AGE ? group_of_age(record, client, episode) : group_of(record, (size_t)client, c);
        groups[c] = (uint8_t)group;
    }
}
