/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas: their words, and where a fault in them is. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table/formula_parts.h"

enum { SHOWN = 72 /* characters of a long formula that are shown around a fault */ };

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool scan_number(formula_parser *p) {
    size_t end = p->at;
    while (end < p->n && (is_digit(p->text[end]) || p->text[end] == '.'))
        end++;
    if (end < p->n && (p->text[end] == 'e' || p->text[end] == 'E')) {
        size_t sign = end + 1 < p->n && (p->text[end + 1] == '-' || p->text[end + 1] == '+');
        size_t digits = end + 1 + sign;
        while (digits < p->n && is_digit(p->text[digits]))
            digits++;
        end = digits > end + 1 + sign ? digits : end;
    }
    p->now = (token){.kind = TOKEN_NUMBER, .text = {p->text + p->at, end - p->at}, .at = p->at, .end = end};
    /* R takes .5 and 5. as well */
    char text[64];
    bool short_enough = p->now.text.n < sizeof text - 1;
    (void)snprintf(text, sizeof text, "%s%.*s", *p->now.text.at == '.' ? "0" : "", (int)p->now.text.n, p->now.text.at);
    size_t n = strlen(text);
    n -= n > 1 && text[n - 1] == '.';
    return (short_enough && rp_text_to_num((rp_text){text, n}, &p->now.number)) ||
           rp_formula_fail(p->error, RP_E_SYNTAX, p->at, "This is not a number.");
}

static bool scan_quoted(formula_parser *p) {
    const char *close = memchr(p->text + p->at + 1, '`', p->n - p->at - 1);
    size_t end = close ? (size_t)(close - p->text) + 1 : 0;
    if (!close || end - p->at == 2) {
        rp_formula_fail(p->error, RP_E_SYNTAX, p->at,
                        close ? "Here is a name without letters." : "The name that begins here has no end.");
        return rp_fail_remedy(p->error, "Write a column's name between two backticks: `PHQ-9`.");
    }
    p->now = (token){
        .kind = TOKEN_NAME, .quoted = true, .text = {p->text + p->at + 1, end - p->at - 2}, .at = p->at, .end = end};
    return true;
}

static bool scan_sign(formula_parser *p) {
    char c = p->text[p->at];
    bool bars = c == '|' && p->at + 1 < p->n && p->text[p->at + 1] == '|';
    p->now = (token){.kind = bars ? TOKEN_BARS : TOKEN_SIGN, .sign = c, .at = p->at, .end = p->at + 1 + bars};
    if (strchr("~+-*/^:(),|", c))
        return true;
    rp_formula_fail(p->error, RP_E_SYNTAX, p->at, "This sign has no meaning in a formula.");
    return rp_fail_remedy(p->error, "A column whose name holds such signs stands between backticks: `PHQ-9`.");
}

bool formula_next(formula_parser *p) {
    p->before = p->now;
    while (p->at < p->n && strchr(" \t\r\n", p->text[p->at]))
        p->at++;
    size_t end = p->at;
    if (p->at == p->n) {
        p->now = (token){.kind = TOKEN_END, .at = p->n, .end = p->n};
        return true;
    }
    char c = p->text[p->at];
    bool fine = true;
    if (is_digit(c) || (c == '.' && p->at + 1 < p->n && is_digit(p->text[p->at + 1]))) {
        fine = scan_number(p);
    } else if (c == '`') {
        fine = scan_quoted(p);
    } else if (is_letter(c)) {
        while (end < p->n && (is_letter(p->text[end]) || is_digit(p->text[end])))
            end++;
        p->now = (token){.kind = TOKEN_NAME, .text = {p->text + p->at, end - p->at}, .at = p->at, .end = end};
    } else {
        fine = scan_sign(p);
    }
    p->at = p->now.end;
    return fine;
}

bool formula_is(const formula_parser *p, char sign) {
    return p->now.kind == TOKEN_SIGN && p->now.sign == sign;
}

