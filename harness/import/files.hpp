// The files that a table of runs names: answers, true labels, weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/run.hpp"

namespace assay {

struct AnswerFile {
    MemberRef file;  // as .npy
    std::size_t n_inputs = 0, n_classes = 0;
    std::string diverged;  // why the answers are no probabilities but an outcome: NaN or infinities; else empty
};

struct LabelFile {
    MemberRef file;  // as .npy of int64, so that equal labels are equal bytes
    std::size_t count = 0;
    std::int64_t least = 0, largest = 0;
};

// Reads each path once, however many rows name it. Paths are relative to `folder`. A name that ends in .csv is a table
// of numbers, with or without a line of names above; anything else is an .npy file (or .safetensors for weights).
// Every function throws Error I0107 (exit 74: missing, not a plain file, damaged) or I0108 (exit 2: read, but not what
// it should be: probabilities [inputs, classes], whole numbers).
class TableFiles {
public:
    explicit TableFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    const AnswerFile& answers(const std::string& path);
    const LabelFile& labels(const std::string& path);
    const std::vector<TensorDigest>& weights(const std::string& path);

    // What `answers` and `labels` read, by SHA-256.
    std::map<std::string, std::string>& objects() { return objects_; }

private:
    MemberRef keep(std::string bytes);

    std::filesystem::path folder_;
    std::map<std::string, AnswerFile> answers_;
    std::map<std::string, LabelFile> labels_;
    std::map<std::string, std::vector<TensorDigest>> weights_;
    std::map<std::string, std::string> objects_;
};

}  // namespace assay
