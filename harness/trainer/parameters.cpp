#include "trainer/parameters.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace assay {
namespace {

constexpr double k_many = 1e9;

Parameter number(const char* block, const char* key, double low, double high, double value, const char* help) {
    return {block, key, key, "number", {}, low, high, value, help};
}
Parameter integer(const char* block, const char* key, double low, double high, double value, const char* help) {
    return {block, key, key, "integer", {}, low, high, value, help};
}
Parameter choice(const char* block, const char* key, std::vector<std::string> choices, const char* help) {
    Json first = choices.front();
    return {block, key, key, "choice", std::move(choices), 0, 0, std::move(first), help};
}
Parameter integers(const char* block, const char* key, double high, Json::Array values, const char* help) {
    return {block, key, key, "integers", {}, 1, high, std::move(values), help};
}
Parameter named(Parameter parameter, const char* name) {
    parameter.name = name;
    return parameter;
}

std::vector<Parameter> torch_parameters() {
    return {
        named(choice("data", "builtin", {"mnist", "synthetic28"}, "real digits, or made ones that need no file"),
              "data"),
        integer("data", "train", 1, k_many, 2000,
                "training images, drawn by the stream data (seed_mode torch: the first of the file)"),
        integer("data", "eval", 1, k_many, 2000, "held-out images, the first of the file"),
        choice("data", "order", {"shuffled", "fixed", "by_class"}, "order of the training images in each epoch"),
        number("data", "imbalance", 1, 1000, 1, "most frequent class over least frequent one in training"),
        integer("data", "augment", 0, 8, 0, "largest random shift of a training image, in pixels"),
        named(choice("model", "builtin", {"dense", "cnn"}, "dense layers, or a 3x3 convolution and 2x2 pooling"),
              "model"),
        integers("model", "hidden", 65536, {64}, "units of each hidden layer (dense)"),
        integers("model", "channels", 4096, {32}, "filters of the convolution (cnn)"),
        choice("model", "activation", {"relu", "sigmoid", "tanh", "silu"}, "after each hidden layer"),
        number("model", "dropout", 0, 0.95, 0, "share of hidden units left out in training"),
        choice("train", "optimizer", {"adam", "sgd", "rmsprop"}, "torch.optim's rules and defaults"),
        number("train", "lr", 0, 100, 0.001, "learning rate"),
        number("train", "momentum", 0, 0.9999, 0.9, "of sgd"),
        integer("train", "epochs", 0, 100000, 3, "passes over the training images"),
        integer("train", "batch", 1, 1e6, 64, "images of a step; a smaller last batch is used too"),
        number("train", "l1", 0, 100, 0, "weight of the sum of |w| in the loss"),
        number("train", "l2", 0, 100, 0, "weight decay as torch.optim means it: l2 * w is added to the gradient"),
        integer("train", "eval_batch", 1, 1e6, 64, "images of a prediction step"),
        choice("train", "seed_mode", {"separate", "torch"}, "a generator for each stream, or one manual_seed for all"),
    };
}

std::vector<Parameter> synthetic_parameters() {
    return {
        integer("model", "inputs", 1, 1e6, 200, "held-out inputs"),
        integer("model", "classes", 2, 1000, 4, "classes"),
        number("model", "sd_init", 0, 100, 0.3, "standard deviation of the logits over seeds of init"),
        number("model", "sd_shuffle", 0, 100, 0.2, "the same over seeds of shuffle"),
        number("model", "sd_dropout", 0, 100, 0, "the same over seeds of dropout"),
        number("model", "sd_interaction", 0, 100, 0, "the same over combinations of all seeds"),
        number("model", "sd_hardware", 0, 100, 0, "the same over isa levels: a rounding difference, amplified"),
        number("model", "effect", -100, 100, 0, "systematic shift of the logits for each unit of level"),
        number("model", "level", -1000, 1000, 0, "what the effect is multiplied by"),
        choice("model", "plant",
               {"none", "collapse", "nan", "crash", "hang", "flood", "short", "unnormalised", "lie", "fork"},
               "a defect to be found"),
        integer("model", "sleep_ms", 0, 1e6, 0, "time to waste, in milliseconds"),
    };
}

}  // namespace

const std::vector<Parameter>& trainer_parameters(const std::string& trainer) {
    static const std::vector<Parameter> k_torch = torch_parameters(), k_synthetic = synthetic_parameters(), k_none;
    return trainer == "torch" ? k_torch : trainer == "synthetic" ? k_synthetic : k_none;
}

const Parameter* find_parameter(const std::string& trainer, const std::string& name) {
    const std::vector<Parameter>& all = trainer_parameters(trainer);
    const auto it = std::find_if(all.begin(), all.end(), [&](const Parameter& p) { return p.name == name; });
    return it == all.end() ? nullptr : &*it;
}

std::optional<std::string> value_problem(const Parameter& parameter, const Json& value) {
    const std::string range = number_text(parameter.minimum) + " to " + number_text(parameter.maximum);
    const auto in_range = [&](const Json& v) {
        return v.as_number() >= parameter.minimum && v.as_number() <= parameter.maximum;
    };
    if (parameter.type == "number" && !(value.is_number() && in_range(value))) return "expected a number from " + range;
    if (parameter.type == "integer" && !(value.is_integer() && in_range(value)))
        return "expected an integer from " + range;
    if (parameter.type == "text" && !value.is_string()) return "expected a text";
    if (parameter.type == "choice") {
        const auto& choices = parameter.choices;
        if (value.is_string() && std::find(choices.begin(), choices.end(), value.as_string()) != choices.end())
            return {};
        const auto near = value.is_string() ? nearest_name(value.as_string(), choices) : std::nullopt;
        return "expected one of " + join(choices, ", ") + (near ? "; did you mean '" + *near + "'?" : "");
    }
    if (parameter.type == "integers") {
        const bool good = value.is_array() && !value.as_array().empty() && value.as_array().size() <= 64 &&
                          std::all_of(value.as_array().begin(), value.as_array().end(),
                                      [&](const Json& v) { return v.is_integer() && in_range(v); });
        if (!good) return "expected a list of integers from " + range;
    }
    return std::nullopt;
}

}  // namespace assay
