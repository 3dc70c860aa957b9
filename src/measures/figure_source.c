/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a figure comes from. No norm, cut-off or threshold goes without: one that names no source in a map is the map's
 * own, and one that names none in an instrument file is refused. */
#include "measures/measures_private.h"

rp_figure_source rp_figure_source_none(void) {
    return (rp_figure_source){.text = "", .licence = "", .from = RP_NO_DATE, .to = RP_NO_DATE, .confirmed = true};
}

static bool read_date(const rp_definition *d, const json_t *from, const char *key, const char *where, rp_date *out) {
    const char *text = NULL;
    if (!rp_json_text(from, key, where, &text, d->error))
        return false;
    if (!text || rp_date_parse(rp_text_of(text), out))
        return true;
    rp_fail(d->error, RP_E_RULE, "\"%s\" in %s is \"%s\", which is no date.", key, where, text);
    return rp_fail_remedy(d->error, "Write a date that exists as YYYY-MM-DD.");
}

static bool read_confirmed(const rp_definition *d, const json_t *from, const char *where, bool *out) {
    if (!rp_json_bool(from, "confirmed", where, out, d->error))
        return false;
    if (json_is_boolean(json_object_get(from, "confirmed")))
        return true;
    rp_fail(d->error, RP_E_RULE, "\"confirmed\" is missing in %s.", where);
    return rp_fail_remedy(d->error,
                          "Write true where the figure was read in its source, false where it was recalled or "
                          "read second-hand.");
}

static bool read_source(const rp_definition *d, const json_t *from, const char *where, rp_figure_source *out) {
    static const char *const known[] = {"text", "licence", "from", "to", "confirmed"};
    rp_figure_source source = rp_figure_source_none();
    const char *text = NULL, *licence = "";
    if (!rp_json_only(from, where, known, sizeof known / sizeof *known, d->error) ||
        !rp_json_need_text(from, "text", where, &text, d->error) ||
        !rp_json_text(from, "licence", where, &licence, d->error) || !read_date(d, from, "from", where, &source.from) ||
        !read_date(d, from, "to", where, &source.to) || !read_confirmed(d, from, where, &source.confirmed))
        return false;
    if (text[0] == '\0')
        return rp_fail(d->error, RP_E_RULE, "\"text\" in %s is empty: it should say where the figure comes from.",
                       where);
    if (source.from != RP_NO_DATE && source.to != RP_NO_DATE && source.from > source.to)
        return rp_fail(d->error, RP_E_RULE, "\"from\" in %s is after \"to\".", where);
    source.text = rp_definition_copy(d, text);
    source.licence = rp_definition_copy(d, licence);
    if (!source.text || !source.licence)
        return false;
    *out = source;
    return true;
}

bool rp_figure_source_read(const rp_definition *d, const json_t *sources, const char *name, const char *where,
                           rp_figure_source *out) {
    const json_t *own = sources ? json_object_get(sources, name) : NULL;
    if (own && !json_is_null(own)) {
        const char *part = rp_definition_part(d, where, "source of", name);
        return part && read_source(d, own, part, out);
    }
    if (!d->default_source) {
        rp_fail(d->error, RP_E_RULE, "%s gives \"%s\" without a source.", where, name);
        return rp_fail_remedy(d->error, "Say in \"sources\" where it comes from: {\"%s\": {\"text\", \"confirmed\"}}.",
                              name);
    }
    *out = rp_figure_source_none();
    out->text = d->default_source;
    return true;
}
