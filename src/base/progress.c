/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar on standard error. The one place in the library that shows anything, and only to a person at a
 * terminal who has waited for a second. */
#include <math.h>
#include <unistd.h>

#include "base/base_private.h"

enum { BAR = 30 };

void rp_progress_start(rp_progress *progress, const char *what, bool quiet) {
    *progress =
        (rp_progress){.what = what, .started = rp_time_seconds(), .shown = 0, .quiet = quiet || !isatty(STDERR_FILENO)};
}

void rp_progress_at(rp_progress *progress, double share) {
    if (progress->quiet)
        return;
    double now = rp_time_seconds();
    if (now - progress->started < 1 || now - progress->shown < 0.1)
        return;
    share = isfinite(share) ? fmin(fmax(share, 0), 1) : 0;
    int full = (int)(share * BAR);
    fprintf(stderr, "\r%s [%.*s%*s] %3d %%", progress->what, full, "##############################", BAR - full, "",
            (int)(share * 100));
    fflush(stderr);
    progress->shown = now;
}

void rp_progress_end(rp_progress *progress) {
    if (progress->quiet || progress->shown <= 0)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->shown = 0;
}
