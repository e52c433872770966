// A folder with a table of runs and the files that it names.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "core/npy.hpp"
#include "import/import.hpp"

namespace assay::testing {

// n x 2 probabilities; `p` of class 0 in every row.
inline std::string answers_npy(double p, std::size_t n = 20) {
    std::vector<float> values;
    for (std::size_t i = 0; i < n; ++i) {
        values.push_back(static_cast<float>(p));
        values.push_back(static_cast<float>(1 - p));
    }
    return write_npy(array_of<float>(NumericType::float32, {n, 2}, values));
}

inline std::string labels_npy(std::size_t n = 20, std::int64_t largest = 1) {
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(i % 2 == 0 ? 0 : largest);
    return write_npy(array_of<std::int64_t>(NumericType::int64, {n}, values));
}

// Files a.npy to d.npy, all different; labels.npy; and ones with a defect each.
struct Tables {
    TemporaryDirectory folder;

    Tables() {
        for (const char letter : {'a', 'b', 'c', 'd'})
            write(std::string(1, letter) + ".npy", answers_npy(0.5 + 0.1 * (letter - 'a')));
        write("labels.npy", labels_npy());
        write("short.npy", answers_npy(0.5, 19));
        write("logits.npy", write_npy(array_of<float>(NumericType::float32, {1, 2}, std::vector<float>{3.0F, -1.0F})));
        write("nan.npy", answers_npy(std::nan("")));
        write("damaged.npy", "PK no array");
        write("other_labels.npy",
              write_npy(array_of<std::int64_t>(NumericType::int64, {20}, std::vector<std::int64_t>(20))));
        write("labels_19.npy", labels_npy(19));
        write("labels_to_7.npy", labels_npy(20, 7));
        make_directories(folder.path() / "a_folder");
    }
    void write(const std::string& name, const std::string& bytes) const {
        write_file_atomic(folder.path() / name, bytes);
    }
    ImportedAudit import(const std::string& text, const std::string& name = "") const {
        return import_table(text, folder.path() / "runs.csv", name);
    }
};

}  // namespace assay::testing
