/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a structural equation model: its words, and where a fault in it is. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "models/sem/sem_text.h"

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool sem_text_fail(const char *text, size_t at, rp_error *error, rp_code code, const char *format, ...) {
    char words[400];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(words, sizeof words, format, list);
    va_end(list);
    int64_t line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        column = text[i] == '\n' ? 1 : column + 1;
        line += text[i] == '\n';
    }
    rp_fail(error, code, "%s", words);
    return rp_fail_at(error, RP_SEM_TEXT_FILE, line, column);
}

/* Past blanks and comments, not past the end of a line. */
static size_t past_blanks(const sem_scanner *s, size_t at) {
    while (at < s->n && strchr(" \t\r", s->text[at]))
        at++;
    if (at < s->n && (s->text[at] == '#' || s->text[at] == '!'))
        while (at < s->n && s->text[at] != '\n')
            at++;
    return at;
}

/* A statement goes on behind an operator, a plus or a star, in brackets, and where the next line begins with one. */
static bool goes_on(const sem_scanner *s, size_t next) {
    const sem_token *t = &s->before;
    if (s->brackets > 0 || t->kind >= SEM_TOKEN_MEASURES || (t->kind == SEM_TOKEN_SIGN && t->sign != ')'))
        return true;
    return next < s->n && strchr("+*/^),~=", s->text[next]);
}

/* Past ends of lines and semicolons. True: they end a statement. */
static bool past_breaks(sem_scanner *s) {
    bool semicolon = false, newline = false;
    s->at = past_blanks(s, s->at);
    while (s->at < s->n && (s->text[s->at] == '\n' || s->text[s->at] == ';')) {
        semicolon |= s->text[s->at] == ';';
        newline = true;
        s->at = past_blanks(s, s->at + 1);
    }
    return semicolon || (newline && !goes_on(s, s->at));
}

static bool scan_number(sem_scanner *s, sem_token *out) {
    size_t end = s->at;
    while (end < s->n && (is_digit(s->text[end]) || s->text[end] == '.'))
        end++;
    if (end < s->n && (s->text[end] == 'e' || s->text[end] == 'E')) {
        size_t sign = end + 1 < s->n && (s->text[end + 1] == '-' || s->text[end + 1] == '+');
        size_t digits = end + 1 + sign;
        while (digits < s->n && is_digit(s->text[digits]))
            digits++;
        end = digits > end + 1 + sign ? digits : end;
    }
    *out = (sem_token){.kind = SEM_TOKEN_NUMBER, .text = {s->text + s->at, end - s->at}, .at = s->at};
    /* R takes .5 and 5. as well */
    char text[64];
    bool short_enough = out->text.n < sizeof text - 1;
    (void)snprintf(text, sizeof text, "%s%.*s", *out->text.at == '.' ? "0" : "", (int)(short_enough ? out->text.n : 0),
                   out->text.at);
    size_t n = strlen(text);
    n -= n > 1 && text[n - 1] == '.';
    s->at = end;
    if (short_enough && rp_text_to_num((rp_text){text, n}, &out->number))
        return true;
    sem_text_fail(s->text, out->at, s->error, RP_E_SYNTAX, "This is not a number.");
    return rp_fail_remedy(s->error, "Write it like 0.5 or 1e-3.");
}

static bool name_fits(sem_scanner *s, const sem_token *t) {
    if (t->text.n <= SEM_MOST_NAME)
        return true;
    sem_text_fail(s->text, t->at, s->error, RP_E_LIMIT, "This name is longer than %d bytes.", SEM_MOST_NAME);
    return rp_fail_remedy(s->error, "Use a shorter name.");
}

