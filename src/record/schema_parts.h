/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short ways to write a column's definition: K key, R required, O optional. */
#ifndef RAPPORT_RECORD_SCHEMA_PARTS_H
#define RAPPORT_RECORD_SCHEMA_PARTS_H

#include "record/codes.h"
#include "record/record_parts.h"

#define K RP_KEY
#define R RP_REQUIRED
#define O RP_OPTIONAL

#define ID(n, need, what)                                                                                              \
    { n, RP_TYPE_ID, need, NULL, -1, what }
#define REFER(n, need, to, what)                                                                                       \
    { n, RP_TYPE_ID, need, NULL, to, what }
#define CODE(n, need, list, what)                                                                                      \
    { n, RP_TYPE_CODE, need, &rp_codes_##list, -1, what }
#define DATE(n, what)                                                                                                  \
    { n, RP_TYPE_DATE, O, NULL, -1, what }
#define TIME(n, what)                                                                                                  \
    { n, RP_TYPE_TIME, O, NULL, -1, what }
#define INT(n, what)                                                                                                   \
    { n, RP_TYPE_INT, O, NULL, -1, what }
#define NUM(n, what)                                                                                                   \
    { n, RP_TYPE_NUM, O, NULL, -1, what }
#define BOOL(n, what)                                                                                                  \
    { n, RP_TYPE_BOOL, O, NULL, -1, what }
#define TEXT(n, what)                                                                                                  \
    { n, RP_TYPE_TEXT, O, NULL, -1, what }
#define VALUE(n, what)                                                                                                 \
    { n, RP_TYPE_VALUE, O, NULL, -1, what }

#define COLUMNS(array) .columns = (array), .n_columns = sizeof(array) / sizeof *(array)

#endif
