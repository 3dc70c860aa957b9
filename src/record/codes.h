/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code lists of the record. Where the record has words of its own (attendance: attended, late_seen ...) they are
 * the codes, and the meaning names the national code. Elsewhere the national codes stand as they are, followed by words
 * for those who have none: a file uses the one or the other. */
#ifndef RAPPORT_RECORD_CODES_H
#define RAPPORT_RECORD_CODES_H

#include "rapport/record.h"

#define RP_CODES(list_name, is_open, source_text, codes_array)                                                         \
    {                                                                                                                  \
        .name = (list_name), .source = (source_text), .codes = (codes_array),                                          \
        .n = sizeof(codes_array) / sizeof *(codes_array), .open = (is_open)                                            \
    }

/* codes_people.c */
extern const rp_code_list rp_codes_gender, rp_codes_ethnicity, rp_codes_employment, rp_codes_consent, rp_codes_role,
    rp_codes_qualification;
/* codes_referral.c */
extern const rp_code_list rp_codes_source, rp_codes_end_reason, rp_codes_scheme, rp_codes_rank, rp_codes_pause_reason;
/* codes_contact.c */
extern const rp_code_list rp_codes_contact_kind, rp_codes_attendance, rp_codes_mode, rp_codes_therapy_mode,
    rp_codes_medication, rp_codes_interpreter;
/* codes_open.c */
extern const rp_code_list rp_codes_problem, rp_codes_therapy, rp_codes_protocol, rp_codes_component, rp_codes_diagnosis,
    rp_codes_interview, rp_codes_risk_action, rp_codes_layout;
/* codes_answers.c */
extern const rp_code_list rp_codes_rater, rp_codes_status, rp_codes_moment, rp_codes_way, rp_codes_seen,
    rp_codes_method, rp_codes_goal_status, rp_codes_task_status;
/* codes_care.c */
extern const rp_code_list rp_codes_told_to, rp_codes_matter, rp_codes_told, rp_codes_informant, rp_codes_how,
    rp_codes_judge, rp_codes_risk_origin, rp_codes_risk_level, rp_codes_intensity, rp_codes_event_kind,
    rp_codes_related;

#endif
