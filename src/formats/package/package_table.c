/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file of a package into one table: header -> columns of the table -> rows. */
#include <stdio.h>
#include <string.h>

#include "formats/package/package.h"

typedef struct binding {
    const int *columns; /* for each column of the file: the table's */
    rp_cell *cells;     /* one for each column of the table */
    size_t n;
} binding;

void rp_package_give_up(rp_package *package, const rp_package_table *table, const char *rule, const rp_error *why) {
    const char *name = rp_schema_table(table->table)->name;
    package->seen[table->table] = true;
    rp_faults_add(rp_record_faults(package->record), RP_FAULT_FILE, table->path, why->line, why->column, rule,
                  "The table %s was not read. %s%s%s", name, why->message, why->remedy[0] ? " " : "", why->remedy);
    if (!package->trouble[table->table])
        package->trouble[table->table] =
            rp_arena_printf(package->arena, "%s%s%s", why->message, why->remedy[0] ? " " : "", why->remedy);
}

/* ---- binding ---- */

/* Columns that the table must have, and the file has not. */
static bool check_needed(const rp_table_def *def, const rp_header *header, rp_error *why) {
    char lacking[300] = "";
    size_t used = 0, n_lacking = 0;
    for (size_t i = 0; i < def->n_columns; i++) {
        const rp_column_def *column = &def->columns[i];
        bool needed =
            column->need != RP_OPTIONAL || strcmp(column->name, "value") == 0; /* a score without it is none */
        if (!needed || rp_header_find(header, column->name) >= 0)
            continue;
        const char *nearest = rp_header_nearest(header, column->name);
        int n = snprintf(lacking + used, sizeof lacking - used, "%s\"%s\"%s%.40s%s", n_lacking++ ? ", " : "",
                         column->name, nearest ? " (nearest: \"" : "", nearest ? nearest : "", nearest ? "\")" : "");
        used = n > 0 && used + (size_t)n < sizeof lacking ? used + (size_t)n : sizeof lacking - 1;
    }
    bool ordered = !def->needs_order || rp_header_find(header, "date") >= 0 || rp_header_find(header, "occasion") >= 0;
    if (n_lacking == 0 && ordered)
        return true;
    if (n_lacking == 0)
        rp_fail(why, RP_E_RULE, "It has neither the column \"date\" nor \"occasion\".");
    else
        rp_fail(why, RP_E_RULE, "It lacks the %s %s.", n_lacking == 1 ? "column" : "columns", lacking);
    why->line = header->line;
    why->column = 1;
    return rp_fail_remedy(why, "Add what is lacking; docs/record.md lists the columns.");
}

