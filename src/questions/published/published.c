/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `published`: what do published national figures say under every denominator that they hold?
 *
 * rows of the table `published` -> subjects -> rates between bounds -> the answer. It is asked of a record, not of a
 * cohort: there are no people in it. */
#include "questions/published/published_parts.h"

#include <string.h>

const char published_every_period[] = "all";
/* Of England: twenty years of months. A file with more is none, and would make a page that nobody can open. */
enum { MOST_PERIODS = 240 };

/* The last period of England, or of anybody where England is not there. */
static const char *find_latest(const published_data *data) {
    const char *of_england = NULL, *of_any = NULL;
    for (size_t i = 0; i < data->n; i++) {
        const published_subject *s = data->subjects[i];
        if (of_any == NULL || strcmp(s->period, of_any) > 0)
            of_any = s->period;
        if (s->national && (of_england == NULL || strcmp(s->period, of_england) > 0))
            of_england = s->period;
    }
    return of_england != NULL ? of_england : of_any;
}

static bool check_periods(const published_work *work, rp_error *error) {
    const char *asked = work->asked->period;
    size_t of_england = 0;
    bool found = asked == NULL || strcmp(asked, published_every_period) == 0;
    for (size_t i = 0; i < work->data.n; i++) {
        const published_subject *s = work->data.subjects[i];
        of_england += s->national && s->total;
        found = found || strcmp(asked, s->period) == 0;
    }
    if (!found) {
        rp_fail(error, RP_E_UNKNOWN, "These files hold nothing of the period '%s'.", asked);
        return rp_fail_remedy(error, "The last one that they hold is %s; 'all' shows every one.", work->latest);
    }
    if (of_england <= MOST_PERIODS)
        return true;
    rp_fail(error, RP_E_LIMIT, "These files hold %zu periods of England; at most %d are told.", of_england,
            MOST_PERIODS);
    return rp_fail_remedy(error, "Name fewer files, or look whether their column of the period holds periods.");
}

static bool check(const published_work *work, rp_error *error) {
    if (work->data.n > 0)
        return check_periods(work, error);
    rp_fail(error, RP_E_RULE, "These files hold no figure that a rate can be made of.");
    return rp_fail_remedy(error, "docs/published.md lists the measures that are used.");
}

rp_answer *rp_published_ask(const rp_record *record, const rp_published_asked *asked, rp_arena *arena,
                            rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "published", "What do the published figures say?");
    if (answer == NULL)
        return rp_fail_memory(error), NULL;
    published_work work = {.asked = asked, .answer = answer};
    if (!published_data_read(record, arena, &work.data, error))
        return NULL;
    work.latest = find_latest(&work.data);
    if (!check(&work, error))
        return NULL;
    answer->lead =
        "Published national figures, re-stated: each rate as published, recomputed from the published counts, "
        "and under every other denominator that the files hold.";
    published_say_agreement(&work);
    published_say_england(&work);
    published_write_trend(&work);
    published_write_sets(&work);
    published_write_held(&work);
    published_write_caveats(&work);
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

const rp_statement_def *rp_published_statements(void) {
    return published_statements;
}
