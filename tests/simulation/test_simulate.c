/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may go wrong leaves nothing behind; the figures that judge scores are the questionnaires' own. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulation/world.h"

static char root[256];

static int set_up(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    return rmdir(root); /* nothing was left in it */
}

/* Takes the service away again. */
static void remove_service(const char *path) {
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    assert_int_equal(rmdir(path), 0);
}

static void out_of_memory_leaves_nothing(void **state) {
    (void)state;
    char path[300];
    snprintf(path, sizeof path, "%s/service", root);
    const rp_simulation_options options = {.clients = 20, .reference = 20, .seed = 1, .threads = 1, .quiet = true};
    rp_simulation_made made;
    long n = 0;
    for (bool done = false; !done; n++) {
        rp_error error = {0};
        assert_true(n < 1000);
        rp_memory_fail_after(n + 1);
        done = rp_simulate(&options, path, &made, &error);
        rp_memory_fail_after(0);
        assert_true(done || error.code == RP_E_MEMORY);
        assert_int_equal(rp_file_exists(path), done);
    }
    assert_true(n > 50); /* it needs memory at many places, and each of them failed once */
    remove_service(path);
}

static void sizes_have_a_limit(void **state) {
    (void)state;
    const rp_simulation_options options = {.clients = (int64_t)RP_SIMULATION_MOST_CLIENTS + 1};
    rp_simulation_made made;
    rp_error error = {0};
    char path[300];
    snprintf(path, sizeof path, "%s/service", root);
    assert_false(rp_simulate(&options, path, &made, &error));
    assert_int_equal(error.code, RP_E_LIMIT);
}

static void rules_are_those_of_the_questionnaires(void **state) {
    (void)state;
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    const rp_instruments *known = rp_instruments_new(arena, &error);
    static const char *const names[] = {"phq-9", "gad-7"};
    for (int s = SIM_DEPRESSION; s <= SIM_ANXIETY; s++) {
        const rp_instrument *instrument = rp_instruments_find(known, rp_text_of(names[s]));
        assert_non_null(instrument);
        const rp_change_rule *rule = &instrument->scales[rp_instrument_scale(instrument, "total")].change;
        assert_true(rule->cutoff == sim_rules[s].cutoff);
        assert_true(rule->reliable_change == sim_rules[s].reliable_change);
    }
    /* The facets of alliance, item by item. */
    static const char *const facets[SIM_FACETS] = {"task", "goal", "bond"};
    const rp_instrument *wai = rp_instruments_find(known, rp_text_of("wai-sr"));
    for (int f = 0; f < SIM_FACETS; f++) {
        const rp_scale *scale = &wai->scales[rp_instrument_scale(wai, facets[f])];
        assert_int_equal(scale->n_items, SIM_WAI / SIM_FACETS);
        for (size_t i = 0; i < scale->n_items; i++)
            assert_int_equal(sim_facet_of((size_t)scale->items[i]), f);
    }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(out_of_memory_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sizes_have_a_limit, set_up, tear_down),
        cmocka_unit_test(rules_are_those_of_the_questionnaires),
    };
    return cmocka_run_group_tests_name("simulation: simulate", tests, NULL, NULL);
}
