#include "core/answers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/answers_parts.hpp"
#include "core/npy_tensor.hpp"
#include "core/safetensors.hpp"
#include "core/tensor_values.hpp"
#include "core/zip.hpp"

namespace assay {
namespace {

constexpr double k_whole_limit = 9007199254740992.0;  // 2^53: above it a double skips whole numbers
constexpr std::uint64_t k_content_limit = std::uint64_t{4} << 30;

[[noreturn]] void unfit(const std::string& what) { throw Error("N0203", Exit::unreadable, what); }

// Either float32 as it is, float64, or int64.
NumericArray array_of_tensor(const TensorView& tensor, const std::string& name) {
    NumericArray array;
    array.shape.assign(tensor.shape.begin(), tensor.shape.end());
    const auto reader = element_reader(tensor.dtype);
    if (tensor.shape.size() > 8) refuse_answers(name + " has more than 8 dimensions");
    if (!reader) refuse_answers(name + ": the type " + printable_line(tensor.dtype) + " is not read as numbers");
    if (tensor.dtype == "F32" || tensor.dtype == "F64" || tensor.dtype == "I64") {
        array.type = tensor.dtype == "F32"   ? NumericType::float32
                     : tensor.dtype == "F64" ? NumericType::float64
                                             : NumericType::int64;
        array.bytes = tensor.bytes;
        return array;
    }
    const std::size_t count = tensor.bytes.size() / reader->bytes;
    const auto fill = [&]<class T>(NumericType type, T) {
        std::vector<T> values(count);
        for (std::size_t i = 0; i < count; ++i) {
            const double value = reader->value(tensor.bytes.data() + i * reader->bytes);
            if (type == NumericType::int64 && std::abs(value) >= k_whole_limit)
                refuse_answers(name + ": element " + std::to_string(i) + " is beyond 2^53");
            values[i] = static_cast<T>(value);
        }
        array.type = type;
        array.bytes.assign(reinterpret_cast<const char*>(values.data()), count * sizeof(T));
    };
    if (tensor.dtype.find('F') != std::string::npos) {  // F16, BF16
        fill(NumericType::float32, float{});
    } else {
        fill(NumericType::int64, std::int64_t{});
    }
    return array;
}

NumericArray read_npy_numbers(std::string_view bytes, const std::string& name) {
    NpyTensor tensor = read_npy_tensor(bytes);
    if (!tensor.dtype.empty()) return array_of_tensor({"", tensor.dtype, std::move(tensor.shape), tensor.bytes}, name);
    if (tensor.descr.find('O') != std::string::npos) {
        throw Error("N0202", Exit::unreadable,
                    name + " holds Python objects (dtype '" + printable_line(tensor.descr) +
                        "'), a pickle that could run anything: it is not opened; save numbers, .astype('float32')");
    }
    refuse_answers(name + " has the " +
                   (tensor.descr.empty() ? "structured type" : "type '" + printable_line(tensor.descr) + "'") +
                   "; expected numbers");
}

// The one that is called as wanted, or the only one.
template <class Member>
const Member& chosen(const std::vector<Member>& members, std::string_view wanted, std::string_view ending,
                     const std::string& name) {
    std::vector<std::string> names;
    for (const Member& member : members) {
        if (member.name == std::string(wanted) + std::string(ending)) return member;
        names.push_back(elide(printable_line(member.name.substr(0, member.name.size() - ending.size())), 40));
    }
    if (members.size() == 1) return members.front();
    if (names.size() > 8) names.resize(8);
    refuse_answers(name + " holds " + plural(members.size(), "array") + ", none called '" + std::string(wanted) + "'" +
                   (names.empty() ? "" : ": " + join(names, ", ")));
}

NumericArray read_npz_numbers(std::string_view bytes, const std::string& name, std::string_view wanted) {
    const std::vector<ZipMember> members = zip_members(bytes, {.members = 10'000, .bytes = k_content_limit});
    for (const ZipMember& member : members) {
        if (!member.name.ends_with(".npy")) refuse_answers(name + ": " + member.name + " is no array");
    }
    const ZipMember& member = chosen(members, wanted, ".npy", name);
    return read_npy_numbers(zip_content(member), name + ": " + member.name);
}

std::string shape_text(const NumericArray& array) {
    std::vector<std::string> parts;
    for (const std::size_t dimension : array.shape) parts.push_back(std::to_string(dimension));
    return "[" + join(parts, ", ") + "]";
}

bool is_whole(const NumericArray& array) { return array.type == NumericType::int64; }

bool is_column(const NumericArray& array) { return array.shape.size() == 2 && array.shape[1] == 1; }

}  // namespace

void refuse_answers(const std::string& what) { throw Error("N0201", Exit::unreadable, what); }

std::optional<TextNumber> number_in_text(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    TextNumber number;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, number.value);
    if (error != std::errc() || next != end) return std::nullopt;
    number.whole = text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0) == std::string_view::npos &&
                   std::abs(number.value) < k_whole_limit;
    return number;
}

NumericArray array_of_text(std::vector<std::size_t> shape, std::span<const double> values, bool all_whole) {
    if (!all_whole) return array_of(NumericType::float64, std::move(shape), values);
    std::vector<std::int64_t> whole(values.size());
    std::transform(values.begin(), values.end(), whole.begin(),
                   [](double value) { return static_cast<std::int64_t>(value); });
    return array_of<std::int64_t>(NumericType::int64, std::move(shape), whole);
}

bool is_answer_file(std::string_view file_name) {
    constexpr std::string_view k_endings[] = {".npy", ".npz", ".csv", ".json", ".safetensors"};
    return std::any_of(std::begin(k_endings), std::end(k_endings),
                       [&](std::string_view ending) { return file_name.ends_with(ending); });
}

NumberTable read_number_table(std::string_view bytes, const std::string& name, std::string_view wanted) {
    try {
        if (name.ends_with(".csv")) return read_csv_numbers(bytes, name);
        if (name.ends_with(".json")) return read_json_numbers(bytes, name);
        if (name.ends_with(".npz")) return {read_npz_numbers(bytes, name, wanted), {}};
        if (name.ends_with(".safetensors"))
            return {array_of_tensor(chosen(view_safetensors(bytes), wanted, "", name), name), {}};
        if (name.ends_with(".npy")) return {read_npy_numbers(bytes, name), {}};
    } catch (const Error& error) {
        if (error.code().starts_with("N02")) throw;
        refuse_answers(name + ": " + error.what());
    }
    refuse_answers(name + " is no file of answers; expected " + k_answer_endings);
}

Answers answers_of(NumberTable table, const Decision& decision) {
    NumericArray& numbers = table.numbers;
    const std::string shape = shape_text(numbers);
    if (is_column(numbers)) numbers.shape.pop_back();
    if (numbers.shape.empty() || numbers.shape.size() > 2 || numbers.count() == 0)
        unfit("predictions have the shape " + shape + "; expected [inputs, classes], or one number for each input");
    Answers answers{AnswerKind::probabilities, numbers.shape[0], std::move(numbers), std::move(table.ids)};
    const bool list = answers.values.shape.size() == 1;
    if (decision.classes) {
        if (!list || !is_whole(answers.values))
            unfit("predictions " + shape + " are no labels, one whole number for each input, as decision.classes says");
        answers.kind = AnswerKind::labels;
    } else if (decision.scores) {
        if (!list) unfit("predictions " + shape + " are not one score for each input, as decision.threshold says");
        answers.kind = AnswerKind::scores;
    } else if (decision.logits) {
        answers.kind = AnswerKind::logits;
    } else if (list && is_whole(answers.values)) {
        unfit("predictions " + shape +
              " are labels: write decision: {classes: C} into the spec, with the number of "
              "classes; probabilities [inputs, classes] tell more");
    } else if (list) {
        unfit("predictions " + shape +
              " are one number for each input: write decision: {threshold: 0.5} into the "
              "spec where it is the probability of class 1, {logits: true} where it is its logit");
    }
    return answers;
}

}  // namespace assay
