/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files, read into an arena and written so that a reader never meets half of one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base_private.h"

/* ---- reading ---- */

static bool fail_file(rp_error *error, const char *path, const char *what, int number) {
    char room[128];
    rp_fail(error, RP_E_FILE, "The file cannot be %s: %s.", what, rp_reason(number, room, sizeof room));
    rp_fail_at(error, path, 0, 0);
    if (number == ENOENT)
        rp_fail_remedy(error, "Check the name and the folder.");
    else if (number == EACCES || number == EPERM)
        rp_fail_remedy(error, "Ask for the right to use it, or choose another place.");
    else if (number == ENOSPC || number == EDQUOT)
        rp_fail_remedy(error, "Make room on the disk, or choose another place.");
    return false;
}

static bool fail_large(rp_error *error, const char *path, size_t limit) {
    rp_fail(error, RP_E_LIMIT, "The file is larger than the %zu bytes allowed here.", limit);
    return rp_fail_at(error, path, 0, 0);
}

/* Up to n bytes; fewer only at the end of the file. -1: see errno. */
static ssize_t read_fully(int fd, char *to, size_t n) {
    size_t done = 0;
    while (done < n) {
        ssize_t got = read(fd, to + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

/* A regular file, whose size is known: one request of that size. */
static bool read_sized(int fd, const char *path, size_t size, rp_arena *arena, rp_text *out, rp_error *error) {
    char *at = rp_arena_take(arena, size + 1, 1);
    if (!at)
        return rp_fail_memory(error);
    ssize_t got = read_fully(fd, at, size);
    if (got < 0)
        return fail_file(error, path, "read", errno);
    *out = (rp_text){.at = at, .n = (size_t)got};
    return true;
}

/* A pipe or the like, whose size is not known beforehand. */
static bool read_stream(int fd, const char *path, size_t limit, rp_arena *arena, rp_text *out, rp_error *error) {
    rp_buf buf = {.limit = limit};
    char piece[16384];
    bool fine = false;
    for (;;) {
        ssize_t got = read_fully(fd, piece, sizeof piece);
        if (got < 0) {
            fail_file(error, path, "read", errno);
            break;
        }
        if ((size_t)got > limit - buf.n) {
            fail_large(error, path, limit);
            break;
        }
        rp_buf_add(&buf, piece, (size_t)got);
        if ((size_t)got == sizeof piece && !buf.failed)
            continue;
        char *copy = buf.failed ? NULL : rp_arena_copy(arena, buf.at, buf.n);
        *out = copy ? (rp_text){.at = copy, .n = buf.n} : *out;
        fine = copy ? true : rp_fail_memory(error);
        break;
    }
    rp_buf_free(&buf);
    return fine;
}

bool rp_file_read(const char *path, size_t limit_bytes, rp_arena *arena, rp_text *out, rp_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_file(error, path, "opened", errno);
    struct stat about;
    bool fine = false;
    if (fstat(fd, &about) != 0)
        fail_file(error, path, "read", errno);
    else if (S_ISDIR(about.st_mode))
        fail_file(error, path, "read", EISDIR);
    else if (!S_ISREG(about.st_mode) || about.st_size == 0) /* some files of the kernel say 0 and have more */
        fine = read_stream(fd, path, limit_bytes, arena, out, error);
    else if ((uintmax_t)about.st_size > limit_bytes)
        fail_large(error, path, limit_bytes);
    else
        fine = read_sized(fd, path, (size_t)about.st_size, arena, out, error);
    close(fd);
    return fine;
}

/* ---- writing ---- */

static bool write_fully(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        n -= (size_t)put;
    }
    return true;
}

static bool write_output(const char *bytes, size_t n, rp_error *error) {
    if (fwrite(bytes, 1, n, stdout) == n && fflush(stdout) == 0)
        return true;
    return fail_file(error, "standard output", "written", errno);
}

/* A device or a pipe cannot be replaced by a file; it is written to as it is. */
static bool write_in_place(const char *path, const char *bytes, size_t n, rp_error *error) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_file(error, path, "opened for writing", errno);
    bool fine = write_fully(fd, bytes, n) || fail_file(error, path, "written", errno);
    close(fd);
    return fine;
}

/* A fresh file beside the target. Opened, not mkstemp'ed, so that the mode is the one that the umask leaves; nobody
 * else's file is touched, because of O_EXCL. */
static int open_beside(const char *target, char *beside, size_t size) {
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash - target) + 1 : 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (unsigned try = 0; try < 100; try++) {
        unsigned stamp = (unsigned)now.tv_nsec + try;
        int n = snprintf(beside, size, "%.*s.rapport-%ld-%x.part", folder, target, (long)getpid(), stamp);
        if (n < 0 || (size_t)n >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* So that the new name outlives a power cut. Where the file system cannot do it, the file is still whole. */
static void flush_folder(const char *target) {
    char folder[PATH_MAX];
    const char *slash = strrchr(target, '/');
    int n = slash ? (int)(slash - target) + 1 : 2;
    snprintf(folder, sizeof folder, "%.*s", n, slash ? target : "./");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

static bool replace_file(const char *target, const struct stat *old, const char *bytes, size_t n, rp_error *error) {
    char beside[PATH_MAX];
    int fd = open_beside(target, beside, sizeof beside);
    if (fd < 0)
        return fail_file(error, target, "written", errno);
    /* A file that was kept private stays private. */
    bool fine = !old || fchmod(fd, old->st_mode & 0777) == 0;
    fine = fine && write_fully(fd, bytes, n) && fsync(fd) == 0;
    int reason = errno;
    if (close(fd) != 0 && fine) {
        reason = errno;
        fine = false;
    }
    if (fine && rename(beside, target) != 0) {
        reason = errno;
        fine = false;
    }
    if (!fine) {
        unlink(beside);
        return fail_file(error, target, "written", reason);
    }
    flush_folder(target);
    return true;
}

bool rp_file_write(const char *path, const char *bytes, size_t n, rp_error *error) {
    if (strcmp(path, "-") == 0)
        return write_output(bytes, n, error);
    struct stat old;
    if (stat(path, &old) != 0)
        return replace_file(path, NULL, bytes, n, error);
    if (S_ISDIR(old.st_mode))
        return fail_file(error, path, "written", EISDIR);
    if (!S_ISREG(old.st_mode))
        return write_in_place(path, bytes, n, error);
    char target[PATH_MAX]; /* behind a link the file is replaced, not the link */
    return replace_file(realpath(path, target) ? target : path, &old, bytes, n, error);
}
