/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map proposed for a file: which column is who, when and what. What is guessed is said in the proposal's comment;
 * what cannot be told from a header and values (who answered, which version, which way is worse) is asked there. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "formats/delimited_rows.h"
#include "formats/mapped/propose.h"
#include "rapport/formats.h"

enum { MOST_QUESTIONS = 5, MOST_STEMS = 1000 };

void rp_propose_note(rp_proposal *p, const char *format, ...) {
    char text[600];
    if (p->notes.n >= RP_PROPOSE_NOTES)
        return;
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    /* A long name may have been cut inside a character. */
    for (size_t i = 0; !rp_text_is_utf8(rp_text_of(text)) && text[i]; i++)
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
    const char **note = rp_vec_push(p->arena, &p->notes);
    if (note)
        *note = rp_arena_copy(p->arena, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
    p->no_memory = p->no_memory || !note || !*note;
}

/* ---- who and when ---- */

static void take_role(rp_proposal *p, int *column, rp_propose_role role) {
    if (*column >= 0 && (p->columns[*column].role != RP_ROLE_NONE || p->columns[*column].n_present == 0))
        *column = -1;
    if (*column >= 0)
        p->columns[*column].role = role;
}

static void decide_arm(rp_proposal *p) {
    if (p->arm < 0)
        return;
    const rp_propose_column *column = &p->columns[p->arm];
    if (column->n_distinct < 2 || column->n_distinct > 8 || (p->client >= 0 && column->varies)) {
        rp_propose_note(p,
                        "Column '%.60s' may be the arm, but has too many texts, only one, or differs within a "
                        "person: it is not taken for it.",
                        column->name);
        p->arm = -1;
        return;
    }
    take_role(p, &p->arm, RP_ROLE_ARM);
    if (p->arm >= 0)
        rp_propose_note(p,
                        "The arm is guessed from column '%.60s'. Give each text the name that reports shall use, and "
                        "add \"comparator\" if one arm is the comparison.",
                        column->name);
}

/* A file is long where clients come again and a column tells when. */
static void decide_layout(rp_proposal *p) {
    bool dated = p->occasion >= 0 && p->columns[p->occasion].n_dates > 0 && p->columns[p->occasion].n_numbers == 0;
    if (dated && p->date < 0)
        p->date = p->occasion;
    if (dated)
        p->occasion = -1;
    p->wide = !(p->client >= 0 && p->repeats && (p->occasion >= 0 || p->date >= 0));
    if (p->client >= 0)
        rp_propose_note(p, "The client is guessed from the name of column '%.60s'.", p->header.names[p->client]);
    else
        rp_propose_note(p, "No column is called as a client (id, client, subject, patient …): each row is taken for "
                           "one person. If a column says who it is, name it as \"client\".");
    if (p->wide) {
        p->occasion = p->date = -1;
        rp_propose_note(p, "Layout: wide, since no person comes in several rows with a column that tells when.");
        if (p->client >= 0 && p->repeats)
            rp_propose_note(p,
                            "Some texts in '%.60s' stand in several rows, of which all but the first would be "
                            "rejected: which column tells when each row was measured?",
                            p->header.names[p->client]);
        return;
    }
    rp_propose_note(p, "Layout: long, since clients come again and column '%.60s' tells when.",
                    p->header.names[p->occasion >= 0 ? p->occasion : p->date]);
    if (p->same_twice)
        rp_propose_note(p, "Some rows have the same client and the same time; all but the first would be rejected. Is "
                           "another column needed to tell them apart?");
}

static void decide_roles(rp_proposal *p) {
    take_role(p, &p->client, RP_ROLE_CLIENT);
    decide_layout(p);
    take_role(p, &p->occasion, RP_ROLE_OCCASION);
    take_role(p, &p->date, RP_ROLE_DATE);
    take_role(p, &p->practitioner, RP_ROLE_PRACTITIONER);
    if (p->practitioner >= 0)
        rp_propose_note(p, "The practitioner is guessed from the name of column '%.60s'.",
                        p->header.names[p->practitioner]);
    decide_arm(p);
}

/* ---- measures ---- */

static bool usable(const rp_propose_column *column) {
    return column->role == RP_ROLE_NONE && rp_propose_is_numeric(column);
}

/* The time's place in the list; SIZE_MAX: the list is full, or no memory. */
static size_t time_place(rp_proposal *p, const rp_propose_time *time) {
    for (size_t i = 0; i < p->times.n; i++)
        if (p->times.at[i].kind == time->kind && fabs(p->times.at[i].value - time->value) < 1e-9)
            return i;
    if (p->times.n >= RP_MAP_LIMIT_NAMES)
        return SIZE_MAX;
    rp_propose_time *added = rp_vec_push(p->arena, &p->times);
    if (!added) {
        p->no_memory = true;
        return SIZE_MAX;
    }
    *added = *time;
    return p->times.n - 1;
}

static rp_propose_instrument *add_instrument(rp_proposal *p, const char *name, const rp_instrument *known) {
    rp_propose_instrument *one = rp_vec_push(p->arena, &p->instruments);
    if (one)
        *one = (rp_propose_instrument){.name = name, .known = known, .whole = true};
    p->no_memory = p->no_memory || !one;
    return one;
}

static void add_measure(rp_proposal *p, size_t time, int item, size_t column) {
    rp_propose_instrument *one = &p->instruments.at[p->instruments.n - 1];
    rp_propose_measure *measure = rp_vec_push(p->arena, &p->measures);
    if (!measure) {
        p->no_memory = true;
        return;
    }
    const rp_propose_column *its = &p->columns[column];
    bool first = !one->has_total && !one->has_items;
    one->has_total = one->has_total || item < 0;
    one->has_items = one->has_items || item >= 0;
    one->lowest = first ? its->lowest : fmin(one->lowest, its->lowest);
    one->highest = first ? its->highest : fmax(one->highest, its->highest);
    one->whole = one->whole && its->n_whole == its->n_numbers;
    *measure = (rp_propose_measure){p->instruments.n - 1, time, item, column};
    p->columns[column].role = RP_ROLE_MEASURE;
}

/* slots[time * (items + 1)] is a total's column + 1, those after it are the items'. */
typedef struct slots {
    const rp_instrument *instrument;
    size_t *at, per_time;
    bool guessed, any_whole, any_part;
} slots;

static bool fill_slots(rp_proposal *p, slots *s) {
    for (size_t c = 0; c < p->header.n; c++) {
        const rp_propose_column *column = &p->columns[c];
        bool part = column->part == s->instrument && column->number >= 1 && column->number < (int)s->per_time;
        if (!usable(column) || (column->whole != s->instrument && !part) ||
            (!p->wide && (column->time.kind != RP_TIME_NONE || (p->repeats && !column->varies))))
            continue;
        size_t t = time_place(p, &column->time);
        if (t == SIZE_MAX)
            continue;
        if (column->whole == s->instrument && !s->at[t * s->per_time]) {
            s->at[t * s->per_time] = c + 1;
            s->any_whole = true;
            s->guessed = s->guessed || column->guessed;
        }
        if (part && !s->at[t * s->per_time + (size_t)column->number]) {
            s->at[t * s->per_time + (size_t)column->number] = c + 1;
            s->any_part = true;
        }
    }
    return !p->no_memory;
}

static bool items_complete(const slots *s, size_t time) {
    for (size_t i = 1; i < s->per_time; i++)
        if (!s->at[time * s->per_time + i])
            return false;
    return s->per_time > 1;
}

/* "phq9_1", "phq9_2": totals at two times where the values are higher than an answer can be. */
static void take_numbered(rp_proposal *p, const slots *s) {
    bool totals = false;
    for (size_t i = 1; i < s->per_time; i++)
        totals = totals || (s->at[i] && p->columns[s->at[i] - 1].highest > s->instrument->items[0].highest);
    for (size_t i = 1; i < s->per_time && totals; i++) {
        if (!s->at[i] || p->columns[s->at[i] - 1].role != RP_ROLE_NONE)
            continue;
        const rp_propose_time time = {RP_TIME_NUMBER, (double)i, rp_arena_printf(p->arena, "%zu", i)};
        size_t t = time_place(p, &time);
        if (t != SIZE_MAX && !s->at[t * s->per_time])
            add_measure(p, t, -1, s->at[i] - 1);
    }
}

static void take_instrument(rp_proposal *p, slots *s) {
    const rp_instrument *known = s->instrument;
    if (!add_instrument(p, known->name, known))
        return;
    for (size_t t = 0; t < p->times.n && !p->no_memory; t++) {
        size_t *at = &s->at[t * s->per_time];
        bool items = items_complete(s, t);
        for (size_t i = 1; items && i < s->per_time; i++)
            add_measure(p, t, (int)i - 1, at[i] - 1);
        if (at[0] && p->columns[at[0] - 1].role == RP_ROLE_NONE &&
            (known->n_scales == 1 || rp_instrument_scale(known, "total") >= 0))
            add_measure(p, t, -1, at[0] - 1);
    }
    if (p->wide && !p->instruments.at[p->instruments.n - 1].has_items)
        take_numbered(p, s);
    rp_propose_instrument *one = &p->instruments.at[p->instruments.n - 1];
    if (!one->has_total && !one->has_items) {
        p->instruments.n--;
        if (s->any_part)
            rp_propose_note(p,
                            "Some columns are called as items of %.40s, but not all its %zu items are there with a "
                            "name and number of the same kind: they are not taken for it.",
                            known->short_title, s->per_time - 1);
        return;
    }
    rp_propose_note(p,
                    "%.40s: %s. Check that it is this questionnaire and this version, and who answered it "
                    "(\"rater\"; client is guessed).",
                    known->name,
                    s->guessed ? "guessed from the beginning of its name, which other versions share"
                               : "recognised by the names of columns");
    const rp_scale *scale =
        &known->scales[known->n_scales == 1 ? 0 : (size_t)fmax(0, rp_instrument_scale(known, "total"))];
    if (one->has_total && !one->has_items && (one->lowest < scale->lowest || one->highest > scale->highest))
        rp_propose_note(p, "%.40s: some values lie outside its range from %g to %g and would be rejected alone.",
                        known->name, scale->lowest, scale->highest);
}

static bool take_known(rp_proposal *p) {
    for (size_t i = 0; i < rp_instruments_count(p->known); i++) {
        const rp_instrument *one = rp_instruments_at(p->known, i);
        if (rp_instruments_find(p->known, rp_text_of(one->name)) != one)
            continue; /* an older version */
        slots s = {.instrument = one, .per_time = one->n_items + 1};
        s.at = rp_arena_take(p->arena, (RP_MAP_LIMIT_NAMES + 1) * s.per_time, sizeof *s.at);
        if (!s.at || !fill_slots(p, &s))
            return false;
        if (s.any_whole || s.any_part)
            take_instrument(p, &s);
    }
    return !p->no_memory;
}

/* The stem where it can be a definition's name and is not taken yet; else the column's number. */
static const char *skeleton_name(const rp_proposal *p, size_t column) {
    const char *stem = p->columns[column].stem;
    bool fits = strlen(stem) <= 32 && stem[strspn(stem, "abcdefghijklmnopqrstuvwxyz0123456789")] == '\0';
    for (size_t i = 0; i < p->instruments.n; i++)
        fits = fits && strcmp(p->instruments.at[i].name, stem) != 0;
    return fits ? stem : rp_arena_printf(p->arena, "column-%zu", column + 1);
}

static bool has_measure(const rp_proposal *p, size_t instrument, size_t time) {
    for (size_t i = 0; i < p->measures.n; i++)
        if (p->measures.at[i].instrument == instrument && p->measures.at[i].time == time)
            return true;
    return false;
}

/* The column, and in wide layout those of its stem at other times. */
static void take_stem(rp_proposal *p, size_t column) {
    static const rp_propose_time none = {.kind = RP_TIME_NONE};
    size_t before = p->measures.n, instrument = p->instruments.n;
    const char *name = skeleton_name(p, column), *stem = p->columns[column].stem;
    if (!name || !add_instrument(p, name, NULL)) {
        p->no_memory = true;
        return;
    }
    for (size_t c = column; c < (p->wide ? p->header.n : column + 1); c++) {
        const rp_propose_column *its = &p->columns[c];
        if (!usable(its) || strcmp(its->stem, stem) != 0)
            continue;
        size_t t = time_place(p, p->wide ? &its->time : &none);
        if (t != SIZE_MAX && (!p->wide || its->time.kind != RP_TIME_NONE) && !has_measure(p, instrument, t))
            add_measure(p, t, -1, c);
    }
    const rp_propose_instrument *one = &p->instruments.at[instrument];
    if (p->measures.n - before < (p->wide ? 2 : 1) || !(one->lowest < one->highest)) {
        while (p->measures.n > before)
            p->columns[p->measures.at[--p->measures.n].column].role = RP_ROLE_NONE;
        p->instruments.n--;
        return;
    }
    rp_propose_note(
        p,
        "%s: no known questionnaire is called '%.60s'. A definition to fill in stands under \"define\": its "
        "range is what was seen, not what can occur, which way is worse is not known, and \"kind\" is "
        "\"other\" until you say that it is an outcome.",
        name, stem);
}

/* Where no questionnaire is known: columns of one stem at several times, or that change from row to row. */
static bool take_skeletons(rp_proposal *p) {
    size_t tried = 0;
    for (size_t c = 0; c < p->header.n && p->instruments.n < RP_PROPOSE_SKELETONS && tried < MOST_STEMS; c++) {
        const rp_propose_column *first = &p->columns[c];
        if (!usable(first) || !(p->wide ? first->time.kind != RP_TIME_NONE : first->varies) || !first->stem[0])
            continue;
        tried++;
        take_stem(p, c);
    }
    return !p->no_memory;
}

/* A wide file's columns without a time, beside others that have one: when they were measured is not known. */
static void drop_timeless(rp_proposal *p) {
    bool timed = false;
    for (size_t i = 0; i < p->measures.n; i++)
        timed = timed || p->times.at[p->measures.at[i].time].kind != RP_TIME_NONE;
    if (!p->wide || !timed)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < p->measures.n; i++) {
        const rp_propose_measure *one = &p->measures.at[i];
        bool timeless = p->times.at[one->time].kind == RP_TIME_NONE;
        if (timeless)
            rp_propose_note(p,
                            "Column '%.60s' is called as a measure, but its name tells no time: it is not taken. Add "
                            "it to the occasion at which it was measured.",
                            p->columns[one->column].name);
        else
            p->measures.at[kept++] = *one;
    }
    p->measures.n = kept;
    for (size_t i = 0; i < p->instruments.n; i++) {
        rp_propose_instrument *one = &p->instruments.at[i];
        one->has_total = one->has_items = false;
        for (size_t m = 0; m < kept; m++)
            if (p->measures.at[m].instrument == i) {
                one->has_total = one->has_total || p->measures.at[m].item < 0;
                one->has_items = one->has_items || p->measures.at[m].item >= 0;
            }
    }
}

