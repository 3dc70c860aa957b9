/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 of a file by OpenSSL, in pieces, so that size does not matter. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/base_private.h"

static bool fail_reading(rp_error *error, const char *path, int number) {
    char room[128];
    rp_fail(error, RP_E_FILE, "The file cannot be read: %s.", rp_reason(number, room, sizeof room));
    return rp_fail_at(error, path, 0, 0);
}

static bool digest_pieces(int fd, const char *path, EVP_MD_CTX *sha, rp_digest *out, rp_error *error) {
    unsigned char piece[1 << 16], hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    int64_t bytes = 0;
    for (;;) {
        ssize_t got = read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_reading(error, path, errno);
        if (got == 0)
            break;
        if (EVP_DigestUpdate(sha, piece, (size_t)got) != 1)
            return rp_fail_memory(error);
        bytes += got;
    }
    if (EVP_DigestFinal_ex(sha, hash, &length) != 1 || length != 32)
        return rp_fail_memory(error);
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < length; i++) {
        out->sha256[2 * i] = digits[hash[i] >> 4];
        out->sha256[2 * i + 1] = digits[hash[i] & 15];
    }
    out->sha256[2 * length] = '\0';
    out->bytes = bytes;
    return true;
}

bool rp_file_digest(const char *path, rp_digest *out, rp_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_reading(error, path, errno);
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    bool fine = sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1;
    fine = fine ? digest_pieces(fd, path, sha, out, error) : rp_fail_memory(error);
    EVP_MD_CTX_free(sha);
    close(fd);
    return fine;
}
