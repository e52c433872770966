// Everything wrong with a spec, collected so that a person sees it all at once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/place.hpp"

namespace assay {

struct Problem {
    std::string code;  // "S0103"
    Place place;
    std::string message;  // "unknown factor kind 'hyperparamter'"
    std::string caret;    // beside the carets: "did you mean 'hyperparameter'?"
    std::string note;     // below: "kinds: seed, ..."
};

class Problems {
public:
    Problems(std::string_view text, std::filesystem::path path);
    void add(std::string code, const Place& place, std::string message, std::string caret = {}, std::string note = {});
    bool empty() const { return problems_.empty(); }
    // Where `text` stands first at or after `from`; `from` itself when it does not.
    Place find(const Place& from, std::string_view text) const;
    // By position, the first 20, each with its line and carets, each note once; "" when there are none.
    std::string text() const;
    const std::string& first_code() const { return problems_.front().code; }

private:
    std::string one(const Problem& problem, bool with_note) const;
    std::string excerpt(const Problem& problem, const std::string& margin) const;
    std::vector<std::string> lines_;
    std::filesystem::path path_;
    std::vector<Problem> problems_;
};

}  // namespace assay
