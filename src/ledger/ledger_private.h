/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the ledger share. */
#ifndef RAPPORT_LEDGER_PRIVATE_H
#define RAPPORT_LEDGER_PRIVATE_H

#include <jansson.h>

#include "rapport/ledger.h"

/* One claim from its JSON; texts are copied into arena. */
bool claim_parse(const json_t *from, const char *file, rp_arena *arena, rp_claim *out, rp_error *error) RP_MUST_CHECK;
/* By the names of claim_words.c. */
bool claim_verdict_parse(const char *word, rp_verdict *out);
bool claim_read_parse(const char *word, rp_claim_read *out);

#endif
