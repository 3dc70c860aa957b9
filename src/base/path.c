/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths, with '/' between their parts. Nothing here looks at the disk but the two questions at the end. */
#include <string.h>
#include <sys/stat.h>

#include "base/base_private.h"

char *rp_path_join(rp_arena *arena, const char *folder, const char *name) {
    size_t n = strlen(folder);
    if (name[0] == '/' || n == 0)
        return rp_arena_copy(arena, name, strlen(name));
    return rp_arena_printf(arena, folder[n - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
}

char *rp_path_folder(rp_arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash)
        return rp_arena_copy(arena, ".", 1);
    return rp_arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *rp_path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool rp_file_exists(const char *path) {
    struct stat about;
    return stat(path, &about) == 0;
}

bool rp_file_is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}