static bool scan_quoted(sem_scanner *s, sem_token *out) {
    size_t end = s->at + 1;
    while (end < s->n && s->text[end] != s->text[s->at] && s->text[end] != '\n')
        end++;
    bool closed = end < s->n && s->text[end] == s->text[s->at];
    if (!closed || end == s->at + 1) {
        sem_text_fail(s->text, s->at, s->error, RP_E_SYNTAX,
                      closed ? "Here is a name without letters." : "The name that begins here has no end.");
        return rp_fail_remedy(s->error, "Write a column's name between two backticks: `PHQ-9`.");
    }
    *out = (sem_token){
        .kind = SEM_TOKEN_NAME, .quoted = true, .text = {s->text + s->at + 1, end - s->at - 1}, .at = s->at};
    s->at = end + 1;
    return name_fits(s, out);
}

static bool scan_name(sem_scanner *s, sem_token *out) {
    size_t end = s->at;
    while (end < s->n && (is_letter(s->text[end]) || is_digit(s->text[end])))
        end++;
    *out = (sem_token){.kind = SEM_TOKEN_NAME, .text = {s->text + s->at, end - s->at}, .at = s->at};
    s->at = end;
    return name_fits(s, out);
}

static bool refuse_sign(sem_scanner *s) {
    char c = s->text[s->at];
    sem_text_fail(s->text, s->at, s->error, RP_E_SYNTAX, "This sign has no meaning in a model.");
    if (c == ':')
        return rp_fail_remedy(
            s->error,
            "Products and groups (group:) are not read; write c(.., ..)* for groups, and level: alone on its line.");
    if (c == '<' || c == '>' || c == '|')
        return rp_fail_remedy(s->error, "Inequalities, thresholds and composites (<~) are not offered.");
    return rp_fail_remedy(s->error, "There are =~ ~ ~~ == and :=; other names stand between backticks: `PHQ-9`.");
}

static bool scan_sign(sem_scanner *s, sem_token *out) {
    static const struct {
        const char *text;
        sem_token_kind kind;
    } operators[] = {{"=~", SEM_TOKEN_MEASURES}, {"==", SEM_TOKEN_EQUALS},   {":=", SEM_TOKEN_DEFINES},
                     {"~~", SEM_TOKEN_COVARIES}, {"~", SEM_TOKEN_REGRESSES}, {":", SEM_TOKEN_BLOCK}};
    bool heading = s->before.kind == SEM_TOKEN_NAME && !s->before.quoted && rp_text_is(s->before.text, "level");
    *out = (sem_token){.at = s->at};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t n = strlen(operators[i].text);
        if (operators[i].kind == SEM_TOKEN_BLOCK && !heading)
            continue;
        if (n <= s->n - s->at && memcmp(s->text + s->at, operators[i].text, n) == 0) {
            out->kind = operators[i].kind;
            s->at += n;
            return true;
        }
    }
    out->kind = SEM_TOKEN_SIGN;
    out->sign = s->text[s->at];
    if (!out->sign || !strchr("+-*/^(),", out->sign))
        return refuse_sign(s);
    s->brackets += (out->sign == '(') - (out->sign == ')');
    s->at++;
    return true;
}

bool sem_next(sem_scanner *s, sem_token *out) {
    size_t at = s->at;
    bool fine = true;
    if (past_breaks(s) && s->before.kind != SEM_TOKEN_BREAK && s->before.kind != SEM_TOKEN_END) {
        *out = (sem_token){.kind = SEM_TOKEN_BREAK, .at = at};
        s->brackets = 0;
    } else if (s->at == s->n) {
        *out = (sem_token){.kind = SEM_TOKEN_END, .at = at};
    } else {
        char c = s->text[s->at];
        if (is_digit(c) || (c == '.' && s->at + 1 < s->n && is_digit(s->text[s->at + 1])))
            fine = scan_number(s, out);
        else if (c == '`' || c == '"' || c == '\'')
            fine = scan_quoted(s, out);
        else
            fine = is_letter(c) ? scan_name(s, out) : scan_sign(s, out);
    }
    s->before = *out;
    return fine;
}
