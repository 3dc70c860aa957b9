/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of verdicts, and of what was read. */
#include <assert.h>
#include <string.h>

#include "ledger/ledger_private.h"

/* In files, and for people. */
static const char *const verdicts[][2] = {
    [RP_VERDICT_SUPPORTED] = {"supported", "supported"},
    [RP_VERDICT_CONTRADICTED] = {"contradicted", "contradicted"},
    [RP_VERDICT_NOT_WHAT_THE_SOURCE_SAYS] = {"not_what_the_source_says", "not what the source says"},
    [RP_VERDICT_CANNOT_BE_TOLD] = {"cannot_be_told", "cannot be told from these data"},
    [RP_VERDICT_NOT_READ] = {"source_not_read", "source not read"},
};
static const char *const reads[][2] = {
    [RP_READ_NOTHING] = {"nothing", "nothing of the source was read"},
    [RP_READ_SECONDARY] = {"secondary", "another text that tells of it, not the source"},
    [RP_READ_ABSTRACT] = {"abstract", "abstract only"},
    [RP_READ_PART] = {"part", "a part of the source"},
    [RP_READ_WHOLE] = {"whole", "the whole source"},
};

static bool find(const char *word, const char *const (*words)[2], size_t n, size_t *out) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i][0], word) == 0) {
            *out = i;
            return true;
        }
    return false;
}

bool claim_verdict_parse(const char *word, rp_verdict *out) {
    size_t i = 0;
    bool found = find(word, verdicts, sizeof verdicts / sizeof *verdicts, &i);
    *out = (rp_verdict)i;
    return found;
}

bool claim_read_parse(const char *word, rp_claim_read *out) {
    size_t i = 0;
    bool found = find(word, reads, sizeof reads / sizeof *reads, &i);
    *out = (rp_claim_read)i;
    return found;
}

const char *rp_verdict_name(rp_verdict verdict) {
    assert((size_t)verdict < sizeof verdicts / sizeof *verdicts);
    return verdicts[verdict][1];
}

const char *rp_claim_read_name(rp_claim_read read) {
    assert((size_t)read < sizeof reads / sizeof *reads);
    return reads[read][1];
}

rp_claim_read rp_claim_rests_on(const rp_claim *claim) {
    rp_claim_read most = RP_READ_NOTHING;
    for (size_t i = 0; i < claim->n_says; i++)
        if (claim->says[i].read > most)
            most = claim->says[i].read;
    return most;
}
