/* SPDX-License-Identifier: GPL-3.0-or-later */
/* National codes of the end of a referral, and our own words for the same, in classes. */
#include "questions/common/endings.h"

#include <string.h>

static const struct {
    const char *code;
    rp_question_ending ending;
} reasons[] = {
    {"46", ENDING_AGREED},
    {"completed", ENDING_AGREED},
    {"47", ENDING_LEFT},
    {"left_early", ENDING_LEFT},
    {"14", ENDING_DECLINED},
    {"declined", ENDING_DECLINED},
    {"withdrew_from_study", ENDING_DECLINED},
    {"48", ENDING_BY_SERVICE},
    {"service_ended", ENDING_BY_SERVICE},
    {"11", ENDING_REFERRED_ON},
    {"13", ENDING_REFERRED_ON},
    {"referred_on", ENDING_REFERRED_ON},
    {"17", ENDING_DIED},
    {"49", ENDING_DIED},
    {"died", ENDING_DIED},
    {"10", ENDING_OTHER},
    {"12", ENDING_OTHER},
    {"16", ENDING_OTHER},
    {"50", ENDING_OTHER},
    {"not_suitable", ENDING_OTHER},
};

/* Not known, codes that are retired, and nothing are one. */
rp_question_ending rp_question_ending_of_code(const char *code) {
    for (size_t i = 0; code != NULL && i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].code, code) == 0)
            return reasons[i].ending;
    return ENDING_NOT_RECORDED;
}

rp_question_ending rp_question_ending_of(const rp_record *record, int column, uint32_t referral) {
    return rp_question_ending_of_code(rp_record_code_text(record, RP_REFERRALS, column, referral));
}

rp_question_saying rp_question_one_session(const char *id, bool headline) {
    return (rp_question_saying){id,
                                "One treatment contact alone, of those ended and treated",
                                "people who entered treatment and whose referral has ended",
                                "have one treatment contact on record and no second",
                                "entered and ended",
                                headline};
}
