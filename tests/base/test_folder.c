/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder appears whole or not at all, and never over something else. */
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
#include <sys/stat.h>
#include <unistd.h>

#include "rapport/base.h"

typedef struct place {
    char root[256];
    rp_arena *arena;
    rp_error error;
} place;

static int set_up(void **state) {
    place *p = test_calloc(1, sizeof *p);
    const char *base = getenv("TMPDIR");
    snprintf(p->root, sizeof p->root, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    p->arena = rp_arena_new(0);
    *state = p;
    return mkdtemp(p->root) && p->arena ? 0 : -1;
}

static char *path(place *p, const char *name) {
    return rp_path_join(p->arena, p->root, name);
}

/* Everything in it, counted, and taken away where asked. */
static int entries(place *p, const char *folder, bool away) {
    DIR *at = opendir(folder);
    int n = 0;
    for (struct dirent *entry; at != NULL && (entry = readdir(at)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        n++;
        char *inside = rp_path_join(p->arena, folder, entry->d_name);
        if (away && rp_file_is_folder(inside))
            entries(p, inside, true);
        if (away)
            remove(inside);
    }
    if (at != NULL)
        closedir(at);
    return n;
}

static int tear_down(void **state) {
    place *p = *state;
    entries(p, p->root, true);
    int away = rmdir(p->root);
    rp_arena_free(p->arena);
    test_free(p);
    return away;
}

static void assert_holds(place *p, const char *name, const char *text) {
    rp_text got = {0};
    assert_true(rp_file_read(path(p, name), 1000, p->arena, &got, &p->error));
    assert_string_equal(got.at, text);
}

static rp_folder *begun(place *p, const char *name) {
    rp_folder *folder = rp_folder_begin(path(p, name), &p->error);
    assert_non_null(folder);
    return folder;
}

static void files_grow_side_by_side(void **state) {
    place *p = *state;
    rp_folder *folder = begun(p, "out/");
    assert_true(rp_folder_add(folder, "a.csv", "a1", 2, &p->error));
    assert_true(rp_folder_add(folder, "b.csv", "b1", 2, &p->error));
    assert_true(rp_folder_add(folder, "a.csv", "a2", 2, &p->error));
    assert_true(rp_folder_add(folder, "empty", "", 0, &p->error));
    assert_int_equal(rp_folder_bytes(folder), 6);
    assert_false(rp_file_exists(path(p, "out"))); /* not before the end */
    assert_true(rp_folder_end(folder, &p->error));
    assert_holds(p, "out/a.csv", "a1a2");
    assert_holds(p, "out/b.csv", "b1");
    assert_holds(p, "out/empty", "");
    assert_int_equal(entries(p, path(p, "out"), false), 3);
    assert_int_equal(entries(p, p->root, false), 1); /* nothing is left beside it */
}

static void an_empty_folder_is_as_good_as_none(void **state) {
    place *p = *state;
    assert_int_equal(mkdir(path(p, "out"), 0777), 0);
    rp_folder *folder = begun(p, "out");
    assert_true(rp_folder_add(folder, "a", "x", 1, &p->error));
    assert_true(rp_folder_end(folder, &p->error));
    assert_holds(p, "out/a", "x");
}

static void nothing_is_written_over(void **state) {
    place *p = *state;
    assert_true(rp_file_write(path(p, "file"), "x", 1, &p->error));
    assert_null(rp_folder_begin(path(p, "file"), &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_non_null(strstr(p->error.file, "file"));
    assert_true(p->error.remedy[0] != '\0');
    assert_holds(p, "file", "x");
    assert_int_equal(mkdir(path(p, "full"), 0777), 0);
    assert_true(rp_file_write(path(p, "full/x"), "x", 1, &p->error));
    assert_null(rp_folder_begin(path(p, "full"), &p->error));
    assert_holds(p, "full/x", "x");
    assert_int_equal(symlink("nowhere", path(p, "link")), 0);
    assert_null(rp_folder_begin(path(p, "link"), &p->error));
    assert_null(rp_folder_begin(path(p, "no/such/place"), &p->error));
    assert_int_equal(entries(p, p->root, false), 3);
}

static void what_came_between_is_not_lost(void **state) {
    place *p = *state;
    rp_folder *folder = begun(p, "out");
    assert_true(rp_folder_add(folder, "a", "x", 1, &p->error));
    assert_int_equal(mkdir(path(p, "out"), 0777), 0);
    assert_true(rp_file_write(path(p, "out/other"), "y", 1, &p->error));
    assert_false(rp_folder_end(folder, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_holds(p, "out/other", "y");
    assert_int_equal(entries(p, p->root, false), 1);
}

static void abandoned_it_is_gone(void **state) {
    place *p = *state;
    rp_folder *folder = begun(p, "out");
    assert_true(rp_folder_add(folder, "a", "x", 1, &p->error));
    rp_folder_abandon(folder);
    rp_folder_abandon(NULL);
    assert_int_equal(entries(p, p->root, false), 0);
    rp_memory_fail_after(1);
    assert_null(rp_folder_begin(path(p, "out"), &p->error));
    rp_memory_fail_after(0);
    assert_int_equal(entries(p, p->root, false), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_grow_side_by_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_folder_is_as_good_as_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_came_between_is_not_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(abandoned_it_is_gone, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("base: folder", tests, NULL, NULL);
}
