// Two runs of any tool beside each other: how many labels differ, and where it ran.
#include <assay/core/npy.hpp>
#include <assay/core/predictions.hpp>
#include <assay/fingerprint/environment.hpp>
#include <cstdio>
#include <vector>

namespace {

assay::Predictions answers(const std::vector<float>& probabilities) {
    const auto array = assay::array_of<float>(assay::NumericType::float32, {3, 2}, probabilities);
    return assay::predictions_from_array(array).predictions.value();
}

}  // namespace

int main() {
    const auto a = assay::predicted_labels(answers({0.9F, 0.1F, 0.4F, 0.6F, 0.5F, 0.5F}));
    const auto b = assay::predicted_labels(answers({0.8F, 0.2F, 0.6F, 0.4F, 0.5F, 0.5F}));
    int flips = 0;
    for (std::size_t i = 0; i < a.size(); ++i) flips += a[i] == b[i] ? 0 : 1;
    std::printf("%d of %zu labels differ; here computes %s\n", flips, a.size(),
                assay::environment_id(assay::this_environment()).c_str());
    return flips == 1 ? 0 : 1;
}
