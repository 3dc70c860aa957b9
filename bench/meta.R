# SPDX-License-Identifier: GPL-3.0-or-later
# The same fits by metafor, for bench.sh: Rscript meta.R FILE
suppressMessages(library(metafor))
d <- read.csv(commandArgs(TRUE)[1])
d$es <- seq_len(nrow(d))
say <- function(what, fit) {
    s <- system.time(m <- fit())[["elapsed"]]
    cat(sprintf("  metafor %-29s %6d effects  log-likelihood %.8f  fit %.3f s\n", what, m$k, as.numeric(logLik(m)), s))
    invisible(m)
}
say("one level", function() rma(yi, vi, data = d))
say("study/effect", function() rma.mv(yi, vi, random = ~ 1 | study/es, data = d, sparse = TRUE))
m <- say("study/effect, 2 moderators",
         function() rma.mv(yi, vi, mods = ~ x1 + x2, random = ~ 1 | study/es, data = d, sparse = TRUE))
if (requireNamespace("clubSandwich", quietly = TRUE)) {
    s <- system.time(robust(m, cluster = d$study, clubSandwich = TRUE))[["elapsed"]]
    cat(sprintf("  clubSandwich CR2 %.3f s\n", s))
}
