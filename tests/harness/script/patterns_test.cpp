// Each pattern is found where it is planted, and not where the same thing is done well.
#include "script/patterns.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace assay {
namespace {

std::string codes(const std::string& script) {
    std::string out;
    for (const ScriptFinding& finding : look_at(script))
        out += (out.empty() ? "" : " ") + std::string(finding.pattern->code) + "@" + std::to_string(finding.line);
    return out;
}

struct Row {
    const char* script;
    const char* expected;
};

TEST(LookAt, EachPlantedPatternIsFoundInItsLine) {
    const Row rows[] = {
        {"x = 1\nfor f in os.listdir(d): pass", "D0201@2"},
        {"fs = glob.glob('*.png')", "D0201@1"},
        {"for p in Path(d).rglob('*'): pass", "D0201@1"},
        {"for w in set(text): pass", "D0202@1"},
        {"vocab = {w: i for i, w in enumerate(set(words))}", "D0202@1"},
        {"vocab = list(set(words))", "D0202@1"},
        {"split = hash(name) % 10", "D0202@1"},
        {"m = nn.Sequential(a)\ntorch.manual_seed(1)", "D0203@2"},
        {"m = AutoModel.from_pretrained('x')\nset_seed(1)", "D0203@2"},
        {"torch.backends.cudnn.benchmark = True\ntorch.backends.cudnn.deterministic = True", "D0204@1"},
        {"torch.use_deterministic_algorithms(True)\ncudnn.benchmark = True", "D0204@2"},
        {"DataLoader(d,\n  num_workers=4)", "D0205@1"},
        {"DataLoader(d, num_workers=args.n)", "D0205@1"},
        {"import torch\nprint(1)", "D0206@1"},
        {"import tensorflow as tf", "D0206@1"},
        {"import numpy as np\nx = np.random.rand(3)", "D0206@1"},
        {"if os.path.exists(p):\n    model = load_model(p)", "D0207@1"},
        {"m = X(n_jobs=-1)", "D0208@1"},
        {"import sklearn\nseed = 1\na, b = train_test_split(x)", "D0209@3"},
        {"import sklearn\nseed = 1\nKFold(5, shuffle=True)", "D0209@3"},
        {"def main():\n    m = nn.Sequential(a)\n    torch.manual_seed(1)", "D0203@3"},
        {"xs = [f(w) for w in set(words)]", "D0202@1"},
        {"torch.backends.cuda.matmul.allow_tf32 = True", "D0210@1"},
        {"torch.set_float32_matmul_precision('high')", "D0210@1"},
        {"import xgboost\nseed = 1\np = {'tree_method': 'gpu_hist'}", "D0211@3"},
        {"optimizer.load_state_dict(s['optimizer'])", "D0212@1"},
    };
    std::set<std::string> found;
    for (const Row& row : rows) {
        EXPECT_EQ(codes(row.script), row.expected) << row.script;
        for (const ScriptFinding& finding : look_at(row.script)) found.insert(finding.pattern->code);
    }
    EXPECT_EQ(found.size(), patterns().size()) << "a pattern without a plant";
}

TEST(LookAt, WhatIsDoneWellIsLeftAlone) {
    const char* const rows[] = {
        "for f in sorted(os.listdir(d)): pass",
        "n = len(list(Path(d).glob('*')))",
        "if x in set(words): pass",
        "for w in sorted(set(words)): pass",
        "names = set(words)",
        "torch.manual_seed(1)\nm = nn.Sequential(a)",
        "torch.backends.cudnn.benchmark = False\ntorch.backends.cudnn.deterministic = True",
        "torch.backends.cudnn.benchmark = True",
        "DataLoader(d, num_workers=4, worker_init_fn=f)",
        "DataLoader(d, num_workers=0)",
        "DataLoader(d)",
        "import torch\ntorch.manual_seed(args.seed)",
        "import torch, assay\nassay.start()",
        "import jax\nk = jax.random.key(0)",
        "import json",
        "import numpy as np\nx = np.frombuffer(b, np.uint8)",
        "if os.path.exists(p):\n    os.remove(p)",
        "m = X(n_jobs=1)",
        "train_test_split(x, random_state=1)",
        "KFold(5)",
        "import sklearn\nnp.random.seed(0)\ntrain_test_split(x)",
        "import sklearn\nseed = 1\ntrain_test_split(x, shuffle=False)\nKFold(5, shuffle=False)",
        "import sklearn\nseed = 1\nRandomForestClassifier(**settings)",
        "import torch\nseed = 1\nm = MLPClassifier(64)",
        "import sklearn, assay\nassay.start()\nKMeans(8)",
        "def build():\n    return nn.Sequential(a)\n\ntorch.manual_seed(1)\nm = build()",
        "class Net:\n    def __init__(self):\n        self.net = nn.Sequential(a)\ntorch.manual_seed(1)",
        "def main():\n    m = nn.Sequential(a)\n\ndef seed_all(s):\n    torch.manual_seed(s)",
        "fix_seeds(1)\nm = nn.Sequential(a)\ntorch.manual_seed(2)",
        "t = AutoTokenizer.from_pretrained('x')\ntorch.manual_seed(1)",
        "t = transforms.Sequential(a)\ntorch.manual_seed(1)",
        "import assay\nm = nn.Sequential(a)\ntorch.manual_seed(1)",
        "vocab = sorted(list(set(words)))",
        "vocab = sorted(w for w in set(words))",
        "xs = [w for w in words if w in set(stop)]",
        "xs = [w for w in words if w not in set(stop)]",
        "class A:\n    def __hash__(self):\n        return hash(self.name)",
        "allow_tf32 = False",
        "device = 'gpu'",
        "optimizer.load_state_dict(s)\ntorch.set_rng_state(r)",
        "# os.listdir(d)\n'for w in set(x)'",
        "",
    };
    for (const char* script : rows) EXPECT_EQ(codes(script), "") << script;
}

TEST(Patterns, AreTwelveEachWithItsThread) {
    std::set<std::string> seen;
    for (const Pattern& pattern : patterns()) {
        EXPECT_TRUE(seen.insert(pattern.code).second);
        EXPECT_TRUE(std::regex_match(pattern.thread, std::regex("[\\w.-]+/[\\w.-]+#[0-9]+"))) << pattern.thread;
    }
    EXPECT_EQ(seen.size(), 12U);
    EXPECT_EQ(*seen.begin() + *seen.rbegin(), "D0201D0212");
}

}  // namespace
}  // namespace assay
