#include "script/patterns.hpp"

#include <algorithm>
#include <climits>
#include <functional>
#include <map>
#include <set>

#include "base/text.hpp"
#include "script/calls.hpp"

namespace assay {
namespace {

struct Script {
    std::vector<Token> tokens;
    std::vector<Call> calls;
    std::vector<std::string> modules;
    std::vector<int> functions;  // of each token: the line of the innermost def around it; 0: none

    bool imports(const char* module) const { return std::binary_search(modules.begin(), modules.end(), module); }
    bool calls_any(const std::set<std::string>& names) const {
        return std::any_of(calls.begin(), calls.end(),
                           [&](const Call& call) { return names.contains(call.last_name()); });
    }
    bool names(const char* name) const {
        return std::any_of(tokens.begin(), tokens.end(),
                           [&](const Token& t) { return t.kind == Token::Kind::name && t.text == name; });
    }
    const Call* around(const Call& call) const {
        return call.within < 0 ? nullptr : &calls[static_cast<std::size_t>(call.within)];
    }
    // An argument, at any depth, of a call whose result has no order, or a new one.
    bool order_is_lost(const Call& call) const {
        static const std::set<std::string> k_no_order = {"sorted", "len", "any", "all",       "set", "frozenset",
                                                         "sum",    "max", "min", "natsorted", "bool"};
        for (const Call* c = around(call); c != nullptr; c = around(*c)) {
            if (k_no_order.contains(c->name)) return true;
        }
        return false;
    }
    int function_of(const Call& call) const { return functions[call.begin]; }
    bool is_within(const Call& call, const char* function) const {
        for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
            if (tokens[i].text == "def" && tokens[i + 1].text == function && tokens[i].line == function_of(call))
                return true;
        }
        return false;
    }
};

std::vector<int> functions_of(const std::vector<Token>& tokens) {
    struct Function {
        int indent, line;
    };
    std::vector<Function> open;
    std::vector<int> out;
    bool begins = true;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        const bool ends = token.kind == Token::Kind::end_of_line;
        if (begins && !ends) {
            while (!open.empty() && open.back().indent >= token.indent) open.pop_back();
            const Token& word = token.text == "async" && i + 1 < tokens.size() ? tokens[i + 1] : token;
            if (word.kind == Token::Kind::name && word.text == "def") open.push_back({token.indent, token.line});
        }
        out.push_back(open.empty() ? 0 : open.back().line);
        begins = ends;
    }
    return out;
}

struct Place {
    int line = 0;
    std::string what;
};
using Look = std::function<void(const Script&, std::vector<Place>&)>;

std::string shown(const Script& script, const Call& call, const Argument& argument) {
    return call.name + "(" + (argument.keyword.empty() ? "" : argument.keyword + "=") +
           span_text(script.tokens, argument.value) + ")";
}

// `for NAMES in CALL`, as a statement or within brackets; `if x in CALL` is none.
bool is_iterated(const Script& script, const Call& call) {
    const auto is = [&](std::size_t i, const char* text) { return script.tokens[i].text == text; };
    if (call.begin == 0 || !is(call.begin - 1, "in")) return false;
    for (std::size_t i = call.begin - 1; i-- > 0;) {
        if (is(i, "for")) return true;
        const bool target = script.tokens[i].kind == Token::Kind::name ? !is(i, "if") && !is(i, "in") && !is(i, "not")
                                                                       : is(i, ",") || is(i, "(") || is(i, ")");
        if (!target) return false;
    }
    return false;
}

void unsorted_listing(const Script& script, std::vector<Place>& out) {
    static const std::set<std::string> k_lists = {"listdir", "scandir", "glob", "iglob", "rglob", "iterdir"};
    for (const Call& call : script.calls) {
        if (k_lists.contains(call.last_name()) && !script.order_is_lost(call))
            out.push_back({call.line, call.name + "() without sorted()"});
    }
}

