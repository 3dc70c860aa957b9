/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 1, base: files that are built into the program. tools/embed.py writes the C file that holds their bytes. */
#ifndef RAPPORT_EMBEDDED_H
#define RAPPORT_EMBEDDED_H

#include <stddef.h>

/* One file. An array of these ends with one whose name is NULL. */
typedef struct rp_embedded {
    const char *name;           /* without its folder: "phq-9.json" */
    const unsigned char *bytes; /* followed by a NUL that n does not count */
    size_t n;
} rp_embedded;

/* Made at build time: `tools/embed.py rp_embedded_instruments OUT.c instruments/FILE.json…`. */
extern const rp_embedded rp_embedded_instruments[];
/* `tools/embed.py rp_embedded_claims OUT.c claims/FILE.json…`. */
extern const rp_embedded rp_embedded_claims[];
/* `tools/embed.py rp_embedded_web OUT.c web/report.css…`. */
extern const rp_embedded rp_embedded_web[];

#endif
