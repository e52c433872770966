#include "script/calls.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace assay {
namespace {

constexpr std::size_t k_depth_limit = 100;
using Kind = Token::Kind;

bool is_mark(const Token& token, char mark) { return token.kind == Kind::mark && token.text[0] == mark; }
bool is_name(const Token& token, const char* name) { return token.kind == Kind::name && token.text == name; }

// The first token of the dotted name that ends before `bracket`; `bracket` itself when nothing is called there.
std::size_t name_begin(const std::vector<Token>& tokens, std::size_t bracket) {
    std::size_t at = bracket;
    while (at > 0 && tokens[at - 1].kind == Kind::name) {
        --at;
        if (at == 0 || !is_mark(tokens[at - 1], '.')) break;
        --at;
    }
    return at;
}

bool is_word_of_the_language(const std::string& name) {
    static const std::set<std::string> k_words = {"if",     "elif",   "while", "for",  "in",     "and",
                                                  "or",     "not",    "is",    "del",  "return", "yield",
                                                  "assert", "lambda", "print", "else", "with"};
    return k_words.contains(name);
}

struct Open {
    char mark = '(';
    int call = -1;  // index into calls; -1 for other brackets
};

class Reader {
public:
    explicit Reader(const std::vector<Token>& tokens) : tokens_(tokens) {}

    std::vector<Call> run() {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            const Token& token = tokens_[i];
            if (token.kind == Kind::end_of_line) open_.clear();  // brackets that are never closed
            if (token.kind != Kind::mark) continue;
            if (is_mark(token, '(') || is_mark(token, '[') || is_mark(token, '{')) open(i);
            if (is_mark(token, ')') || is_mark(token, ']') || is_mark(token, '}')) close(i);
            if (is_mark(token, ',') && !open_.empty()) end_argument(open_.back().call, i);
        }
        return std::move(calls_);
    }

private:
    int enclosing_call() const {
        for (auto it = open_.rbegin(); it != open_.rend(); ++it) {
            if (it->call >= 0) return it->call;
        }
        return -1;
    }

    void open(std::size_t i) {
        int made = -1;
        const std::size_t begin = name_begin(tokens_, i);
        const bool defines = begin > 0 && (is_name(tokens_[begin - 1], "def") || is_name(tokens_[begin - 1], "class"));
        const bool called = is_mark(tokens_[i], '(') && begin < i && !defines && open_.size() < k_depth_limit;
        if (called && !is_word_of_the_language(tokens_[i - 1].text)) {
            Call call;
            for (std::size_t t = begin; t < i; ++t) call.name += tokens_[t].text;
            if (call.name.starts_with('.')) call.name = "()" + call.name;
            call.line = tokens_[begin].line;
            call.begin = begin;
            call.end = tokens_.size();
            call.within = enclosing_call();
            call.arguments.push_back({"", {i + 1, i + 1}});
            made = static_cast<int>(calls_.size());
            calls_.push_back(std::move(call));
        }
        open_.push_back({tokens_[i].text[0], made});
    }

    void close(std::size_t i) {
        if (open_.empty()) return;
        const int call = open_.back().call;
        open_.pop_back();
        if (call < 0) return;
        end_argument(call, i);
        Call& closed = calls_[static_cast<std::size_t>(call)];
        closed.arguments.pop_back();  // the one that would come next
        closed.end = i + 1;
    }

    // The argument before a comma or the end; the next one begins behind it.
    void end_argument(int index, std::size_t i) {
        if (index < 0) return;
        std::vector<Argument>& arguments = calls_[static_cast<std::size_t>(index)].arguments;
        Argument& last = arguments.back();
        last.value.end = i;
        const Span s = last.value;
        if (s.end - s.begin >= 2 && tokens_[s.begin].kind == Kind::name && is_mark(tokens_[s.begin + 1], '=') &&
            (s.end - s.begin == 2 || !is_mark(tokens_[s.begin + 2], '='))) {
            last.keyword = tokens_[s.begin].text;
            last.value.begin += 2;
        }
        if (last.value.empty() && last.keyword.empty()) arguments.pop_back();
        arguments.push_back({"", {i + 1, i + 1}});
    }

