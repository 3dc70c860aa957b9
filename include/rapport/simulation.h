/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 6, simulation: synthetic services whose truth is known. Knows no question. docs/simulation.md says what is
 * calibrated to what, and what is assumed.
 *
 * A service is made client by client. What happens to a client hangs on the seed, the scenario and the client's number
 * alone, so that the bytes are the same for any number of threads, and the first 100 clients of a large service are
 * those of a small one. */
#ifndef RAPPORT_SIMULATION_H
#define RAPPORT_SIMULATION_H

#include "rapport/record.h"

/* The scenarios, "plain" first. */
size_t rp_simulation_scenarios(void);
const char *rp_simulation_scenario(size_t i);
const char *rp_simulation_summary(size_t i); /* a sentence: how it differs from plain */

typedef struct rp_simulation_options {
    const char *scenario;    /* NULL: "plain" */
    int64_t clients;         /* 0: the scenario's own number (1000; tiny: 30) */
    int64_t reference;       /* clients of the reference population that truth is taken from; 0: 100,000 */
    uint64_t seed;           /* of the service. The reference population has its own, fixed one */
    const char *const *sets; /* "name=value" each: a parameter that is to be otherwise than the scenario has it */
    size_t n_sets;
    bool without_items; /* no answers to items: their scores alone */
    bool quiet;
    int threads;
} rp_simulation_options;
enum { RP_SIMULATION_MOST_CLIENTS = 99999999 };

typedef struct rp_simulation_made {
    int64_t clients, referrals, rows, bytes;
} rp_simulation_made;

/* Writes the data package and truth.json into a folder that must not be there yet, or be empty; it appears whole or not
 * at all. Memory: a few MB a thread, whatever the size. False: see *error (an unknown scenario or parameter is
 * RP_E_UNKNOWN, with the nearest one). */
bool rp_simulate(const rp_simulation_options *options, const char *folder, rp_simulation_made *out,
                 rp_error *error) RP_MUST_CHECK;

#endif
