/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens a delimited text file: what its beginning tells of encoding, line ends and separator. */
#include <assert.h>
#include <string.h>

#include "table/reader_parts.h"

enum { USUAL_CHUNK = 1 << 20 };

static bool take_from_source(void *from, char *to, size_t n, size_t *got, rp_error *error) {
    return rp_source_take(from, to, n, got, error);
}

static rp_reader *reader_new(const char *name, const rp_reader_options *options, rp_error *error) {
    char separator = options ? options->separator : 0;
    if (separator == '"' || separator == '\r' || separator == '\n' || (unsigned char)separator >= 0x80) {
        rp_fail(error, RP_E_RULE, "The separator must be one ASCII character, no quote and no line end.");
        rp_fail_at(error, name, 0, 0);
        rp_fail_remedy(error, "Use a comma, a semicolon, a tab or a bar.");
        return NULL;
    }
    rp_arena *arena = rp_arena_new(0);
    rp_reader *reader = arena ? rp_arena_take(arena, 1, sizeof *reader) : NULL;
    char *copy = reader ? rp_arena_copy(arena, name, strlen(name)) : NULL;
    if (!copy) {
        rp_arena_free(arena);
        rp_fail_memory(error);
        return NULL;
    }
    size_t chunk = options && options->chunk ? options->chunk : USUAL_CHUNK;
    uint64_t limit = options && options->limit_bytes ? options->limit_bytes : RP_READER_LIMIT_BYTES;
    reader->arena = arena;
    reader->dialect.separator = separator;
    reader->dialect.encoding = options ? options->encoding : RP_UTF_8;
    reader->source = (rp_source){.name = copy, .file = -1, .limit = limit};
    reader->window = (rp_window){.take = take_from_source,
                                 .from = &reader->source,
                                 .chunk = chunk < RP_READER_LIMIT_ROW ? chunk : RP_READER_LIMIT_ROW};
    return reader;
}

static bool begins_with(const rp_window *window, const char *bytes, size_t n) {
    return window->filled >= n && memcmp(window->at, bytes, n) == 0;
}

static bool fail_text(const rp_source *source, rp_error *error, const char *message, const char *remedy) {
    rp_fail(error, RP_E_SYNTAX, "%s", message);
    rp_fail_at(error, source->name, 0, 0);
    return rp_fail_remedy(error, "%s", remedy);
}

/* Not text, or text that this reader does not take. Skips a byte-order mark. */
static bool check_encoding(rp_reader *reader, size_t peek, rp_error *error) {
    const rp_source *source = &reader->source;
    rp_window *window = &reader->window;
    bool marked = begins_with(window, "\xef\xbb\xbf", 3);
    if (marked && reader->dialect.encoding != RP_UTF_8)
        return fail_text(source, error, "The file is said to be Windows-1252, but begins with the mark of UTF-8.",
                         "Say that it is UTF-8, or nothing of its encoding.");
    if (marked)
        window->start = 3;
    if (window->start == window->filled)
        return fail_text(source, error, "The file is empty.", "Check that it was saved or exported in full.");
    if (begins_with(window, "\xff\xfe", 2) || begins_with(window, "\xfe\xff", 2))
        return fail_text(source, error, "The file is UTF-16 text.", "Save it as UTF-8.");
    if (begins_with(window, "PK\3\4", 4) || begins_with(window, "\xd0\xcf\x11\xe0", 4))
        return fail_text(source, error, "This is a workbook or a packed file, not delimited text.",
                         "Save the sheet as CSV (UTF-8).");
    if (memchr(window->at, '\0', peek))
        return fail_text(source, error, "This is not text: it holds NUL bytes.",
                         "Name a delimited text file, saved as UTF-8.");
    return true;
}

static const char separators[] = {',', ';', '\t', '|'}; /* on a tie, the one that stands first */
enum { SEPARATORS = sizeof separators };

static int which_separator(char c) {
    for (int i = 0; i < SEPARATORS; i++)
        if (separators[i] == c)
            return i;
    return -1;
}

/* Counts the separators of the first line that is not blank. A quote opens where a field may begin, whichever the
 * separator turns out to be. */
static char find_separator(const char *text, size_t n) {
    size_t count[SEPARATORS] = {0}, at = 0;
    bool quoted = false, may_open = true;
    while (at < n && (text[at] == '\r' || text[at] == '\n'))
        at++;
    for (; at < n && (quoted || (text[at] != '\r' && text[at] != '\n')); at++) {
        int which = which_separator(text[at]);
        bool turns = text[at] == '"' && (quoted || may_open);
        if (turns)
            quoted = !quoted;
        else if (!quoted && which >= 0)
            count[which]++;
        may_open = turns || which >= 0; /* turns: the second of a doubled quote opens again what the first closed */
    }
    int best = 0;
    for (int i = 1; i < SEPARATORS; i++)
        if (count[i] > count[best])
            best = i;
    return separators[best];
}

static bool look_at_beginning(rp_reader *reader, rp_error *error) {
    rp_window *window = &reader->window;
    while (window->filled < RP_READER_PEEK && !window->at_end)
        if (!rp_window_fill(window, error))
            return false;
    size_t peek = window->filled < RP_READER_PEEK ? window->filled : RP_READER_PEEK;
    if (!check_encoding(reader, peek, error))
        return false;
    bool bare_cr = memchr(window->at, '\r', peek) && !memchr(window->at, '\n', peek);
    char separator = reader->dialect.separator;
    if (!separator)
        separator = find_separator(window->at + window->start, peek - window->start);
    rp_dialect_make(&reader->dialect, separator, reader->dialect.encoding, bare_cr);
    rp_reader_begin_row(reader, 1);
    return true;
}

static rp_reader *opened(rp_reader *reader, bool fine, rp_error *error) {
    if (fine && look_at_beginning(reader, error))
        return reader;
    rp_reader_close(reader);
    return NULL;
}

rp_reader *rp_reader_open(const char *path, const rp_reader_options *options, rp_error *error) {
    rp_reader *reader = reader_new(path, options, error);
    return reader ? opened(reader, rp_source_open(&reader->source, path, error), error) : NULL;
}

rp_reader *rp_reader_open_bytes(const char *bytes, size_t n, const char *name, const rp_reader_options *options,
                                rp_error *error) {
    assert(bytes || n == 0);
    rp_reader *reader = reader_new(name, options, error);
    if (!reader)
        return NULL;
    reader->source.bytes = bytes;
    reader->source.size = n;
    return opened(reader, true, error);
}

rp_reader *rp_reader_open_known(const char *bytes, size_t n, const rp_reader_options *options, bool bare_cr,
                                rp_error *error) {
    rp_reader *reader = reader_new("bytes", options, error);
    if (!reader)
        return NULL;
    reader->source.bytes = bytes;
    reader->source.size = n;
    reader->source.begun = true; /* known to be text: not looked at for packing */
    rp_dialect_make(&reader->dialect, options->separator, options->encoding, bare_cr);
    rp_reader_begin_row(reader, 1);
    return reader;
}

void rp_reader_close(rp_reader *reader) {
    if (!reader)
        return;
    rp_source_close(&reader->source);
    rp_window_close(&reader->window);
    rp_arena_free(reader->utf8_arena);
    rp_arena_free(reader->arena);
}
