// The JSON Schema that editors use says what the tables of the trainers say: no name, range, default or help text more
// or less. What it accepts and refuses is tested in schema_test.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "core/factor.hpp"
#include "spec/spec.hpp"
#include "trainer/effectors.hpp"
#include "trainer/parameters.hpp"

namespace assay {
namespace {

const Json& schema() {
    static const std::filesystem::path k_path =
        std::filesystem::path(ASSAY_SOURCE_DIR) / "audits" / "assay-1.schema.json";
    static const Json k_schema = parse_json(read_file(k_path), k_path.filename().string());
    return k_schema;
}

const Json& definition(const std::string& name) { return schema().at("definitions").at(name); }

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.as_object()) keys.insert(key);
    return keys;
}

Json reference(const std::string& name) { return Json::Object{{"$ref", "#/definitions/" + name}}; }

Json texts(const std::vector<std::string>& words) {
    Json::Array array;
    for (const std::string& word : words) array.emplace_back(word);
    return array;
}

// What the schema must say of a parameter's value.
Json expected_value(const Parameter& p) {
    Json value = Json::Object{{"description", p.help}, {"default", p.default_value}};
    if (p.type == "choice") value["enum"] = texts(p.choices);
    if (p.type == "number" || p.type == "integer") {
        value["type"] = p.type;
        value["minimum"] = p.minimum;
        value["maximum"] = p.maximum;
    }
    if (p.type == "integers") {
        value["type"] = "array";
        value["minItems"] = 1;
        value["maxItems"] = 64;
        value["items"] = Json::Object{{"type", "integer"}, {"minimum", p.minimum}, {"maximum", p.maximum}};
    }
    return value;
}

class SchemaAgrees : public ::testing::TestWithParam<const char*> {};

TEST_P(SchemaAgrees, OnEveryParameterOfTheTrainer) {
    const std::string trainer = GetParam();
    std::map<std::string, std::set<std::string>> blocks;
    std::set<std::string> names;
    for (const Parameter& p : trainer_parameters(trainer)) {
        const std::string name = trainer + "." + p.name;
        EXPECT_EQ(canonical_json(definition(name)), canonical_json(expected_value(p))) << name;
        EXPECT_EQ(definition(trainer + "_" + p.block).at("properties").at(p.key), reference(name));
        const Json& items = definition(trainer + "_factors").at("properties").at(p.name).at("items");
        EXPECT_EQ(p.type == "integers" ? items.at("anyOf").as_array()[0] : items, reference(name));
        blocks[p.block].insert(p.key);
        names.insert(p.name);
    }
    EXPECT_EQ(keys_of(definition(trainer + "_factors").at("properties")), names);
    std::size_t values = 0;
    for (const std::string& key : keys_of(schema().at("definitions")))
        values += key.starts_with(trainer + ".") ? 1U : 0U;
    EXPECT_EQ(values, names.size());
    for (const auto& [block, keys] : blocks) {
        const Json& written = definition(trainer + "_" + block);
        EXPECT_EQ(keys_of(written.at("properties")), keys);
        EXPECT_EQ(written.at("additionalProperties"), Json(false)) << block;
    }
}

INSTANTIATE_TEST_SUITE_P(All, SchemaAgrees, ::testing::Values("torch", "synthetic"),
                         [](const auto& which) { return which.param; });

// "a, b, c" -> the words.
std::vector<std::string> words_of(const std::string& levels) {
    std::vector<std::string> words = split(levels, ',');
    for (std::string& word : words) word.erase(0, word.find_first_not_of(' '));
    return words;
}

// The schema's few ways to say what a level is, applied to one.
bool schema_takes(const Json& value, const Json& level) {
    if (const Json* words = value.find("enum")) {
        const auto& all = words->as_array();
        return std::find(all.begin(), all.end(), level) != all.end();
    }
    const std::string& type = value.at("type").as_string();
    if (type == "boolean") return level.is_bool();
    if (type == "integer") {
        return level.is_integer() && level.as_number() >= value.at("minimum").as_number() &&
               level.as_number() <= value.at("maximum").as_number();
    }
    return level.is_string() && std::regex_match(level.as_string(), std::regex(value.at("pattern").as_string()));
}

