/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The people of a mapped file. Arm and covariates belong to a person, so the rows of one person must agree on them; the
 * first that is told stands, and each that differs is a fault. */
#include <assert.h>

#include "formats/mapped/mapped.h"

#define SHOWN(text) (int)((text).n < 40 ? (text).n : 40), (text).at

/* The cell with its text kept beyond the row. False: no memory. */
static bool keep(rp_names *texts, rp_cell *cell) {
    uint32_t id = rp_names_put(texts, cell->text);
    if (id == RP_NO_ID)
        return false;
    cell->text.at = rp_names_text(texts, id);
    return true;
}

static size_t values_of(const rp_mapped *m) {
    return RP_PERSON_COVARIATES + m->map.n_covariates;
}

uint32_t rp_mapped_person_of(rp_mapped *m, const rp_row *row, const rp_cell *id) {
    uint32_t person = rp_names_put(m->ids, id->text);
    if (person == RP_NO_ID || person < m->people.n)
        return person;
    rp_mapped_person *fresh = rp_vec_push(m->arena, &m->people);
    if (!fresh)
        return RP_NO_ID;
    fresh->place = rp_delimited_place(&m->file, row);
    fresh->id = *id;
    fresh->id.text.at = rp_names_text(m->ids, person);
    fresh->values = rp_arena_take(m->arena, values_of(m), sizeof *fresh->values);
    return fresh->values ? person : RP_NO_ID;
}

/* The arm that the map gives for what stands in the column; absent, with a fault, where it gives none. */
static rp_cell arm_of(rp_mapped *m, const rp_row *row) {
    rp_cell cell = rp_mapped_cell(m, row, m->binding.arm, false);
    if (!cell.text.at || m->map.n_arms == 0)
        return cell;
    for (size_t i = 0; i < m->map.n_arms; i++)
        if (rp_text_is(cell.text, m->map.arms[i].name)) {
            cell.text = rp_text_of(m->map.arms[i].value);
            return cell;
        }
    rp_delimited_value_fault(&m->file, &cell, "code",
                             "\"%.*s\" is no arm that the map lists, so this person's arm is not known from here.",
                             SHOWN(cell.text));
    cell.text = (rp_text){0};
    return cell;
}

static const char *value_name(const rp_mapped *m, size_t i) {
    return i == RP_PERSON_ARM ? "arm" : m->map.covariates[i - RP_PERSON_COVARIATES].name;
}

/* One value told of a person: the first is kept, one that differs is a fault; a new practitioner is neither. */
static bool tell(rp_mapped *m, rp_mapped_person *person, size_t i, rp_cell cell) {
    rp_cell *kept = &person->values[i];
    if (!cell.text.at)
        return true;
    if (!kept->text.at) {
        if (!keep(m->texts, &cell))
            return false;
        *kept = cell;
        return true;
    }
    if (rp_text_equal(kept->text, cell.text))
        return true;
    if (i == RP_PERSON_PRACTITIONER) {
        person->changed_practitioner = true;
        return true;
    }
    rp_delimited_value_fault(&m->file, &cell, "person_differs",
                             "%s is \"%.*s\" here but \"%.*s\" in line %u, for the same client %.*s; the first stands.",
                             value_name(m, i), SHOWN(cell.text), SHOWN(kept->text), (unsigned)kept->line,
                             SHOWN(person->id.text));
    return true;
}

static bool note_practitioner(rp_mapped *m, const rp_row *row, const rp_cell *cell) {
    if (!cell->text.at)
        return true;
    uint32_t id = rp_names_put(m->practitioner_ids, cell->text);
    if (id == RP_NO_ID)
        return false;
    if (id < m->practitioners.n)
        return true;
    rp_mapped_practitioner *fresh = rp_vec_push(m->arena, &m->practitioners);
    if (!fresh)
        return false;
    *fresh = (rp_mapped_practitioner){.place = rp_delimited_place(&m->file, row), .id = *cell};
    fresh->id.text.at = rp_names_text(m->practitioner_ids, id);
    return true;
}

