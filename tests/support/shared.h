/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: where the reference data are, and a skip that says so where they are not. */
#ifndef RAPPORT_TEST_SHARED_H
#define RAPPORT_TEST_SHARED_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The path of a file below the shared folder, in a static buffer; skips the test where it is absent. */
static inline const char *shared_path(const char *below) {
    static char path[512];
    const char *root = getenv("RAPPORT_SHARED");
    snprintf(path, sizeof path, "%s/%s", root != NULL && *root != '\0' ? root : "../shared", below);
    if (access(path, R_OK) != 0) {
        print_message("reference data absent: %s (set RAPPORT_SHARED)\n", below);
        skip();
    }
    return path;
}

#endif
