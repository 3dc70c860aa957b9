/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: whole or not at all; links, devices and private files are treated with care; digests are those of FIPS 180-4.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rapport/base.h"

typedef struct place {
    char folder[256];
    rp_arena *arena;
    rp_error error;
} place;

static int set_up(void **state) {
    place *p = test_calloc(1, sizeof *p);
    const char *base = getenv("TMPDIR");
    snprintf(p->folder, sizeof p->folder, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    p->arena = rp_arena_new(0);
    *state = p;
    return mkdtemp(p->folder) && p->arena ? 0 : -1;
}

/* The names in the folder but "." and "..", each taken away when asked. */
static int entries(const place *p, bool away) {
    DIR *folder = opendir(p->folder);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        n++;
        if (away)
            remove(rp_path_join(p->arena, p->folder, entry->d_name));
    }
    closedir(folder);
    return n;
}

static int tear_down(void **state) {
    place *p = *state;
    entries(p, true);
    int away = rmdir(p->folder);
    rp_arena_free(p->arena);
    test_free(p);
    return away;
}

static char *path(place *p, const char *name) {
    return rp_path_join(p->arena, p->folder, name);
}

static void assert_holds(place *p, const char *name, const char *bytes, size_t n) {
    rp_text text = {0};
    assert_true(rp_file_read(path(p, name), 1 << 20, p->arena, &text, &p->error));
    assert_int_equal(text.n, n);
    assert_memory_equal(text.at, bytes, n);
    assert_int_equal(text.at[n], '\0');
}

static void written_and_read(void **state) {
    place *p = *state;
    static const char bytes[] = "a\0b\r\n\xff";
    assert_false(rp_file_exists(path(p, "x")));
    assert_true(rp_file_write(path(p, "x"), bytes, 6, &p->error));
    assert_true(rp_file_exists(path(p, "x")));
    assert_holds(p, "x", bytes, 6);
    assert_true(rp_file_write(path(p, "x"), "", 0, &p->error));
    assert_holds(p, "x", "", 0);
    assert_int_equal(entries(p, false), 1); /* nothing is left lying beside it */
}