/* A number such as 999 at the end of what a column holds; among people and times it may be somebody. */
static bool may_be_missing(const rp_propose_column *column) {
    return (column->role == RP_ROLE_NONE || column->role == RP_ROLE_MEASURE) && !isnan(column->code) &&
           (column->code == column->lowest || column->code == column->highest);
}

static bool decide_measures(rp_proposal *p) {
    size_t asked = 0;
    static const rp_propose_time none = {.kind = RP_TIME_NONE};
    (void)time_place(p, &none);
    if (p->no_memory || !take_known(p) || (p->instruments.n == 0 && !take_skeletons(p)))
        return rp_fail_memory(p->error);
    drop_timeless(p);
    for (size_t c = 0; c < p->header.n; c++)
        if (may_be_missing(&p->columns[c]) && asked++ < MOST_QUESTIONS)
            rp_propose_note(p, "Does %g in column '%.60s' mean a missing value? If so, add it to \"missing\".",
                            p->columns[c].code, p->columns[c].name);
    if (p->measures.n > 0)
        return true;
    rp_fail(p->error, RP_E_UNKNOWN,
            "No column looks like the scores or items of a questionnaire, so no map can be proposed.");
    rp_fail_at(p->error, p->path, p->header.line, 0);
    return rp_fail_remedy(p->error, "Write the map by hand: docs/map.md shows how, and 'rapport measures' lists the "
                                    "questionnaires known.");
}

