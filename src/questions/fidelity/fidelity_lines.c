/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No line may be the people of one practitioner: it would say of that one how they work. Lines of one alone are taken
 * together; where that is still one practitioner, with the next larger line. */
#include "questions/fidelity/fidelity_parts.h"

#include <assert.h>

void fidelity_by_add(fidelity_by *by, uint32_t practitioner) {
    if (practitioner == RP_NO_ID)
        return;
    by->several = by->several || (by->one != RP_NO_ID && by->one != practitioner);
    by->one = practitioner;
}

static void join(fidelity_by *by, const fidelity_by *other) {
    fidelity_by_add(by, other->one);
    by->several = by->several || other->several;
}

void fidelity_tally_add(fidelity_tally *tally, const fidelity_by *by) {
    if (tally->people++ == 0)
        tally->by = (fidelity_by){RP_NO_ID, false};
    join(&tally->by, by);
}

/* A line of which no practitioner is recorded is nobody's. */
static bool is_of_one(const fidelity_tally *tally) {
    return tally->people > 0 && tally->by.one != RP_NO_ID && !tally->by.several;
}

static fidelity_tally sum_of(const fidelity_tally *lines, size_t n, uint32_t set) {
    fidelity_tally sum = {0, {RP_NO_ID, false}};
    for (size_t i = 0; i < n; i++)
        if ((set >> i & 1) != 0 && lines[i].people > 0) {
            sum.people += lines[i].people;
            join(&sum.by, &lines[i].by);
        }
    return sum;
}

/* The line of the fewest people, but of some, that is not in the set; n: there is none. */
static size_t smallest_but(const fidelity_tally *lines, size_t n, uint32_t set) {
    size_t found = n;
    for (size_t i = 0; i < n; i++)
        if ((set >> i & 1) == 0 && lines[i].people > 0 && (found == n || lines[i].people < lines[found].people))
            found = i;
    return found;
}

uint32_t fidelity_together(const fidelity_tally *lines, size_t n) {
    assert(n <= 32);
    uint32_t set = 0;
    for (size_t i = 0; i < n; i++)
        set |= is_of_one(&lines[i]) ? UINT32_C(1) << i : 0;
    for (;;) {
        fidelity_tally sum = sum_of(lines, n, set);
        size_t next = smallest_but(lines, n, set);
        if (!is_of_one(&sum) || next == n)
            return set;
        set |= UINT32_C(1) << next;
    }
}
