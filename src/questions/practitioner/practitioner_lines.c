/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Practitioners, and services, side by side: shrunken differences from their average, without names, in the order of
 * how many people they stand on. For the service alone. */
#include "questions/practitioner/practitioner_parts.h"

#include "questions/common/shares.h"

#include <math.h>

/* Two decimals: with all of them a reader could look for the scores behind. */
enum { DECIMALS = 2 };

typedef struct side_by_side {
    const char *id, *title, *one, *rest, *average, *what, *line;
} side_by_side;
static const side_by_side sides[FACTORS] = {
    {"practitioner.lines", "Practitioners side by side", "one practitioner",
     "practitioners of fewer people, together (not shown one by one)", "The average practitioner", "Practitioners",
     "practitioner"},
    {"practitioner.services", "Services side by side", "one service",
     "services that are not shown one by one, together", "The average service", "Services", "service"},
};

static const char *note_of(const practitioner_work *work, size_t factor) {
    const rp_scale *scale = &work->measure->instrument->scales[work->measure->scale];
    bool within = factor == FACTOR_PRACTITIONER && work->model.n_factors > 1;
    return rp_answer_text(
        work->answer,
        "Difference: in points of the last %s score of people alike in what is held (%s), from the average %s%s; %s is "
        "worse. It is shrunken: the fewer people it stands on, the nearer to the average it is drawn (conditional mode "
        "of "
        "the model). From and To: %g%% intervals by its conditional variance, which takes the spread and the model's "
        "coefficients as known, and is a little too narrow for that. A line has at least %d people compared%s. Lines "
        "stand "
        "in the order of how many, never of the difference, and have no names; whoever knows how many people somebody "
        "saw "
        "can still tell whose line it is.",
        work->measure->name, work->model.held, sides[factor].line, within ? " of the same service" : "",
        scale->higher_is_worse ? "higher" : "lower", 100 * work->asked->level, PRACTITIONER_PEOPLE,
        factor == FACTOR_SERVICE ? " and two practitioners" : "");
}

static rp_answer_table *add_table(const practitioner_work *work, size_t factor) {
    static const rp_table_column columns[] = {
        {"who", "Of whom", ""},
        {"people", "People compared", "people"},
        {"difference", "Difference, shrunken", "points"},
        {"lower", "From", "points"},
        {"upper", "To", "points"},
    };
    rp_answer_table *table =
        rp_answer_table_add(work->answer, sides[factor].id,
                            rp_answer_text(work->answer, "%s: %s", sides[factor].title, work->measure->name), columns,
                            sizeof columns / sizeof *columns);
    table->audience = RP_FOR_SERVICE;
    table->note = note_of(work, factor);
    return table;
}

static rp_chart *add_chart(const practitioner_work *work, size_t factor) {
    rp_answer *answer = work->answer;
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_CATERPILLAR, sides[factor].id,
                                      rp_answer_text(answer, "%s: %s", sides[factor].title, work->measure->name));
    chart->table_id = sides[factor].id;
    chart->reading = rp_answer_text(answer,
                                    "A mark a %s, with its interval. From left to right they have fewer and fewer "
                                    "people; that order is no rank. Where "
                                    "intervals overlap much, chance alone may make the difference. Where one does not "
                                    "reach the line of the average, "
                                    "that is a reason to ask, and no verdict: nothing here says why.",
                                    sides[factor].line);
    chart->x_label = rp_answer_text(answer, "%s, from the most people to the fewest", sides[factor].what);
    chart->y_label = "Points from the average";
    rp_chart_series_add(chart, sides[factor].what);
    return chart;
}

static void add_line(const practitioner_work *work, size_t factor, size_t place, rp_answer_table *table,
                     rp_chart *chart) {
    const practitioner_spread *spread = &work->model.of[factor];
    size_t line = work->units[factor].at[place].line;
    rp_count people = practitioner_count_line(work, COMPARED, factor, line);
    double half = rp_normal_quantile(0.5 + work->asked->level / 2) * sqrt(spread->variances[place]);
    const double values[] = {spread->modes[place], spread->modes[place] - half, spread->modes[place] + half};
    double rounded[3];
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, sides[factor].one);
    row[1] = rp_value_count(people);
    for (size_t i = 0; i < 3; i++) {
        rounded[i] = rp_question_rounded(values[i], DECIMALS);
        row[2 + i] = rp_value_num(rounded[i], DECIMALS, people);
    }
    rp_chart_point *p = rp_chart_point_add(chart);
    p->x = (double)line + 1;
    p->y = rounded[0];
    p->lower = rounded[1];
    p->upper = rounded[2];
    p->count = people;
}

static void write(const practitioner_work *work, size_t factor) {
    const practitioner_units *units = &work->units[factor];
    rp_chart *chart = add_chart(work, factor);
    rp_answer_table *table = add_table(work, factor);
    for (size_t i = 0; i < units->n_compared; i++)
        if (units->at[i].line != NO_LINE)
            add_line(work, factor, i, table, chart);
    rp_count rest = practitioner_count_rest(work, COMPARED, factor);
    if (rest.n > 0) {
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, sides[factor].rest);
        row[1] = rp_value_count(rest);
    }
    bool within = factor == FACTOR_PRACTITIONER && work->model.n_factors > 1;
    rp_chart_line_add(chart, within ? "The average practitioner of the same service" : sides[factor].average)->dashed =
        true;
}

void practitioner_write_lines(practitioner_work *work) {
    bool any = false;
    for (size_t factor = 0; factor < work->model.n_factors; factor++) {
        if (work->units[factor].n_lines == 0 || !(work->model.of[factor].sd.estimate > 0))
            continue;
        write(work, factor);
        any = true;
    }
    if (!any && work->units[FACTOR_PRACTITIONER].n_lines == 0)
        rp_answer_caveat(work->answer,
                         "Practitioners are not shown side by side: there are more of them than can be read, and "
                         "protected, on one page. Run an evaluation of one service, or of a shorter time.");
}
