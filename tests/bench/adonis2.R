# vegan's adonis2 on the numbers that peer_bench wrote, and two ways to all distances in R. One JSON line.
#   Rscript adonis2.R FOLDER [--slow]
# --slow: dist(), too, which takes minutes.
suppressMessages(library(vegan))

words <- commandArgs(trailingOnly = TRUE)
runs <- 100L
level <- factor(rep(1:4, 25))
seed <- factor(rep(1:25, each = 4))

read_numbers <- function(name, count, size)
  readBin(file.path(words[1], name), "double", n = count, size = size, endian = "little")
processor_s <- function(work) {
  before <- proc.time()
  force(work)
  taken <- proc.time() - before
  sum(taken[c("user.self", "sys.self")])
}
number <- function(x) format(x, digits = 17, scientific = TRUE)
tested <- function(table, row, cpu_s)
  sprintf('{"f":%s,"p":%s,"cpu_s":%s}', number(table[row, "F"]), number(table[row, "Pr(>F)"]), number(cpu_s))

d <- as.dist(sqrt(matrix(read_numbers("d2.f64", runs^2, 8), runs)))
set.seed(1)
s <- processor_s(table <- adonis2(d ~ level, permutations = 9999))
one_way <- tested(table, "level", s)
# The F of ours needs the seeds in the model; strata alone is the fastest that vegan has, and gives another F.
s <- processor_s(table <- adonis2(d ~ seed + level, permutations = how(nperm = 9999, blocks = seed), by = "terms"))
blocked <- tested(table, "level", s)
s <- processor_s(table <- adonis2(d ~ level, permutations = 9999, strata = seed))
strata <- tested(table, "level", s)

answers <- read_numbers("runs.f32", runs * 1e6, 4)
dim(answers) <- c(1e6, runs)  # a column is a run
s <- processor_s({
  roots <- sqrt(answers)
  roots <- roots - rowMeans(roots)
  products <- crossprod(roots)
  d2 <- (outer(diag(products), diag(products), "+") - 2 * products) / (2 * 1e5)
})
ours <- matrix(read_numbers("gram.f64", runs^2, 8), runs)
worst <- max(abs(d2 - ours)[upper.tri(ours)] / ours[upper.tri(ours)])
slow <- ""
if ("--slow" %in% words) {
  rm(roots)
  rows <- t(sqrt(answers))
  slow <- sprintf(',"dist":{"cpu_s":%s}', number(processor_s(dist(rows))))
}
cat(sprintf('{"version":"vegan %s","one_way":%s,"blocked":%s,"strata":%s,"gram":{"cpu_s":%s,"worst":%s}%s}\n',
            packageVersion("vegan"), one_way, blocked, strata, number(s), number(worst), slow))