bool formula_unexpected(formula_parser *p, const char *what) {
    if (p->now.kind == TOKEN_END)
        return rp_formula_fail(p->error, RP_E_SYNTAX, p->now.at, "The formula ends where %s was expected.", what);
    rp_formula_fail(p->error, RP_E_SYNTAX, p->now.at, "Here %s was expected.", what);
    bool apart = p->now.kind == TOKEN_NAME && p->before.kind == TOKEN_NAME && !p->now.quoted && !p->before.quoted;
    return apart && rp_fail_remedy(p->error, "A column whose name holds a blank stands between backticks: `%.*s`.",
                                   (int)(p->now.end - p->before.at), p->text + p->before.at);
}

bool formula_expect(formula_parser *p, char sign, const char *what) {
    return formula_is(p, sign) ? formula_next(p) : formula_unexpected(p, what);
}

bool formula_deeper(formula_parser *p) {
    if (++p->depth <= RP_FORMULA_LIMIT_DEPTH)
        return true;
    return rp_formula_fail(p->error, RP_E_LIMIT, p->now.at, "Brackets lie in more than %d others here.",
                           RP_FORMULA_LIMIT_DEPTH);
}

/* R puts blanks around + - * and behind commas, and none around ^ : / and after a sign of its own. */
const char *formula_written(formula_parser *p, size_t from, size_t to) {
    formula_parser again = *p;
    rp_error ignored = {0};
    rp_buf out = {0};
    bool operand = false; /* is there one before? Then a + or - joins two */
    again.at = from;
    again.n = to;
    again.error = &ignored;
    while (formula_next(&again) && again.now.kind != TOKEN_END) {
        const token *t = &again.now;
        if (t->kind == TOKEN_NAME || t->kind == TOKEN_NUMBER)
            rp_buf_add(&out, t->text.at, t->text.n);
        else if (t->kind == TOKEN_BARS)
            rp_buf_put(&out, " || ");
        else if (operand && strchr("+-*|~", t->sign))
            rp_buf_printf(&out, " %c ", t->sign);
        else
            rp_buf_printf(&out, t->sign == ',' ? "%c " : "%c", t->sign);
        operand = t->kind == TOKEN_NAME || t->kind == TOKEN_NUMBER || (t->kind == TOKEN_SIGN && t->sign == ')');
    }
    const char *kept = out.failed ? NULL : rp_arena_copy(p->arena, out.at ? out.at : "", out.n);
    rp_buf_free(&out);
    return kept;
}

bool rp_formula_fail(rp_error *error, rp_code code, size_t at, const char *format, ...) {
    char text[400];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    rp_fail(error, code, "%s", text);
    return rp_fail_at(error, RP_FORMULA_FILE, 0, (int64_t)at + 1);
}

/* Characters before a byte; those that continue a character do not count. */
static size_t characters(const char *text, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static size_t byte_of(const char *text, size_t n, size_t character) {
    size_t at = 0;
    for (size_t seen = 0; at < n; at++)
        if (((unsigned char)text[at] & 0xc0) != 0x80 && seen++ == character)
            break;
    return at;
}

void rp_formula_caret(const char *text, const rp_error *error, rp_buf *out) {
    if (strcmp(error->file, RP_FORMULA_FILE) != 0 || error->column < 1)
        return;
    size_t n = strlen(text), at = (size_t)error->column - 1;
    at = at < n ? at : n;
    size_t all = characters(text, n), place = characters(text, at), first = 0;
    if (all > SHOWN && place > SHOWN / 2)
        first = place + SHOWN / 2 > all ? all - SHOWN : place - SHOWN / 2;
    size_t from = byte_of(text, n, first), to = byte_of(text, n, first + SHOWN);
    rp_buf_put(out, first ? "  ..." : "  ");
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text[i];
        char shown = c < 0x20 || c == 0x7f ? ' ' : (char)c;
        rp_buf_add(out, &shown, 1);
    }
    rp_buf_printf(out, "%s\n%*s^\n", to < n ? "..." : "", (int)(2 + (first ? 3 : 0) + place - first), "");
}
