/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record as a whole: its tables, domains, inputs and what is said of it. */
#include "record/record_parts.h"

/* ---- making ---- */

static rp_domain *make_domain(rp_record *record, const char *name, int table, const rp_code_list *codes) {
    rp_domain *domain = rp_arena_take(record->arena, 1, sizeof *domain);
    rp_domain **slot = domain ? rp_vec_push(record->arena, &record->domains) : NULL;
    if (!slot)
        return NULL;
    *domain = (rp_domain){.name = name, .table = table, .codes = codes, .names = rp_names_new(record->arena)};
    *slot = domain;
    if (!domain->names)
        return NULL;
    for (size_t i = 0; codes && i < codes->n; i++)
        if (rp_names_put(domain->names, rp_text_of(codes->codes[i].code)) != i)
            return NULL;
    return domain;
}

/* The domain for a column: by the list, by the table whose keys it holds, or by name. NULL: no memory. */
static rp_domain *find_domain(rp_record *record, rp_table_id table, const rp_column_def *def) {
    const rp_code_list *codes = def->type == RP_TYPE_CODE ? def->codes : NULL;
    int keys_of = def->need == RP_KEY ? (int)table : def->refers;
    for (size_t i = 0; i < record->domains.n; i++) {
        rp_domain *one = record->domains.at[i];
        if (codes          ? one->codes == codes
            : keys_of >= 0 ? one->table == keys_of
                           : one->name && strcmp(one->name, def->name) == 0)
            return one;
    }
    return make_domain(record, codes || keys_of >= 0 ? NULL : def->name, codes ? -1 : keys_of, codes);
}

rp_domain *rp_record_domain_named(rp_record *record, const char *name) {
    for (size_t i = 0; i < record->domains.n; i++)
        if (record->domains.at[i]->name && strcmp(record->domains.at[i]->name, name) == 0)
            return record->domains.at[i];
    assert(!"no such domain");
    return NULL;
}

static bool make_column(rp_record *record, rp_held_table *held, const rp_column_def *def) {
    rp_column *column = rp_vec_push(record->arena, &held->columns);
    if (!column)
        return false;
    *column = (rp_column){.name = def->name,
                          .type = def->type,
                          .required = def->need != RP_OPTIONAL,
                          .is_key = def->need == RP_KEY,
                          .as_id = def->type == RP_TYPE_CODE && def->codes->open,
                          .may_lie_ahead = rp_schema_may_lie_ahead(held->id, def->name),
                          .refers = def->refers,
                          .codes = def->codes};
    rp_schema_range(held->id, def->name, &column->lowest, &column->highest);
    if (strcmp(def->name, "birth_year") == 0)
        column->highest = record->this_year;
    if (def->type != RP_TYPE_ID && !column->as_id)
        return true;
    column->domain = find_domain(record, held->id, def);
    return column->domain != NULL;
}

/* Where the cells of these columns stood is kept, because a fault may come to light only when all rows are there. */
static bool is_marked(const rp_column_def *def) {
    static const char *const others[] = {"item", "scale", "value", "date", "instrument"};
    bool marked = def->need == RP_KEY || def->refers >= 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        marked = marked || strcmp(def->name, others[i]) == 0;
    return marked;
}

static bool make_table(rp_record *record, rp_table_id id) {
    rp_held_table *held = &record->tables[id];
    held->id = id;
    held->def = rp_schema_table(id);
    held->roles = rp_schema_roles(id);
    held->place = held->layout = held->link = (rp_column){.type = RP_TYPE_ID, .refers = -1};
    held->state = (rp_column){.type = RP_TYPE_BOOL, .refers = -1};
    if (id == RP_SCORES)
        held->link.type = RP_TYPE_CODE; /* no instrument has more than 100 scales */
    held->carried_first = RP_NO_ROW;
    held->extras = rp_names_new(record->arena);
    held->layouts = rp_names_new(record->arena);
    if (!held->extras || !held->layouts)
        return false;
    for (size_t i = 0; i < held->def->n_columns; i++) {
        if (!make_column(record, held, &held->def->columns[i]))
            return false;
        if (is_marked(&held->def->columns[i])) {
            assert(held->n_marks < sizeof held->marks / sizeof *held->marks);
            held->marks[held->n_marks++] = (int)i;
        }
    }
    return true;
}

