#include "trainer/own_progress.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

constexpr std::size_t k_piece_bytes = 64 << 10, k_line_bytes = 1 << 10;

bool is_preset(const std::string& how) { return how == "keras" || how == "lightning" || how == "tqdm"; }

// Named groups become plain ones, which is all that std::regex knows; false where `of` comes first.
std::string plain_groups(std::string pattern, bool& step_first) {
    const auto place = [&](const char* name) {
        return std::min(pattern.find(std::string("(?<") + name), pattern.find(std::string("(?P<") + name));
    };
    step_first = !(place("of>") < place("step>"));
    for (const char* group : {"(?<step>", "(?P<step>", "(?<of>", "(?P<of>"}) {
        const std::size_t at = pattern.find(group);
        if (at != std::string::npos) pattern.replace(at, std::string_view(group).size(), "(");
    }
    return pattern;
}

double number_of(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<Reached> share_of(double step, double of) {
    if (!(of > 0) || !(step >= 0)) return std::nullopt;
    return Reached{std::min(1.0, step / of), ""};
}

// "45/100", of a bar or at the beginning of a line of Keras.
const std::regex& steps_pattern() {
    static const std::regex k_steps("(?:^|[|\\s])(\\d{1,15})/(\\d{1,15})(?![\\d/])");
    return k_steps;
}

}  // namespace

std::optional<std::string> progress_problem(const std::string& how) {
    if (is_preset(how)) return std::nullopt;
    if (how.size() > 200) return "it is longer than 200 characters";
    try {
        bool step_first = true;
        const std::regex pattern(plain_groups(how, step_first));
        if (pattern.mark_count() == 2) return std::nullopt;
        return "a regular expression needs two groups, the step and how many there are; it has " +
               std::to_string(pattern.mark_count());
    } catch (const std::regex_error&) {
        return "it is no regular expression";
    }
}

OwnProgress::OwnProgress(const std::string& how) : how_(how) {
    if (!is_preset(how)) pattern_ = std::regex(plain_groups(how, step_first_));
}

void OwnProgress::printed(std::string_view piece) {
    if (piece.size() > k_piece_bytes) {
        line_.clear();
        piece.remove_prefix(piece.size() - k_piece_bytes);
    }
    for (const char c : piece) {
        if (c == '\n' || c == '\r') {
            look_at(line_);
            line_.clear();
        } else if (line_.size() < k_line_bytes) {
            line_ += c;
        }
    }
    if (!line_.empty()) look_at(line_);  // a bar that waits for its next \r
}

void OwnProgress::take(double epoch_before, double epochs, double step, double of) {
    const auto within = share_of(step, of);
    if (!within) return;
    if (epochs > 0) {
        reached_ = share_of(epoch_before + within->share, epochs);
    } else {
        reached_ = within;
        if (in_epoch_) reached_->epoch = "epoch " + std::to_string(static_cast<long long>(epoch_before));
    }
}

void OwnProgress::look_at(const std::string& line) {
    static const std::regex k_epoch("Epoch\\s+(\\d{1,9})(?:/(\\d{1,9}))?");
    static const std::regex k_tqdm("(\\d{1,15})/(\\d{1,15}) \\[");
    std::smatch match;
    if (!is_preset(how_)) {
        if (!std::regex_search(line, match, pattern_)) return;
        const double first = number_of(match[1]), second = number_of(match[2]);
        if (const auto share = step_first_ ? share_of(first, second) : share_of(second, first)) reached_ = share;
        return;
    }
    if (how_ == "tqdm") {
        if (std::regex_search(line, match, k_tqdm)) take(0, 0, number_of(match[1]), number_of(match[2]));
        return;
    }
    const double from = how_ == "keras" ? 1 : 0;  // the number of the first epoch
    std::string rest = line;
    if (std::regex_search(line, match, k_epoch)) {
        in_epoch_ = true;
        epoch_ = number_of(match[1]) - from;
        epochs_ = match[2].matched ? number_of(match[2]) + (from == 1 ? 0 : 1) : 0;
        if (epochs_ > 0) reached_ = share_of(epoch_, epochs_);
        rest = match.suffix();
    }
    if (in_epoch_ && std::regex_search(rest, match, steps_pattern()))
        take(epoch_, epochs_, number_of(match[1]), number_of(match[2]));
}

std::optional<Reached> reached_in_lines(std::string_view text) {
    const std::vector<std::string> lines = split_lines(text);
    for (auto it = lines.rbegin(); it != lines.rend(); ++it) {
        try {
            const Json json = parse_json(*it, "progress.jsonl");
            const Json* const step = json.is_object() ? json.find("step") : nullptr;
            const Json* const of = json.is_object() ? json.find("of") : nullptr;
            if (step == nullptr || of == nullptr || !step->is_number() || !of->is_number()) continue;
            if (const auto share = share_of(step->as_number(), of->as_number())) return share;
        } catch (const Error&) {  // half a line
        }
    }
    return std::nullopt;
}

}  // namespace assay
