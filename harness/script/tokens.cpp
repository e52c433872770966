#include "script/tokens.hpp"

#include <cctype>

namespace assay {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        while (at_ < text_.size()) step();
        add(Token::Kind::end_of_line, "");
        return std::move(tokens_);
    }

private:
    char now() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    char next(std::size_t n = 1) const { return at_ + n < text_.size() ? text_[at_ + n] : '\0'; }

    void add(Token::Kind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_, false, indent_}); }

    void begin_line() {
        ++line_;
        ++at_;
        if (depth_ > 0) return;
        const std::size_t first = text_.find_first_not_of(" \t", at_);
        indent_ = static_cast<int>((first == std::string_view::npos ? text_.size() : first) - at_);
    }

    void step() {
        const char c = now();
        if (c == '#') {
            while (at_ < text_.size() && now() != '\n') ++at_;
        } else if (c == '\n') {
            if (depth_ == 0) add(Token::Kind::end_of_line, "");
            begin_line();
        } else if (c == '\\' && next() == '\n') {
            ++line_;
            at_ += 2;
        } else if (const std::size_t prefix = string_prefix(); now_at(prefix) == '\'' || now_at(prefix) == '"') {
            read_string(prefix);
        } else if (is_letter(c)) {
            read_while(Token::Kind::name, [](char x) { return is_letter(x) || is_digit(x); });
        } else if (is_digit(c) || (c == '.' && is_digit(next()))) {
            read_number();
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++at_;
        } else {
            depth_ += c == '(' || c == '[' || c == '{' ? 1 : 0;
            if ((c == ')' || c == ']' || c == '}') && depth_ > 0) --depth_;
            add(Token::Kind::mark, std::string(1, c));
            ++at_;
        }
    }

    char now_at(std::size_t n) const { return next(n); }

    // Letters before a quote that make it another kind of string: r b u f and pairs of them.
    std::size_t string_prefix() const {
        std::size_t n = 0;
        while (n < 2 && std::string_view("rRbBuUfF").find(next(n)) != std::string_view::npos && next(n) != '\0') ++n;
        return n;
    }

    template <class Belongs>
    void read_while(Token::Kind kind, Belongs belongs) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && belongs(now())) ++at_;
        add(kind, std::string(text_.substr(begin, at_ - begin)));
    }

    // Python's underscores are left out: 10_000 is 10000.
    void read_number() {
        std::string number;
        while (at_ < text_.size()) {
            const char c = now();
            const bool sign =
                (c == '+' || c == '-') && !number.empty() && (number.back() == 'e' || number.back() == 'E');
            if (!is_digit(c) && !is_letter(c) && c != '.' && !sign) break;
            if (c != '_') number += c;
            ++at_;
        }
        add(Token::Kind::number, number);
    }

    void read_string(std::size_t prefix) {
        bool raw = false, computed = false;
        for (std::size_t i = 0; i < prefix; ++i) {
            raw = raw || next(i) == 'r' || next(i) == 'R';
            computed = computed || next(i) == 'f' || next(i) == 'F';
        }
        const int begin = line_;
        at_ += prefix;
        const char quote = now();
        const bool triple = next(1) == quote && next(2) == quote;
        at_ += triple ? 3 : 1;
        std::string value = string_value(quote, triple, raw);
        Token* const before = tokens_.empty() ? nullptr : &tokens_.back();
        if (before != nullptr && before->kind == Token::Kind::string) {
            before->text += value;
            before->computed = before->computed || computed;
            return;
        }
        tokens_.push_back({Token::Kind::string, std::move(value), begin, computed, indent_});
    }

    std::string string_value(char quote, bool triple, bool raw) {
        std::string value;
        while (at_ < text_.size()) {
            const char c = now();
            if (c == quote && (!triple || (next(1) == quote && next(2) == quote))) {
                at_ += triple ? 3 : 1;
                return value;
            }
            if (c == '\n' && !triple) return value;  // never closed: the line ends it
            line_ += c == '\n' ? 1 : 0;
            ++at_;
            if (c == '\\' && at_ < text_.size()) {
                take_escape(value, raw);
            } else {
                value += c;
            }
        }
        return value;
    }

    void take_escape(std::string& value, bool raw) {
        const char c = now();
        line_ += c == '\n' ? 1 : 0;
        ++at_;
        if (!raw && c == '\n') return;
        if (!raw && (c == '\\' || c == '\'' || c == '"')) {
            value += c;
        } else if (!raw && (c == 'n' || c == 't')) {
            value += c == 'n' ? '\n' : '\t';
        } else {
            value += '\\';
            value += c;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
    int depth_ = 0;
    int indent_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> python_tokens(std::string_view text) { return Lexer(text).run(); }

}  // namespace assay
