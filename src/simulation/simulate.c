/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole service: chunks of clients side by side on a belt, written in order. A chunk is a team. */
#include <string.h>

#include "rapport/json.h"
#include "simulation/pages.h"
#include "simulation/truth.h"

enum { MOST_PLACES = 512, REFERENCE_UNLESS_TOLD = 100000 };
/* The reference population: the same for every service of a scenario, and none of its clients. */
#define REFERENCE_SEED  UINT64_C(0x5261707073656564)
#define REFERENCE_FIRST UINT64_C(1000000000000)

/* One chunk at work. */
typedef struct place {
    uint64_t first, n; /* clients */
    sim_pages pages;
    sim_tally tally;
} place;

typedef struct line {
    const sim_world *world;
    uint64_t next, end;
    bool writes; /* rows; else truth alone */
    place *places;
} line;

static bool load(void *context, size_t at) {
    line *l = context;
    place *p = &l->places[at];
    p->first = l->next;
    p->n = l->end - l->next < SIM_TEAM_CLIENTS ? l->end - l->next : SIM_TEAM_CLIENTS;
    l->next += p->n;
    return l->next < l->end;
}

static void write_course(const sim_world *world, const sim_course *course, const sim_course *earlier,
                         sim_pages *pages) {
    sim_write_referral(world, course, earlier, pages);
    sim_write_contacts(world, course, pages);
    sim_write_answers(world, course, pages);
    sim_write_care(world, course, pages);
    sim_write_events(world, course, pages);
}

static void work(void *context, size_t at) {
    const line *l = context;
    place *p = &l->places[at];
    sim_course courses[SIM_MOST_REFERRALS];
    p->tally = (sim_tally){0};
    for (int t = 0; t < RP_TABLES; t++)
        p->pages.of[t].text.n = 0;
    for (uint64_t client = p->first; client < p->first + p->n; client++) {
        if (l->writes && client % SIM_TEAM_CLIENTS == 0)
            sim_write_staff(l->world, client, &p->pages);
        if (l->writes)
            sim_write_client(l->world, client, &p->pages);
        const sim_course *earlier = NULL;
        for (int r = 0; r < SIM_MOST_REFERRALS && sim_course_make(l->world, client, earlier, &courses[r]); r++) {
            if (l->writes)
                write_course(l->world, &courses[r], earlier, &p->pages);
            sim_tally_add(&p->tally, l->world, &courses[r], !l->writes);
            earlier = &courses[r];
        }
    }
}

/* ---- files ---- */

typedef struct output {
    rp_folder *folder;
    int64_t rows;
    bool used[RP_TABLES];
} output;

static const char *file_name(int table, char room[64]) {
    snprintf(room, 64, "%s.csv", rp_schema_table((rp_table_id)table)->name);
    return room;
}

static bool add_header(output *out, int table, rp_error *error) {
    const rp_table_def *def = rp_schema_table((rp_table_id)table);
    char room[64];
    rp_buf header = {0};
    for (size_t c = 0; c < def->n_columns; c++)
        rp_buf_printf(&header, "%s%c", def->columns[c].name, c + 1 < def->n_columns ? ',' : '\n');
    bool fine = !header.failed ? rp_folder_add(out->folder, file_name(table, room), header.at, header.n, error)
                               : rp_fail_memory(error);
    rp_buf_free(&header);
    return fine;
}

static bool add_pages(output *out, sim_pages *pages, rp_error *error) {
    for (int t = 0; t < RP_TABLES; t++) {
        sim_page *page = &pages->of[t];
        char room[64];
        if (page->text.failed)
            return rp_fail_memory(error);
        if (page->text.n == 0)
            continue;
        if (!out->used[t] && !add_header(out, t, error))
            return false;
        out->used[t] = true;
        if (!rp_folder_add(out->folder, file_name(t, room), page->text.at, page->text.n, error))
            return false;
        out->rows += page->rows;
        page->rows = 0;
    }
    return true;
}

static bool add_descriptor(output *out, const sim_truth *truth, rp_error *error) {
    rp_buf text = {0};
    rp_json json;
    char room[64];
    rp_json_start(&json, &text, true);
    rp_json_open(&json, '{');
    rp_json_key(&json, "name");
    rp_json_put_text(&json, "synthetic-service");
    rp_json_key(&json, "title");
    snprintf(room, sizeof room, "A synthetic service: %.40s", truth->scenario->name);
    rp_json_put_text(&json, room);
    rp_json_key(&json, "sources");
    rp_json_open(&json, '[');
    rp_json_open(&json, '{');
    rp_json_key(&json, "title");
    rp_json_put_text(&json, "Made by rapport simulate: nobody in it is real");
    rp_json_close(&json);
    rp_json_close(&json);
    if (truth->world->at[SIM_USUAL_CARE] > 0) {
        rp_json_key(&json, "comparator");
        rp_json_put_text(&json, "usual_care");
    }
    rp_json_key(&json, "resources");
    rp_json_open(&json, '[');
    for (int t = 0; t < RP_TABLES; t++) {
        if (!out->used[t])
            continue;
        rp_json_open(&json, '{');
        rp_json_key(&json, "name");
        rp_json_put_text(&json, rp_schema_table((rp_table_id)t)->name);
        rp_json_key(&json, "path");
        rp_json_put_text(&json, file_name(t, room));
        rp_json_close(&json);
    }
    rp_json_close(&json);
    rp_json_close(&json);
    rp_buf_put(&text, "\n");
    bool fine =
        !text.failed ? rp_folder_add(out->folder, "datapackage.json", text.at, text.n, error) : rp_fail_memory(error);
    rp_buf_free(&text);
    return fine;
}

