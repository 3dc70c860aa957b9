/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of delimited text, written without a format string: a service has hundreds of millions of them. */
#include "simulation/pages.h"

#include <assert.h>
#include <string.h>

enum { CLIENT_DIGITS = 8, TEAM_DIGITS = 6, CONTACT_DIGITS = CLIENT_DIGITS + 3, MOST_DIGITS = 20, DAY_SECONDS = 86400 };

void sim_put(sim_page *page, const char *text) {
    rp_buf_put(&page->text, text);
    rp_buf_add(&page->text, ",", 1);
}

void sim_skip(sim_page *page, int n) {
    static const char commas[] = ",,,,,,,,,,,,";
    assert(n >= 0 && n < (int)sizeof commas);
    rp_buf_add(&page->text, commas, (size_t)n);
}

/* The digits of value before `end`, at least `least` of them. */
static char *digits_before(char *end, uint64_t value, int least) {
    for (; value > 0 || least > 0; value /= 10, least--)
        *--end = (char)('0' + value % 10);
    return end;
}

static void put_number(sim_page *page, const char *before, uint64_t value, int least, char after) {
    char room[MOST_DIGITS + 3], *end = room + sizeof room;
    *--end = ',';
    if (after != '\0')
        *--end = after;
    char *at = digits_before(end, value, least);
    if (*before != '\0')
        *--at = *before;
    rp_buf_add(&page->text, at, (size_t)(room + sizeof room - at));
}

void sim_put_int(sim_page *page, int64_t value) {
    assert(value >= 0);
    put_number(page, "", (uint64_t)value, 1, '\0');
}

void sim_put_bool(sim_page *page, bool value) {
    sim_put(page, value ? "true" : "false");
}

void sim_put_date(sim_page *page, rp_date date) {
    char text[11];
    rp_date_text(date, text);
    sim_put(page, text);
}

void sim_put_time(sim_page *page, rp_date date, int seconds) {
    assert(seconds >= 0 && seconds < DAY_SECONDS);
    char text[] = "YYYY-MM-DDT00:00:00Z,";
    rp_date_text(date, text);
    text[10] = 'T';
    digits_before(text + 13, (uint64_t)(seconds / 3600), 2);
    digits_before(text + 16, (uint64_t)(seconds / 60 % 60), 2);
    digits_before(text + 19, (uint64_t)(seconds % 60), 2);
    rp_buf_add(&page->text, text, sizeof text - 1);
}

void sim_end_row(sim_page *page) {
    if (!page->text.failed)
        page->text.at[page->text.n - 1] = '\n';
    page->rows++;
}

void sim_put_client(sim_page *page, uint64_t client) {
    put_number(page, "C", client, CLIENT_DIGITS, '\0');
}

void sim_put_service(sim_page *page, uint64_t client) {
    put_number(page, "S", sim_team_of(client) / SIM_SERVICE_TEAMS, TEAM_DIGITS, '\0');
}

static uint64_t referral_number(const sim_course *course) {
    return course->client * 10 + (uint64_t)course->referral;
}

void sim_put_referral(sim_page *page, const sim_course *course) {
    put_number(page, "R", referral_number(course), CLIENT_DIGITS + 1, '\0');
}

void sim_put_practitioner(sim_page *page, uint64_t client, int practitioner) {
    put_number(page, "P", sim_team_of(client) * SIM_MOST_PRACTITIONERS + (uint64_t)practitioner, TEAM_DIGITS + 1, '\0');
}

void sim_put_team(sim_page *page, uint64_t client) {
    put_number(page, "T", sim_team_of(client), TEAM_DIGITS, '\0');
}

void sim_put_contact(sim_page *page, const sim_course *course, size_t contact) {
    put_number(page, "K", referral_number(course) * 100 + contact, CONTACT_DIGITS, '\0');
}

void sim_put_thing(sim_page *page, char first, const sim_course *course, size_t contact, char letter) {
    const char before[2] = {first, '\0'};
    put_number(page, before, referral_number(course) * 100 + contact, CONTACT_DIGITS, letter);
}