void hash_order(const Script& script, std::vector<Place>& out) {
    static const std::set<std::string> k_ordered = {"list",  "tuple",  "enumerate", "join",
                                                    "array", "tensor", "zip",       "map"};
    for (const Call& call : script.calls) {
        // Within __hash__ it is what Python asks for.
        if (call.name == "hash" && !script.is_within(call, "__hash__")) out.push_back({call.line, "hash()"});
        if ((call.name != "set" && call.name != "frozenset") || script.order_is_lost(call)) continue;
        const Call* const around = script.around(call);
        const bool ordered = around != nullptr && k_ordered.contains(around->last_name());
        if (ordered || is_iterated(script, call)) out.push_back({call.line, "the order of a " + call.name + "()"});
    }
}

const std::set<std::string>& seeding_calls() {
    static const std::set<std::string> k_calls = {"manual_seed", "set_seed", "set_random_seed", "seed_everything"};
    return k_calls;
}
bool seeds_something(const Call& call) {
    static const std::set<std::string> k_owners = {"random.seed", "np.random.seed", "numpy.random.seed"};
    return seeding_calls().contains(call.last_name()) || k_owners.contains(call.name);
}

bool builds_a_model(const Call& call) {
    static const std::set<std::string> k_builders = {"Sequential",  "resnet18",    "resnet50", "create_model",
                                                     "build_model", "SetFitModel", "AutoModel"};
    // What is no net: a chain of transforms, a tokenizer.
    static const std::set<std::string> k_transforms = {"transforms", "T", "A", "iaa", "v2"};
    const std::string owner = call.name.substr(0, call.name.size() - call.last_name().size());
    if (k_transforms.contains(owner.substr(0, owner.find('.')))) return false;
    if (call.last_name() == "from_pretrained") return owner.find("Model") != std::string::npos;
    return k_builders.contains(call.last_name()) || call.name == "Model" || call.name == "Net";
}

// In the same function, or both in none: a function above may well be called later. A helper of the script that has
// "seed" in its name may seed first.
void seed_after_model(const Script& script, std::vector<Place>& out) {
    if (script.imports("assay")) return;
    struct First {
        int model = INT_MAX, any_seed = INT_MAX;
        const Call* seed = nullptr;
    };
    std::map<int, First> firsts;
    for (const Call& call : script.calls) {
        First& first = firsts[script.function_of(call)];
        if (builds_a_model(call)) first.model = std::min(first.model, call.line);
        if (lower_case(call.last_name()).find("seed") != std::string::npos)
            first.any_seed = std::min(first.any_seed, call.line);
        if (seeds_something(call) && first.seed == nullptr) first.seed = &call;
    }
    for (const auto& [function, first] : firsts) {
        if (first.seed == nullptr || first.any_seed < first.model || first.seed->line <= first.model) continue;
        out.push_back({first.seed->line,
                       first.seed->name + "() comes after a model was built in line " + std::to_string(first.model)});
    }
}

// NAME = True, where NAME ends a dotted name.
int line_set_to_true(const Script& script, const char* name) {
    for (std::size_t i = 0; i + 2 < script.tokens.size(); ++i) {
        const auto& t = script.tokens;
        if (t[i].text == name && t[i + 1].text == "=" && t[i + 2].text == "True") return t[i].line;
    }
    return 0;
}

void benchmark_and_deterministic(const Script& script, std::vector<Place>& out) {
    const int benchmark = line_set_to_true(script, "benchmark");
    const bool deterministic =
        line_set_to_true(script, "deterministic") > 0 || script.calls_any({"use_deterministic_algorithms"});
    if (benchmark > 0 && deterministic)
        out.push_back({benchmark, "cudnn.benchmark = True beside deterministic algorithms"});
}

void loader_workers(const Script& script, std::vector<Place>& out) {
    for (const Call& call : script.calls) {
        const Argument* const workers = call.last_name() == "DataLoader" ? call.keyword("num_workers") : nullptr;
        if (workers == nullptr || literal_value(script.tokens, workers->value) == std::optional<Json>(0)) continue;
        if (call.keyword("worker_init_fn") == nullptr && call.keyword("generator") == nullptr)
            out.push_back({call.line, shown(script, call, *workers) + " without worker_init_fn or generator"});
    }
}

