/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions that Rapport can ask. A new one is a folder beside this file and a line here. */
#include "questions/alliance/alliance.h"
#include "questions/outcome/outcome.h"
#include "questions/pathway/pathway.h"

#include <assert.h>

static const rp_question *const list[] = {
    &rp_question_outcome,
    &rp_question_pathway,
    &rp_question_alliance,
};

size_t rp_questions_count(void) {
    return sizeof list / sizeof *list;
}

const rp_question *rp_questions_at(size_t i) {
    assert(i < rp_questions_count());
    return list[i];
}

const rp_question *rp_questions_find(rp_text name) {
    for (size_t i = 0; i < rp_questions_count(); i++)
        if (rp_text_is(name, list[i]->name))
            return list[i];
    return NULL;
}
