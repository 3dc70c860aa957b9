/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report says at its top of whom it is for. */
#include "report/report_parts.h"

const char *rp_report_for_whom(rp_audience reader) {
    switch (reader) {
    case RP_FOR_UNSAID:
        break;
    case RP_FOR_PUBLIC:
        return "This is the public report of one run: it is for anyone. It holds the main statements and tables, and "
               "what to keep in mind. It leaves out what is told by group or by month, further statements, tables "
               "and charts, and which files were read.";
    case RP_FOR_SERVICE:
        return "This is the service report of one run: it is for those who lead, commission and work in the service. "
               "It leaves out charts in which each person has a place, tables that only an analyst needs, and which "
               "files were read.";
    case RP_FOR_FULL:
        return "This is the full report of one run: it is for the service's own analysts, under the service's own "
               "rules for its data. It leaves out nothing that the run tells.";
    }
    return NULL;
}

const char *rp_report_of_all_readers(void) {
    return "The public, the service and the full report of a run hide the same numbers, so that together they give no "
           "more away than the full one. None of them holds anybody's story, identifier, or the exact date of anything "
           "that happened to them.";
}

const char *rp_report_left_out(const rp_answer *answer) {
    if (!answer->left_out)
        return NULL;
    return answer->n_statements || answer->n_tables || answer->n_charts
               ? "The run tells more of this than is in the report for this reader."
               : "What the run tells of this is not in the report for this reader.";
}