// Only of scripts that train with a framework whose seed nobody sets.
void no_seed(const Script& script, std::vector<Place>& out) {
    if (script.imports("assay") || std::any_of(script.calls.begin(), script.calls.end(), seeds_something)) return;
    static const std::set<std::string> k_other = {"key", "PRNGKey", "default_rng", "RandomState", "Generator"};
    if (script.calls_any(k_other) || script.names("random_state") || script.names("seed")) return;
    for (const char* module : {"torch", "tensorflow", "keras", "numpy", "jax", "sklearn", "xgboost", "lightgbm"}) {
        // numpy reads files, too.
        const bool draws = std::string_view(module) != "numpy" || script.names("random");
        if (script.imports(module) && draws)
            return out.push_back({1, std::string("imports ") + module + ", and sets no seed"});
    }
}

void old_checkpoint(const Script& script, std::vector<Place>& out) {
    static const std::set<std::string> k_load = {"load", "load_model", "load_weights", "load_state_dict", "restore"};
    static const std::set<std::string> k_exists = {"exists", "isfile", "is_file", "latest_checkpoint",
                                                   "get_last_checkpoint"};
    for (const Call& call : script.calls) {
        if (!k_exists.contains(call.last_name())) continue;
        const auto loads = [&](const Call& other) {
            return k_load.contains(other.last_name()) && other.line >= call.line && other.line <= call.line + 4;
        };
        const auto load = std::find_if(script.calls.begin(), script.calls.end(), loads);
        if (load != script.calls.end()) out.push_back({call.line, load->name + "() of a file, if one is there"});
    }
}

void many_jobs(const Script& script, std::vector<Place>& out) {
    for (const Call& call : script.calls) {
        for (const char* keyword : {"n_jobs", "nthread", "num_threads"}) {
            const Argument* const jobs = call.keyword(keyword);
            const auto value = jobs == nullptr ? std::nullopt : literal_value(script.tokens, jobs->value);
            if (value && value->is_number() && value->as_number() != 1)
                out.push_back({call.line, shown(script, call, *jobs)});
        }
    }
}

// f(**settings): what is among them is not known here.
bool unpacks(const Script& script, const Call& call) {
    return std::any_of(call.arguments.begin(), call.arguments.end(), [&](const Argument& argument) {
        return argument.value.end - argument.value.begin >= 2 && script.tokens[argument.value.begin].text == "*" &&
               script.tokens[argument.value.begin + 1].text == "*";
    });
}

void no_random_state(const Script& script, std::vector<Place>& out) {
    static const std::set<std::string> k_random = {
        "train_test_split",      "ShuffleSplit",  "StratifiedShuffleSplit", "RandomForestClassifier",
        "RandomForestRegressor", "MLPClassifier", "MLPRegressor",           "KMeans",
        "SGDClassifier"};
    // Without one scikit-learn draws from numpy's generator, which may be seeded.
    if (!script.imports("sklearn") || script.imports("assay")) return;
    if (std::any_of(script.calls.begin(), script.calls.end(), [](const Call& call) {
            return call.name == "np.random.seed" || call.name == "numpy.random.seed" ||
                   call.last_name() == "seed_everything";
        }))
        return;
    for (const Call& call : script.calls) {
        const Argument* const shuffle = call.keyword("shuffle");
        const bool fixed =
            shuffle != nullptr && literal_value(script.tokens, shuffle->value) == std::optional<Json>(false);
        const bool folds = call.last_name().ends_with("KFold") && shuffle != nullptr;
        if ((!k_random.contains(call.last_name()) && !folds) || fixed) continue;
        if (call.keyword("random_state") == nullptr && !unpacks(script, call))
            out.push_back({call.line, call.name + "() without random_state"});
    }
}

void reduced_precision(const Script& script, std::vector<Place>& out) {
    const int line = line_set_to_true(script, "allow_tf32");
    if (line > 0) out.push_back({line, "allow_tf32 = True"});
    for (const Call& call : script.calls) {
        if (call.last_name() == "set_float32_matmul_precision" ||
            call.last_name() == "enable_tensor_float_32_execution")
            out.push_back({call.line, call.name + "()"});
    }
}

void trees_on_gpu(const Script& script, std::vector<Place>& out) {
    static const std::set<std::string> k_values = {"gpu_hist", "gpu", "cuda"};
    if (!script.imports("xgboost") && !script.imports("lightgbm") && !script.imports("catboost")) return;
    for (const Token& token : script.tokens) {
        if (token.kind == Token::Kind::string && k_values.contains(token.text))
            out.push_back({token.line, "trees with '" + token.text + "'"});
    }
}

