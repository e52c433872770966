#include "fingerprint/machine.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "core/fields.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_file_limit = 16U << 20;

Machine machine_below(const fs::path& root, ProcessFacts facts) {
    const auto place = [root](std::string_view path) { return root / fs::path(path).relative_path(); };
    Machine machine;
    machine.read = [place](std::string_view path) -> std::optional<std::string> {
        try {
            std::string text = read_file(place(path), k_file_limit);
            text.erase(text.find_last_not_of(std::string_view(" \n\t\0", 4)) + 1);
            return text;
        } catch (const Error&) {  // most machines lack most of these files
            return std::nullopt;
        }
    };
    machine.list = [place](std::string_view path) { return list_directory(place(path)); };
    machine.process = std::move(facts);
    return machine;
}

Json flag_json(const std::optional<bool>& flag) { return flag ? Json(*flag) : Json(); }

std::optional<bool> flag_from_json(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional<bool>(json.as_bool());
}

int number_from_json(const Json& json) { return static_cast<int>(json.as_integer()); }

Json libraries_json(const ProcessFacts& facts) {
    Json::Array objects, blas, onednn, openmp;
    for (const LoadedObject& object : facts.objects) objects.push_back(Json::Array{object.path, object.build_id});
    for (const BlasFacts& b : facts.blas) {
        blas.push_back(Json::Object{{"path", b.path},
                                    {"config", b.config},
                                    {"core", b.core},
                                    {"threads", b.threads},
                                    {"parallel", b.parallel}});
    }
    for (const OnednnFacts& o : facts.onednn) {
        onednn.push_back(Json::Object{
            {"path", o.path}, {"version", Json::Array{o.version[0], o.version[1], o.version[2]}}, {"isa", o.isa}});
    }
    for (const OpenmpFacts& o : facts.openmp) {
        openmp.push_back(Json::Object{{"path", o.path}, {"max_threads", o.max_threads}, {"dynamic", o.dynamic}});
    }
    return Json::Object{{"objects", std::move(objects)},
                        {"blas", std::move(blas)},
                        {"onednn", std::move(onednn)},
                        {"openmp", std::move(openmp)}};
}

void read_libraries(const Json& json, ProcessFacts& facts) {
    for (const Json& row : json.at("objects").as_array()) {
        const auto& cells = row.as_array();
        if (cells.size() != 2) throw Error("J0002", Exit::unreadable, "JSON: expected [path, build-id]");
        facts.objects.push_back({cells[0].as_string(), cells[1].as_string()});
    }
    for (const Json& b : json.at("blas").as_array()) {
        facts.blas.push_back({b.at("path").as_string(), b.at("config").as_string(), b.at("core").as_string(),
                              number_from_json(b.at("threads")), number_from_json(b.at("parallel"))});
    }
    for (const Json& o : json.at("onednn").as_array()) {
        const auto& version = o.at("version").as_array();
        if (version.size() != 3) throw Error("J0002", Exit::unreadable, "JSON: expected three numbers of a version");
        facts.onednn.push_back(
            {o.at("path").as_string(),
             {number_from_json(version[0]), number_from_json(version[1]), number_from_json(version[2])},
             number_from_json(o.at("isa"))});
    }
    for (const Json& o : json.at("openmp").as_array()) {
        facts.openmp.push_back(
            {o.at("path").as_string(), number_from_json(o.at("max_threads")), o.at("dynamic").as_bool()});
    }
}

Json gpus_json(const ProcessFacts& facts) {
    Json::Array gpus;
    for (const GpuFacts& gpu : facts.gpus) {
        gpus.push_back(Json::Object{{"name", gpu.name},
                                    {"sm", gpu.sm},
                                    {"ecc", flag_json(gpu.ecc)},
                                    {"mig", flag_json(gpu.mig)},
                                    {"memory_bytes", gpu.memory_bytes}});
    }
    return gpus;
}

}  // namespace

Json process_facts_json(const ProcessFacts& facts) {
    Json json = libraries_json(facts);
    Json::Object variables;
    for (const auto& [name, value] : facts.variables) variables.emplace(name, value);
    json["architecture"] = facts.architecture;
    json["kernel"] = facts.kernel;
    json["libc"] = facts.libc;
    json["cpus_allowed"] = facts.cpus_allowed;
    json["rounding"] = facts.floats.rounding;
    json["flush_to_zero"] = flag_json(facts.floats.flush_to_zero);
    json["denormals_are_zero"] = flag_json(facts.floats.denormals_are_zero);
    json["gpu_driver"] = facts.gpu_driver;
    json["gpus"] = gpus_json(facts);
    json["variables"] = std::move(variables);
    return json;
}

ProcessFacts process_facts_from_json(const Json& json) {
    ProcessFacts facts;
    read_libraries(json, facts);
    facts.architecture = json.at("architecture").as_string();
    facts.kernel = json.at("kernel").as_string();
    facts.libc = json.at("libc").as_string();
    facts.cpus_allowed = count_from_json(json.at("cpus_allowed"));
    facts.floats = {json.at("rounding").as_string(), flag_from_json(json.at("flush_to_zero")),
                    flag_from_json(json.at("denormals_are_zero"))};
    facts.gpu_driver = json.at("gpu_driver").as_string();
    for (const Json& gpu : json.at("gpus").as_array()) {
        facts.gpus.push_back({gpu.at("name").as_string(), gpu.at("sm").as_string(), flag_from_json(gpu.at("ecc")),
                              flag_from_json(gpu.at("mig")), size_from_json(gpu.at("memory_bytes"))});
    }
    for (const auto& [name, value] : json.at("variables").as_object()) facts.variables.emplace(name, value.as_string());
    return facts;
}

Machine recorded_machine(const fs::path& root) {
    const fs::path path = root / "process.json";
    return machine_below(root, process_facts_from_json(parse_json(read_file(path, k_file_limit), path.string())));
}

Machine machine_of(ProcessFacts facts) { return machine_below("/", std::move(facts)); }

}  // namespace assay
