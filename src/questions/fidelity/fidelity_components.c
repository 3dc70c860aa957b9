/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of those with a protocol, which of its components were delivered, which were not, and which nobody recorded. The
 * components of a protocol add up to its people, who stand in the first universe: a row is tied to them. */
#include "questions/fidelity/fidelity_parts.h"

static const char *component_title(const fidelity_work *work, size_t component) {
    return component < work->components.n ? work->components.titles[component] : "components not told apart";
}

static void component_row(const fidelity_work *work, rp_answer_table *table, size_t protocol, size_t c) {
    const rp_question_set *set = &work->of_protocol[protocol];
    rp_count all = rp_question_having(&work->all, PROTOCOL(protocol), 0);
    rp_count delivered = rp_question_having(set, STATE(c, DELIVERED), 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, fidelity_protocol_title(work, protocol));
    row[1] = rp_value_text(work->answer, component_title(work, c));
    row[2] = rp_value_count(all);
    row[3] = rp_value_count(delivered);
    rp_question_put_share(work->answer, row + 4, delivered, all, work->asked->level);
    row[7] = rp_value_count(rp_question_having(set, STATE(c, NOT_DELIVERED), 0));
    row[8] = rp_value_count(rp_question_having(set, STATE(c, UNSAID), 0));
    row[9] = rp_value_count(
        rp_question_having(set, ENTERED, STATE(c, DELIVERED) | STATE(c, NOT_DELIVERED) | STATE(c, UNSAID)));
    fidelity_tie(row + 3, 7, all);
}

static void write_components(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"protocol", "Protocol", ""},
        {"component", "Component", ""},
        {"people", "People", "people"},
        {"delivered", "Delivered", "people"},
        {"share", "Share of them", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"not_delivered", "Recorded as not delivered", "people"},
        {"unsaid", "A row that does not say", "people"},
        {"no_row", "Not recorded", "people"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "fidelity.components", "Components delivered", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = "People with the protocol on record. Delivered: at one attended contact or more; not delivered: "
                  "recorded so, and at no contact as delivered. Not recorded does not mean not delivered: many "
                  "services record a few contacts, and few of the components of each.";
    for (size_t i = 0; i < PROTOCOLS; i++) {
        const rp_question_set *set = &work->of_protocol[i];
        if (!fidelity_is_line(work, i) || rp_question_having(set, ENTERED, 0).n == 0)
            continue;
        for (size_t c = 0; c < COMPONENTS; c++) {
            uint64_t any = STATE(c, DELIVERED) | STATE(c, NOT_DELIVERED) | STATE(c, UNSAID);
            if (rp_question_having_any(set, ENTERED, any).n > 0)
                component_row(work, table, i, c);
        }
    }
}

static void write_shares(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"protocol", "Protocol", ""},
        {"people", "People", "people"},
        {"said", "Components on record", "people"},
        {"all_delivered", "All of them delivered", "people"},
        {"not_all", "Some not delivered", "people"},
        {"share", "Mean share delivered", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "fidelity.component_shares",
                                                 "Share of components delivered, person by person", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = rp_answer_text(work->answer,
                                 "People with the protocol on record. Components on record: of one or more a row says "
                                 "whether it was delivered. The share is of these components, each counted once a "
                                 "person (of one with several protocols, those of all), and its mean is over people; "
                                 "%g%% t interval. It is no share of what the protocol asks for.",
                                 100 * work->asked->level);
    const rp_question_set *set = &work->all;
    for (size_t i = 0; i < PROTOCOLS; i++) {
        rp_count all = rp_question_having(set, PROTOCOL(i), 0), said = rp_question_having(set, PROTOCOL(i) | SAID, 0);
        if (!fidelity_is_line(work, i) || all.n == 0)
            continue;
        rp_interval mean = rp_mean_interval(&work->shares[i], work->asked->level);
        const double numbers[] = {mean.estimate, mean.lower, mean.upper};
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, fidelity_protocol_title(work, i));
        row[1] = rp_value_count(all);
        row[2] = rp_value_count(said);
        row[3] = rp_value_count(rp_question_having(set, PROTOCOL(i) | SAID, NOT_ALL));
        row[4] = rp_value_count(rp_question_having(set, PROTOCOL(i) | SAID | NOT_ALL, 0));
        for (size_t n = 0; n < 3 && said.n > 0; n++)
            row[5 + n] = rp_value_num(100 * numbers[n], 1, said);
    }
}

void fidelity_write_components(const fidelity_work *work) {
    write_components(work);
    write_shares(work);
}
