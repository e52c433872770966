// ABI: struct at::RecordFunction has a member that is there only without NDEBUG, so this file must be compiled as
// libtorch was: CMakeLists.txt defines NDEBUG in every build. The self-test finds it out when it is not so.
#include "torch/kernel_trace.hpp"

#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <array>
#include <atomic>
#include <string_view>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "torch/environment.hpp"

namespace assay {

struct KernelTrace::State {
    bool keep = false;
    at::CallbackHandle handle = 0;
    bool registered = false;
    int depth = 0;
    std::uint64_t operations = 0;
    std::uint64_t errors = 0;
    std::atomic<std::uint64_t> elsewhere = 0;  // operations of other threads
    std::string structure, implementation;     // bytes not digested yet
    Xxh3 structure_digest, implementation_digest;
    std::vector<std::string> lines;
    mutable std::string problem;
};

namespace {

using State = KernelTrace::State;

// Callbacks are plain functions: what they write to is found here.
std::atomic<State*> running = nullptr;
thread_local State* mine = nullptr;

constexpr std::size_t k_window = std::size_t{1} << 16;

enum Mark : char { name_end = 0, tensor = 1, undefined_tensor = 2, integer = 3, boolean = 4, list = 5, other = 6 };

void put(std::string& bytes, std::int64_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

void put_tensor(State& state, const at::Tensor& t) {
    std::string& bytes = state.structure;
    if (!t.defined()) {
        bytes += undefined_tensor;
        return;
    }
    const at::IntArrayRef sizes = t.sizes();
    bytes += tensor;
    bytes += static_cast<char>(t.scalar_type());
    bytes += static_cast<char>(sizes.size());
    bytes.append(reinterpret_cast<const char*>(sizes.data()), sizes.size() * sizeof(std::int64_t));
    state.implementation += static_cast<char>(t.device().type());
}

// Whole numbers are part of what is computed (a stride, a dimension); floating-point ones are settings.
void put_value(State& state, const c10::IValue& value) {
    std::string& bytes = state.structure;
    if (value.isTensor()) {
        put_tensor(state, value.toTensor());
    } else if (value.isTensorList()) {
        const auto tensors = value.toTensorList();
        bytes += list;
        put(bytes, static_cast<std::int64_t>(tensors.size()));
        for (std::size_t i = 0; i < tensors.size(); ++i) put_tensor(state, tensors.get(i));
    } else if (value.isInt()) {
        bytes += integer;
        put(bytes, value.toInt());
    } else if (value.isBool()) {
        bytes += boolean;
        bytes += value.toBool() ? '\1' : '\0';
    } else if (value.isIntList()) {
        const auto numbers = value.toIntList();
        bytes += list;
        put(bytes, static_cast<std::int64_t>(numbers.size()));
        for (std::size_t i = 0; i < numbers.size(); ++i) put(bytes, numbers.get(i));
    } else {
        bytes += other;
    }
}

std::string line_of(const at::RecordFunction& function, int depth) {
    std::string line(static_cast<std::size_t>(depth) * 2, ' ');
    line += function.name();
    for (const c10::IValue& value : function.inputs()) {
        if (!value.isTensor() || !value.toTensor().defined()) continue;
        line += std::string(" ") + c10::toString(value.toTensor().scalar_type()) + "[";
        for (const std::int64_t size : value.toTensor().sizes())
            line += (line.back() == '[' ? "" : ",") + std::to_string(size);
        line += "]";
    }
    return line;
}

void flush(std::string& bytes, Xxh3& digest) {
    digest.update(bytes.data(), bytes.size());
    bytes.clear();
}

void record(State& state, const at::RecordFunction& function) {
    const std::size_t begin = state.structure.size();
    state.structure.append(function.name());
    state.structure += name_end;
    for (const c10::IValue& value : function.inputs()) put_value(state, value);
    put(state.implementation, state.depth);
    state.implementation.append(state.structure, begin, std::string::npos);
    if (state.depth > 0) state.structure.resize(begin);  // no call of the program's own
    ++state.operations;
    if (state.keep) state.lines.push_back(line_of(function, state.depth));
    if (state.structure.size() > k_window) flush(state.structure, state.structure_digest);
    if (state.implementation.size() > k_window) flush(state.implementation, state.implementation_digest);
}

// libtorch swallows what a callback throws: errors are counted, so that a broken trace is not taken for a whole one.
std::unique_ptr<at::ObserverContext> start(const at::RecordFunction& function) {
    State* const state = mine;
    if (state == nullptr) {
        if (State* const other = running.load()) ++other->elsewhere;
        return nullptr;
    }
    try {
        record(*state, function);
    } catch (...) {
        ++state->errors;
    }
    ++state->depth;
    return nullptr;
}

void end(const at::RecordFunction&, at::ObserverContext*) {
    if (mine != nullptr) --mine->depth;
}

void switch_on(State& state) {
    if (state.registered) return;
    State* expected = nullptr;
    ASSAY_CHECK(running.compare_exchange_strong(expected, &state));
    mine = &state;
    state.depth = 0;
    state.handle = at::addGlobalCallback(
        at::RecordFunctionCallback(start, end)
            .needsInputs(true)
            .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION, at::RecordScope::USER_SCOPE}));
    state.registered = true;
}

void switch_off(State& state) {
    if (!state.registered) return;
    at::removeCallback(state.handle);
    state.registered = false;
    mine = nullptr;
    running = nullptr;
}

// One addition must be seen as what it is: its name, two tensors, nothing else of the program's own.
bool reports_as_it_should() {
    State state;
    state.keep = true;
    const at::Tensor a = at::ones({2, 3}), b = at::ones({3});
    switch_on(state);
    at::add(a, b);
    switch_off(state);
    return state.errors == 0 && state.depth == 0 && !state.lines.empty() &&
           state.lines[0] == "aten::add Float[2,3] Float[3]";
}

// What the libraries chose, for the digest of the implementation.
std::string choices() { return canonical_json(effective_hardware(Json::Object{})); }

std::string hex_of(const Digest128& digest) {
    std::array<std::uint8_t, 16> bytes;
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(digest.high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<std::uint8_t>(digest.low >> (56 - 8 * i));
    }
    return to_hex(bytes);
}

}  // namespace

