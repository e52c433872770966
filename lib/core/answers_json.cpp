// Numbers from a JSON file: a list of numbers, or a list of lists of them. Not by base/json, which must refuse the NaN
// that Python writes: a run that diverged is an outcome, and its file is read to the end.
#include <array>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/answers_parts.hpp"

namespace assay {
namespace {

struct Scanner {
    std::string_view text;
    const std::string& name;
    std::size_t at = 0;

    void skip_blanks() {
        while (at < text.size() && std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) ++at;
    }
    char peek() {
        skip_blanks();
        return at < text.size() ? text[at] : '\0';
    }
    bool take(char c) {
        if (peek() != c || at >= text.size()) return false;
        ++at;
        return true;
    }
    std::string_view word() const {
        const std::size_t end = text.find_first_of(" \t\r\n,[]{}:\"", at);
        return text.substr(at, end == std::string_view::npos ? end : end - at);
    }
    [[noreturn]] void refuse(const std::string& expected) {
        skip_blanks();
        std::size_t line = 1, begin = 0;
        for (std::size_t i = 0; i < at; ++i) {
            if (text[i] != '\n') continue;
            ++line;
            begin = i + 1;
        }
        const std::string got = at >= text.size() ? "the end of the file"
                                : word().empty()  ? "'" + printable_line(text.substr(at, 1)) + "'"
                                                  : "'" + elide(printable_line(word()), 40) + "'";
        refuse_answers(name + ":" + std::to_string(line) + ":" + std::to_string(at - begin + 1) + ": expected " +
                       expected + ", got " + got);
    }
};

struct JsonNumbers {
    Scanner in;
    std::vector<double> values = {};
    bool all_whole = true;

    bool take_number() {
        const char first = in.peek();
        const std::string_view word = in.word();
        const bool as_python = word == "NaN" || word == "Infinity" || word == "-Infinity";
        const bool as_json = first == '-' || (first >= '0' && first <= '9');
        if (!as_python && (!as_json || word.find_first_not_of("0123456789+-.eE") != std::string_view::npos))
            return false;
        const auto number = number_in_text(word);
        if (!number) return false;
        values.push_back(number->value);
        all_whole = all_whole && number->whole;
        in.at += word.size();
        return true;
    }

    // After the "["; how many numbers it holds.
    std::size_t take_list(const std::string& where) {
        std::size_t count = 0;
        if (in.take(']')) return 0;
        do {
            if (!take_number()) in.refuse("a number (" + where + "column " + std::to_string(count) + ", from 0)");
            ++count;
        } while (in.take(','));
        if (!in.take(']')) in.refuse("a comma or ]");
        return count;
    }
};

}  // namespace

NumberTable read_json_numbers(std::string_view text, const std::string& name) {
    JsonNumbers read{{text, name}};
    Scanner& in = read.in;
    if (!in.take('[')) in.refuse("[, a list of rows");
    std::vector<std::size_t> shape;
    if (in.peek() == '[') {
        std::size_t rows = 0, columns = 0;
        do {
            const std::string row = "row " + std::to_string(rows);
            if (!in.take('[')) in.refuse("[, " + row + " (from 0)");
            const std::size_t count = read.take_list(row + ", ");
            if (rows > 0 && count != columns)
                refuse_answers(name + ": " + row + " (from 0) has " + plural(count, "number") +
                               ", the rows above have " + std::to_string(columns));
            columns = count;
            ++rows;
        } while (in.take(','));
        if (!in.take(']')) in.refuse("a comma or ]");
        shape = {rows, columns};
    } else {
        shape = {read.take_list("")};
    }
    if (in.peek() != '\0' || in.at < text.size()) in.refuse("nothing after the list");
    if (read.values.empty()) refuse_answers(name + " holds no numbers");
    return {array_of_text(std::move(shape), read.values, read.all_whole), {}};
}

}  // namespace assay