TEST(SchemaOfHardware, TakesTheLevelsThatTheTableTakes) {
    std::vector<Json> levels = {true,   false,   0,        1,         256,        257,      1.5,   "1",  "cpu", "CPU",
                                "cuda", "cuda:", "cuda:0", "cuda:15", "cuda:100", "cuda:x", "avx", "on", ""};
    for (const Effector& effector : effectors()) {
        for (const std::string& word : words_of(effector.levels)) levels.emplace_back(word);
    }
    std::size_t taken = 0;
    for (const Effector& effector : effectors()) {
        const Json& value = definition("hardware." + effector.name);
        for (const Json& level : levels) {
            const bool takes = schema_takes(value, level);
            EXPECT_EQ(takes, !level_problem(effector.name, level)) << effector.name << ": " << canonical_json(level);
            taken += takes ? 1U : 0U;
        }
        if (const Json* words = value.find("enum")) {
            EXPECT_EQ(*words, texts(words_of(effector.levels)));
        }
    }
    EXPECT_GT(taken, 25U);
}

TEST(SchemaOfHardware, NamesEveryKnobAndNoOther) {
    std::set<std::string> names;
    for (const Effector& effector : effectors()) {
        names.insert(effector.name);
        EXPECT_EQ(definition("hardware." + effector.name).at("description").as_string(),
                  effector.acts_on + ": " + effector.levels);
    }
    for (const char* where : {"hardware_factors", "hardware_pins"}) {
        EXPECT_EQ(keys_of(definition(where).at("properties")), names) << where;
        EXPECT_EQ(definition(where).at("additionalProperties"), Json(false)) << where;
    }
}

TEST(SchemaOfSeeds, NamesEveryStreamAndAll) {
    std::set<std::string> names(seed_streams().begin(), seed_streams().end());
    names.insert("all");
    EXPECT_EQ(keys_of(definition("seed_factors").at("properties")), names);
}

TEST(SchemaOfFactors, NamesEveryKind) {
    const std::set<std::string> kinds(kind_names().begin(), kind_names().end());
    EXPECT_EQ(keys_of(schema().at("properties").at("factors").at("properties")), kinds);
}

// Whoever hovers over a word in an editor reads what it is.
void expect_described(const Json& json, const std::string& where) {
    if (json.is_array()) {
        for (const Json& item : json.as_array()) expect_described(item, where);
        return;
    }
    if (!json.is_object()) return;
    const Json* const properties = json.find("properties");
    for (const auto& [key, value] : json.as_object()) {
        const bool condition = key == "if" || key == "then";  // refines what is described elsewhere
        if (!condition && key != "examples" && key != "default") expect_described(value, where + "/" + key);
    }
    if (properties == nullptr) return;
    for (const auto& [key, value] : properties->as_object()) {
        EXPECT_TRUE(value.find("description") != nullptr || value.find("$ref") != nullptr) << where << "/" << key;
    }
}

TEST(Schema, DescribesEveryProperty) { expect_described(schema(), ""); }

// The same cases go through the schema in schema_test.py.
TEST(SchemaCases, EndInTheReaderAsTheFileSays) {
    const std::string file =
        read_file(std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" / "harness" / "spec" / "schema_cases.txt");
    const std::string mark = "\n---- ";
    std::size_t cases = 0;
    for (std::size_t at = file.find(mark); at != std::string::npos; ++cases) {
        const std::size_t next = file.find(mark, at + 1);
        const std::string text =
            file.substr(at + mark.size(), next == std::string::npos ? next : next + 1 - at - mark.size());
        const std::size_t line = text.find('\n');
        bool accepted = true;
        std::string answer;
        try {
            parse_spec(text.substr(line + 1), "case.yaml");
        } catch (const SpecError& error) {
            accepted = false;
            answer = error.what();
        }
        EXPECT_EQ(text.substr(0, line), accepted ? "accepted" : "refused") << text << answer;
        at = next;
    }
    EXPECT_GT(cases, 50U);
}

}  // namespace
}  // namespace assay