static void large_files_too(void **state) {
    place *p = *state;
    size_t n = 3000000;
    char *bytes = rp_arena_take(p->arena, n, 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(i * 31 % 251);
    assert_true(rp_file_write(path(p, "x"), bytes, n, &p->error));
    rp_text text = {0};
    assert_true(rp_file_read(path(p, "x"), n, p->arena, &text, &p->error)); /* the limit itself is let pass */
    assert_int_equal(text.n, n);
    assert_memory_equal(text.at, bytes, n);
    assert_false(rp_file_read(path(p, "x"), n - 1, p->arena, &text, &p->error));
    assert_int_equal(p->error.code, RP_E_LIMIT);
}

static unsigned mode_of(place *p, const char *name) {
    struct stat about;
    assert_int_equal(lstat(path(p, name), &about), 0);
    return about.st_mode & 07777u;
}

static void modes_are_sane(void **state) {
    place *p = *state;
    mode_t old = umask(027);
    assert_true(rp_file_write(path(p, "new"), "x", 1, &p->error));
    umask(old);
    assert_int_equal(mode_of(p, "new"), 0640);
    assert_int_equal(chmod(path(p, "new"), 0600), 0);
    assert_true(rp_file_write(path(p, "new"), "y", 1, &p->error));
    assert_int_equal(mode_of(p, "new"), 0600); /* what was private stays so */
}

static void a_link_stays_a_link(void **state) {
    place *p = *state;
    assert_true(rp_file_write(path(p, "target"), "old", 3, &p->error));
    assert_int_equal(symlink("target", path(p, "link")), 0);
    assert_true(rp_file_write(path(p, "link"), "new", 3, &p->error));
    struct stat about;
    assert_int_equal(lstat(path(p, "link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_holds(p, "target", "new", 3);
}

static void devices_are_written_to_not_replaced(void **state) {
    place *p = *state;
    assert_true(rp_file_write("/dev/null", "x", 1, &p->error));
    struct stat about;
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
    rp_text text = {0};
    assert_true(rp_file_read("/dev/null", 10, p->arena, &text, &p->error));
    assert_int_equal(text.n, 0);
    assert_false(rp_file_read("/dev/zero", 100000, p->arena, &text, &p->error)); /* without end */
    assert_int_equal(p->error.code, RP_E_LIMIT);
    assert_false(rp_file_write("/dev/full", "x", 1, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
}

static void *feed(void *of) {
    static const char row[] = "0123456789";
    int fd = open(of, O_WRONLY);
    for (int i = 0; fd >= 0 && i < 5000; i++)
        if (write(fd, row, 10) != 10)
            break;
    if (fd >= 0)
        close(fd);
    return NULL;
}

static void a_pipe_is_read_to_its_end(void **state) {
    place *p = *state;
    assert_int_equal(mkfifo(path(p, "pipe"), 0600), 0);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, feed, path(p, "pipe")), 0);
    rp_text text = {0};
    bool fine = rp_file_read(path(p, "pipe"), 1 << 20, p->arena, &text, &p->error);
    pthread_join(writer, NULL);
    assert_true(fine);
    assert_int_equal(text.n, 50000);
    assert_memory_equal(text.at + 49990, "0123456789", 11); /* with the NUL */
}

static void troubles_name_the_file_and_what_to_do(void **state) {
    place *p = *state;
    rp_text text = {0};
    assert_false(rp_file_read(path(p, "none"), 10, p->arena, &text, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_string_equal(p->error.file, path(p, "none"));
    assert_true(p->error.remedy[0] != '\0');
    assert_false(rp_file_read(p->folder, 10, p->arena, &text, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_false(rp_file_write(p->folder, "x", 1, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_false(rp_file_write(path(p, "no/such/folder"), "x", 1, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_true(rp_file_is_folder(p->folder));
    assert_false(rp_file_is_folder(path(p, "none")));
    assert_int_equal(entries(p, false), 0);
}

static void a_write_that_cannot_end_leaves_the_old_file(void **state) {
    place *p = *state;
    char name[240]; /* a long name still leaves room for the file beside it */
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_true(rp_file_write(path(p, name), "old", 3, &p->error));
    char *many = rp_arena_take(p->arena, 100000, 1);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){.rlim_cur = 5000, .rlim_max = before.rlim_max};
    void (*on_large)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool fine = rp_file_write(path(p, name), many, 100000, &p->error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, on_large);
    assert_false(fine);
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_holds(p, name, "old", 3);
    assert_int_equal(entries(p, false), 1);
}

static void reading_without_memory(void **state) {
    place *p = *state;
    assert_true(rp_file_write(path(p, "x"), "text", 4, &p->error));
    static const char *const names[] = {"x", "/dev/null"};
    for (size_t i = 0; i < 2; i++) {
        const char *name = path(p, names[i]);
        rp_text text = {.at = "before", .n = 6};
        rp_memory_fail_after(1);
        bool fine = rp_file_read(name, 100, p->arena, &text, &p->error);
        rp_memory_fail_after(0);
        assert_false(fine);
        assert_int_equal(p->error.code, RP_E_MEMORY);
        assert_int_equal(text.n, 6);
    }
}

static void minus_is_standard_output(void **state) {
    place *p = *state;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), fd = open(path(p, "out"), O_RDWR | O_CREAT, 0600);
    dup2(fd, STDOUT_FILENO);
    bool fine = rp_file_write("-", "a\0b", 3, &p->error);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(fd);
    assert_true(fine);
    assert_holds(p, "out", "a\0b", 3);
    assert_false(rp_file_exists("-"));
}

static void digests(void **state) {
    place *p = *state;
    rp_digest digest;
    assert_true(rp_file_write(path(p, "x"), "abc", 3, &p->error));
    assert_true(rp_file_digest(path(p, "x"), &digest, &p->error));
    assert_int_equal(digest.bytes, 3);
    /* FIPS 180-2, appendix B.1 */
    assert_string_equal(digest.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char *many = rp_arena_take(p->arena, 1000000, 1);
    memset(many, 'a', 1000000);
    assert_true(rp_file_write(path(p, "x"), many, 1000000, &p->error));
    assert_true(rp_file_digest(path(p, "x"), &digest, &p->error));
    assert_int_equal(digest.bytes, 1000000);
    /* FIPS 180-2, appendix B.3 */
    assert_string_equal(digest.sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_false(rp_file_digest(path(p, "none"), &digest, &p->error));
    assert_int_equal(p->error.code, RP_E_FILE);
    assert_false(rp_file_digest(p->folder, &digest, &p->error));
}

static void paths(void **state) {
    place *p = *state;
    rp_arena *a = p->arena;
    assert_string_equal(rp_path_join(a, "a/b", "c"), "a/b/c");
    assert_string_equal(rp_path_join(a, "a/", "c"), "a/c");
    assert_string_equal(rp_path_join(a, "", "c"), "c");
    assert_string_equal(rp_path_join(a, "a", "/c"), "/c");
    assert_string_equal(rp_path_folder(a, "a/b/c"), "a/b");
    assert_string_equal(rp_path_folder(a, "c"), ".");
    assert_string_equal(rp_path_folder(a, "/c"), "/");
    assert_string_equal(rp_path_name("a/b/c"), "c");
    assert_string_equal(rp_path_name("c"), "c");
    assert_string_equal(rp_path_name("a/"), "");
    rp_memory_fail_after(1);
    char *joined = rp_path_join(a, "a", "b"), *folder = rp_path_folder(a, "a/b");
    rp_memory_fail_after(0);
    assert_null(joined);
    assert_null(folder);
}

int main(void) {
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(written_and_read),
        IN_A_FOLDER(large_files_too),
        IN_A_FOLDER(modes_are_sane),
        IN_A_FOLDER(a_link_stays_a_link),
        IN_A_FOLDER(devices_are_written_to_not_replaced),
        IN_A_FOLDER(a_pipe_is_read_to_its_end),
        IN_A_FOLDER(troubles_name_the_file_and_what_to_do),
        IN_A_FOLDER(a_write_that_cannot_end_leaves_the_old_file),
        IN_A_FOLDER(reading_without_memory),
        IN_A_FOLDER(minus_is_standard_output),
        IN_A_FOLDER(digests),
        IN_A_FOLDER(paths),
    };
    return cmocka_run_group_tests_name("base: file", tests, NULL, NULL);
}
