/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of base share with one another and with nobody else. */
#ifndef RAPPORT_BASE_PRIVATE_H
#define RAPPORT_BASE_PRIVATE_H

#include <stdarg.h>

#include "rapport/base.h"

/* True where the test hook of rp_memory_fail_after says that this request must fail. */
bool rp_memory_refused(void);

/* The length of the UTF-8 character at the start of `at` (1-4), or 0 where it is not well formed. *point may be NULL.
 */
size_t rp_utf8_step(const char *at, size_t n, uint32_t *point);

/* Formats a message that may quote hostile text, and makes it safe to show: control characters and bytes that are not
 * UTF-8 become '?' or a blank, and what is too long is cut after a whole character. */
void rp_message_format(char *out, size_t size, const char *format, va_list list);

/* The reason for errno as a text, into out. */
const char *rp_reason(int number, char *out, size_t size);

#endif
