/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the question `published` can say, what the files hold, and what a reader has to keep in mind. */
#include "questions/published/published_parts.h"

#include <math.h>
#include <string.h>

const rp_statement_def published_statements[] = {
    {"published.agreement",
     "`rapport published`: published percentages that lie where the published counts say, of those whose counts are "
     "published"},
    {"published.recovery.per_case",
     "`rapport published`: recovered, of those who finished a course less those not at caseness (as published: M192)"},
    {"published.recovery.per_finished", "`rapport published`: recovered, of all who finished a course"},
    {"published.recovery.per_entered", "`rapport published`: recovered, for each that entered treatment; two cohorts"},
    {"published.recovery.per_referred", "`rapport published`: recovered, for each referral received; two cohorts"},
    {"published.reliable_recovery.per_case", "`rapport published`: reliably recovered, of those who finished a course "
                                             "less those not at caseness (as published: "
                                             "M195)"},
    {"published.reliable_recovery.per_finished",
     "`rapport published`: reliably recovered, of all who finished a course"},
    {"published.reliable_recovery.per_entered",
     "`rapport published`: reliably recovered, for each that entered treatment; two cohorts"},
    {"published.reliable_recovery.per_referred",
     "`rapport published`: reliably recovered, for each referral received; two cohorts"},
    {"published.improvement.per_finished",
     "`rapport published`: reliably improved, of all who finished a course (as published: M186)"},
    {"published.improvement.per_entered",
     "`rapport published`: reliably improved, for each that entered treatment; two cohorts"},
    {"published.improvement.per_referred",
     "`rapport published`: reliably improved, for each referral received; two cohorts"},
    {"published.no_change.per_finished",
     "`rapport published`: no reliable change, of all who finished a course (as published)"},
    {"published.deterioration.per_finished",
     "`rapport published`: reliably deteriorated, of all who finished a course (as published)"},
    {"published.deterioration.per_entered",
     "`rapport published`: reliably deteriorated, for each that entered treatment; two cohorts"},
    {"published.deterioration.per_referred",
     "`rapport published`: reliably deteriorated, for each referral received; two cohorts"},
    {"published.change_not_known.per_finished",
     "`rapport published`: in none of the three kinds of change, of all who finished a course"},
    {"published.at_caseness.per_finished",
     "`rapport published`: at caseness at the start, of all who finished a course"},
    {"published.within_6_weeks.per_finished",
     "`rapport published`: first treatment within 6 weeks, of all who finished a course"},
    {"published.within_18_weeks.per_finished",
     "`rapport published`: first treatment within 18 weeks, of all who finished a course"},
    {"published.entered.per_referred",
     "`rapport published`: entered treatment, for each referral received; two cohorts"},
    {"published.finished.per_entered",
     "`rapport published`: finished a course, for each that entered treatment; two cohorts"},
    {"published.finished.per_referred",
     "`rapport published`: finished a course, for each referral received; two cohorts"},
    {"published.overdispersion",
     "`rapport published`: the variance of organisations of one kind about their common rate, as a multiple of what "
     "chance alone would give (phi); true proportions only"},
    {NULL, NULL},
};

const char *published_measure_words(published_measure measure) {
    static const char *const words[MEASURES + 1] = {
        [REFERRED] = "Referrals received",
        [ENTERED] = "Entered treatment",
        [SECOND] = "Second treatment",
        [ENDED] = "Ended referrals",
        [ENDED_BEFORE] = "Ended before treatment",
        [ENDED_ONCE] = "Ended after one treatment",
        [FINISHED] = "Finished a course of treatment",
        [COURSES] = "Courses of one therapy",
        [CASES] = "At caseness at the start",
        [NOT_CASES] = "Not at caseness at the start",
        [IMPROVED] = "Reliable improvement",
        [UNCHANGED] = "No reliable change",
        [DETERIORATED] = "Reliable deterioration",
        [RECOVERED] = "Recovery",
        [RELIABLY_RECOVERED] = "Reliable recovery",
        [WITHIN_6_WEEKS] = "First treatment within 6 weeks",
        [WITHIN_18_WEEKS] = "First treatment within 18 weeks",
        [CHANGE_NOT_KNOWN] = "Change not known",
    };
    return words[measure];
}

/* ---- what the files hold ---- */

typedef struct held {
    int64_t counts, percentages, rounded, hidden;
} held;

static void look_at(held *h, const published_figure *figure, int64_t *kind) {
    if (figure->printed == NULL)
        return;
    ++*kind;
    h->hidden += figure->printed[0] == '*';
}

static held held_of(const published_data *data, published_measure measure) {
    held h = {0};
    for (size_t i = 0; i < data->n; i++) {
        const published_figure *count = &data->subjects[i]->counts[measure];
        look_at(&h, count, &h.counts);
        h.rounded += count->printed != NULL && count->printed[0] != '*' && count->low < count->high;
        look_at(&h, &data->subjects[i]->shares[measure], &h.percentages);
    }
    return h;
}

