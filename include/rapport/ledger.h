/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 4, ledger: published claims, and what their sources say. Knows nothing of services and records.
 *
 * A claim is a file of JSON (docs/claims.md). Those of claims/ are built into the program; a service may lay a folder
 * of its own beside them. */
#ifndef RAPPORT_LEDGER_H
#define RAPPORT_LEDGER_H

#include "rapport/base.h"

/* What of a source was read by whoever wrote the claim down. */
typedef enum rp_claim_read {
    RP_READ_NOTHING,
    RP_READ_SECONDARY, /* another text that tells of it */
    RP_READ_ABSTRACT,
    RP_READ_PART, /* tables, or a part of the text */
    RP_READ_WHOLE
} rp_claim_read;

typedef enum rp_verdict {
    RP_VERDICT_SUPPORTED,
    RP_VERDICT_CONTRADICTED,
    RP_VERDICT_NOT_WHAT_THE_SOURCE_SAYS,
    RP_VERDICT_CANNOT_BE_TOLD, /* from these data */
    RP_VERDICT_NOT_READ
} rp_verdict;

typedef struct rp_claim_passage {
    const char *text, *address;
    rp_claim_read read;
} rp_claim_passage;

/* A pooled correlation that a source gives, with its interval. */
typedef struct rp_claim_pooled {
    const char *label, *method; /* method "" where it is not known */
    double r, lower, upper, level;
    int64_t studies; /* -1: not known */
} rp_claim_pooled;

/* A standardised mean change, or a difference from a comparator, that a source gives; positive is better. */
typedef struct rp_claim_change {
    const char *label;      /* who: "Usual care, Beat the Blues" */
    const char *of;         /* what is measured: "depression" */
    const char *method;     /* with how many studies or people */
    bool controlled;        /* a difference from a comparator; else a change with nobody to compare with */
    double d, lower, upper; /* lower, upper: NaN where not given */
} rp_claim_change;

/* A statement of a report that is about the same matter. NULL: any. */
typedef struct rp_claim_bearing {
    const char *statement, *measure, *rater;
} rp_claim_bearing;

typedef struct rp_claim {
    const char *id, *title;
    const char *claim; /* in our own words */
    const char *made_by, *made_in;
    const char *source; /* that it cites; "" none */
    const rp_claim_passage *says;
    size_t n_says;
    bool judged; /* there is a verdict on what the source says; else the claim is about one's own data alone */
    rp_verdict verdict;
    const char *because;
    const rp_claim_bearing *bearings;
    size_t n_bearings;
    const char *lack; /* what data could bear on it, where none do; "" */
    const rp_claim_pooled *pooled;
    size_t n_pooled;
    const rp_claim_change *changes;
    size_t n_changes;
    /* A claim about one's own service: the first bearing's estimate is at least, or at most, this; NaN: neither. */
    double at_least, at_most;
    const char *file;
} rp_claim;

typedef struct rp_ledger rp_ledger;
/* The claims that are built in, in order of their ids. In arena; NULL: see *error. */
rp_ledger *rp_ledger_new(rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* Adds each .json file of a folder. False: see *error (no such folder, no claim in it, a fault, an id known already).
 */
bool rp_ledger_add_folder(rp_ledger *ledger, const char *folder, rp_error *error) RP_MUST_CHECK;
/* Adds one claim from the bytes of a file; `name` stands in messages. */
bool rp_ledger_add(rp_ledger *ledger, const char *bytes, size_t n, const char *name, rp_error *error) RP_MUST_CHECK;
size_t rp_ledger_count(const rp_ledger *ledger);
const rp_claim *rp_ledger_at(const rp_ledger *ledger, size_t i);
const rp_claim *rp_ledger_find(const rp_ledger *ledger, rp_text id);    /* NULL: none of that id */
const rp_claim *rp_ledger_nearest(const rp_ledger *ledger, rp_text id); /* by spelling; NULL: none is near */

const char *rp_verdict_name(rp_verdict verdict);    /* "not what the source says" */
const char *rp_claim_read_name(rp_claim_read read); /* "abstract only" */
/* The most that was read of a claim's source: what its verdict rests on. */
rp_claim_read rp_claim_rests_on(const rp_claim *claim);

#endif