/* ---- the whole ---- */

static bool open_and_look(rp_proposal *p, rp_reader *reader) {
    if (!rp_reader_header(reader, p->arena, &p->header, p->error))
        return false;
    p->columns = rp_arena_take(p->arena, p->header.n + 1, sizeof *p->columns);
    if (!p->columns)
        return rp_fail_memory(p->error);
    for (size_t c = 0; c < p->header.n; c++) {
        p->columns[c] = (rp_propose_column){.name = p->header.names[c], .code = NAN};
        if (!rp_propose_name(p, &p->columns[c]))
            return rp_fail_memory(p->error);
    }
    if (p->header.n == 0) {
        rp_fail(p->error, RP_E_RULE, "The header names no columns.");
        return rp_fail_at(p->error, p->path, p->header.line, 0);
    }
    rp_propose_roles(p);
    if (!rp_propose_look(p, reader))
        return false;
    if (p->n_rows > 0)
        return true;
    rp_fail(p->error, RP_E_RULE,
            "The file has a header line and no rows that can be read, so there is nothing to "
            "guess from.");
    rp_fail_at(p->error, p->path, p->header.line, 1);
    return rp_fail_remedy(p->error, "Check that it was saved or exported in full.");
}

/* What is handed out, the map's own reader has read. */
static bool read_back(rp_proposal *p, rp_instruments *known, const rp_buf *out) {
    rp_map map = {0};
    rp_map_binding binding;
    json_t *json = out->failed ? NULL : rp_json_parse(out->at, out->n, "the proposed map", p->error);
    bool fine = json && rp_map_parse(json, "the proposed map", p->arena, &map, p->error) &&
                rp_map_instruments(&map, known, p->arena, p->error) &&
                rp_map_bind(&map, &p->header, p->path, p->arena, &binding, p->error);
    json_decref(json);
    return out->failed ? rp_fail_memory(p->error) : fine;
}

