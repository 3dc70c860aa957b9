/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Age, employment, ethnic group and language, as far as they are recorded. */
#include "questions/common/client.h"

#include <string.h>
#include <strings.h>

int64_t rp_question_client(const rp_record *record, const rp_episode *episode) {
    return rp_record_refers(record, RP_REFERRALS, rp_schema_column(RP_REFERRALS, "client_id"), episode->row);
}

int64_t rp_question_age(const rp_record *record, int64_t client, const rp_episode *episode) {
    enum { OLDEST = 120 };
    if (client < 0 || episode->received == RP_NO_DATE)
        return -1;
    int64_t born = rp_record_int(record, RP_CLIENTS, rp_schema_column(RP_CLIENTS, "birth_year"), (size_t)client);
    int64_t year = rp_date_month(episode->received) / 12;
    return born == RP_NO_INT || year < born || year - born > OLDEST ? -1 : year - born;
}

rp_question_work rp_question_work_of(const rp_record *record, int64_t client) {
    static const struct {
        const char *code, *word;
        rp_question_work work;
    } codes[] = {
        {"01", "employed", WORK_EMPLOYED},     {"02", "unemployed", WORK_UNEMPLOYED},
        {"03", "student", WORK_STUDENT},       {"04", "sick_or_disabled", WORK_SICK},
        {"05", "homemaker", WORK_HOME},        {"08", "retired", WORK_RETIRED},
        {"06", "other", WORK_OTHER},           {"07", "other", WORK_OTHER},
        {"ZZ", "not_stated", WORK_NOT_STATED},
    };
    if (client < 0)
        return WORK_NOT_RECORDED;
    const char *code =
        rp_record_code_text(record, RP_CLIENTS, rp_schema_column(RP_CLIENTS, "employment"), (size_t)client);
    for (size_t i = 0; code != NULL && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i].code, code) == 0 || strcmp(codes[i].word, code) == 0)
            return codes[i].work;
    return WORK_NOT_RECORDED;
}

rp_question_ethnic rp_question_ethnic_of(const rp_record *record, int64_t client) {
    static const struct {
        const char *letters, *word;
    } codes[] = {[ETHNIC_WHITE] = {"ABC", "white"},  [ETHNIC_MIXED] = {"DEFG", "mixed"},
                 [ETHNIC_ASIAN] = {"HJKL", "asian"}, [ETHNIC_BLACK] = {"MNP", "black"},
                 [ETHNIC_OTHER] = {"RS", "other"},   [ETHNIC_NOT_STATED] = {"Z", "not_stated"}};
    if (client < 0)
        return ETHNIC_NOT_RECORDED;
    const char *code =
        rp_record_code_text(record, RP_CLIENTS, rp_schema_column(RP_CLIENTS, "ethnicity"), (size_t)client);
    for (size_t i = 0; code != NULL && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i].word, code) == 0 || (strlen(code) == 1 && strchr(codes[i].letters, code[0]) != NULL))
            return (rp_question_ethnic)i;
    return ETHNIC_NOT_RECORDED;
}

rp_known rp_question_prefers_english(const rp_record *record, int64_t client) {
    const char *language =
        client < 0 ? NULL
                   : rp_record_id_text(record, RP_CLIENTS, rp_schema_column(RP_CLIENTS, "language"), (size_t)client);
    if (language == NULL)
        return RP_NOT_KNOWN;
    return strcasecmp(language, "en") == 0 || strncasecmp(language, "en-", 3) == 0 ||
                   strcasecmp(language, "eng") == 0 || strcasecmp(language, "english") == 0
               ? RP_YES
               : RP_NO;
}
