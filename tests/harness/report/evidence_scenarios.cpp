#include "harness/report/evidence_scenarios.hpp"

#include <utility>

namespace assay::testing {
namespace {

Figure figure(double value, double low, double high, std::size_t units = 4) {
    return {value, Interval{low, high}, units, {}};
}
Figure flagged(std::optional<double> value, const std::string& flag, std::size_t units = 1) {
    return {value, std::nullopt, units, {flag}};
}
Figure unbounded(double value, double low) { return {value, Interval{low, std::nullopt}, 4, {"UNBOUNDED"}}; }
Figure dominated(Figure figure) {
    figure.flags.emplace_back("ONE_RUN_DOMINATES");
    figure.dominating = Dominating{"seed.all 3", {"003"}};
    return figure;
}

// All arrangements of two levels in so many seeds.
FactorTest tested(std::string factor, FactorKind kind, std::size_t seeds, std::uint64_t count, double p_holm) {
    FactorTest test;
    test.factor = std::move(factor);
    test.kind = kind;
    test.levels = 2;
    test.seeds = seeds;
    test.runs = 2 * seeds;
    test.f = 3.25;
    test.df_effect = 1;
    test.df_error = seeds - 1;
    test.r2 = 0.0625;
    test.p_count = count;
    test.p_total = std::uint64_t{1} << (seeds - 1);
    test.p = static_cast<double>(count) / static_cast<double>(test.p_total);
    test.p_holm = p_holm;
    test.exhaustive = true;
    test.smallest_p = 1 / static_cast<double>(test.p_total);
    return test;
}

LevelShift shift(std::string first, std::string second, double kappa) {
    return {std::move(first),
            std::move(second),
            figure(kappa / 50, kappa / 100, kappa / 25),
            kappa,
            Interval{kappa / 2, 2 * kappa},
            {},
            {},
            {}};
}
LevelShift with_spread(LevelShift shift, double ratio, double low, double high, double p) {
    shift.spread_ratio = ratio;
    shift.spread_interval = Interval{low, high};
    shift.spread_p = p;
    return shift;
}

HardwareEffect hardware(std::string where, std::string verdict, std::size_t amplified, Interval share, Figure ratio) {
    HardwareEffect effect;
    effect.factor = "hardware.isa";
    effect.where = std::move(where);
    effect.pairs = effect.seeds = 16;
    effect.amplified = amplified;
    effect.label_changes = amplified;
    effect.amplified_share = share;
    effect.effect = figure(0.004, 0.003, 0.005);
    effect.seed_effect = figure(0.02, 0.015, 0.03);
    effect.ratio = std::move(ratio);
    effect.max_d2 = 0.0125;
    effect.verdict = std::move(verdict);
    if (amplified == 0) effect.amplified_bound = 0.1707;
    return effect;
}

// 1 - 0.05^(1/k): python3 -c "for k in (1, 4): print(1 - 0.05 ** (1 / k))"
SelfAudit identical_repeats(std::size_t k) {
    SelfAudit control{k, k, 0, {}, {}};
    control.repeats = k;
    control.nondeterminism_bound = k == 1 ? 0.95 : 0.5271291955;
    return control;
}

RepeatEffect repeat(std::string where, HardwareEffect effect) {
    effect.factor = "nothing";
    effect.where = std::move(where);
    effect.pairs = effect.seeds = 1;
    effect.amplified_ratio = 0.5;
    return {1, {}, std::move(effect)};
}

InputStability inputs(std::string where, double disagreement) {
    InputStability row;
    row.where = std::move(where);
    row.runs = 32;
    row.inputs = 20;
    row.disagreement = disagreement;
    row.top_1 = 0.03;
    row.top_5 = 0.152;
    row.top_10 = 0.304;
    row.near_best = 12;
    row.ambiguity = 0.35;
    row.discrepancy = 0.2;
    row.class_disagreement = {disagreement, 0.0, std::nullopt, disagreement / 2};
    row.test_set_luck = 1.125;
    row.accuracy = figure(0.9125, 0.85, 0.975);
    row.accuracy_variance = 0.0009765625;
    row.accuracy_variance_population = -0.0001220703125;
    return row;
}

}  // namespace

Evidence regular_evidence() {
    Evidence all;
    all.tests = {tested("architecture.model", FactorKind::architecture, 16, 1, 3 / 32768.0),
                 tested("hyperparameter.lr", FactorKind::hyperparameter, 16, 1, 3 / 32768.0),
                 tested("hardware.isa", FactorKind::hardware, 16, 9830, 0.3)};
    all.tests[0].shifts = {shift("dense", "cnn", 0.45)};
    all.tests[1].shifts = {shift("0.001", "0.1", 1.3)};
    all.tests[2].shifts = {shift("avx2", "baseline", -0.002)};
    const std::string where[] = {"dense, lr 0.001", "dense, lr 0.1", "cnn, lr 0.001", "cnn, lr 0.1"};
    all.hardware = {hardware(where[0], "NUMERICAL_ONLY", 0, {0, 0.2059}, figure(1.2e-9, 4e-10, 3.6e-9)),
                    hardware(where[1], "AMPLIFIED", 16, {0.7941, 1}, figure(0.35, 0.21, 0.583)),
                    hardware(where[2], "BITWISE_INVARIANT", 0, {0, 0.2059}, flagged(0, "NONE_OBSERVED", 4)),
                    hardware(where[3], "SOMETIMES_AMPLIFIED", 6, {0.152, 0.6457}, unbounded(0.137, 0.0032))};
    all.hardware[2].bitwise_equal = 16;
    const double labels[] = {0.083, 0.312, 0.083, 0.25};
    for (std::size_t s = 0; s < 4; ++s) {
        SeedShares shares;
        shares.where = where[s];
        shares.variance = figure(0.0046, 0.004, 0.0053);
        shares.population = figure(0.0046, 0.0036, 0.0059);
        shares.streams = {{"seed.init", figure(0.997, 0.97, 1.025), figure(0.081, 0.021, 0.141)},
                          {"seed.shuffle", figure(0.918, 0.85, 0.991), figure(-0.0004, -0.02, 0.019)}};
        shares.components = {{{"seed.init"}, figure(0.0004, 0.0001, 0.0007)},
                             {{"seed.shuffle"}, figure(-0.000002, -0.0001, 0.000096)},
                             {{"seed.init", "seed.shuffle"}, figure(0.0042, 0.0035, 0.0049)}};
        all.seeds.push_back(std::move(shares));
        all.inputs.push_back(inputs(where[s], labels[s]));
    }
    all.inputs[0].no_list = "no run ever disagrees";
    all.inputs[1].unstable = {0, 3, 7, 10, 14};
    all.inputs[1].unstable_false_discovery = 0.0625;
    all.self_audit = identical_repeats(4);
    for (const std::string& one : where) {
        RepeatEffect same =
            repeat(one, hardware("", "BITWISE_INVARIANT", 0, {0, 0.975}, flagged(0, "NONE_OBSERVED", 1)));
        same.effect.bitwise_equal = 1;
        same.effect.amplified_ratio.reset();
        same.nondeterminism_bound = 0.95;
        all.repeats.push_back(std::move(same));
    }
    return all;
}

Evidence troubled_evidence() {
    Evidence all;
    all.tests = {tested("hyperparameter.lr", FactorKind::hyperparameter, 2, 1, 1),
                 tested("hardware.threads", FactorKind::hardware, 2, 1, 1)};
    all.tests[0].shifts = {shift("0.01", "0.1", 0.2)};
    all.tests[0].seeds_left_out = 2;
    for (FactorTest& test : all.tests)
        test.untested = {"UNTESTABLE", "too few seeds to tell a direction from chance; 7 seeds are enough for 2 tests",
                         7, 2};
    all.hardware = {hardware("lr 0.01", "INDETERMINATE", 2, {0.1581, 1}, flagged(0.4, "CI_TOO_FEW_UNITS", 2)),
                    hardware("lr 0.1", "INDETERMINATE", 0, {}, flagged(std::nullopt, "ZERO_DENOMINATOR", 0))};
    for (HardwareEffect& effect : all.hardware) effect.factor = "hardware.threads";
    all.hardware[0].pairs = all.hardware[0].seeds = 2;
    all.hardware[1].pairs = all.hardware[1].seeds = 1;
    all.hardware[1].label_changes = 1;
    all.hardware[1].amplified_share.reset();
    all.hardware[1].amplified_bound.reset();
    all.hardware[1].flags = {"NO_SEED_PAIRS"};
    all.seeds = {{"lr 0.01", dominated(figure(0.03, 0.004, 0.2)), flagged(0.03, "CI_TOO_FEW_UNITS"), {}, {}},
                 {"lr 0.1", flagged(std::nullopt, "NO_PAIRS", 0), {}, {}, {"ALL_IDENTICAL"}}};
    all.inputs = {inputs("lr 0.01", 0.15)};
    all.inputs[0].runs = 6;
    all.inputs[0].near_best = 0;
    all.inputs[0].ambiguity = all.inputs[0].discrepancy = std::nullopt;
    all.self_audit = SelfAudit{2, 1, 2, 0.5, {}, 1, 2, true, 0.5, 2, {}};
    all.repeats = {repeat("lr 0.01", hardware("", "AMPLIFIED", 1, {0.025, 1}, flagged(0.5, "CI_TOO_FEW_UNITS", 2)))};
    return all;
}

Evidence many_settings_evidence() {
    Evidence all;
    for (const std::string decay : {"0", "0.000001", "0.00001", "0.0001", "0.001", "0.01", "0.1", "1"}) {
        const std::string where = "weight_decay " + decay;
        all.seeds.push_back({where, figure(0.012, 0.01, 0.0144, 5), figure(0.012, 0.009, 0.016, 5), {}, {}});
        all.inputs.push_back(inputs(where, 0.1));
        all.inputs.back().runs = 5;
        all.inputs.back().near_best = 5;
        all.inputs.back().test_set_luck.reset();
        all.inputs.back().class_disagreement.clear();
    }
    FactorTest test = tested("hyperparameter.weight_decay", FactorKind::hyperparameter, 5, 1, 1);
    test.levels = 8;
    test.p_total = 9999 + 1;
    test.p = test.p_holm = test.smallest_p = 1e-4;
    test.exhaustive = false;
    for (const std::string second : {"0.000001", "0.00001", "0.0001", "0.001", "0.01", "0.1", "1"})
        test.shifts.push_back(with_spread(shift("0", second, 0.5), 2.5, 1.1, 5.7, 0.031));
    all.tests = {test};
    return all;
}

Evidence three_levels_evidence() {
    Evidence all;
    FactorTest kernel = tested("hardware.matmul_kernel_of_openblas", FactorKind::hardware, 4, 3, 0.0278);
    kernel.levels = 3;
    kernel.p_total = 216;
    kernel.f.reset();
    kernel.f_infinite = true;
    kernel.shifts = {with_spread(shift("Haswell", "SkylakeX", 0.1), 1, 0.8, 1.25, 0.9),
                     with_spread(shift("Haswell", "Prescott-generic-very-old", 0.4), 1.6, 1.2, 2.1, 0.02),
                     with_spread(shift("SkylakeX", "Prescott-generic-very-old", 0.2), 1.6, 1.2, 2.1, 0.02)};
    FactorTest activation = tested("hyperparameter.activation", FactorKind::hyperparameter, 4, 1, 1);
    activation.p.reset();
    activation.p_holm.reset();
    activation.untested = {
        "TOO_FEW_SEEDS_AT_A_LEVEL", "seeds differ from level to level, and a level has fewer than two of them", {}, {}};
    all.tests = {activation, kernel};
    const std::string odd = "activation größer als erwartet, weil sie einen Satz erzählt";
    all.hardware = {hardware("activation relu", "BITWISE_INVARIANT", 0, {0, 0.6024}, flagged(0, "NONE_OBSERVED", 4)),
                    hardware("activation tanh", "INDETERMINATE", 4, {0.3976, 1}, figure(0.8, 0.55, 1.16)),
                    hardware(odd, "SEED_EQUIVALENT", 4, {0.3976, 1}, figure(1.02, 0.91, 1.14))};
    for (HardwareEffect& effect : all.hardware) {
        effect.factor = "hardware.matmul_kernel_of_openblas";
        effect.seeds = 4;
        effect.pairs = 12;
    }
    all.hardware[0].bitwise_equal = 12;
    return all;
}

Evidence blocks_evidence() {
    Evidence all;
    for (const std::string torch : {"torch 1.13", "torch 2.1"}) {
        SeedShares shares;
        shares.where = torch;
        shares.variance = dominated(figure(0.021, 0.016, 0.028, 3));
        shares.population = figure(0.021, 0.013, 0.034, 3);
        shares.streams = {{"seed.init", figure(1, 1, 1, 3), figure(1, 1, 1, 3)},
                          {"seed.dropout", flagged(0, "NONE_OBSERVED", 3), figure(0, 0, 0, 3)}};
        Figure misfit = figure(-0.003, -0.005, -0.001, 3);
        misfit.flags = {"MODEL_MISFIT"};
        shares.components = {{{"seed.init"}, figure(0.021, 0.016, 0.028, 3)},
                             {{"seed.dropout"}, misfit},
                             {{"seed.init", "seed.dropout"}, figure(0.003, 0.001, 0.005, 3)}};
        all.seeds.push_back(std::move(shares));
    }
    FactorTest torch = tested("software.torch", FactorKind::software, 6, 20, 0.625);
    torch.nested = true;
    torch.shifts = {with_spread(shift("1.13", "2.1", 0.25), 1.5, 0.5, 4.5, 0.34)};
    all.tests = {torch};
    return all;
}

Evidence seeds_alone_evidence() {
    Evidence all;
    all.seeds = {{"", flagged(0.018, "CI_TOO_FEW_UNITS", 3), flagged(0.018, "CI_TOO_FEW_UNITS", 3), {}, {}}};
    all.inputs = {inputs("", 0.067)};
    all.inputs[0].runs = all.inputs[0].near_best = 3;
    all.inputs[0].test_set_luck.reset();
    all.inputs[0].class_disagreement.clear();
    all.self_audit = identical_repeats(1);
    return all;
}

}  // namespace assay::testing
