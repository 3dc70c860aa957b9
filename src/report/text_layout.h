/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a given width: words wrapped, columns counted in characters (code points), not bytes. */
#ifndef RAPPORT_REPORT_TEXT_LAYOUT_H
#define RAPPORT_REPORT_TEXT_LAYOUT_H

#include "rapport/report.h"

/* Takes the next line of at most `columns` characters off *rest: broken at blanks and line ends, and within a word only
 * where the word alone is longer. false: nothing is left. */
bool rp_layout_line(rp_text *rest, size_t columns, rp_text *line);
/* A table within `columns`, or, where that is too narrow, a list of its rows. */
void rp_layout_table(rp_buf *out, size_t columns, const rp_answer_table *table);

#endif
