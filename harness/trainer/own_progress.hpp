// How far a training says that it is, in its own words: the lines of a progress bar, or progress.jsonl.
//
//   keras      "Epoch 3/10", then "45/100 ..." within it
//   lightning  "Epoch 2: 45%|##| 45/100 [..]" (epochs from 0), and "Epoch 2/9 ... 45/100"
//   tqdm       "45%|##| 45/100 [00:12<00:15, ..]"
//   a regular expression (ECMAScript) with two groups, the step and how many there are; (?<step>..) and (?<of>..) may
//   come in either order
#pragma once

#include <cstddef>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace assay {

struct Reached {
    double share = 0;   // of the training, or of its epoch where nobody says how many there are; 0 to 1
    std::string epoch;  // "epoch 2", where the share is of that alone
    friend bool operator==(const Reached&, const Reached&) = default;
};

// Why it names no way to read progress: no preset, and no regular expression with two groups. Nothing when it does.
std::optional<std::string> progress_problem(const std::string& how);

// What was printed comes in pieces. Lines end with \n or \r; of one piece the last 64 KiB are looked at.
class OwnProgress {
public:
    explicit OwnProgress(const std::string& how);  // precondition: no progress_problem
    void printed(std::string_view piece);
    const std::optional<Reached>& reached() const { return reached_; }

private:
    void look_at(const std::string& line);
    void take(double epoch_before, double epochs, double step, double of);
    std::string how_;
    std::regex pattern_;
    bool step_first_ = true;
    std::string line_;  // not ended yet
    double epoch_ = 0, epochs_ = 0;
    bool in_epoch_ = false;
    std::optional<Reached> reached_;
};

// The last line {"step":3,"of":10} of a progress.jsonl, given its end.
std::optional<Reached> reached_in_lines(std::string_view text);

}  // namespace assay