bool rp_mapped_person_values(rp_mapped *m, const rp_row *row, uint32_t number) {
    rp_mapped_person *person = &m->people.at[number];
    const rp_cell practitioner = rp_mapped_cell(m, row, m->binding.practitioner, true);
    bool fine = tell(m, person, RP_PERSON_ARM, arm_of(m, row)) &&
                tell(m, person, RP_PERSON_PRACTITIONER, practitioner) && note_practitioner(m, row, &practitioner);
    for (size_t i = 0; i < m->map.n_covariates && fine; i++)
        fine = tell(m, person, RP_PERSON_COVARIATES + i, rp_mapped_cell(m, row, m->binding.covariates[i], false));
    return fine || rp_fail_memory(m->error);
}

/* ---- to the record ---- */

static bool put(rp_mapped *m, rp_table_id table, const rp_cell *cells, size_t n, rp_place place) {
    return rp_record_add(m->record, table, cells, n, place, m->error) != RP_PUT_FAILED;
}

/* A cell of the person's first row for each of `n` columns, for `set` to fill. */
static rp_cell *take_cells(rp_mapped *m, size_t n) {
    rp_cell *cells = rp_arena_take(m->arena, n, sizeof *cells);
    if (!cells)
        rp_fail_memory(m->error);
    return cells;
}

/* The columns of referrals that values go to. False: no memory. */
static bool value_columns(rp_mapped *m, int *columns) {
    columns[RP_PERSON_ARM] = rp_schema_column(RP_REFERRALS, "arm");
    columns[RP_PERSON_PRACTITIONER] =
        m->map.practitioner ? rp_record_extra(m->record, RP_REFERRALS, "practitioner_id") : columns[RP_PERSON_ARM];
    bool fine = columns[RP_PERSON_PRACTITIONER] >= 0;
    for (size_t i = 0; i < m->map.n_covariates && fine; i++) {
        columns[RP_PERSON_COVARIATES + i] = rp_record_extra(m->record, RP_REFERRALS, m->map.covariates[i].name);
        fine = columns[RP_PERSON_COVARIATES + i] >= 0;
    }
    return fine || rp_fail_memory(m->error);
}

static bool put_person(rp_mapped *m, const rp_mapped_person *person, const int *columns, rp_cell *cells, size_t n) {
    const int client = rp_schema_column(RP_CLIENTS, "client_id");
    const int referral = rp_schema_column(RP_REFERRALS, "referral_id");
    const int of_client = rp_schema_column(RP_REFERRALS, "client_id");
    for (size_t i = 0; i < n; i++)
        cells[i] = (rp_cell){.line = person->id.line};
    cells[client] = person->id;
    if (!put(m, RP_CLIENTS, cells, (size_t)client + 1, person->place))
        return false;
    cells[client] = (rp_cell){.line = person->id.line};
    cells[referral] = cells[of_client] = person->id;
    for (size_t i = 0; i < values_of(m); i++)
        if (person->values[i].text.at)
            cells[columns[i]] = person->values[i];
    return put(m, RP_REFERRALS, cells, n, person->place);
}

static bool put_practitioners(rp_mapped *m) {
    const int key = rp_schema_column(RP_PRACTITIONERS, "practitioner_id");
    rp_cell *cells = take_cells(m, (size_t)key + 1);
    for (size_t i = 0; cells && i < m->practitioners.n; i++) {
        cells[key] = m->practitioners.at[i].id;
        if (!put(m, RP_PRACTITIONERS, cells, (size_t)key + 1, m->practitioners.at[i].place))
            return false;
    }
    return cells != NULL;
}

bool rp_mapped_put_people(rp_mapped *m) {
    int *columns = rp_arena_take(m->arena, values_of(m), sizeof *columns);
    if (!columns)
        return rp_fail_memory(m->error);
    if (!value_columns(m, columns))
        return false;
    size_t n = rp_record_columns(m->record, RP_REFERRALS);
    rp_cell *cells = take_cells(m, n + rp_record_columns(m->record, RP_CLIENTS));
    for (size_t i = 0; cells && i < m->people.n; i++)
        if (!put_person(m, &m->people.at[i], columns, cells, n))
            return false;
    return cells && put_practitioners(m);
}
