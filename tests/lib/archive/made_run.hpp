// Runs made for tests: small, with members of several kinds, the same on every machine.
#pragma once

#include <functional>
#include <string>

#include "archive/store.hpp"
#include "base/error.hpp"

namespace assay::testing {

// A record whose members are not there yet. With `large_env` its env is an object.
inline RunRecord made_record(const std::string& name, bool large_env = false) {
    RunRecord record;
    record.request.trainer = Json::Object{{"kind", "made"}, {"name", name}};
    record.request.params = Json::Object{{"lr", 0.001}};
    record.request.hardware = Json::Object{{"threads", 1}};
    record.request.seeds = {{"init", 7}, {"master", 1}};
    record.state = RunState::completed;
    record.hardware = {record.request.hardware, record.request.hardware};
    record.versions = Json::Object{{"libtorch", large_env ? std::string(1100, 'v') : std::string("1.13.1")}};
    record.metrics = Json::Object{{"accuracy", 0.97}};
    record.weights = {{"0.bias", "F32", {64}, std::string(64, 'b')}};
    record.started = "2026-11-23T00:00:00Z";
    record.host = "host";
    return record;
}

inline std::string made_answers(const std::string& name) {
    std::string bytes = "answers of " + name + ": ";
    for (unsigned i = 0; i < 400; ++i) bytes += static_cast<char>((i * i * 31 + name.size()) % 251);
    return bytes;
}

// Stored; returns the run id.
inline std::string make_run(Store& store, const std::string& name, bool large_env = false) {
    RunRecord record = made_record(name, large_env);
    record.members["log.txt"] = store.put_object("a log\n");
    record.members["predictions.npy"] = store.put_object(made_answers(name));
    return store.put_run(record);
}

// The code of the Error that the action ends with, "" when it ends well; `text` gets its message.
inline std::string code_of(const std::function<void()>& action, std::string* text = nullptr) {
    try {
        action();
    } catch (const Error& error) {
        if (text != nullptr) *text = error.what();
        return error.code();
    }
    return "";
}

inline std::string bytes_written(const std::function<void(const std::function<void(std::string_view)>&)>& write) {
    std::string bytes;
    write([&](std::string_view piece) { bytes += piece; });
    return bytes;
}

}  // namespace assay::testing
