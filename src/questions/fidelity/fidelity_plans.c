/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was planned, held against what is on record of the contacts. */
#include "questions/fidelity/fidelity_parts.h"

static void say(const fidelity_work *work) {
    static const char of[] = "people with a planned protocol", cohort[] = "planned";
    const rp_question_set *set = &work->plans;
    rp_count planned = rp_question_having(set, PLANNED, 0);
    fidelity_say(work, "fidelity.planned", "A plan names a protocol", "people who entered treatment",
                 "have a plan that names a protocol", "entered", false, planned, rp_question_having(set, ENTERED, 0));
    fidelity_say(work, "fidelity.planned.followed", "A planned protocol is on record", of,
                 "have a protocol on record that was planned", cohort, true, rp_question_having(set, FOLLOWED, 0),
                 planned);
    fidelity_say(work, "fidelity.planned.and_another", "A planned protocol, and another", of,
                 "have a protocol on record that was planned, and one that was not", cohort, false,
                 rp_question_having(set, FOLLOWED | OUTSIDE, 0), planned);
    fidelity_say(work, "fidelity.planned.another", "Another protocol alone", of,
                 "have none but other protocols on record", cohort, false,
                 rp_question_having(set, PLANNED | OUTSIDE, FOLLOWED), planned);
    fidelity_say(work, "fidelity.planned.no_record", "No protocol on record", of,
                 "have no protocol on record for any contact (this does not mean that none was followed)", cohort, true,
                 rp_question_having(set, PLANNED, RECORDED), planned);
}

/* ---- by protocol ------------------------------------------------------------------------------------------------ */

static void planned_row(const fidelity_work *work, rp_answer_table *table, size_t i) {
    const rp_question_set *set = &work->plans;
    rp_count all = rp_question_having(set, PLANNED_P(i), 0), followed = rp_question_having(set, FOLLOWED_P(i), 0);
    if (all.n == 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, fidelity_protocol_title(work, i));
    row[1] = rp_value_count(all);
    row[2] = rp_value_count(followed);
    rp_question_put_share(work->answer, row + 3, followed, all, work->asked->level);
    row[6] = rp_value_count(rp_question_having(set, PLANNED_P(i) | RECORDED, FOLLOWED_P(i)));
    row[7] = rp_value_count(rp_question_having(set, PLANNED_P(i), RECORDED));
    /* Often everyone with a protocol had it planned: who has it may follow from these. */
    rp_count having = rp_question_having(&work->all, PROTOCOL(i), 0);
    fidelity_tie(row + 2, 4, having);
    fidelity_tie(row + 7, 1, having);
}

static void write_planned(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"protocol", "Planned", ""},
        {"people", "People", "people"},
        {"followed", "It is on record", "people"},
        {"share", "Share of them", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"another", "Others alone", "people"},
        {"no_record", "None on record", "people"},
    };
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "fidelity.planned", "Planned, and on record as delivered", columns,
                            sizeof columns / sizeof *columns);
    table->note = "People who entered treatment, by the protocols of all their plans. Someone for whom several were "
                  "planned is in several lines. A plan may have been changed for good reason, and the change not "
                  "written down.";
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (fidelity_is_line(work, i))
            planned_row(work, table, i);
}

/* ---- by intensity --------------------------------------------------------------------------------------------------
 */

static void intensity_row(const fidelity_work *work, rp_answer_table *table, const char *title, uint64_t any) {
    const rp_question_set *set = &work->plans;
    rp_count all = rp_question_having_any(set, PLANNED, any);
    if (all.n <= 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, title);
    row[1] = rp_value_count(all);
    for (size_t s = 0; s < STEPS; s++)
        row[2 + s] = rp_value_count(rp_question_having_any(set, PLANNED | STEP(s), any));
}

static void write_intensities(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"planned", "Planned", ""},           {"people", "People", "people"},     {"low", "Low alone", "people"},
        {"high", "High alone", "people"},     {"both", "Low and high", "people"}, {"neither", "Neither", "people"},
        {"not_known", "Not known", "people"},
    };
    const rp_code_list *codes = work->columns.intensities;
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "fidelity.intensity", "Intensity planned, and steps on record", columns,
                            sizeof columns / sizeof *columns);
    table->note = "People with a planned protocol, by the intensity of their latest plan that names one, and by the "
                  "steps of the therapies recorded at their attended contacts. Who was to be stepped up and left "
                  "before is among those with low intensity alone.";
    uint64_t together = 0;
    for (size_t i = 0; i < INTENSITIES; i++) {
        if ((work->merged.intensities >> i & 1) != 0)
            together |= INTENSITY(i);
        else
            intensity_row(work, table, i < codes->n ? codes->codes[i].meaning : "none recorded", INTENSITY(i));
    }
    intensity_row(work, table, "intensities not told apart", together);
}

void fidelity_write_plans(const fidelity_work *work) {
    say(work);
    write_planned(work);
    if (rp_record_rows(work->record, RP_ACTIVITIES) > 0)
        write_intensities(work);
}
