/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers needed to treat. */
#include <math.h>

#include "rapport/models.h"

rp_number_needed rp_number_needed_of(rp_interval difference) {
    return (rp_number_needed){.estimate = 1 / difference.estimate,
                              .lower = 1 / difference.upper,
                              .upper = 1 / difference.lower,
                              .through_infinity = difference.lower <= 0 && difference.upper >= 0};
}
