/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims as statements and as a table. */
#include <math.h>
#include <string.h>

#include "questions/claims/claims_parts.h"

static const char published[] = "published claims";

static bool is_own(const rp_claim *claim) {
    return !isnan(claim->at_least) || !isnan(claim->at_most);
}

/* What the source says, passage by passage, each with what was read. */
static const char *passages(const rp_claim *claim, rp_answer *answer) {
    const char *text = "";
    for (size_t i = 0; i < claim->n_says; i++) {
        const rp_claim_passage *says = &claim->says[i];
        text = rp_answer_text(answer, "%s %s (read: %s%s%s.)", text, says->text, rp_claim_read_name(says->read),
                              says->address[0] != '\0' ? "; " : "", says->address);
    }
    return text;
}

static void write_verdict(const rp_claim *claim, rp_answer *answer) {
    rp_statement *s = rp_answer_statement(answer, "claims.verdict");
    s->label = rp_answer_text(answer, "%s: %s", claim->title, rp_verdict_name(claim->verdict));
    s->text = rp_answer_text(answer, "“%s” (%s%s%s) Its source%s%s:%s Verdict: %s. %s", claim->claim, claim->made_by,
                             claim->made_in[0] != '\0' ? ", " : "", claim->made_in,
                             claim->source[0] != '\0' ? ", " : " is the place itself", claim->source,
                             passages(claim, answer), rp_verdict_name(claim->verdict), claim->because);
    s->method = rp_answer_text(answer, "rests on: %s", rp_claim_read_name(rp_claim_rests_on(claim)));
    s->unit = "claims";
    s->cohort = published;
    s->confirmed = rp_claim_rests_on(claim) >= RP_READ_ABSTRACT;
    s->audience = RP_FOR_PUBLIC;
}

/* A statement of another answer once more, as it stands there: hidden where it is hidden there. */
static rp_statement *quote(rp_answer *answer, const char *id, const rp_statement *found) {
    rp_statement *s = rp_answer_statement(answer, id);
    *s = *found;
    s->id = id;
    s->headline = false;
    s->audience = rp_statement_audience(found);
    return s;
}

static const char *bar_text(const rp_claim *claim, rp_answer *answer) {
    if (isnan(claim->at_most))
        return rp_answer_text(answer, "at least %g", claim->at_least);
    if (isnan(claim->at_least))
        return rp_answer_text(answer, "at most %g", claim->at_most);
    return rp_answer_text(answer, "from %g to %g", claim->at_least, claim->at_most);
}

static const char *not_there(const rp_claim *claim, rp_answer *answer) {
    return claim->n_bearings == 0
               ? claim->lack
               : rp_answer_text(answer, "This run made no statement %s.%s%s", claim->bearings[0].statement,
                                claim->lack[0] != '\0' ? " Needed: " : "", claim->lack);
}

static void write_own(const rp_asked *asked, const rp_claim *claim, rp_answer *answer) {
    const rp_statement *found = claims_find(asked, &claim->bearings[0]);
    rp_verdict verdict = claims_hold(claim, found);
    const char *words = verdict == RP_VERDICT_CANNOT_BE_TOLD
                            ? rp_verdict_name(verdict)
                            : rp_answer_text(answer, "%s by these data", rp_verdict_name(verdict));
    rp_statement *s = found != NULL ? quote(answer, "claims.own", found) : rp_answer_statement(answer, "claims.own");
    bool hidden = found != NULL && found->suppressed;
    s->headline = true;
    if (found == NULL) {
        s->unit = "claims";
        s->cohort = "claims about this service";
    }
    s->label = rp_answer_text(answer, "%s: %s", claim->title, words);
    s->text = rp_answer_text(
        answer,
        "“%s” (%s) It is held to be so where the figure, with its whole interval, is %s. In these data: %s "
        "Verdict: %s.%s%s",
        claim->claim, claim->made_by, bar_text(claim, answer),
        hidden          ? "the figure is hidden, since it is about few people."
        : found != NULL ? found->text
                        : not_there(claim, answer),
        words, claim->because[0] != '\0' ? " " : "", claim->because);
}

/* Titles of the claims on which a statement bears. */
static const char *titles(const rp_asked *asked, const rp_statement *found, rp_answer *answer) {
    const char *text = "";
    for (size_t c = 0; c < rp_ledger_count(asked->ledger); c++) {
        const rp_claim *claim = rp_ledger_at(asked->ledger, c);
        bool bears = false;
        for (size_t i = 0; claim->judged && i < claim->n_bearings; i++)
            bears = bears || claims_find(asked, &claim->bearings[i]) == found;
        if (bears)
            text = rp_answer_text(answer, "%s%s“%s”", text, text[0] != '\0' ? ", " : "", claim->title);
    }
    return text;
}

