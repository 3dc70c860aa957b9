/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a chunk of clients as delimited text, a page a table. Cells are put one after the other, in the order
 * of the table's columns; nothing that is put needs quotes. */
#ifndef RAPPORT_SIMULATION_PAGES_H
#define RAPPORT_SIMULATION_PAGES_H

#include "simulation/world.h"

typedef struct sim_page {
    rp_buf text;
    int64_t rows;
} sim_page;

void sim_put(sim_page *page, const char *text);
void sim_skip(sim_page *page, int n); /* n empty cells */
void sim_put_int(sim_page *page, int64_t value);
void sim_put_bool(sim_page *page, bool value);
void sim_put_date(sim_page *page, rp_date date); /* RP_NO_DATE: empty */
void sim_put_time(sim_page *page, rp_date date, int seconds);
void sim_end_row(sim_page *page);

/* Ids, in the order of their numbers by bytes too. */
void sim_put_client(sim_page *page, uint64_t client);
void sim_put_service(sim_page *page, uint64_t client);
void sim_put_referral(sim_page *page, const sim_course *course);
void sim_put_practitioner(sim_page *page, uint64_t client, int practitioner);
void sim_put_team(sim_page *page, uint64_t client);
void sim_put_contact(sim_page *page, const sim_course *course, size_t contact);
/* Of something of a contact, or of a referral's first contact: the letter tells things of one contact apart. */
void sim_put_thing(sim_page *page, char first, const sim_course *course, size_t contact, char letter);

typedef struct sim_pages {
    sim_page of[RP_TABLES];
    bool items;
} sim_pages;

/* The rows of a team and what stands above it, those of a client, and those of one of their referrals. */
void sim_write_staff(const sim_world *world, uint64_t client, sim_pages *pages);
void sim_write_client(const sim_world *world, uint64_t client, sim_pages *pages);
void sim_write_referral(const sim_world *world, const sim_course *course, const sim_course *earlier, sim_pages *pages);
void sim_write_contacts(const sim_world *world, const sim_course *course, sim_pages *pages);
void sim_write_answers(const sim_world *world, const sim_course *course, sim_pages *pages);
void sim_write_care(const sim_world *world, const sim_course *course, sim_pages *pages);
void sim_write_events(const sim_world *world, const sim_course *course, sim_pages *pages);
void sim_write_published(sim_pages *pages); /* once */

#endif
