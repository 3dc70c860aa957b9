/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a row was measured. The occasion column of a long file holds whole numbers, or labels whose order of first
 * appearance is taken, or values that the map lists; which of the first two, one look through the file tells. */
#include <string.h>

#include "formats/mapped/mapped.h"

enum { MOST_LABELS = 1000 }; /* more distinct labels than this are no list of occasions */

#define SHOWN(text) (int)((text).n < 40 ? (text).n : 40), (text).at

/* One whole number anywhere makes the column one of numbers: its other values are then slips, not labels. */
static bool gather_labels(rp_mapped *m, rp_reader *reader, rp_names *labels, bool *numbers) {
    rp_row row;
    rp_read got = RP_READ_ROW;
    while (got == RP_READ_ROW || got == RP_READ_BAD) {
        got = rp_reader_next(reader, &row, m->error);
        if (got != RP_READ_ROW || row.n != m->file.width)
            continue;
        rp_cell cell = rp_mapped_cell(m, &row, m->binding.occasion, true);
        int64_t number = 0;
        *numbers = cell.text.at && rp_text_to_int(cell.text, &number);
        if (*numbers)
            return true;
        if (cell.text.at && rp_names_put(labels, cell.text) == RP_NO_ID)
            return rp_fail_memory(m->error);
        if (rp_names_count(labels) > MOST_LABELS) {
            rp_fail(m->error, RP_E_LIMIT,
                    "Column \"%s\" has more than %d different values, none a whole number, and the "
                    "map takes it for the occasion.",
                    m->map.occasion, MOST_LABELS);
            return rp_fail_remedy(m->error, "Name a column that numbers the occasions, or list its values in the map.");
        }
    }
    return got == RP_READ_END;
}

bool rp_mapped_learn_occasions(rp_mapped *m) {
    const rp_reader_options options = {.separator = rp_reader_separator(m->file.reader),
                                       .encoding = m->file.form.encoding};
    rp_reader *reader = rp_reader_open(m->file.path, &options, m->error);
    rp_names *labels = reader ? rp_names_new(m->arena) : NULL;
    rp_header header;
    bool numbers = false, fine = false;
    if (reader && !labels)
        rp_fail_memory(m->error);
    if (labels)
        fine = rp_reader_header(reader, m->arena, &header, m->error) && gather_labels(m, reader, labels, &numbers);
    rp_reader_close(reader);
    m->labels = fine && !numbers && rp_names_count(labels) > 0 ? labels : NULL;
    return fine;
}

static bool number_time(rp_mapped *m, const rp_row *row, const rp_cell *cell, int32_t *out) {
    int64_t number = 0;
    if (!rp_text_to_int(cell->text, &number)) {
        rp_delimited_reject(&m->file, row, cell, "type",
                            "\"%.*s\" is not a whole number, as the occasions in this column are.", SHOWN(cell->text));
        return false;
    }
    if (number < -RP_MAP_LIMIT_OCCASION || number > RP_MAP_LIMIT_OCCASION) {
        rp_delimited_reject(&m->file, row, cell, "range", "The occasion %.*s is past %d.", SHOWN(cell->text),
                            RP_MAP_LIMIT_OCCASION);
        return false;
    }
    *out = (int32_t)number;
    return true;
}

static bool listed_time(rp_mapped *m, const rp_row *row, const rp_cell *cell, int32_t *out) {
    for (size_t i = 0; i < m->map.n_occasions; i++)
        if (rp_text_is(cell->text, m->map.occasions[i].value)) {
            *out = m->map.occasions[i].occasion;
            return true;
        }
    rp_delimited_reject(&m->file, row, cell, "code", "\"%.*s\" is no occasion that the map lists.", SHOWN(cell->text));
    return false;
}

/* False: the row was rejected. No occasion in the cell leaves *out as it is. */
static bool occasion_of(rp_mapped *m, const rp_row *row, const rp_cell *cell, int32_t *out) {
    if (!cell->text.at)
        return true;
    if (m->map.n_occasions > 0)
        return listed_time(m, row, cell, out);
    if (!m->labels)
        return number_time(m, row, cell, out);
    *out = (int32_t)rp_names_find(m->labels, cell->text) + 1;
    return true;
}

rp_cell rp_mapped_date(rp_mapped *m, const rp_row *row, int column) {
    rp_cell cell = rp_mapped_cell(m, row, column, false);
    rp_date date;
    if (cell.text.at && !rp_date_parse(cell.text, &date)) {
        rp_delimited_value_fault(&m->file, &cell, "type", "\"%.*s\" is not a date, written YYYY-MM-DD.",
                                 SHOWN(cell.text));
        cell.text = (rp_text){0};
    }
    return cell;
}

bool rp_mapped_row_time(rp_mapped *m, const rp_row *row, rp_mapped_time *out) {
    *out = (rp_mapped_time){.occasion = RP_NO_OCCASION};
    out->at = rp_mapped_cell(m, row, m->binding.occasion, true);
    if (!occasion_of(m, row, &out->at, &out->occasion))
        return false;
    out->date = rp_mapped_date(m, row, m->binding.moments[0].date);
    if (out->occasion != RP_NO_OCCASION || out->date.text.at)
        return true;
    rp_delimited_reject(&m->file, row, m->binding.occasion >= 0 ? &out->at : &out->date, "order_missing",
                        "The row has %s, so its place in time is not known.",
                        m->binding.occasion < 0          ? "no date"
                        : m->binding.moments[0].date < 0 ? "no occasion"
                                                         : "neither occasion nor date");
    return false;
}