rp_record *rp_record_new(rp_arena *arena, rp_instruments *instruments, rp_faults *faults) {
    assert(arena && faults);
    rp_record *record = rp_arena_take(arena, 1, sizeof *record);
    if (!record)
        return NULL;
    record->arena = arena;
    record->instruments = instruments;
    record->faults = faults;
    record->threads = 1;
    record->about = (rp_about){.name = "", .licence = "", .citation = ""};
    rp_date today = rp_date_today();
    record->latest = today + 366;
    char text[11];
    rp_date_text(today, text);
    if (!rp_text_to_int((rp_text){text, 4}, &record->this_year))
        record->this_year = 9999;
    record->pair_names = rp_names_new(arena);
    bool made = record->pair_names != NULL;
    for (int i = 0; i < RP_TABLES && made; i++)
        made = make_table(record, (rp_table_id)i);
    return made ? record : NULL;
}

void rp_record_use_threads(rp_record *record, int threads) {
    assert(threads > 0);
    record->threads = threads;
}

int rp_record_threads(const rp_record *record) {
    return record->threads;
}

/* What checks across rows look at. */
static bool is_checked_later(const rp_held_table *held, int column) {
    static const char *const others[] = {"item", "scale", "value", "instrument", "version"};
    const rp_column_def *def = &held->def->columns[column];
    bool needed =
        def->need == RP_KEY || def->refers >= 0 || column == held->roles.date || column == held->roles.occasion;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        needed = needed || strcmp(def->name, others[i]) == 0;
    return needed;
}

void rp_record_only_check(rp_record *record, bool digests) {
    record->only_checked = true;
    record->undigested = !digests;
    record->tables[RP_SCORES].link.dropped = true;
    for (int t = 0; t < RP_TABLES; t++) {
        rp_held_table *held = &record->tables[t];
        assert(held->n == 0);
        for (size_t c = 0; c < held->columns.n; c++)
            held->columns.at[c].dropped = c >= held->def->n_columns || !is_checked_later(held, (int)c);
    }
}

/* ---- what is left out ---- */

static void make_passing(rp_record *record, rp_pieces *pieces) {
    assert(!pieces->at && record->passing);
    pieces->arena = record->passing;
}

bool rp_record_only_ask(rp_record *record, rp_error *error) {
    assert(!record->only_checked && !record->passing && record->spots.n == 0);
    record->passing = rp_arena_new(0);
    if (!record->passing)
        return rp_fail_memory(error);
    rp_arena_adopt(record->arena, record->passing);
    make_passing(record, &record->spots.lengths);
    make_passing(record, &record->spots.groups);
    for (int t = 0; t < RP_TABLES; t++) {
        rp_column *const own[] = {&record->tables[t].place, &record->tables[t].layout};
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
            own[i]->forgotten = true;
            make_passing(record, &own[i]->pieces);
        }
    }
    return true;
}

void rp_record_leave_out(rp_record *record, rp_table_id table, const char *column) {
    rp_held_table *held = &record->tables[table];
    int at = rp_schema_column(table, column);
    assert(at >= 0 && held->n == 0);
    rp_column *of = &held->columns.at[at];
    if (of->is_key) {
        of->domain->forgotten = true;
        of->domain->names = rp_names_new(record->passing);
        record->failed = record->failed || !of->domain->names;
        return;
    }
    of->forgotten = true;
    if (is_checked_later(held, at))
        make_passing(record, &of->pieces);
    else
        of->dropped = true;
}

static void forget_texts(rp_arena *arena, rp_domain *domain) {
    if (!domain->forgotten)
        return;
    rp_arena_give_back(arena, domain->by_rank);
    domain->by_rank = NULL;
    domain->names = NULL;
}

static void forget(rp_column *column) {
    if (!column->forgotten)
        return;
    column->dropped = true;
    column->pieces = (rp_pieces){0};
}

void rp_record_forget(rp_record *record) {
    for (int t = 0; t < RP_TABLES; t++) {
        rp_held_table *held = &record->tables[t];
        forget(&held->place);
        forget(&held->layout);
        for (size_t c = 0; c < held->columns.n; c++)
            forget(&held->columns.at[c]);
    }
    if (record->passing)
        record->spots = (rp_spots){0};
    rp_arena_free(record->passing);
    record->passing = NULL;
    for (size_t i = 0; i < record->domains.n; i++)
        forget_texts(record->arena, record->domains.at[i]);
}

