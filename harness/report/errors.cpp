#include "report/errors.hpp"

#include "base/text.hpp"
#include "report/writer.hpp"

namespace assay {
namespace {

std::string trainer_kind(const Report& report) {
    const Json* const kind = report.trainer.is_object() ? report.trainer.find("kind") : nullptr;
    return kind == nullptr || !kind->is_string() ? "" : kind->as_string();
}

// "dropout" of "seed.dropout"; nothing where every stream is fed at once.
std::string stream_name(const std::string& factor) {
    const std::size_t dot = factor.find('.');
    const std::string name = dot == std::string::npos ? "" : factor.substr(dot + 1);
    return name == "all" ? "" : name;
}

std::string how_to_wire(const Report& report, const std::string& factor) {
    const std::string kind = trainer_kind(report), stream = stream_name(factor);
    if (kind == "import") {
        return "see whether rows with different seeds name one file of predictions, or copies of one; if the training "
               "takes no seed, leave the column out";
    }
    if (kind == "torch" || kind == "synthetic") {
        return "see whether these settings let the net draw from it (no dropout, no shuffling, no augmentation, every "
               "image used: nothing is drawn), or take it out of factors: seed";
    }
    if (stream.empty()) {
        return "let the command take its seed from ${seed}, $ASSAY_SEED or `seeds` in $ASSAY_CONFIG, and use it; or "
               "take the seeds out of factors";
    }
    return "let the command take this seed from ${seed." + stream + "}, $ASSAY_SEED_" + upper_case(stream) +
           " or `seeds` in $ASSAY_CONFIG (${seed} is another one), and use it; or take " + stream +
           " out of factors: seed";
}

std::string got_text(std::size_t pairs, const std::string& factor) {
    return pairs == 1 ? "the only pair of runs that differ in " + factor + " alone is equal to the last bit"
                      : "all " + std::to_string(pairs) + " pairs of runs that differ in " + factor +
                            " alone are equal to the last bit";
}

std::string place_of(const Report& report, const std::string& factor) {
    const auto it = report.context.places.find(factor);
    return it == report.context.places.end() ? "" : it->second;
}

}  // namespace

std::vector<ReportError> report_errors(const Report& report) {
    std::vector<ReportError> errors;
    for (const UnwiredStream& stream : report.attribution.unwired) {
        ReportError error;
        error.flag = "SEED_NOT_WIRED";
        error.code = "D0107";
        error.factor = stream.factor;
        error.message = stream.factor + " changes no bit in " + plural(stream.pairs, "pair") +
                        ": the trainer does not read it, so nothing here about it can be believed, nor any interval "
                        "or test that counts its seeds";
        error.got = got_text(stream.pairs, stream.factor);
        error.expected = "another seed of a stream that is read changes bits, if not answers";
        error.help = how_to_wire(report, stream.factor);
        errors.push_back(std::move(error));
    }
    return errors;
}

std::string error_sentence(const ReportError& error) { return error.flag + ": " + error.message + "."; }

void errors_section(Writer& w) {
    for (const ReportError& error : w.report.errors) {
        for (const std::string& line : split_lines(wrap(error_sentence(error), w.width()))) w.line(w.red(line));
        if (const std::string place = place_of(w.report, error.factor); !place.empty()) w.paragraph("  where", place);
        w.paragraph("  got", error.got);
        w.paragraph("  expected", error.expected);
        w.paragraph("  do", error.help);
        w.line("");
    }
}

}  // namespace assay
