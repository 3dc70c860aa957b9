/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a folder holds, by name. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/base.h"

static int by_text(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

bool rp_folder_names(const char *path, bool (*wanted)(const char *name), rp_arena *arena, const char *const **out,
                     size_t *n, rp_error *error) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        rp_fail(error, RP_E_FILE, "The folder cannot be read.");
        rp_fail_at(error, path, 0, 0);
        return rp_fail_remedy(error, "Check that it is there and may be read.");
    }
    struct {
        RP_VEC(const char *) list;
    } names = {0};
    bool fine = true;
    for (const struct dirent *entry = readdir(folder); entry != NULL && fine; entry = readdir(folder)) {
        if (!wanted(entry->d_name))
            continue;
        const char *copy = rp_arena_copy(arena, entry->d_name, strlen(entry->d_name));
        const char **place = copy != NULL ? rp_vec_push(arena, &names.list) : NULL;
        fine = place != NULL;
        if (fine)
            *place = copy;
    }
    closedir(folder);
    if (!fine)
        return rp_fail_memory(error);
    if (names.list.n > 1)
        qsort(names.list.at, names.list.n, sizeof *names.list.at, by_text);
    *out = names.list.at;
    *n = names.list.n;
    return true;
}