/* A column that the record does not know is kept as text, and said. -1: no memory. */
static int extra_column(rp_package *p, const rp_package_table *table, const rp_header *header, size_t i) {
    const rp_table_def *def = rp_schema_table(table->table);
    const char *nearest = NULL, *names[64];
    size_t n = 0;
    for (size_t c = 0; c < def->n_columns && n < 64; c++)
        if (rp_header_find(header, def->columns[c].name) < 0)
            names[n++] = def->columns[c].name;
    nearest = rp_text_nearest(rp_text_of(header->names[i]), names, n);
    rp_faults_add(rp_record_faults(p->record), RP_FAULT_NOTE, table->path, header->line, header->columns[i],
                  "column_unknown", "\"%.80s\" is no column of %s; it is kept as text%s%s%s.", header->names[i],
                  def->name, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    int column = rp_record_extra(p->record, table->table, header->names[i]);
    if (column < 0)
        rp_fail_memory(p->error);
    return column;
}

static bool check_extras(const rp_table_def *def, rp_table_id table, const rp_header *header, rp_error *why) {
    size_t n = 0;
    for (size_t i = 0; i < header->n; i++)
        n += rp_schema_column(table, header->names[i]) < 0;
    if (n <= RP_PACKAGE_LIMIT_EXTRAS)
        return true;
    rp_fail(why, RP_E_LIMIT, "It has %zu columns that %s does not know; %d are allowed.", n, def->name,
            RP_PACKAGE_LIMIT_EXTRAS);
    return rp_fail_remedy(why, "Leave out those that are not needed.");
}

/* False: no memory. */
static bool bind(rp_package *p, const rp_package_table *table, const rp_header *header, binding *out) {
    int *columns = rp_arena_take(p->arena, header->n, sizeof *columns);
    if (!columns) {
        rp_fail_memory(p->error);
        return false;
    }
    for (size_t i = 0; i < header->n; i++) {
        columns[i] = rp_schema_column(table->table, header->names[i]);
        if (columns[i] < 0)
            columns[i] = extra_column(p, table, header, i);
        if (columns[i] < 0)
            return false;
    }
    out->columns = columns;
    out->n = rp_record_columns(p->record, table->table);
    out->cells = rp_arena_take(p->arena, out->n, sizeof *out->cells);
    return out->cells || rp_fail_memory(p->error);
}

/* ---- rows ---- */

static bool is_missing(const rp_package_table *table, rp_text text) {
    for (size_t i = 0; i < table->n_missing; i++)
        if (rp_text_is(text, table->missing[i]))
            return true;
    return false;
}

static bool add_row(rp_package *p, const rp_package_table *table, const rp_delimited *file, const binding *to,
                    const rp_row *row) {
    for (size_t i = 0; i < to->n; i++)
        to->cells[i] = (rp_cell){.line = row->line};
    for (size_t i = 0; i < file->header.n; i++) {
        rp_cell cell = row->cells[i];
        if (is_missing(table, cell.text))
            cell.text = (rp_text){0};
        to->cells[to->columns[i]] = cell;
    }
    return rp_record_add(p->record, table->table, to->cells, to->n, rp_delimited_place(file, row), p->error) !=
           RP_PUT_FAILED;
}

static void tell_end(rp_package *p, const rp_package_table *table, const rp_delimited *file) {
    p->read[table->table] = true;
    p->n_rows[table->table] += file->n_rows;
    if (file->n_rows == 0)
        rp_faults_add(rp_record_faults(p->record), RP_FAULT_NOTE, table->path, 0, 0, "no_rows",
                      "The file has a header line and no rows.");
}

static rp_intake *make_intake(rp_package *p, const rp_package_table *table, const rp_delimited *file,
                              const binding *to) {
    const rp_intake_plan plan = {.table = table->table,
                                 .input = file->input,
                                 .separator = rp_reader_separator(file->reader),
                                 .columns = to->columns,
                                 .n_fields = file->header.n,
                                 .missing = table->missing,
                                 .n_missing = table->n_missing,
                                 .bytes = rp_reader_bytes(file->reader)};
    rp_intake *intake = rp_intake_new(p->record, &plan);
    if (!intake)
        rp_fail_memory(p->error);
    return intake;
}

static bool read_rows(rp_package *p, const rp_package_table *table, rp_delimited *file, const binding *to) {
    rp_intake *intake = make_intake(p, table, file, to);
    if (!intake || !rp_delimited_batches(file, rp_intake_convert, intake, p->error))
        return false;
    for (;;) {
        rp_batch batch;
        rp_row row;
        void *converted;
        rp_error why = {0};
        switch (rp_delimited_next_batch(file, &batch, &converted, &row, &why)) {
        case RP_BULK_BATCH:
            if (rp_intake_add(intake, &batch, converted, p->error) == RP_PUT_FAILED)
                return false;
            break;
        case RP_BULK_ROW:
            if (!add_row(p, table, file, to, &row))
                return false;
            break;
        case RP_BULK_END:
            tell_end(p, table, file);
            return true;
        case RP_BULK_BAD:
        case RP_BULK_FAILED:
            if (why.code == RP_E_MEMORY)
                return rp_fail_memory(p->error);
            rp_package_give_up(p, table, "unreadable", &why);
            return true;
        }
    }
}

bool rp_package_read_table(rp_package *package, const rp_package_table *table, bool quiet) {
    const rp_table_def *def = rp_schema_table(table->table);
    rp_delimited file = {0};
    binding to = {0};
    rp_error why = {0};
    const char *rule = NULL;
    bool fine = true;
    package->seen[table->table] = true;
    if (!rp_delimited_open(&file, package->record, table->path, &table->form, package->arena, &why))
        rule = "unreadable";
    else if (!check_needed(def, &file.header, &why))
        rule = "column_missing";
    else if (!check_extras(def, table->table, &file.header, &why))
        rule = "columns";
    if (rule && why.code != RP_E_MEMORY)
        rp_package_give_up(package, table, rule, &why);
    else if (rule)
        fine = rp_fail_memory(package->error);
    else
        fine = bind(package, table, &file.header, &to) && rp_delimited_begin(&file, quiet, package->error) &&
               read_rows(package, table, &file, &to);
    rp_delimited_close(&file);
    return fine;
}
