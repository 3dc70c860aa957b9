/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flow from referred to followed up, and the table behind it: at each step those who did not come to it, as people
 * who have ended, with the reasons recorded, and people who may still come. Everyone of a step is counted just once on
 * the way to the next, so that the numbers of a step add up. Whoever was treated with no assessment on record goes
 * around the box of the assessed. */
#include "questions/pathway/pathway_parts.h"

static const struct {
    const char *ended, *open; /* NULL: there are none by definition */
    bool reasons;
} ways[STEPS] = {
    [ASSESSED] = {"Ended with no attended assessment and no treatment on record",
                  "May still come: not ended, not assessed or treated so far", true},
    [ENTERED] = {"Ended with no treatment contact on record", "May still come: not ended, not treated so far", true},
    [SECOND] = {"Ended with one treatment contact on record", "May still come: not ended, treated once so far", true},
    [FINISHED] = {NULL, "May still come: not ended so far", false},
    [FOLLOWED] = {NULL, "No attended follow-up after treatment on record; some may still come", false},
};

typedef struct flow {
    pathway_work *work;
    rp_chart *chart;
    rp_answer_table *table;
    size_t step;
} flow;

/* A point of the chart and a row of the table behind it. */
static void put(const flow *f, rp_flow_part part, const char *label, const char *code, const pathway_who *who) {
    rp_answer *answer = f->work->answer;
    rp_count people = pathway_count(f->work, who);
    rp_chart_point *p = rp_chart_point_add(f->chart);
    p->part = part;
    p->label = label;
    p->count = people;
    rp_value *row = rp_answer_row(f->table);
    row[0] = rp_value_text(answer, pathway_step_title(f->work, f->step));
    row[1] = rp_value_text(answer, part == RP_FLOW_REASON ? "of them, by reason" : label);
    row[2] = rp_value_text(answer, code);
    row[3] = rp_value_text(answer, part == RP_FLOW_REASON ? label : NULL);
    row[4] = rp_value_count(people);
}

static void put_reasons(const flow *f, const pathway_who *ended) {
    for (unsigned ending = ENDED; ending < f->work->plan.n_endings; ending++) {
        pathway_who who = *ended;
        who.endings = (uint64_t)1 << ending;
        if (pathway_count(f->work, &who).n <= 0)
            continue;
        const rp_code_def *code = ending > ENDED ? &f->work->plan.reasons->codes[ending - ENDED - 1] : NULL;
        put(f, RP_FLOW_REASON, code != NULL ? code->meaning : "no reason recorded", code != NULL ? code->code : NULL,
            &who);
    }
}

static void put_missed(const flow *f) {
    pathway_who missed = pathway_missed(f->work, f->step), around = missed;
    if (f->step == ASSESSED) {
        const unsigned treated = BIT(TREATED_ONCE) | BIT(TREATED_MORE);
        around.contacts = treated;
        missed.contacts &= ~treated;
        if (pathway_count(f->work, &around).n > 0)
            put(f, RP_FLOW_AROUND, "Treated with no attended assessment on record: counted below", NULL, &around);
    }
    pathway_who ended = pathway_ended(missed), open = pathway_not_ended(missed);
    if (pathway_steps_told(f->work) < STEPS) {
        put(f, RP_FLOW_OPEN, "Not on record; who has ended is not known", NULL, &open);
        return;
    }
    if (ways[f->step].ended != NULL)
        put(f, RP_FLOW_ENDED, ways[f->step].ended, NULL, &ended);
    if (ways[f->step].reasons)
        put_reasons(f, &ended);
    if (ways[f->step].open != NULL)
        put(f, RP_FLOW_OPEN, ways[f->step].open, NULL, f->step == FOLLOWED ? &missed : &open);
}

void pathway_write_flow(pathway_work *work) {
    static const rp_table_column columns[] = {
        {"step", "Step", ""},           {"who", "Who", ""}, {"code", "Reason", ""}, {"meaning", "Meaning", ""},
        {"people", "People", "people"},
    };
    if (!rp_cohort_has_contacts(work->plan.cohort))
        return;
    rp_answer *answer = work->answer;
    flow f = {.work = work,
              .chart = rp_answer_chart(answer, RP_CHART_FLOW, "pathway.flow", "The way of everyone, step by step"),
              .table = rp_answer_table_add(answer, "pathway.flow", "The way of everyone, with reasons of ending",
                                           columns, sizeof columns / sizeof *columns)};
    f.chart->table_id = "pathway.flow";
    f.chart->reading = "Read it downwards. A filled box is a step, with the people for whom it is on record. Above it, "
                       "beside the arrow, stand those of the box before who did not come to it: with a full border "
                       "those whose referral has ended, and why, as recorded; with a broken border those who may still "
                       "come. A number too small to show is called hidden.";
    f.table->note =
        "On the way from one step to the next everyone is counted once. Reasons that nobody has are left out.";
    for (f.step = REFERRED; f.step < pathway_steps_told(work); f.step++) {
        rp_chart_series_add(f.chart, pathway_step_title(work, f.step));
        if (f.step > REFERRED)
            put_missed(&f);
        pathway_who at = pathway_at_step(work, f.step);
        put(&f, RP_FLOW_BOX, "reached", NULL, &at);
    }
}
