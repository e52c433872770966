#include "cli/ci_workflow.hpp"

#include <filesystem>

#include "base/check.hpp"
#include "gate/baseline.hpp"

namespace assay {
namespace {

constexpr const char* k_github =
    R"yaml(# Trains what a change needs, compares it with the accepted baseline and says so on the pull request.
# A baseline is accepted by a person (assay accept refuses here), who commits @BASELINE@ and its runs:
#   assay run @SPEC@ && assay accept @SPEC@ && assay archive export last -o @ARCHIVE@
name: release gate
on:
  pull_request:
  workflow_dispatch:
permissions:
  contents: read
  pull-requests: write
concurrency:
  group: assay-${{ github.ref }}
  cancel-in-progress: true
jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    env:
      PYTHONHASHSEED: "0"
    steps:
      - uses: actions/checkout@v4
      # Before this step: put assay, and what the training needs, on the PATH of the job.
      - name: assay is here
        run: assay --version
      # Stored runs by baseline: a change pays for its own runs only, and a push for what the last one left.
      - uses: actions/cache@v4
        with:
          path: .assay
          key: assay-${{ runner.os }}-${{ hashFiles('@BASELINE@') }}-${{ github.sha }}
          restore-keys: assay-${{ runner.os }}-${{ hashFiles('@BASELINE@') }}-
      - name: The baseline's runs
        run: if [ -e @ARCHIVE@ ]; then assay archive import @ARCHIVE@; fi
      - name: Run what is missing
        run: assay run @SPEC@ --budget 50m --no-progress -o report.json
      # Also where runs failed or time ran out: that is exit 4, with the reason, and never a pass.
      - name: Gate
        if: ${{ !cancelled() }}
        run: assay gate @SPEC@ -o gate.xml -o gate.json -o comment.md
      - name: Comment on the pull request
        if: ${{ !cancelled() && github.event_name == 'pull_request' }}
        continue-on-error: true
        env:
          GH_TOKEN: ${{ github.token }}
        run: gh pr comment ${{ github.event.number }} --body-file comment.md
      - uses: actions/upload-artifact@v4
        if: ${{ !cancelled() }}
        with:
          name: assay
          path: |
            report.json
            gate.xml
            gate.json
            comment.md
)yaml";

constexpr const char* k_gitlab =
    R"yaml(# Trains what a change needs, compares it with the accepted baseline and says so in the merge request.
# A baseline is accepted by a person (assay accept refuses here), who commits @BASELINE@ and its runs:
#   assay run @SPEC@ && assay accept @SPEC@ && assay archive export last -o @ARCHIVE@
release_gate:
  stage: test
  # An image that has assay, and what the training needs, on its PATH.
  image: $ASSAY_IMAGE
  timeout: 1h
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  variables:
    PYTHONHASHSEED: "0"
  # Stored runs by baseline: a change pays for its own runs only, and a push for what the last one left.
  cache:
    key:
      prefix: assay
      files: [@BASELINE@]
    paths: [.assay]
    when: always
  script:
    - assay --version
    - if [ -e @ARCHIVE@ ]; then assay archive import @ARCHIVE@; fi
    # Where runs fail or time runs out the gate says so: exit 4, never a pass.
    - assay run @SPEC@ --budget 50m --no-progress -o report.json || echo "assay run ended with $?"
    - assay gate @SPEC@ --format gitlab -o gate.xml -o gate.json
  artifacts:
    when: always
    paths: [report.json, gate.xml, gate.json]
    reports:
      junit: gate.xml
      codequality: gl-code-quality-report.json
      metrics: metrics.txt
)yaml";

std::string filled(std::string text, const std::string& name, const std::string& value) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
    return text;
}

}  // namespace

CiWorkflow ci_workflow(const std::string& service, const std::string& spec) {
    ASSAY_CHECK(service == "github" || service == "gitlab");
    const auto folder = std::filesystem::path(spec).parent_path();
    const std::string baseline = (folder / k_baseline_file).string(),
                      archive = (folder / "assay.baseline.tar").string();
    CiWorkflow out;
    out.path = service == "github" ? ".github/workflows/assay.yml" : "assay.gitlab-ci.yml";
    out.text = service == "github" ? k_github : k_gitlab;
    out.text = filled(filled(filled(out.text, "@SPEC@", spec), "@BASELINE@", baseline), "@ARCHIVE@", archive);
    out.hint =
        service == "github"
            ? "put assay, and what the training needs, on the job's PATH: the step before 'assay --version'"
            : "include it: include: [{local: assay.gitlab-ci.yml}], and set the variable ASSAY_IMAGE to an image "
              "that has assay and what the training needs";
    return out;
}

}  // namespace assay
