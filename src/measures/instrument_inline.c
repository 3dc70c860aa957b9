/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instruments that a map defines, and what a map lays over the rules for change of those that are known. */
#include <assert.h>
#include <string.h>

#include "measures/measures_private.h"

const rp_instrument *rp_instruments_add_inline(rp_instruments *known, const char *name, const json_t *definition,
                                               const char *where, rp_error *error) {
    assert(known && name && where && error);
    rp_definition d = {.arena = rp_instruments_arena(known), .where = where, .error = error};
    d.default_source = rp_definition_copy(&d, where);
    rp_instrument instrument;
    if (!d.default_source || !rp_definition_read(&d, name, definition, &instrument))
        return NULL;
    instrument.is_inline = true;
    return rp_instruments_put(known, &instrument, error);
}
