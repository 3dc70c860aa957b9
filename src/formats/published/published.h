/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published national figures on their way into the record's table `published`: a layout says what the columns of a file
 * mean, a rule says which values a printed figure allows. docs/published.md describes both. */
#ifndef RAPPORT_FORMATS_PUBLISHED_H
#define RAPPORT_FORMATS_PUBLISHED_H

#include "formats/delimited_rows.h"

/* What a column tells of the figures in its row. */
typedef enum rp_published_role {
    RP_ROLE_PERIOD,
    RP_ROLE_START,
    RP_ROLE_END,
    RP_ROLE_KIND,
    RP_ROLE_CODE,
    RP_ROLE_NAME,
    RP_ROLE_SECOND_CODE, /* of the second of two organisations, whose figures are told together */
    RP_ROLE_SECOND_NAME,
    RP_ROLE_GROUP, /* what people are grouped by */
    RP_ROLE_GROUP_A,
    RP_ROLE_GROUP_B,
    RP_ROLE_MEASURE, /* long layouts: a row holds one figure, and these three tell which */
    RP_ROLE_STATISTIC,
    RP_ROLE_VALUE,
    RP_ROLES
} rp_published_role;

/* A column of a wide layout that holds a figure. */
typedef struct rp_published_column {
    const char *name, *measure, *statistic;
} rp_published_column;

typedef struct rp_published_layout {
    const char *title;                  /* for messages: "annual measures, long" */
    const char *roles[RP_ROLES];        /* names of the columns, all of them needed; NULL: it has no such column */
    const rp_published_column *columns; /* wide: its figures, of which one is needed at least; NULL, and n_columns 0, in
                                         * a wide layout: every column named as Count_Recovery is */
    size_t n_columns;
    bool wide;
    const char *kind, *group; /* where no column tells them; NULL otherwise */
} rp_published_layout;

/* The layout of a file with this header; NULL: none. */
const rp_published_layout *rp_published_detect(const rp_header *header);
size_t rp_published_layouts(void);
const rp_published_layout *rp_published_layout_at(size_t i);
/* What a column of the layout holds; false: no figure. *measure may be a slice of the name. */
bool rp_published_column_of(const rp_published_layout *layout, const char *name, rp_text *measure,
                            const char **statistic);
/* "Count_ReliableImprovement" -> "improvement", "count". A measure that we have no name for keeps its own. */
bool rp_published_name(rp_text name, rp_text *measure, const char **statistic);

typedef enum rp_printed {
    RP_PRINTED_NOTHING, /* empty, NULL or NA: not published */
    RP_PRINTED_FIGURE,
    RP_PRINTED_HIDDEN, /* *: suppressed */
    RP_PRINTED_NO_NUMBER,
    RP_PRINTED_OUT_OF_RANGE
} rp_printed;
/* What a printed figure may stand for. A mean that is hidden has no bounds: NaN. */
rp_printed rp_published_figure(rp_text printed, const char *statistic, bool national, double *low, double *high);

/* "2024-25" as a file's name tells it; absent: it does not. */
rp_text rp_published_period_in(const char *name);

#endif