static bool propose(rp_proposal *p, rp_reader *reader, rp_instruments *known, rp_buf *out) {
    rp_propose_note(p, "Proposed by 'rapport map' from the header and the values. Nothing of it is certain: read each "
                       "line of this comment, mend the map, then take the comment out.");
    if (p->encoding == RP_WINDOWS_1252)
        rp_propose_note(p,
                        "The encoding is guessed: some rows are not UTF-8, and all that were looked at can be read as "
                        "Windows-1252, as almost any bytes can. Check names and words with accents; if they are wrong, "
                        "save the file as UTF-8 and take \"encoding\" out.");
    if (!open_and_look(p, reader))
        return false;
    decide_roles(p);
    if (!decide_measures(p))
        return false;
    rp_propose_write(p, out);
    if (p->no_memory)
        return rp_fail_memory(p->error);
    return read_back(p, known, out);
}

bool rp_map_propose(const char *csv_path, rp_buf *out, rp_error *error) {
    *error = (rp_error){0};
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return rp_fail_memory(error);
    rp_instruments *known = rp_instruments_new(arena, error);
    rp_proposal p = {.path = csv_path, .arena = arena, .error = error, .known = known};
    rp_reader *reader = NULL;
    if (known && rp_delimited_regular(csv_path, error)) {
        p.encoding = rp_propose_encoding(csv_path);
        reader = rp_reader_open(csv_path, &(rp_reader_options){.encoding = p.encoding}, error);
    }
    bool fine = reader && propose(&p, reader, known, out);
    if (!fine && !error->remedy[0] && error->code != RP_E_MEMORY)
        rp_fail_remedy(error, "Check that it is one table as delimited text, with one line of column names.");
    rp_reader_close(reader);
    rp_arena_free(arena);
    return fine;
}