static rp_value figures(int64_t n) {
    return rp_value_num((double)n, 0, rp_count_none());
}

void published_write_held(published_work *work) {
    static const rp_table_column columns[] = {
        {"measure", "Measure", ""},
        {"published", "In these files", ""},
        {"counts", "Counts", "figures"},
        {"percentages", "Percentages", "figures"},
        {"rounded", "Counts that are rounded", "figures"},
        {"suppressed", "Suppressed", "figures"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "published.held", "What these files hold", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = "Not published here: these files do not hold it. Other publications may.";
    for (size_t m = 0; m < MEASURES; m++) {
        held h = held_of(&work->data, (published_measure)m);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, published_measure_words((published_measure)m));
        row[1] = rp_value_text(work->answer, h.counts + h.percentages > 0 ? "published" : "not published here");
        row[2] = figures(h.counts);
        row[3] = figures(h.percentages);
        row[4] = figures(h.rounded);
        row[5] = figures(h.hidden);
    }
}

/* ---- caveats ---- */

static void say_what_is_not_there(published_work *work) {
    const char *lacking = "";
    for (size_t m = 0; m < MEASURES; m++) {
        held h = held_of(&work->data, (published_measure)m);
        if (h.counts == 0 && m != COURSES) /* these stand in one layout alone, and nobody looks for them elsewhere */
            lacking = rp_answer_text(work->answer, "%s%s\"%s\"", lacking, *lacking != '\0' ? ", " : "",
                                     published_measure_words((published_measure)m));
    }
    if (*lacking != '\0')
        rp_answer_caveat(work->answer, "Not published in these files as counts, so that no rate is made of it: %s.",
                         lacking);
}

static void say_how_rounded(published_work *work) {
    bool rounded = false, hidden = false;
    for (size_t m = 0; m < MEASURES; m++) {
        held h = held_of(&work->data, (published_measure)m);
        rounded = rounded || h.rounded > 0;
        hidden = hidden || h.hidden > 0;
    }
    if (rounded)
        rp_answer_caveat(work->answer, "Below England counts are published to the nearest 5 and percentages as whole "
                                       "ones. Each stands for every value that it may have been rounded from, and each "
                                       "rate is shown from its lowest to its highest.");
    if (hidden)
        rp_answer_caveat(work->answer, "A figure published as * was suppressed because it counts fewer than 5. It is "
                                       "nowhere filled in; a count is taken to lie between 0 and 4.");
}

/* The measures of anxiety that count for four problems changed then (M185's notes). */
static void say_what_changed(published_work *work) {
    bool before = false, after = false;
    for (size_t i = 0; i < work->data.n; i++) {
        before = before || strcmp(work->data.subjects[i]->period, "2022-04") < 0;
        after = after || strcmp(work->data.subjects[i]->period, "2022-04") >= 0;
    }
    if (before && after)
        rp_answer_caveat(work->answer,
                         "From April 2022 other questionnaires count for body dysmorphic disorder, chronic "
                         "fatigue, irritable bowel and unexplained symptoms: their recovery before and "
                         "after is not comparable.");
}

static bool has_own(const published_data *data) {
    for (size_t i = 0; i < data->n; i++)
        if (strcmp(data->subjects[i]->kind, RP_MONTHLY_TOTAL) == 0)
            return true;
    return false;
}

void published_write_caveats(published_work *work) {
    if (has_own(&work->data))
        rp_answer_caveat(work->answer,
                         "Rows of the kind \"%s\" were made by Rapport from somebody's own record, and so were the "
                         "other rows of the same file. NHS England has not published these figures: what is said of "
                         "published ones is of them too, as they stand in that file. Nothing more of them is hidden "
                         "here than there. They count referrals, not people.",
                         RP_MONTHLY_TOTAL);
    else
        rp_answer_caveat(work->answer,
                         "These are figures that NHS England has published, so none is hidden here. They count "
                         "referrals, not people: somebody may be referred more than once.");
    say_what_is_not_there(work);
    say_how_rounded(work);
    rp_answer_caveat(work->answer,
                     "Who is referred, who enters treatment and who finishes in one period are different cohorts. What "
                     "is shown for each referral is a ratio of two of them: it has no interval, and may be above 1.");
    rp_answer_caveat(work->answer, "Nothing here compares like with like: organisations and groups differ in whom they "
                                   "see. No figure says why they differ.");
    say_what_changed(work);
    if (work->data.differs)
        rp_answer_caveat(work->answer, "Some figures stand in these files more than once, and not the same. The one "
                                       "read first is shown.");
}