void resume_without_random_state(const Script& script, std::vector<Place>& out) {
    if (script.calls_any({"set_rng_state", "set_rng_state_all", "setstate", "set_state"})) return;
    for (const Call& call : script.calls) {
        if (call.name == "optimizer.load_state_dict" || call.name == "opt.load_state_dict")
            out.push_back({call.line, call.name + "() without the state of the random generators"});
    }
}

struct Row {
    Pattern pattern;
    Look look;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> k_rows = {
        {{"D0201", "files in the order of the file system", "another disk, another order of the data",
          "sort the names: sorted(os.listdir(...))", "pytorch/vision#192"},
         unsorted_listing},
        {{"D0202", "the order of a set, or hash()", "it differs in each process unless PYTHONHASHSEED is set",
          "sort it: sorted(set(...)); for a stable hash use hashlib", "keras-team/keras#4875"},
         hash_order},
        {{"D0203", "seeded after the model was built", "the initial weights do not depend on the seed",
          "set the seed before the first layer is made", "huggingface/transformers#14647"},
         seed_after_model},
        {{"D0204", "benchmark and deterministic at once", "cuDNN chooses kernels by time, another one each run",
          "leave cudnn.benchmark at False", "pytorch/pytorch#6351"},
         benchmark_and_deterministic},
        {{"D0205", "workers of a DataLoader", "each copies numpy's random state: the same augmentation in all of them",
          "seed them: worker_init_fn, and generator=torch.Generator().manual_seed(seed)", "pytorch/pytorch#5059"},
         loader_workers},
        {{"D0206", "no seed is set", "each run is another one, and none can be repeated",
          "read --seed or ASSAY_SEED and hand it to the framework", "keras-team/keras#2743"},
         no_seed},
        {{"D0207", "an old checkpoint is loaded if there is one",
          "a new seed changes nothing: the old model is read again", "load from the run's own folder (ASSAY_OUT) only",
          "lxuechen/private-transformers#10"},
         old_checkpoint},
        {{"D0208", "several threads or processes", "sums in another order, other bits on another machine",
          "fix the number, or vary hardware.threads and see", "scikit-learn/scikit-learn#10237"},
         many_jobs},
        {{"D0209", "no random_state", "another split or another model in each run", "pass random_state=seed",
          "scikit-learn/scikit-learn#7139"},
         no_random_state},
        {{"D0210", "reduced precision on GPUs", "products keep 10 bits of the mantissa on some GPUs, all on others",
          "decide it: pin hardware.tf32, or vary it and see", "pytorch/pytorch#67384"},
         reduced_precision},
        {{"D0211", "boosted trees on a GPU", "sums in no fixed order: one tree parts, then all that follow",
          "compare with tree_method='hist' on the CPU; replays show it", "dmlc/xgboost#3921"},
         trees_on_gpu},
        {{"D0212", "resumed without the random state", "a resumed run draws other batches than one that went on",
          "save and restore torch.get_rng_state() and the sampler too", "Lightning-AI/pytorch-lightning#17543"},
         resume_without_random_state},
    };
    return k_rows;
}

}  // namespace

const std::vector<Pattern>& patterns() {
    static const std::vector<Pattern> k_patterns = [] {
        std::vector<Pattern> all;
        for (const Row& row : rows()) all.push_back(row.pattern);
        return all;
    }();
    return k_patterns;
}

std::vector<ScriptFinding> look_at(std::string_view text) {
    Script script;
    script.tokens = python_tokens(text);
    script.calls = python_calls(script.tokens);
    script.modules = imported_modules(script.tokens);
    script.functions = functions_of(script.tokens);
    std::vector<ScriptFinding> findings;
    for (std::size_t i = 0; i < rows().size(); ++i) {
        std::vector<Place> places;
        rows()[i].look(script, places);
        for (Place& place : places) findings.push_back({&patterns()[i], place.line, std::move(place.what)});
    }
    std::stable_sort(findings.begin(), findings.end(),
                     [](const ScriptFinding& a, const ScriptFinding& b) { return a.line < b.line; });
    return findings;
}

}  // namespace assay
