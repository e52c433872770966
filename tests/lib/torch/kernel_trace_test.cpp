#include "torch/kernel_trace.hpp"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <thread>

namespace assay {
namespace {

const at::Tensor& square() {
    static const at::Tensor k_square = at::ones({8, 8});
    return k_square;
}

TraceFingerprint trace_of(const std::function<void()>& work) {
    square();  // made before the first trace, not in it
    KernelTrace trace;
    trace.on();
    work();
    trace.off();
    const auto result = trace.finish("first");
    EXPECT_TRUE(result) << trace.problem();
    return result.value_or(TraceFingerprint{});
}

TEST(KernelTrace, SeesOperationsWithTypesAndShapesInOrder) {
    const at::Tensor a = at::ones({2, 3}), b = at::ones({3, 4}, at::kDouble);
    KernelTrace trace(true);
    trace.on();
    const at::Tensor c = at::mm(a, b.to(at::kFloat));
    trace.off();
    at::relu(c);
    std::vector<std::string> own;
    for (const std::string& line : trace.operations()) {
        if (!line.starts_with(" ")) own.push_back(line);
    }
    EXPECT_EQ(own, (std::vector<std::string>{"aten::to Double[3,4]", "aten::mm Float[2,3] Float[3,4]"}));
    EXPECT_GT(trace.operations().size(), 2U) << "what an operation calls is seen, too";
    EXPECT_EQ(trace.finish("first")->operations, trace.operations().size());
}

TEST(KernelTrace, TheSameWorkGivesTheSameDigests) {
    const auto work = [] {
        const c10::InferenceMode mode;
        at::Tensor x = square();
        for (int i = 0; i < 3; ++i) x = at::relu(at::addmm(square()[0], x, square()));
        at::nll_loss_forward(at::_log_softmax(x, 1, false), at::zeros({8}, at::kLong), {}, at::Reduction::Mean, -100);
    };
    const TraceFingerprint first = trace_of(work);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(trace_of(work), first);
    EXPECT_EQ(first.structure.size(), 32U);
    EXPECT_NE(first.structure, first.implementation);
}

TEST(KernelTrace, AnotherOperationTypeShapeOrNumberIsAnotherStructure) {
    const std::string base = trace_of([] { at::sum(square(), 0); }).structure;
    EXPECT_EQ(trace_of([] { at::sum(square() * 2, 0); }).structure == base, false);
    EXPECT_NE(trace_of([] { at::mean(square(), 0); }).structure, base) << "name";
    EXPECT_NE(trace_of([] { at::sum(square(), 1); }).structure, base) << "dimension";
    const at::Tensor wide = at::ones({8, 9}), twice = at::ones({8, 8}, at::kDouble);
    EXPECT_NE(trace_of([&] { at::sum(wide, 0); }).structure, base) << "shape";
    EXPECT_NE(trace_of([&] { at::sum(twice, 0); }).structure, base) << "type";
    EXPECT_NE(trace_of([] {
                  at::sum(square(), 0);
                  at::sum(square(), 0);
              }).structure,
              base)
        << "number of calls";
}

TEST(KernelTrace, ValuesArePartOfNeither) {
    const at::Tensor other = at::full({8, 8}, 7.5);
    EXPECT_EQ(trace_of([&] { at::add(other, other, 0.25); }), trace_of([] { at::add(square(), square(), 0.5); }));
}

// oneDNN off: the same convolution, by another kernel.
TEST(KernelTrace, AnotherBackendIsTheSameStructureWithAnotherImplementation) {
    if (!at::hasMKLDNN()) GTEST_SKIP() << "this libtorch has no oneDNN";
    const c10::InferenceMode mode;
    const at::Tensor x = at::ones({2, 1, 28, 28}), w = at::ones({4, 1, 3, 3});
    const auto work = [&] { at::conv2d(x, w); };
    at::globalContext().setUserEnabledMkldnn(true);
    const TraceFingerprint with = trace_of(work);
    at::globalContext().setUserEnabledMkldnn(false);
    const TraceFingerprint without = trace_of(work);
    at::globalContext().setUserEnabledMkldnn(true);
    EXPECT_EQ(with.structure, without.structure);
    EXPECT_NE(with.implementation, without.implementation);
}

TEST(KernelTrace, OtherThreadsMakeItIncompleteAndItSaysSo) {
    KernelTrace trace;
    trace.on();
    at::relu(square());
    std::thread([] { at::relu(square()); }).join();
    trace.off();
    EXPECT_FALSE(trace.finish("first"));
    EXPECT_NE(trace.problem().find("other threads"), std::string::npos);
}

TEST(KernelTrace, RegistersNothingWhileItIsOff) {
    KernelTrace trace(true);
    EXPECT_FALSE(at::hasGlobalCallbacks());
    trace.on();
    EXPECT_TRUE(at::hasGlobalCallbacks());
    trace.off();
    EXPECT_FALSE(at::hasGlobalCallbacks());
    at::relu(square());
    EXPECT_TRUE(trace.operations().empty());
    {
        KernelTrace forgotten;
        forgotten.on();
    }
    EXPECT_FALSE(at::hasGlobalCallbacks()) << "a trace that is dropped is off";
}

TEST(KernelTrace, GoesOnAfterAPauseAndALongOne) {
    const TraceFingerprint once = trace_of([] {
        for (int i = 0; i < 3000; ++i) at::neg(square());
    });
    KernelTrace trace;
    for (int part = 0; part < 3; ++part) {
        trace.on();
        for (int i = 0; i < 1000; ++i) at::neg(square());
        trace.off();
        trace.finish("first");  // looked at in between
    }
    EXPECT_EQ(trace.finish("first"), once);
}

// With autograd's graph the way back runs on the calling thread of a CPU.
TEST(KernelTrace, SeesTheWayBackOfAutograd) {
    const auto work = [] {
        at::Tensor w = at::ones({8, 8}).set_requires_grad(true);
        at::mm(square(), w).sum().backward();
    };
    EXPECT_EQ(trace_of(work), trace_of(work));
}

}  // namespace
}  // namespace assay
