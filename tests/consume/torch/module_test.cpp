// A unit test of one's own module: the same seed gives the same bits by the same kernels, another seed other weights.
#include <torch/torch.h>

#include <assay/fingerprint/compare.hpp>
#include <assay/torch/kernel_trace.hpp>
#include <assay/torch/weights.hpp>

struct Run {
    std::vector<assay::TensorDigest> weights;
    assay::TraceFingerprint kernels;
};

Run one_step(std::uint64_t seed) {
    torch::manual_seed(seed);
    torch::nn::Sequential net(torch::nn::Linear(8, 16), torch::nn::ReLU(), torch::nn::Linear(16, 3));
    torch::optim::SGD sgd(net->parameters(), 0.1);
    assay::KernelTrace trace;
    trace.on();
    torch::nn::functional::cross_entropy(net->forward(torch::ones({4, 8})), torch::arange(4) % 3).backward();
    sgd.step();
    trace.off();
    return {assay::tensor_digests(assay::module_tensors(*net)), trace.finish("first").value()};
}

int main() {
    const Run a = one_step(1), again = one_step(1), other = one_step(2);
    const auto difference = assay::compare_tables(a.weights, other.weights);
    std::printf("%zu of %zu tensors differ; %llu operations\n", difference.differences.size(), difference.tensors,
                static_cast<unsigned long long>(a.kernels.operations));
    const bool good = a.weights == again.weights && a.kernels == again.kernels && a.kernels == other.kernels &&
                      difference.differences.size() == 4;
    return good ? 0 : 1;
}
