/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of files that grow side by side, for what is too large to stand in memory. It is written beside its place
 * and gets its name at the end, so that a reader meets it whole or not at all. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_private.h"

enum { MOST_FILES = 64 };

typedef struct grown {
    char name[NAME_MAX + 1];
    int fd;
} grown;

struct rp_folder {
    char path[PATH_MAX], beside[PATH_MAX];
    int fd; /* of the folder beside */
    grown files[MOST_FILES];
    size_t n;
    int64_t bytes;
};

static bool fail(rp_error *error, const char *path, const char *what, int number) {
    char room[128];
    rp_fail(error, RP_E_FILE, "The folder cannot be %s: %s.", what, rp_reason(number, room, sizeof room));
    rp_fail_at(error, path, 0, 0);
    return rp_fail_remedy(error, number == ENOSPC ? "Make room on the disk, or choose another place."
                                                  : "Choose another place, or ask for the right to use it.");
}

/* Nothing is there, or a folder with nothing in it. */
static bool is_free(const char *path, rp_error *error) {
    struct stat about;
    if (lstat(path, &about) != 0)
        return errno == ENOENT || fail(error, path, "made", errno);
    DIR *folder = S_ISDIR(about.st_mode) ? opendir(path) : NULL;
    bool empty = folder != NULL;
    for (struct dirent *entry; empty && (entry = readdir(folder)) != NULL;)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (folder != NULL)
        closedir(folder);
    if (empty)
        return true;
    rp_fail(error, RP_E_FILE, "There is something already, and nothing is written over.");
    rp_fail_at(error, path, 0, 0);
    return rp_fail_remedy(error, "Name a folder that is not there yet, or an empty one.");
}

static bool begin(rp_folder *folder, const char *path, rp_error *error) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    int a = snprintf(folder->path, sizeof folder->path, "%.*s", (int)n, path);
    int b = snprintf(folder->beside, sizeof folder->beside, "%.*s.rapport-%ld.part", (int)n, path, (long)getpid());
    if (a <= 0 || b < 0 || (size_t)b >= sizeof folder->beside)
        return fail(error, path, "made", ENAMETOOLONG);
    if (!is_free(folder->path, error))
        return false;
    if (mkdir(folder->beside, 0777) != 0)
        return fail(error, path, "made", errno);
    folder->fd = open(folder->beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd >= 0)
        return true;
    fail(error, path, "made", errno);
    rmdir(folder->beside);
    return false;
}

rp_folder *rp_folder_begin(const char *path, rp_error *error) {
    rp_folder *folder = rp_memory_refused() ? NULL : calloc(1, sizeof *folder);
    if (folder == NULL) {
        rp_fail_memory(error);
        return NULL;
    }
    if (begin(folder, path, error))
        return folder;
    free(folder);
    return NULL;
}

/* The file of that name, begun where it is new; NULL: see errno. */
static grown *file_of(rp_folder *folder, const char *name) {
    for (size_t i = 0; i < folder->n; i++)
        if (strcmp(folder->files[i].name, name) == 0)
            return &folder->files[i];
    assert(folder->n < MOST_FILES && strlen(name) <= NAME_MAX && strchr(name, '/') == NULL);
    grown *file = &folder->files[folder->n];
    file->fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->fd < 0)
        return NULL;
    snprintf(file->name, sizeof file->name, "%s", name);
    folder->n++;
    return file;
}

bool rp_folder_add(rp_folder *folder, const char *name, const char *bytes, size_t n, rp_error *error) {
    grown *file = file_of(folder, name);
    if (file == NULL)
        return fail(error, folder->path, "written", errno);
    folder->bytes += (int64_t)n;
    while (n > 0) {
        ssize_t put = write(file->fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(error, folder->path, "written", errno);
        bytes += put;
        n -= (size_t)put;
    }
    return true;
}

int64_t rp_folder_bytes(const rp_folder *folder) {
    return folder->bytes;
}

/* Closes every file. 0, or the first errno. Nothing is flushed: whoever writes so much can make it again, and need not
 * wait for the disk. */
static int close_files(rp_folder *folder) {
    int number = 0;
    for (size_t i = 0; i < folder->n; i++)
        if (close(folder->files[i].fd) != 0 && number == 0)
            number = errno;
    return number;
}

static void take_away(rp_folder *folder) {
    for (size_t i = 0; i < folder->n; i++)
        unlinkat(folder->fd, folder->files[i].name, 0);
    rmdir(folder->beside);
}

bool rp_folder_end(rp_folder *folder, rp_error *error) {
    int number = close_files(folder);
    if (number == 0 && rename(folder->beside, folder->path) != 0)
        number = errno;
    if (number != 0) {
        take_away(folder);
        fail(error, folder->path, "written", number);
    }
    close(folder->fd);
    free(folder);
    return number == 0;
}

void rp_folder_abandon(rp_folder *folder) {
    if (folder == NULL)
        return;
    (void)close_files(folder);
    take_away(folder);
    close(folder->fd);
    free(folder);
}
