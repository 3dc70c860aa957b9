/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about who and where: services, practitioners, clients, referrals. Shares of groups are those of the people
 * referred in England 2024-25 (NHS England, annual report, data/nhs_measures_england_2017_2025.csv of the reference) as
 * far as they were published; the rest is assumed. */
#include "simulation/pages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Ages at referral; inside a group they are even. */
static const sim_point ages[] = {{16, 0},       {18, 0.01501}, {26, 0.21046}, {65, 0.93136},
                                 {75, 0.97372}, {90, 0.99894}, {95, 1}};
static const char *const genders[] = {"2", "1", "9", "X"};
static const double gender_shares[] = {1188870, 597796, 6216, 20550};
static const char *const ethnicities[] = {"A", "B", "C", "D", "E", "F", "G", "H", "J",
                                          "K", "L", "M", "N", "P", "R", "S", "99"};
static const double ethnicity_shares[] = {1200951, 14990, 102451, 22510, 7783, 12732, 20346, 46162, 41529,
                                          17662,   31822, 31566,  41644, 9104, 8528,  42638, 161014};
/* From the most deprived tenth, which is published as number 10 and is 1 in the record; last: not known. */
static const double deprivation_shares[] = {246365, 225809, 215050, 199753, 179500, 169580,
                                            153300, 145330, 135239, 119299, 24207};
static const double condition_shares[] = {295588, 244222, 1365462}; /* yes, no, not known */
static const char *const employments[] = {"01", "02", "03", "04", "05", "06", "08", "ZZ"};
static const double employment_shares[] = {0.55, 0.11, 0.08, 0.1, 0.05, 0.03, 0.06, 0.02}; /* assumed */
static const char *const sources[] = {"B1", "A1", "A3", "H2", "H1", "G4", "D2", "P1"};
static const double source_shares[] = {0.7, 0.17, 0.03, 0.04, 0.01, 0.02, 0.01, 0.02}; /* assumed */
/* Problems that have the GAD-7 for their measure of anxiety, since no other is given here; assumed. */
static const char *const problems[] = {"F32", "F33", "F411", "F412", "F402", "F41"};
static const double problem_shares[] = {0.34, 0.08, 0.27, 0.25, 0.02, 0.04};
static const char *const consents[] = {"evaluation", "research", "none_recorded"};
static const double consent_shares[] = {0.6, 0.25, 0.15}; /* assumed */

static void pick(sim_page *page, rp_draws *draws, const char *const *codes, const double *shares, size_t n) {
    sim_put(page, codes[sim_pick(draws, shares, n)]);
}

static void write_service(uint64_t client, sim_page *page) {
    static const char *const regions[] = {"North", "Midlands", "East", "London", "South", "West"};
    uint64_t number = sim_team_of(client) / SIM_SERVICE_TEAMS;
    sim_put_service(page, client);
    sim_put(page, "A synthetic service");
    sim_put(page, "SYN");
    sim_put(page, "SYN");
    sim_put(page, regions[number % COUNT(regions)]);
    sim_end_row(page);
}

static void write_status(uint64_t client, int practitioner, rp_date from, rp_date to, bool training, sim_page *page) {
    enum { SUPERVISOR = 3 };
    sim_put_practitioner(page, client, practitioner);
    sim_put_date(page, from);
    sim_put_date(page, to);
    sim_put(page, sim_role_of(practitioner)->role);
    sim_put_bool(page, training);
    if (practitioner == SUPERVISOR)
        sim_skip(page, 1);
    else
        sim_put_practitioner(page, client, SUPERVISOR);
    sim_put_team(page, client);
    sim_end_row(page);
}

void sim_write_staff(const sim_world *world, uint64_t client, sim_pages *pages) {
    enum { QUALIFIED_AFTER = 365, BEGAN_BEFORE = 900 };
    sim_page *staff = &pages->of[RP_PRACTITIONERS], *awards = &pages->of[RP_QUALIFICATIONS];
    if (client % (SIM_TEAM_CLIENTS * SIM_SERVICE_TEAMS) == 0)
        write_service(client, &pages->of[RP_SERVICES]);
    for (int p = 0; p < (int)world->at[SIM_PRACTITIONERS]; p++) {
        const sim_role *role = sim_role_of(p);
        rp_date from = SIM_FIRST_DAY - BEGAN_BEFORE, qualified = SIM_FIRST_DAY + QUALIFIED_AFTER;
        if (role->training) {
            write_status(client, p, SIM_FIRST_DAY - 30, qualified - 1, true, staff);
            from = qualified;
        }
        write_status(client, p, from, RP_NO_DATE, false, staff);
        sim_put_practitioner(awards, client, p);
        sim_put(awards, role->qualification);
        sim_put_date(awards, role->training ? qualified : from - 60);
        sim_skip(awards, 1);
        sim_end_row(awards);
    }
}

