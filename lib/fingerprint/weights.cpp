#include "fingerprint/weights.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "core/fields.hpp"
#include "core/fingerprint.hpp"
#include "core/npy_tensor.hpp"
#include "core/tensor_values.hpp"
#include "core/zip.hpp"

namespace assay {
namespace {

constexpr std::string_view k_npy_magic = "\x93NUMPY";

bool is_npz(const std::vector<ZipMember>& members) {
    return std::all_of(members.begin(), members.end(), [](const ZipMember& m) { return m.name.ends_with(".npy"); });
}

std::string note_on_zip(const std::vector<ZipMember>& members) {
    for (const ZipMember& member : members) {
        if (member.name.ends_with("data.pkl")) {
            return "a PyTorch file holds a pickle, and reading one runs what is in it: save the tensors as safetensors";
        }
    }
    return "a zip archive with other members than .npy arrays";
}

std::string note_on_type(const NpyTensor& tensor) {
    return "its array has the type " +
           (tensor.descr.empty() ? "structured" : "'" + printable_line(tensor.descr) + "'") +
           ", which no tensor table has";
}

void close_file(WeightFile& file, const std::string& note) {
    file.container = "bytes";
    file.note = note;
    file.tensors.clear();
    file.storage.clear();
}

// False when its type has no name in a tensor table; the file is then closed.
bool add_array(WeightFile& file, const std::string& name, std::string_view npy) {
    NpyTensor tensor = read_npy_tensor(npy);
    if (tensor.dtype.empty()) {
        close_file(file, note_on_type(tensor));
        return false;
    }
    const std::string& bytes = file.storage.emplace_back(std::move(tensor.bytes));
    file.tensors.push_back({name, tensor.dtype, std::move(tensor.shape), bytes});
    return true;
}

void read_npz(WeightFile& file, std::string_view bytes) {
    const std::vector<ZipMember> members = zip_members(bytes);
    if (!is_npz(members)) return close_file(file, note_on_zip(members));
    file.container = "npz";
    for (const ZipMember& member : members) {
        if (!add_array(file, member.name.substr(0, member.name.size() - 4), zip_content(member))) return;
    }
    std::sort(file.tensors.begin(), file.tensors.end(),
              [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
}

Json names_json(const std::vector<std::vector<std::string>>& groups) {
    Json::Array all;
    for (const auto& group : groups) {
        Json::Array names;
        for (const std::string& name : group) names.push_back(name);
        all.push_back(std::move(names));
    }
    return all;
}

std::vector<std::vector<std::string>> tied_names(const std::vector<TensorDigest>& tensors) {
    std::map<std::tuple<std::string, std::vector<std::uint64_t>, std::string>, std::vector<std::string>> same;
    for (const TensorDigest& t : tensors) same[{t.dtype, t.shape, t.sha256}].push_back(t.name);
    std::vector<std::vector<std::string>> tied;
    for (auto& [key, names] : same) {
        if (names.size() > 1) tied.push_back(std::move(names));
    }
    std::sort(tied.begin(), tied.end());
    return tied;
}

void add_numbers(const TensorView& tensor, WeightsFingerprint& fingerprint) {
    const auto numbers = numbers_of(tensor);
    if (!numbers) {
        ++fingerprint.not_read;
        return;
    }
    fingerprint.numbers.values += numbers->values;
    fingerprint.numbers.nan += numbers->nan;
    fingerprint.numbers.infinite += numbers->infinite;
    fingerprint.numbers.sum_of_squares += numbers->sum_of_squares;
}

[[noreturn]] void damaged(const std::string& what) {
    throw Error("E0202", Exit::unreadable, "not a fingerprint of weights: " + what);
}

TensorDigest tensor_from_json(const Json& json) {
    TensorDigest tensor{json.at("name").as_string(), json.at("dtype").as_string(), {}, json.at("sha256").as_string()};
    for (const Json& dimension : json.at("shape").as_array()) tensor.shape.push_back(size_from_json(dimension));
    if (!is_sha256_hex(tensor.sha256)) damaged("a digest of " + tensor.name);
    return tensor;
}

}  // namespace

WeightFile read_weights(std::string bytes, std::string_view file_name) {
    WeightFile file;
    file.size_bytes = bytes.size();
    file.sha256 = sha256_hex(bytes);
    if (file_name.ends_with(".safetensors") || looks_like_safetensors(bytes)) {
        file.container = "safetensors";
        file.tensors = view_safetensors(file.storage.emplace_back(std::move(bytes)));
    } else if (file_name.ends_with(".npy") || bytes.starts_with(k_npy_magic)) {
        file.container = "npy";
        add_array(file, "arr_0", bytes);
    } else if (file_name.ends_with(".npz") || looks_like_zip(bytes)) {
        read_npz(file, bytes);
    } else {
        close_file(file, "neither safetensors nor .npz nor .npy, the formats that are opened");
    }
    return file;
}

std::optional<TensorNumbers> numbers_of(const TensorView& tensor) {
    const auto reader = element_reader(tensor.dtype);
    if (!reader) return std::nullopt;
    TensorNumbers numbers;
    numbers.values = tensor.bytes.size() / reader->bytes;
    for (std::uint64_t i = 0; i < numbers.values; ++i) {
        const double value = reader->value(tensor.bytes.data() + i * reader->bytes);
        if (std::isnan(value)) {
            ++numbers.nan;
        } else if (std::isinf(value)) {
            ++numbers.infinite;
        } else {
            numbers.sum_of_squares += value * value;
        }
    }
    return numbers;
}

WeightsFingerprint weights_fingerprint(const WeightFile& file) {
    WeightsFingerprint fingerprint;
    fingerprint.container = file.container;
    fingerprint.note = file.note;
    fingerprint.file_sha256 = file.sha256;
    fingerprint.file_size = file.size_bytes;
    fingerprint.tensors = digests_of(file.tensors);
    for (const TensorView& tensor : file.tensors) add_numbers(tensor, fingerprint);
    fingerprint.id = file.container == "bytes" ? file.sha256 : tensor_table_root(fingerprint.tensors);
    fingerprint.tied = tied_names(fingerprint.tensors);
    return fingerprint;
}

Json weights_json(const WeightsFingerprint& fingerprint) {
    Json::Array tensors;
    for (const TensorDigest& tensor : fingerprint.tensors) {
        Json::Array shape;
        for (const std::uint64_t dimension : tensor.shape) shape.push_back(dimension);
        tensors.push_back(Json::Object{
            {"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", std::move(shape)}, {"sha256", tensor.sha256}});
    }
    const TensorNumbers& numbers = fingerprint.numbers;
    const double norm = std::sqrt(numbers.sum_of_squares);
    const bool whole = fingerprint.not_read == 0 && numbers.nan == 0 && numbers.infinite == 0 && std::isfinite(norm) &&
                       fingerprint.container != "bytes";
    return Json::Object{
        {"schema", k_fingerprint_schema},
        {"kind", "weights"},
        {"id", fingerprint.id},
        {"container", fingerprint.container},
        {"note", fingerprint.note},
        {"file", Json::Object{{"sha256", fingerprint.file_sha256}, {"size", fingerprint.file_size}}},
        {"tensors", std::move(tensors)},
        {"tied", names_json(fingerprint.tied)},
        {"values", numbers.values},
        {"nan", numbers.nan},
        {"infinite", numbers.infinite},
        {"not_read", fingerprint.not_read},
        {"norm", whole ? Json(norm) : Json()},
    };
}

WeightsFingerprint weights_from_json(const Json& json) {
    WeightsFingerprint fingerprint;
    try {
        if (json.at("schema") != Json(k_fingerprint_schema) || json.at("kind") != Json("weights"))
            damaged("another kind");
        fingerprint.container = json.at("container").as_string();
        fingerprint.note = json.at("note").as_string();
        fingerprint.file_sha256 = json.at("file").at("sha256").as_string();
        fingerprint.file_size = size_from_json(json.at("file").at("size"));
        for (const Json& tensor : json.at("tensors").as_array())
            fingerprint.tensors.push_back(tensor_from_json(tensor));
        fingerprint.numbers = {size_from_json(json.at("values")), size_from_json(json.at("nan")),
                               size_from_json(json.at("infinite")), 0};
        if (!json.at("norm").is_null()) fingerprint.numbers.sum_of_squares = std::pow(json.at("norm").as_number(), 2);
        fingerprint.not_read = size_from_json(json.at("not_read"));
    } catch (const Error& error) {
        if (error.code() == "E0202") throw;
        damaged(error.what());
    }
    const bool opened = fingerprint.container != "bytes";
    fingerprint.id = opened ? tensor_table_root(fingerprint.tensors) : fingerprint.file_sha256;
    if (!is_sha256_hex(fingerprint.file_sha256) || json.at("id") != Json(fingerprint.id))
        damaged("its id does not fit its tensors: it was edited or damaged");
    fingerprint.tied = tied_names(fingerprint.tensors);
    return fingerprint;
}

}  // namespace assay