/* ---- the line ---- */

typedef struct job {
    const sim_world *world;
    uint64_t clients;
    int threads;
    bool items, quiet;
    output *out; /* NULL: truth alone */
    sim_tally *tally;
} job;

static bool take_pieces(const job *j, line *l, rp_belt *belt, rp_error *error) {
    rp_progress progress;
    rp_progress_start(&progress, j->out != NULL ? "clients" : "truth", j->quiet);
    bool fine = true;
    uint64_t done = 0;
    for (size_t at = 0; fine && rp_belt_next(belt, &at);) {
        place *p = &l->places[at];
        sim_tally_merge(j->tally, &p->tally);
        if (j->out != NULL)
            fine = add_pages(j->out, &p->pages, error);
        done += p->n;
        rp_progress_at(&progress, (double)done / (double)j->clients);
    }
    rp_progress_end(&progress);
    return fine;
}

static bool run(const job *j, rp_arena *arena, rp_error *error) {
    size_t n_places = (size_t)j->threads * 2 < MOST_PLACES ? (size_t)j->threads * 2 : MOST_PLACES;
    line l = {
        .world = j->world, .next = j->world->first, .end = j->world->first + j->clients, .writes = j->out != NULL};
    l.places = rp_arena_take(arena, n_places, sizeof *l.places);
    if (l.places == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n_places; i++)
        l.places[i].pages.items = j->items;
    rp_belt *belt = rp_belt_open(j->threads, n_places, &(rp_belt_work){load, work, &l});
    bool fine = belt != NULL ? take_pieces(j, &l, belt, error) : rp_fail_memory(error);
    rp_belt_close(belt);
    for (size_t i = 0; i < n_places; i++)
        for (int t = 0; t < RP_TABLES; t++)
            rp_buf_free(&l.places[i].pages.of[t].text);
    return fine;
}

static bool add_published(output *out, rp_error *error) {
    sim_pages once = {0};
    sim_write_published(&once);
    bool fine = add_pages(out, &once, error);
    rp_buf_free(&once.of[RP_PUBLISHED].text);
    return fine;
}

static bool add_truth(output *out, const sim_truth *truth, rp_error *error) {
    rp_buf text = {0};
    sim_truth_json(truth, &text);
    bool fine = !text.failed ? rp_folder_add(out->folder, "truth.json", text.at, text.n, error) : rp_fail_memory(error);
    rp_buf_free(&text);
    return fine;
}

static bool make(const rp_simulation_options *options, const sim_scenario *scenario, sim_world *world, output *out,
                 rp_simulation_made *made, rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    if (arena == NULL)
        return rp_fail_memory(error);
    int64_t clients = options->clients > 0 ? options->clients : scenario->clients;
    int64_t reference = options->reference > 0 ? options->reference : REFERENCE_UNLESS_TOLD;
    sim_tally here = {0}, all = {0};
    sim_world other = *world;
    other.seed = REFERENCE_SEED;
    other.first = REFERENCE_FIRST;
    sim_truth truth = {.scenario = scenario, .world = world, .clients = clients, .here = &here, .reference = &all};
    job j = {.world = world,
             .clients = (uint64_t)clients,
             .threads = options->threads > 0 ? options->threads : 1,
             .items = !options->without_items,
             .quiet = options->quiet,
             .out = out,
             .tally = &here};
    job r = {.world = &other, .clients = (uint64_t)reference, .threads = j.threads, .quiet = j.quiet, .tally = &all};
    bool fine = run(&j, arena, error) && run(&r, arena, error) && add_published(out, error) &&
                add_truth(out, &truth, error) && add_descriptor(out, &truth, error);
    *made = (rp_simulation_made){.clients = clients,
                                 .referrals = sim_tally_referrals(&here),
                                 .rows = out->rows,
                                 .bytes = rp_folder_bytes(out->folder)};
    rp_arena_free(arena);
    return fine;
}

bool rp_simulate(const rp_simulation_options *options, const char *folder, rp_simulation_made *made, rp_error *error) {
    const sim_scenario *scenario = sim_scenario_find(options->scenario != NULL ? options->scenario : "plain", error);
    sim_world world = {.seed = options->seed};
    if (scenario == NULL || !sim_parameters_fill(scenario, options->sets, options->n_sets, world.at, error))
        return false;
    if (options->clients > RP_SIMULATION_MOST_CLIENTS || options->reference > RP_SIMULATION_MOST_CLIENTS) {
        rp_fail(error, RP_E_LIMIT, "At most %d clients can be simulated.", RP_SIMULATION_MOST_CLIENTS);
        return rp_fail_remedy(error, "Ask for fewer.");
    }
    output out = {.folder = rp_folder_begin(folder, error)};
    if (out.folder == NULL)
        return false;
    if (make(options, scenario, &world, &out, made, error))
        return rp_folder_end(out.folder, error);
    rp_folder_abandon(out.folder);
    return false;
}