static void write_quote(const rp_asked *asked, const rp_statement *found, rp_answer *answer) {
    rp_statement *s = quote(answer, "claims.these_data", found);
    s->label = rp_answer_text(answer, "In these data: %s", found->label != NULL ? found->label : found->id);
    s->text = rp_answer_text(answer, "On %s, in these data: %s", titles(asked, found, answer),
                             found->suppressed ? "the figure is hidden, since it is about few people." : found->text);
}

typedef struct quoted {
    RP_VEC(const rp_statement *) list;
} quoted;

static bool once(const quoted *q, const rp_statement *found) {
    for (size_t i = 0; i < q->list.n; i++)
        if (q->list.at[i] == found)
            return false;
    return true;
}

static void write_bearings(const rp_asked *asked, const rp_claim *claim, quoted *q, rp_answer *answer) {
    for (size_t i = 0; claim->judged && i < claim->n_bearings; i++) {
        const rp_statement *found = claims_find(asked, &claim->bearings[i]);
        if (found == NULL || !once(q, found))
            continue;
        const rp_statement **place = rp_vec_push(answer->arena, &q->list);
        if (place == NULL) {
            answer->failed = true;
            return;
        }
        *place = found;
        write_quote(asked, found, answer);
    }
}

static const char *told_where(const rp_asked *asked, const rp_claim *claim, rp_answer *answer) {
    for (size_t i = 0; i < claim->n_bearings; i++) {
        const rp_statement *found = claims_find(asked, &claim->bearings[i]);
        if (found != NULL)
            return found->id;
    }
    return rp_answer_text(answer, "nothing. %s", not_there(claim, answer));
}

static void put_row(const rp_asked *asked, const rp_claim *claim, rp_answer *answer, rp_answer_table *table) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, rp_answer_text(answer, "%s (%s%s%s)", claim->claim, claim->made_by,
                                                  claim->made_in[0] != '\0' ? ", " : "", claim->made_in));
    row[1] = rp_value_text(answer, rp_answer_text(answer, "%s%s%s", claim->source, claim->source[0] != '\0' ? ":" : "",
                                                  passages(claim, answer)));
    row[2] = rp_value_text(answer, rp_answer_text(answer, "%s. %s", rp_verdict_name(claim->verdict), claim->because));
    row[3] = rp_value_text(answer, rp_claim_read_name(rp_claim_rests_on(claim)));
    row[4] = rp_value_text(answer, told_where(asked, claim, answer));
}

/* What a page shows of statements are their labels: here are the words. */
static void write_table(const rp_asked *asked, rp_answer *answer) {
    static const rp_table_column columns[] = {{"claim", "Claim", ""},
                                              {"source_says", "What its source says", ""},
                                              {"verdict", "Verdict", ""},
                                              {"rests_on", "It rests on", ""},
                                              {"these_data", "These data tell", ""}};
    rp_answer_table *table = rp_answer_table_add(answer, "claims.ledger", "Claims and verdicts", columns, 5);
    table->audience = RP_FOR_PUBLIC;
    table->note = "The last column names the statement of this report that is about the same matter.";
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++)
        if (rp_ledger_at(asked->ledger, i)->judged)
            put_row(asked, rp_ledger_at(asked->ledger, i), answer, table);
}

/* How many claims have which verdict, for the summary. */
static void write_count(const rp_asked *asked, rp_answer *answer) {
    size_t count[RP_VERDICT_NOT_READ + 1] = {0}, all = 0;
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++) {
        const rp_claim *claim = rp_ledger_at(asked->ledger, i);
        count[claim->verdict] += claim->judged;
        all += claim->judged;
    }
    const char *list = "";
    for (int v = 0; v <= RP_VERDICT_NOT_READ; v++)
        if (count[v] > 0)
            list = rp_answer_text(answer, "%s%s%s: %zu", list, list[0] != '\0' ? "; " : "",
                                  rp_verdict_name((rp_verdict)v), count[v]);
    rp_statement *s = rp_answer_statement(answer, "claims.verdicts");
    s->label = "Published claims by verdict";
    s->text =
        rp_answer_text(answer, "%zu published claims were held against what was read of their sources. %s.", all, list);
    s->method = "counted over the ledger";
    s->unit = "claims";
    s->cohort = published;
    s->headline = true;
    s->audience = RP_FOR_PUBLIC;
}

void claims_write(const rp_asked *asked, rp_answer *answer) {
    quoted q = {0};
    write_count(asked, answer);
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++) {
        const rp_claim *claim = rp_ledger_at(asked->ledger, i);
        if (is_own(claim))
            write_own(asked, claim, answer);
    }
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++)
        write_bearings(asked, rp_ledger_at(asked->ledger, i), &q, answer);
    for (size_t i = 0; i < rp_ledger_count(asked->ledger); i++)
        if (rp_ledger_at(asked->ledger, i)->judged)
            write_verdict(rp_ledger_at(asked->ledger, i), answer);
    write_table(asked, answer);
}
