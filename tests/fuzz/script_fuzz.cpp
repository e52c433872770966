// A Python text: whatever it is, reading it ends, places lie inside it, and what `assay init` writes of it is a spec.
#include <algorithm>

#include "fuzz/fuzz.hpp"
#include "script/calls.hpp"
#include "script/first_spec.hpp"
#include "script/patterns.hpp"
#include "spec/spec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    const std::vector<assay::Token> tokens = assay::python_tokens(text);
    ASSAY_CHECK(!tokens.empty() && tokens.back().kind == assay::Token::Kind::end_of_line);
    for (const assay::Token& token : tokens) ASSAY_CHECK(token.line >= 1 && token.line <= lines);
    for (const assay::Call& call : assay::python_calls(tokens)) {
        ASSAY_CHECK(call.begin < call.end && call.end <= tokens.size());
        for (const assay::Argument& argument : call.arguments) {
            ASSAY_CHECK(argument.value.end <= tokens.size());
            assay::literal_value(tokens, argument.value);
        }
    }
    for (const assay::ScriptFinding& finding : assay::look_at(text))
        ASSAY_CHECK(finding.line >= 1 && finding.line <= lines && !finding.what.empty());
    const assay::FirstSpec spec = assay::first_spec("train.py", assay::read_script(text), 2);
    ASSAY_CHECK(assay::parse_spec(spec.yaml, "assay.yaml").trainer.kind == "exec");
    return 0;
}