void sim_write_client(const sim_world *world, uint64_t client, sim_pages *pages) {
    enum { FIRST_YEAR = 2022, DECILES = 10 };
    sim_page *page = &pages->of[RP_CLIENTS];
    rp_draws draws = rp_draws_of(world->seed, sim_subject(client, 0), SIM_STREAM_CLIENT);
    sim_put_client(page, client);
    sim_put_int(page, FIRST_YEAR - (int)sim_from_points(&draws, ages, COUNT(ages)));
    pick(page, &draws, genders, gender_shares, COUNT(genders));
    pick(page, &draws, ethnicities, ethnicity_shares, COUNT(ethnicities));
    size_t decile = sim_pick(&draws, deprivation_shares, COUNT(deprivation_shares));
    if (decile < DECILES)
        sim_put_int(page, (int64_t)decile + 1);
    else
        sim_skip(page, 1);
    pick(page, &draws, employments, employment_shares, COUNT(employments));
    size_t condition = sim_pick(&draws, condition_shares, COUNT(condition_shares));
    sim_put(page, condition == 0 ? "true" : condition == 1 ? "false" : "");
    bool other = sim_chance(&draws, 0.03); /* assumed */
    sim_put(page, other ? "pl" : "en");
    sim_put_bool(page, other && sim_chance(&draws, 0.5));
    sim_end_row(page);
}

/* Who was found to have another problem later, and whose treatment waited for a time at their wish. */
static void write_further(const sim_course *course, const char *problem, rp_draws *draws, sim_pages *pages) {
    static const char *const reasons[] = {"holiday", "health", "other"};
    static const double reason_shares[] = {0.5, 0.3, 0.2}; /* assumed */
    bool more = sim_chance(draws, 0.12), pauses = sim_chance(draws, 0.04);
    if (more && course->seen) {
        sim_page *page = &pages->of[RP_PROBLEMS];
        for (int rank = 0; rank < 2; rank++) {
            sim_put_referral(page, course);
            sim_put(page, rank == 0 ? problem : problem[2] == '2' ? "F411" : "F32");
            sim_put(page, "icd_10");
            sim_put(page, rank == 0 ? "primary" : "secondary");
            sim_put_date(page, course->contacts[course->n - 1].date);
            sim_end_row(page);
        }
    }
    if (pauses && course->treated >= 2) {
        sim_page *page = &pages->of[RP_PAUSES];
        sim_put_referral(page, course);
        sim_put_date(page, course->contacts[0].date);
        sim_put_date(page, course->contacts[0].date + sim_between(draws, 7, 28));
        pick(page, draws, reasons, reason_shares, COUNT(reasons));
        sim_end_row(page);
    }
}

void sim_write_referral(const sim_world *world, const sim_course *course, const sim_course *earlier, sim_pages *pages) {
    sim_page *page = &pages->of[RP_REFERRALS];
    rp_draws draws = rp_draws_of(world->seed, sim_subject(course->client, course->referral), SIM_STREAM_REFERRAL_ROWS);
    const char *problem = problems[sim_pick(&draws, problem_shares, COUNT(problems))];
    sim_put_referral(page, course);
    sim_put_client(page, course->client);
    sim_put_service(page, course->client);
    sim_put_date(page, course->received);
    pick(page, &draws, sources, source_shares, COUNT(sources));
    sim_put(page, problem);
    sim_put(page, "icd_10");
    sim_put(page, world->at[SIM_USUAL_CARE] == 0 ? "" : course->usual_care ? "usual_care" : "treatment");
    sim_put_date(page, course->ended);
    sim_put(page, course->end_reason != NULL ? course->end_reason : "");
    if (earlier != NULL)
        sim_put_referral(page, earlier);
    else
        sim_skip(page, 1);
    pick(page, &draws, consents, consent_shares, COUNT(consents));
    sim_end_row(page);
    write_further(course, problem, &draws, pages);
}

void sim_write_published(sim_pages *pages) {
    /* NHS England, annual report 2024-25, Open Government Licence v3.0; each figure as published. */
    static const struct {
        const char *measure;
        int64_t value;
    } figures[] = {{"referrals_received", 1813432},
                   {"finished_course_treatment", 670419},
                   {"at_caseness", 634248},
                   {"not_at_caseness", 35234},
                   {"recovery", 321061},
                   {"reliable_recovery", 301815},
                   {"improvement", 452284},
                   {"deterioration", 39157}};
    sim_page *page = &pages->of[RP_PUBLISHED];
    for (size_t i = 0; i < COUNT(figures); i++) {
        sim_put(page, "England");
        sim_put(page, "national");
        sim_put(page, "2024-25");
        sim_put(page, figures[i].measure);
        sim_put(page, "all");
        sim_put_int(page, figures[i].value); /* low */
        sim_put_int(page, figures[i].value); /* high */
        sim_put(page, "count");
        sim_skip(page, 1);
        sim_put_int(page, figures[i].value); /* as printed */
        sim_end_row(page);
    }
}
