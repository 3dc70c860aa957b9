/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `fidelity` can make. */
#include "questions/fidelity/fidelity_parts.h"

const char *const fidelity_step_titles[STEPS] = {"low intensity alone", "high intensity alone",
                                                 "low and high intensity", "neither, such as employment support",
                                                 "step not known"};

#define RATINGS(scale)                                                                                                 \
    {"fidelity." scale ".rated", "At one or more attended contacts " scale " was rated, of people who entered"},       \
        {"fidelity." scale ".self_alone",                                                                              \
         "The practitioner alone rated " scale " of their own sessions, of people of whom it was rated"},              \
    {                                                                                                                  \
        "fidelity." scale ".mean", "Mean rating of " scale ", by this rater, over contacts rated"                      \
    }

const rp_statement_def fidelity_statements[] = {
    {"fidelity.recorded", "A protocol is on record at one or more attended contacts, of people who entered treatment"},
    {"fidelity.several", "More than one protocol is on record, of people with a protocol on record"},
    {"fidelity.components.recorded",
     "Of one or more components it is on record whether they were delivered, of people with a protocol on record"},
    {"fidelity.components.all_delivered",
     "Every component of which it is on record was delivered at one contact or more, of people with such a record"},
    {"fidelity.step.low", "Low-intensity therapy alone on record, of people who entered treatment"},
    {"fidelity.step.high", "High-intensity therapy alone on record, of people who entered treatment"},
    {"fidelity.step.both", "Low- and high-intensity therapy on record, of people who entered treatment"},
    {"fidelity.step.neither", "Activities of neither step alone on record, of people who entered treatment"},
    {"fidelity.step.not_known", "No activity on record whose step is known, of people who entered treatment"},
    {"fidelity.planned", "A plan names a protocol, of people who entered treatment"},
    {"fidelity.planned.followed", "A protocol that was planned is on record, of people with a planned protocol"},
    {"fidelity.planned.and_another",
     "A protocol that was planned is on record, and one that was not, of people with a planned protocol"},
    {"fidelity.planned.another", "None but other protocols are on record, of people with a planned protocol"},
    {"fidelity.planned.no_record", "No protocol is on record of any contact, of people with a planned protocol"},
    RATINGS("adherence"),
    RATINGS("competence"),
    {NULL, NULL},
};
