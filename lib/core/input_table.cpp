#include "core/input_table.hpp"

#include <set>

#include "base/error.hpp"
#include "core/fields.hpp"

namespace assay {
namespace {

constexpr std::string_view k_format = "assay-inputs/1";

Json texts(const std::vector<std::string>& values) { return Json::Array(values.begin(), values.end()); }

Error not_a_table(const std::string& why) {
    return Error("A0108", Exit::unreadable, "a stored table of inputs that is none: " + why);
}

std::vector<std::string> distinct_texts(const Json& json, std::size_t most) {
    std::vector<std::string> out;
    std::set<std::string> seen;
    for (const Json& value : json.as_array()) {
        const std::string& text = value.as_string();
        if (text.empty() || text.size() > k_input_text_bytes) throw not_a_table("a text is empty or too long");
        if (!seen.insert(text).second) throw not_a_table("'" + text + "' stands in it twice");
        out.push_back(text);
    }
    if (out.size() > most) throw not_a_table("too many values");
    return out;
}

Slice slice_from_json(const Json& json, std::size_t n_inputs) {
    Slice slice;
    slice.name = json.at("name").as_string();
    slice.values = distinct_texts(json.at("values"), k_slice_values_max);
    for (const Json& value : json.at("of").as_array()) {
        slice.of.push_back(static_cast<std::size_t>(count_from_json(value)));
        if (slice.of.back() > slice.values.size()) throw not_a_table("a value that it does not list");
    }
    if (slice.of.size() != n_inputs) throw not_a_table("a slice of other inputs");
    return slice;
}

}  // namespace

Json to_json(const InputTable& table) {
    Json::Array slices;
    for (const Slice& slice : table.slices) {
        Json::Array of;
        for (const std::size_t k : slice.of) of.push_back(static_cast<std::uint64_t>(k));
        slices.push_back(Json::Object{{"name", slice.name}, {"of", std::move(of)}, {"values", texts(slice.values)}});
    }
    return Json::Object{{"format", k_format}, {"ids", texts(table.ids)}, {"slices", std::move(slices)}};
}

InputTable input_table_from_json(const Json& json) {
    if (json.at("format").as_string() != k_format)
        throw not_a_table("format '" + json.at("format").as_string() + "'; this assay reads assay-inputs/1");
    InputTable table;
    table.ids = distinct_texts(json.at("ids"), json.at("ids").as_array().size());
    for (const Json& slice : json.at("slices").as_array())
        table.slices.push_back(slice_from_json(slice, table.ids.size()));
    if (table.ids.empty() || table.slices.size() > k_slices_max) throw not_a_table("no input, or too many slices");
    return table;
}

std::vector<std::size_t> inputs_with(const Slice& slice, std::size_t k) {
    std::vector<std::size_t> inputs;
    for (std::size_t i = 0; i < slice.of.size(); ++i) {
        if (slice.of[i] == k) inputs.push_back(i);
    }
    return inputs;
}

}  // namespace assay
