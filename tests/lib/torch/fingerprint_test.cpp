#include "torch/fingerprint.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "torch/environment.hpp"

namespace assay {
namespace {

Json value_of(const Fingerprint& f, const char* name) {
    const FingerprintField* const field = find_field(f, name);
    return field == nullptr ? Json() : field->value;
}
Fingerprint fields() {
    Fingerprint f;
    add_torch_fields(f);
    return f;
}

TEST(TorchFingerprint, SaysWhatIsLoadedAndHowItIsSet) {
    const Fingerprint before = fields();
    EXPECT_EQ(value_of(before, "torch.build_id"), Json(libtorch_build_id()));
    EXPECT_EQ(value_of(before, "torch.capability"), effective_hardware(Json::Object{}).at("aten_capability"));
    EXPECT_EQ(value_of(before, "torch.deterministic"), Json(false));
    at::globalContext().setDeterministicAlgorithms(true, false);
    at::globalContext().setUserEnabledMkldnn(false);
    const Fingerprint after = fields();
    at::globalContext().setDeterministicAlgorithms(false, false);
    at::globalContext().setUserEnabledMkldnn(true);
    EXPECT_EQ(value_of(after, "torch.deterministic"), Json(true));
    EXPECT_EQ(value_of(after, "torch.onednn_enabled"), Json(false));
    EXPECT_NE(environment_id(before), environment_id(after));
    EXPECT_EQ(value_of(before, "torch.build_settings_sha256"), value_of(after, "torch.build_settings_sha256"));
    EXPECT_EQ(fields(), before);
    EXPECT_EQ(fingerprint_from_json(fingerprint_json(before)), before);
}

// python3 -c "import torch, hashlib; g = torch.Generator(); g.manual_seed(17);
//   print(hashlib.sha256(torch.empty(64, dtype=torch.int64).random_(generator=g).numpy().tobytes()).hexdigest())"
TEST(TorchFingerprint, TheFirstDrawsAreThoseOfPython) {
    const SeedFingerprint seed = torch_seed_fingerprint("init", 17);
    EXPECT_EQ(seed.draws_sha256, "2377505678bd7446a86b24e5d897f5df04ef154c59ba363b93b7a07badf13dc6");
    EXPECT_EQ(seed.generator, "libtorch mt19937");
    EXPECT_NE(torch_seed_fingerprint("init", 18).draws_sha256, seed.draws_sha256);
}

TEST(TorchFingerprint, LeavesTheDefaultGeneratorAlone) {
    at::manual_seed(3);
    const at::Tensor expected = at::rand({4});
    at::manual_seed(3);
    torch_seed_fingerprint("init", 17);
    EXPECT_TRUE(at::equal(at::rand({4}), expected));
}

}  // namespace
}  // namespace assay
