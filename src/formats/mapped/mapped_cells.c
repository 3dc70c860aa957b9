/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a cell to a value: blanks around it go, declared missing texts are missing, and what is left must be what it
 * should be. Nothing else is missing, and nothing is made to fit. */
#include <math.h>

#include "formats/mapped/mapped.h"

static bool is_missing(const rp_mapped *m, rp_text text, bool names) {
    if (text.n == 0)
        return true;
    for (size_t i = 0; i < m->map.n_missing; i++)
        if (!(names && m->missing_is_number[i]) && rp_text_is(text, m->map.missing[i]))
            return true;
    return false;
}

rp_cell rp_mapped_cell(const rp_mapped *m, const rp_row *row, int column, bool names) {
    if (column < 0 || (size_t)column >= row->n)
        return (rp_cell){.line = row->line};
    rp_cell cell = row->cells[column];
    cell.text = rp_text_trim(cell.text);
    if (is_missing(m, cell.text, names))
        cell.text = (rp_text){0};
    return cell;
}

/* Room for a cell's text in a message: enough to know it again. */
#define SHOWN(text) (int)((text).n < 40 ? (text).n : 40), (text).at

void rp_mapped_take(rp_mapped *m, const rp_row *row, size_t source, int column) {
    const rp_map_source *from = &m->map.sources[source];
    const rp_instrument *instrument = m->map.instruments[from->instrument].instrument;
    const rp_cell cell = rp_mapped_cell(m, row, column, false);
    m->found[source] = (rp_text){0};
    if (!cell.text.at)
        return;
    double value = 0;
    if (!rp_text_to_num(cell.text, &value)) {
        rp_delimited_value_fault(&m->file, &cell, "type",
                                 "\"%.*s\" is not a number, so %s has no %s %s here; if it means a missing value, list "
                                 "it under \"missing\" in the map.",
                                 SHOWN(cell.text), instrument->short_title, from->is_item ? "item" : "score",
                                 from->name);
        return;
    }
    m->found[source] = cell.text;
    m->n_fractions[source] += !from->is_item && instrument->scales[from->index].whole && value != floor(value);
}