KernelTrace::KernelTrace(bool keep_operations) : state_(std::make_unique<State>()) {
    static const bool k_works = reports_as_it_should();
    if (!k_works) throw Error("E0110", Exit::bug, "this libtorch does not report its operations as it should");
    state_->keep = keep_operations;
    state_->structure.reserve(k_window + 4096);
    state_->implementation.reserve(k_window + 4096);
}

KernelTrace::~KernelTrace() { switch_off(*state_); }
void KernelTrace::on() { switch_on(*state_); }
void KernelTrace::off() { switch_off(*state_); }

std::optional<TraceFingerprint> KernelTrace::finish(const std::string& steps) const {
    State& state = *state_;
    ASSAY_CHECK(!state.registered);
    if (state.errors > 0) state.problem = std::to_string(state.errors) + " operations could not be read";
    if (state.elsewhere > 0)
        state.problem = std::to_string(state.elsewhere.load()) + " operations ran on other threads";
    if (!state.problem.empty()) return std::nullopt;
    flush(state.structure, state.structure_digest);
    flush(state.implementation, state.implementation_digest);
    // The digests themselves stay open, so that a trace can go on.
    const std::string context = choices() + hex_of(state.implementation_digest.digest());
    return TraceFingerprint{steps, state.operations, hex_of(state.structure_digest.digest()),
                            hex_of(Xxh3().update(context.data(), context.size()).digest())};
}

const std::string& KernelTrace::problem() const { return state_->problem; }
const std::vector<std::string>& KernelTrace::operations() const { return state_->lines; }

}  // namespace assay
