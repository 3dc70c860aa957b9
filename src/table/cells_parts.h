/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cells.c and cells_wide.c share. */
#ifndef RAPPORT_TABLE_CELLS_PARTS_H
#define RAPPORT_TABLE_CELLS_PARTS_H

#include <assert.h>

#include "rapport/table.h"

/* Takes the field of rows from `row` on as long as they are plain whole numbers of up to eight digits, and gives the
 * first row that it did not take: `row` itself where this processor has no way to do it. */
size_t rp_ints_wide(const rp_batch *batch, size_t field, size_t row, int64_t *out, uint8_t *found);

#endif
