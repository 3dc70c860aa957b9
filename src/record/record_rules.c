/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every rule that a fault of the record names, in the order of docs/rules.md, which is made from this list. */
#include "record/record_parts.h"

static const rp_rule_def rules[] = {
    {RP_RULE_TYPE, RP_FAULT_ROW,
     "A value is not of its column's type: a date, a time in UTC, a whole number, a number, true or false, an id of at "
     "most 64 bytes without control characters. Nothing is guessed."},
    {RP_RULE_CODE, RP_FAULT_ROW, "A value is not one of the codes of its column."},
    {RP_RULE_RANGE, RP_FAULT_ROW, "A number lies outside what is possible, or an interval runs backwards."},
    {RP_RULE_DATE_RANGE, RP_FAULT_ROW,
     "A date lies before 1900 or more than a year ahead. The end of a post or a pause and a planned award may lie "
     "further ahead."},
    {RP_RULE_DATE_ORDER, RP_FAULT_ROW, "Something ends before it begins."},
    {RP_RULE_KEY_MISSING, RP_FAULT_ROW, "The key of the row is missing."},
    {RP_RULE_REQUIRED, RP_FAULT_ROW, "A value is missing that every row of the table needs."},
    {RP_RULE_ORDER_MISSING, RP_FAULT_ROW, "Neither a date nor an occasion is given where one of them is needed."},
    {RP_RULE_KEY_DUPLICATE, RP_FAULT_ROW,
     "The key stands in an earlier row, which keeps it: of a practitioner with the same from-date, of an "
     "administration "
     "with the same item or scale."},
    {RP_RULE_REFERENCE_MISSING, RP_FAULT_ROW,
     "The row names one that is not there. Optional references, and those to clients, practitioners and services, are "
     "checked only where that table was given."},
    {RP_RULE_REFERENCE_MISMATCH, RP_FAULT_ROW,
     "The row names one that hangs on another referral, or on another client, than the row itself."},
    {RP_RULE_SUPERSEDES_CYCLE, RP_FAULT_ROW, "Administrations supersede one another in a circle."},
    {RP_RULE_CARRIED, RP_FAULT_ROW,
     "Rows hang on rows that were rejected and are left out with them; said once a table, with how many."},
    {RP_RULE_TABLE_MISSING, RP_FAULT_FILE, "A table was not given without which another cannot stand."},
    {RP_RULE_ITEM_UNKNOWN, RP_FAULT_VALUE, "The instrument has no such item; that answer alone is left out."},
    {RP_RULE_RESPONSE_RANGE, RP_FAULT_VALUE, "An answer lies outside its item's range; that answer alone is left out."},
    {RP_RULE_SCORE_RANGE, RP_FAULT_VALUE, "A score lies outside its scale's range; that score alone is left out."},
    {RP_RULE_INSTRUMENT_UNKNOWN, RP_FAULT_NOTE,
     "The instrument, in that version, is not known to this run: its scores are kept, but cannot be checked or "
     "judged."},
    {RP_RULE_SCALE_UNKNOWN, RP_FAULT_NOTE,
     "The instrument has no such scale: its scores are kept, but cannot be checked or judged."},
    {RP_RULE_SCORE_FRACTION, RP_FAULT_NOTE,
     "Supplied scores are not whole numbers where the scale gives whole numbers; said once a scale."},
    {RP_RULE_SCORE_DIFFERS, RP_FAULT_NOTE,
     "The supplied score is not the one that the answers give, by more than its rounding; the supplied one is kept."},
    {RP_RULE_REFERENCE_REJECTED, RP_FAULT_NOTE,
     "Rows name a row that was rejected and that they do not hang on, such as a contact's practitioner: they stay."},
    {RP_RULE_BEFORE_REFERRAL, RP_FAULT_NOTE, "Rows are dated before their referral was received: they stay."},
};

size_t rp_rules_count(void) {
    return sizeof rules / sizeof *rules;
}

const rp_rule_def *rp_rules_at(size_t i) {
    assert(i < rp_rules_count());
    return &rules[i];
}
