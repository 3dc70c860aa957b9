/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where rows stood: a place for each line, once for all the rows made of it. A service has millions of lines and asks
 * for the places of a few, so that two bytes a line are kept, its length, and lines that follow one another in a file
 * share the rest. */
#include "record/record_parts.h"

enum {
    MOST_IN_GROUP = 256, /* lengths to add up to find a place */
    LONG = UINT16_MAX    /* this length or more: kept apart */
};

typedef struct rp_spot_group {
    uint64_t offset : 46;  /* of its first line */
    uint64_t line_end : 2; /* bytes between its lines: 1 or 2; 0: there is one line only, so far */
    uint64_t input : 16;
    uint32_t line, first; /* of its first line; the number of that line's spot */
} rp_spot_group;

typedef struct rp_long_spot {
    uint32_t spot, length;
} rp_long_spot;

/* ---- finding ---- */

static rp_spot_group *group_at(const rp_spots *spots, size_t i) {
    return rp_piece_at(&spots->groups, i, sizeof(rp_spot_group));
}

static uint32_t length_of(const rp_spots *spots, uint32_t spot) {
    uint32_t length = *(const uint16_t *)rp_piece_at(&spots->lengths, spot, sizeof(uint16_t));
    if (length < LONG)
        return length;
    size_t low = 0, high = spots->longs.n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (spots->longs.at[middle].spot <= spot)
            low = middle;
        else
            high = middle;
    }
    return spots->longs.at[low].length;
}

rp_spot rp_spot_at(const rp_record *record, uint32_t spot) {
    const rp_spots *spots = &record->spots;
    assert(spot < spots->n);
    size_t low = 0, high = spots->n_groups;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (group_at(spots, middle)->first <= spot)
            low = middle;
        else
            high = middle;
    }
    const rp_spot_group *group = group_at(spots, low);
    uint64_t offset = group->offset;
    for (uint32_t i = group->first; i < spot; i++)
        offset += length_of(spots, i) + group->line_end;
    return (rp_spot){.offset = offset,
                     .input = (uint32_t)group->input,
                     .line = group->line + (spot - group->first),
                     .length = length_of(spots, spot)};
}

bool rp_spot_before(const rp_record *record, uint32_t a, uint32_t b) {
    if (!record->spots.out_of_order)
        return a < b;
    const rp_spot x = rp_spot_at(record, a), y = rp_spot_at(record, b);
    return x.input != y.input ? x.input < y.input : x.line < y.line;
}

const char *rp_spot_file(const rp_record *record, uint32_t spot) {
    return rp_record_input_path(record, rp_spot_at(record, spot).input);
}

const char *rp_record_input_path(const rp_record *record, uint32_t input) {
    return input < record->inputs.n ? record->inputs.at[input].info.path : "";
}

/* ---- keeping ---- */

/* Takes the line into the last group, if it goes on where the last line ended. */
static bool join_last(const rp_spots *spots, const rp_spot *one) {
    const rp_spot *last = &spots->last;
    if (!spots->n || one->input != last->input || one->line != last->line + 1 || one->offset <= last->offset)
        return false;
    rp_spot_group *group = group_at(spots, spots->n_groups - 1);
    uint64_t line_end = one->offset - last->offset - last->length;
    if ((line_end != 1 && line_end != 2) || spots->n - group->first >= MOST_IN_GROUP ||
        (group->line_end && line_end != group->line_end))
        return false;
    group->line_end = line_end & 3;
    return true;
}

/* `at`: the place of its length. False: no memory. */
static inline bool keep(rp_arena *arena, rp_spots *spots, const rp_spot *one, uint16_t *at) {
    if (!join_last(spots, one)) {
        size_t within = 0, piece = rp_piece_of(spots->n_groups, &within);
        char *start = rp_piece_make(arena, &spots->groups, piece, sizeof(rp_spot_group));
        if (!start)
            return false;
        spots->n_groups++;
        ((rp_spot_group *)(void *)start)[within] = (rp_spot_group){.offset = one->offset & ((UINT64_C(1) << 46) - 1),
                                                                   .input = one->input & 0xffff,
                                                                   .line = one->line,
                                                                   .first = (uint32_t)spots->n};
    }
    *at = one->length < LONG ? (uint16_t)one->length : LONG;
    if (one->length >= LONG) {
        rp_long_spot *fresh = rp_vec_push(arena, &spots->longs);
        if (!fresh)
            return false;
        *fresh = (rp_long_spot){.spot = (uint32_t)spots->n, .length = one->length};
    }
    spots->last = *one;
    spots->n++;
    return true;
}

