/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for why a value is not there, as files carry them. */
#include <assert.h>

#include "rapport/table.h"

static const char *const words[RP_MISSING_KINDS] = {
    [RP_PRESENT] = "present",         [RP_MISSING] = "missing",       [RP_NOT_DUE] = "not_due",
    [RP_NOT_OFFERED] = "not_offered", [RP_DECLINED] = "declined",     [RP_OFFERED_NOT_DONE] = "offered_not_done",
    [RP_TECHNICAL] = "technical",     [RP_SUPPRESSED] = "suppressed", [RP_ROUNDED] = "rounded",
};

const char *rp_missing_name(rp_missing kind) {
    assert((unsigned)kind < RP_MISSING_KINDS);
    return words[kind];
}

bool rp_missing_parse(rp_text text, rp_missing *out) {
    if (text.n == 0) {
        *out = RP_MISSING;
        return true;
    }
    /* "present" is left out: no file may say of an empty place that a value stands there. */
    for (int kind = RP_MISSING; kind < RP_MISSING_KINDS; kind++) {
        if (rp_text_is(text, words[kind])) {
            *out = (rp_missing)kind;
            return true;
        }
    }
    return false;
}
