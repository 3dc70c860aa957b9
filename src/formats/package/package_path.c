/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files a package may name: its own. A descriptor that comes from elsewhere must not be able to read the rest of
 * the machine. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "formats/package/package.h"

static bool has_part(const char *path, const char *part) {
    size_t n = strlen(part);
    for (const char *at = path; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
        if (strncmp(at, part, n) == 0 && (at[n] == '/' || at[n] == '\0'))
            return true;
    return false;
}

/* True where `path` is below `folder`, both without links and dots. */
static bool is_inside(const char *folder, const char *path) {
    size_t n = strlen(folder);
    if (strcmp(folder, "/") == 0)
        return true;
    return strncmp(folder, path, n) == 0 && path[n] == '/';
}

static const char *refuse(rp_error *error, const char *name, const char *why) {
    rp_fail(error, RP_E_RULE, "The path \"%.200s\" %s.", name, why);
    rp_fail_remedy(error, "Name a file inside the package's folder, such as \"referrals.csv\".");
    return NULL;
}

const char *rp_package_path(const rp_package *package, const char *name, rp_error *error) {
    if (!name[0])
        return refuse(error, name, "is empty");
    if (strstr(name, "://"))
        return refuse(error, name, "is an address on a network, and nothing is fetched");
    if (name[0] == '/' || strchr(name, '\\') || has_part(name, ".."))
        return refuse(error, name, "leads out of the package's folder or is not written with '/'");
    const char *path = rp_path_join(package->arena, package->folder, name);
    if (!path) {
        rp_fail_memory(error);
        return NULL;
    }
    char folder[PATH_MAX], real[PATH_MAX];
    if (!realpath(package->folder, folder) || !realpath(path, real)) {
        rp_fail(error, RP_E_FILE, "The file \"%.200s\" %s.", name,
                errno == ENOENT || errno == ENOTDIR ? "is not there" : "cannot be reached");
        rp_fail_remedy(error, "Put it into the folder, or take it out of the package's description.");
        return NULL;
    }
    if (!is_inside(folder, real))
        return refuse(error, name, "is a link that leads out of the package's folder");
    return path;
}