    const std::vector<Token>& tokens_;
    std::vector<Call> calls_;
    std::vector<Open> open_;
};

std::optional<Json> number_value(const std::string& text, bool negative) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return Json(negative ? -value : value);
}

std::optional<Json> list_value(const std::vector<Token>& tokens, Span span) {
    Json::Array items;
    std::size_t begin = span.begin + 1;
    for (std::size_t i = begin; i < span.end; ++i) {
        const bool last = i + 1 == span.end;
        if (!last && !is_mark(tokens[i], ',')) continue;
        if (i > begin) {
            const Span item{begin, i};
            if (is_mark(tokens[begin], '[') || is_mark(tokens[begin], '(')) return std::nullopt;  // no nesting
            const auto value = literal_value(tokens, item);
            if (!value) return std::nullopt;
            items.push_back(*value);
        }
        begin = i + 1;
    }
    return Json(std::move(items));
}

}  // namespace

std::string Call::last_name() const { return name.substr(name.find_last_of('.') + 1); }

const Argument* Call::keyword(const std::string& wanted) const {
    const auto it =
        std::find_if(arguments.begin(), arguments.end(), [&](const Argument& a) { return a.keyword == wanted; });
    return it == arguments.end() ? nullptr : &*it;
}

std::vector<Call> python_calls(const std::vector<Token>& tokens) {
    std::vector<Call> calls = Reader(tokens).run();
    // One that was never closed still waits for its next argument.
    for (Call& call : calls) {
        while (!call.arguments.empty() && call.arguments.back().value.empty()) call.arguments.pop_back();
    }
    return calls;
}

std::optional<Json> literal_value(const std::vector<Token>& tokens, Span span) {
    if (span.empty()) return std::nullopt;
    const Token& first = tokens[span.begin];
    const std::size_t size = span.end - span.begin;
    if (size == 1) {
        if (first.kind == Kind::string) return first.computed ? std::nullopt : std::optional<Json>(first.text);
        if (first.kind == Kind::number) return number_value(first.text, false);
        if (is_name(first, "True") || is_name(first, "False")) return Json(first.text == "True");
        return is_name(first, "None") ? std::optional<Json>(Json()) : std::nullopt;
    }
    const Token& second = tokens[span.begin + 1];
    if (size == 2 && is_mark(first, '-') && second.kind == Kind::number) return number_value(second.text, true);
    const Token& last = tokens[span.end - 1];
    const bool list = (is_mark(first, '[') && is_mark(last, ']')) || (is_mark(first, '(') && is_mark(last, ')'));
    return list ? list_value(tokens, span) : std::nullopt;
}

std::string span_text(const std::vector<Token>& tokens, Span span) {
    std::string text;
    for (std::size_t i = span.begin; i < span.end; ++i) {
        const Token& token = tokens[i];
        const bool word = token.kind == Kind::name || token.kind == Kind::number;
        const bool after_word =
            i > span.begin && (tokens[i - 1].kind == Kind::name || tokens[i - 1].kind == Kind::number);
        if (word && after_word) text += ' ';
        text += token.kind == Kind::string ? "'" + token.text + "'" : token.text;
    }
    return text;
}

std::vector<std::string> imported_modules(const std::vector<Token>& tokens) {
    std::set<std::string> modules;
    bool begins = true, importing = false;  // at the first token of a statement; behind `import` and its commas
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        const bool after_import = importing && (is_name(tokens[i - 1], "import") || is_mark(tokens[i - 1], ','));
        const bool after_from = i >= 1 && is_name(tokens[i - 1], "from") &&
                                (i == 1 || tokens[i - 2].kind == Kind::end_of_line || is_mark(tokens[i - 2], ';'));
        if (token.kind == Kind::name && (after_import || after_from)) modules.insert(token.text);
        if (begins && is_name(token, "import")) importing = true;
        begins = token.kind == Kind::end_of_line || is_mark(token, ';') || is_mark(token, ':');
        if (begins) importing = false;
    }
    return {modules.begin(), modules.end()};
}

}  // namespace assay