/* Whether places come in the order of inputs and lines, as they mostly do: comparing them is then comparing numbers. */
static void watch_order(rp_spots *spots, uint32_t input, uint32_t line) {
    const rp_spot *last = &spots->last;
    if (spots->n && (last->input > input || (last->input == input && last->line >= line)))
        spots->out_of_order = true;
}

static void count_line(rp_input *input, uint32_t line) {
    if (line > input->last_line) {
        input->info.rows++;
        input->last_line = line;
    } else if (line < input->last_line) {
        input->out_of_order = true;
    }
}

uint32_t rp_spot_put(rp_record *record, rp_place place) {
    rp_spots *spots = &record->spots;
    const rp_spot one = {
        .offset = place.offset, .input = place.origin.input, .line = place.origin.line, .length = place.length};
    assert(one.input < RP_LIMIT_INPUTS);
    if (spots->n && spots->last.input == one.input && spots->last.line == one.line)
        return (uint32_t)(spots->n - 1);
    if (spots->n >= RP_NO_ROW - 1)
        return RP_NO_ROW;
    watch_order(spots, one.input, one.line);
    size_t within = 0, piece = rp_piece_of(spots->n, &within);
    char *start = rp_piece_make(record->arena, &spots->lengths, piece, sizeof(uint16_t));
    if (!start || !keep(record->arena, spots, &one, (uint16_t *)(void *)start + within))
        return RP_NO_ROW;
    if (one.input < record->inputs.n) /* rows made in memory need announce no input */
        count_line(&record->inputs.at[one.input], one.line);
    return (uint32_t)(spots->n - 1);
}

/* Lines that go on in the last group just as it went on so far: their lengths alone. `row` follows a row that was kept.
 * Gives how many of n it took. */
static size_t keep_alike(rp_spots *spots, const rp_batch *batch, size_t row, size_t n, uint16_t *at) {
    const rp_spot_group *group = group_at(spots, spots->n_groups - 1);
    size_t room = MOST_IN_GROUP - (spots->n - group->first), i = 0;
    uint64_t start = spots->last.offset - batch->offset, end = start + spots->last.length; /* of the row before */
    for (n = n < room ? n : room; i < n; i++) {
        uint32_t next = rp_batch_row_at(batch, row + i), length = rp_batch_row_bytes(batch, row + i);
        if (next - end != group->line_end || length >= LONG)
            break;
        start = next;
        end = start + length;
        at[i] = (uint16_t)length;
    }
    spots->last.offset = batch->offset + start;
    spots->last.length = (uint32_t)(end - start);
    spots->last.line += (uint32_t)i;
    spots->n += i;
    return i;
}

uint32_t rp_spots_put(rp_record *record, uint32_t input, const rp_batch *batch, size_t row, size_t n) {
    assert(input < record->inputs.n && n > 0);
    rp_spots *spots = &record->spots;
    size_t first = spots->n;
    if (first + n >= RP_NO_ROW - 1)
        return RP_NO_ROW;
    watch_order(spots, input, batch->line + (uint32_t)row);
    for (size_t i = 0; i < n;) {
        size_t within = 0, piece = rp_piece_of(spots->n, &within), run = rp_piece_rows(piece) - within;
        char *start = rp_piece_make(record->arena, &spots->lengths, piece, sizeof(uint16_t));
        uint16_t *at = (uint16_t *)(void *)start + within;
        bool fine = start != NULL;
        for (size_t end = run < n - i ? i + run : n; i < end && fine;) {
            size_t alike = i ? keep_alike(spots, batch, row + i, end - i, at) : 0;
            i += alike;
            at += alike;
            if (i == end)
                break;
            fine = keep(record->arena, spots,
                        &(rp_spot){.offset = batch->offset + rp_batch_row_at(batch, row + i),
                                   .input = input,
                                   .line = batch->line + (uint32_t)(row + i),
                                   .length = rp_batch_row_bytes(batch, row + i)},
                        at++);
            i++;
        }
        if (!fine)
            return RP_NO_ROW;
    }
    rp_input *from = &record->inputs.at[input];
    from->out_of_order = from->out_of_order || batch->line + row <= from->last_line;
    from->info.rows += (int64_t)n;
    from->last_line = batch->line + (uint32_t)(row + n - 1);
    return (uint32_t)first;
}
