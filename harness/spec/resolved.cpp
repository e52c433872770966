// The spec with every default filled in, without a path of this machine: what is hashed and kept.
#include "spec/spec.hpp"

namespace assay {
Json decision_json(const Decision& decision) {
    Json::Object json;
    if (decision.logits) json.emplace("logits", true);
    if (decision.scores) json.emplace("threshold", decision.threshold);
    if (decision.classes) json.emplace("classes", static_cast<std::uint64_t>(*decision.classes));
    return json;
}

namespace {

Json texts(const std::vector<std::string>& values) { return Json::Array(values.begin(), values.end()); }

Json text_map(const std::map<std::string, std::string>& values) {
    Json::Object object;
    for (const auto& [key, value] : values) object.emplace(key, value);
    return object;
}

Json trainer_json(const TrainerSpec& trainer) {
    if (trainer.kind != "exec") return Json::Object{{"kind", trainer.kind}};
    Json::Object json{{"kind", trainer.kind},
                      {"command", texts(trainer.command)},
                      {"env", text_map(trainer.environment)},
                      {"inputs", texts(trainer.inputs)},
                      {"keep_env", texts(trainer.keep_environment)},
                      {"labels", trainer.labels},
                      {"predictions", trainer.predictions},
                      {"retries", trainer.retries},
                      {"timeout_s", trainer.timeout_s}};
    // Later additions, only where they are used: audits from before them keep their ids.
    if (trainer.checkpoints) json.emplace("checkpoints", true);
    if (!trainer.predict.empty()) json.emplace("predict", texts(trainer.predict));
    if (trainer.disk_bytes != TrainerSpec{}.disk_bytes) json.emplace("disk_bytes", trainer.disk_bytes);
    if (!trainer.keep_weights) json.emplace("keep_weights", false);
    if (!trainer.weights.empty()) json.emplace("weights", trainer.weights);
    if (Json decision = decision_json(trainer.decision); !decision.as_object().empty())
        json.emplace("decision", std::move(decision));
    return json;
}

}  // namespace

Json resolved_spec(const AuditSpec& spec) {
    Json::Array factors;
    for (const Factor& factor : spec.factors) {
        factors.push_back(
            Json::Object{{"kind", kind_name(factor.kind)}, {"name", factor.name}, {"levels", factor.levels}});
    }
    Json::Object seeds;
    for (const auto& [stream, seed] : spec.base_seeds) seeds.emplace(stream, std::to_string(seed));
    return Json::Object{
        {"assay", 1},
        {"name", spec.name},
        {"trainer", trainer_json(spec.trainer)},
        {"params", spec.params},
        {"factors", std::move(factors)},
        {"pin", Json::Object{{"hardware", spec.pins}, {"environment", text_map(spec.pinned_environment)}}},
        {"base_seeds", std::move(seeds)},
        {"design", Json::Object{{"kind", spec.design.kind}, {"blocks", spec.design.blocks}}},
        {"replicates", spec.replicates},
        {"replays", spec.replays},
        {"root_seed", std::to_string(spec.root_seed)}};
}

}  // namespace assay