rp_faults *rp_record_faults(const rp_record *record) {
    return record->faults;
}

rp_instruments *rp_record_instruments(const rp_record *record) {
    return record->instruments;
}

/* ---- columns ---- */

int rp_record_extra(rp_record *record, rp_table_id table, const char *name) {
    assert(!record->sealed && name);
    rp_held_table *held = &record->tables[table];
    int known = rp_record_column(record, table, name);
    if (known >= 0)
        return known;
    rp_column *column = rp_vec_push(record->arena, &held->columns);
    uint32_t id = column ? rp_names_put(held->extras, rp_text_of(name)) : RP_NO_ID;
    if (id == RP_NO_ID) {
        held->columns.n -= column != NULL;
        return -1;
    }
    *column = (rp_column){
        .name = rp_names_text(held->extras, id), .type = RP_TYPE_TEXT, .refers = -1, .dropped = record->only_checked};
    return (int)held->columns.n - 1;
}

size_t rp_record_columns(const rp_record *record, rp_table_id table) {
    return record->tables[table].columns.n;
}

int rp_record_column(const rp_record *record, rp_table_id table, const char *name) {
    const rp_held_table *held = &record->tables[table];
    int column = rp_schema_column(table, name);
    if (column >= 0)
        return column;
    uint32_t extra = rp_names_find(held->extras, rp_text_of(name));
    return extra == RP_NO_ID ? -1 : (int)(held->def->n_columns + extra);
}

const char *rp_record_column_name(const rp_record *record, rp_table_id table, int column) {
    const rp_held_table *held = &record->tables[table];
    assert(column >= 0 && (size_t)column < held->columns.n);
    return held->columns.at[column].name;
}

/* ---- inputs ---- */

bool rp_record_input(rp_record *record, const char *path, rp_encoding encoding, uint32_t *out, rp_error *error) {
    assert(!record->sealed);
    if (record->inputs.n >= RP_LIMIT_INPUTS) {
        rp_fail(error, RP_E_LIMIT, "More than %d files are not read into one record.", (int)RP_LIMIT_INPUTS);
        return rp_fail_at(error, path, 0, 0);
    }
    if (!rp_file_exists(path)) {
        rp_fail(error, RP_E_FILE, "There is no such file.");
        return rp_fail_at(error, path, 0, 0);
    }
    rp_record_input_info info = {.path = rp_arena_copy(record->arena, path, strlen(path)), .encoding = encoding};
    if (!info.path)
        return rp_fail_memory(error);
    rp_input *input = rp_vec_push(record->arena, &record->inputs);
    if (!input)
        return rp_fail_memory(error);
    input->info = info;
    *out = (uint32_t)(record->inputs.n - 1);
    return true;
}

/* ---- what is said of the whole ---- */

static bool copy_text(rp_arena *arena, const char *from, const char **to) {
    *to = from ? rp_arena_copy(arena, from, strlen(from)) : NULL;
    return !from || *to;
}

static bool copy_lists(rp_arena *arena, const rp_about *from, rp_about *to) {
    rp_occasion *occasions = rp_arena_take(arena, from->n_occasions, sizeof *occasions);
    const char **notes = rp_arena_take(arena, from->n_notes, sizeof *notes);
    bool fine = occasions && notes;
    for (size_t i = 0; i < from->n_occasions && fine; i++) {
        occasions[i] = from->occasions[i];
        fine = copy_text(arena, from->occasions[i].label, &occasions[i].label);
    }
    for (size_t i = 0; i < from->n_notes && fine; i++)
        fine = copy_text(arena, from->notes[i], &notes[i]);
    to->occasions = occasions;
    to->notes = notes;
    return fine;
}

bool rp_record_describe(rp_record *record, const rp_about *about, rp_error *error) {
    rp_about copy = *about;
    bool fine = copy_text(record->arena, about->name ? about->name : "", &copy.name) &&
                copy_text(record->arena, about->licence ? about->licence : "", &copy.licence) &&
                copy_text(record->arena, about->citation ? about->citation : "", &copy.citation) &&
                copy_text(record->arena, about->comparator, &copy.comparator) &&
                copy_text(record->arena, about->comparator_note, &copy.comparator_note) &&
                copy_lists(record->arena, about, &copy);
    if (!fine)
        return rp_fail_memory(error);
    record->about = copy;
    return true;
}

const rp_about *rp_record_about(const rp_record *record) {
    return &record->about;
}
