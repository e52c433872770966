#include "cli/explain_pages.hpp"

namespace assay {

namespace {

const MetricPage k_pages[] = {
    {"A", "How far hardware moves the answers, in units of another seed. 0: not at all; 1: as far as a new seed.",
     "The mean distance of runs that differ in hardware alone, over that of runs that differ in the seed.",
     "Pin the hardware setting (pin: {hardware: ...}), or lower the learning rate: training makes rounding grow.",
     "A.hardware.isa: < 0.5"},
    {"R",
     "How much farther apart candidate and baseline are than two runs of the baseline. 1: a new run of the "
     "candidate is just another run of the baseline; 1.25: a quarter farther.",
     "Mean distance over pairs of a candidate and a baseline run with different seeds, over the mean distance of "
     "two "
     "baseline runs; interval by leaving out one seed at a time.",
     "Undo, one at a time, what has changed since the baseline. It moves by a shift of the answers and by a larger "
     "spread; assay diff of the two audits shows run by run.",
     "R: < 1.25"},
    {"accuracy",
     "Share of held-out inputs whose most probable class is the true one. With .baseline: how much is "
     "lost against the baseline's run of the same seed. With .spread: its standard deviation between seeds.",
     "Mean over seeds, t interval; needs labels.npy.",
     "Train longer or with more data; with .baseline, undo what has changed.",
     "accuracy: '>= 0.97'    accuracy.baseline: < 0.5%    accuracy.spread: < 1%"},
    {"churn",
     "Share of labels that differ between the candidate's and the baseline's run of the same seed: what a "
     "user sees when the seed is pinned.",
     "Mean over the seeds that both have; interval over seeds.",
     "Where accuracy is the same, churn alone may still matter to users: the ledger below the gate says how many "
     "answers were fixed, broken, or wrong in another way.",
     "churn.baseline: < 2%"},
    {"collapsed",
     "Share of seeds with a run that answers one class for 98% of the inputs or more, or diverges. Such "
     "runs are in no other figure.",
     "Counted by seeds in every configuration, exact binomial interval. '= 0' is broken by one.",
     "Lower the learning rate, or warm it up.", "collapsed: = 0"},
    {"distance",
     "How far probabilities move between two runs that differ in this alone: squared Hellinger distance, "
     "0 the same, 1 nothing in common.",
     "Mean over held-out inputs and matched pairs; p99 and max look at single inputs.",
     "It moves before labels do: a small distance without flips is rounding.", "distance.hardware: p99 < 0.02"},
    {"ece", "Expected calibration error: how far stated probabilities are from observed frequencies.",
     "15 bins of equal mass. Their edges come from all runs of the configuration together; with .baseline from the "
     "baseline's runs, for both sides. Needs labels.npy.",
     "Biased with few inputs: a rule on nll is usually better.", "ece: < 0.05"},
    {"flips",
     "Share of predicted labels that change between two runs that differ in this alone. 0%: the same "
     "answers, whatever the bits.",
     "Mean over matched pairs in each configuration; interval by leaving out one seed at a time. Seeds are the "
     "sample: inputs never are.",
     "For hardware: pin it, or lower the learning rate. For seeds: a lower learning rate, more data, or the mean "
     "of "
     "several runs.",
     "flips.hardware: < 0.1%    flips.seed.init: < 3%"},
    {"maxdiff", "The largest change of any probability of any input in any such pair.",
     "A maximum of what was run, no estimate: one pair beyond the limit breaks the rule.",
     "Where labels stay, this is rounding: choose the limit well above what a report shows.",
     "maxdiff.hardware: < 1e-4"},
    {"nll", "Mean negative log probability of the true class, in nats. Less is better.",
     "Mean over seeds, t interval; with .baseline the difference to the baseline's run of the same seed.",
     "A probability near 0 can decide it: the report says where one does.", "nll.baseline: < 0.02"},
    {"replay",
     "A run and its repeat in a fresh process: identical when answers, weights and steps agree to the last "
     "bit.",
     "Every repeat is compared; one that differs breaks the rule. Repeats on another machine are reported as "
     "'across "
     "machines' and judge nothing.",
     "assay replay RUN shows where they part. Usual causes: several threads, an unset seed, files in the order of "
     "the "
     "folder, deterministic: false on a GPU.",
     "replay: identical"},
    {"share",
     "What one stream of seeds alone brings back of the variance between runs that share no seed. Shares "
     "overlap and do not add up to 1.",
     "From matched pairs that share all other streams; intervals over blocks or seeds.",
     "A stream with a large share is the one to average over, or to fix.", "share.seed.init: < 50%"},
};

}  // namespace

const std::vector<MetricPage>& metric_pages() {
    static const std::vector<MetricPage> k_all(std::begin(k_pages), std::end(k_pages));
    return k_all;
}

}  // namespace assay
