// The C++ header of the protocol. One process is one run, so each case is a child of its own: the run is read once.
#include "trainer/trainer.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "core/npy.hpp"
#include "trainer/protocol.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

struct Folder {
    TemporaryDirectory temporary;
    fs::path out = temporary.path() / "out";
    fs::path config = temporary.path() / "run.json";
    Folder() {
        make_directories(out);
        TrainerInput input;
        input.run_id = "013";
        input.out = out;
        input.request.trainer = Json::Object{{"kind", "exec"}};
        input.request.params =
            Json::Object{{"lr", 0.5}, {"epochs", 3}, {"optimizer", "sgd"}, {"decay", true}, {"width", 64}};
        input.request.seeds = {{"master", 7}, {"init", 4294967296}};
        input.request.hardware = Json::Object{{"threads", 1}};
        write_file_atomic(config, canonical_json(run_json(input)));
    }
    std::string text(const char* name) const { return read_file(out / name); }
    bool has(const char* name) const { return fs::exists(out / name); }
};

// The exit code of `body` in a child, with ASSAY_CONFIG set when there is a folder.
int in_child(const Folder* folder, const std::function<int()>& body) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        if (folder != nullptr) {
            ::setenv("ASSAY_CONFIG", folder->config.c_str(), 1);
        } else {
            ::unsetenv("ASSAY_CONFIG");
        }
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Trainer, ReadsItsRun) {
    const Folder folder;
    const int code = in_child(&folder, [&] {
        const bool good = trainer::active() && trainer::param("lr", 0.001) == 0.5 && trainer::param("epochs", 1) == 3 &&
                          trainer::param("epochs", 1.5) == 3 && trainer::param("optimizer", "adam") == "sgd" &&
                          trainer::param("decay", false) && trainer::param("momentum", 0.9) == 0.9 &&
                          trainer::param<std::size_t>("width", 8) == 64 && trainer::param("other").is_null() &&
                          trainer::seed() == 7 && trainer::seed("init") == 4294967296 &&
                          trainer::seed("shuffle") == 7 && trainer::hardware() == Json(Json::Object{{"threads", 1}}) &&
                          trainer::out("a") == folder.out / "a";
        return good ? 0 : 1;
    });
    EXPECT_EQ(code, 0);
}

TEST(Trainer, OutsideTheHarnessNothingHappens) {
    const TemporaryDirectory here;
    const int code = in_child(nullptr, [&] {
        fs::current_path(here.path());
        const int inner = trainer::run([] {
            trainer::save_predictions(std::vector<float>{0.5F, 0.5F}, 1, 2);
            trainer::save_labels(std::vector<std::int64_t>{1});
            trainer::save_metrics({{"accuracy", 1}});
            trainer::save_versions(Json::Object{});
            trainer::save_effective(Json::Object{});
            trainer::save_weights("");
            trainer::progress(1, 2);
        });
        const bool good = inner == 0 && !trainer::active() && trainer::param("lr", 0.25) == 0.25 &&
                          trainer::param("optimizer", "adam") == "adam" && trainer::seed("init", 42) == 42 &&
                          trainer::seed() == 0 && trainer::hardware() == Json(Json::Object{}) &&
                          trainer::out("a") == "a" && fs::is_empty(here.path());
        return good ? 0 : 1;
    });
    EXPECT_EQ(code, 0);
}

TEST(Trainer, AStreamThatDoesNotExistIsAnError) {
    const auto mistyped = [] {
        try {
            trainer::seed("shufle");
        } catch (const Error& error) {
            return error.code() == "P0103" ? 0 : 2;
        }
        return 1;
    };
    EXPECT_EQ(in_child(nullptr, mistyped), 0);
    const Folder folder;
    EXPECT_EQ(in_child(&folder, mistyped), 0);
}

TEST(Trainer, WritesWhatTheHarnessReads) {
    const Folder folder;
    const std::vector<double> probabilities = {0.25, 0.75, 1, 0, 0.5, 0.5};
    ASSERT_EQ(in_child(&folder,
                       [&] {
                           return trainer::run([&] {
                               trainer::save_predictions(probabilities, 3, 2);
                               trainer::save_labels(std::vector<std::int64_t>{1, 0, 1});
                               trainer::save_weights("tensors");
                               trainer::save_metrics({{"loss", std::nan("")},
                                                      {"top", std::numeric_limits<double>::infinity()},
                                                      {"accuracy", 0.5}});
                               trainer::save_versions(Json::Object{{"mine", "1.2"}});
                               trainer::save_effective(Json::Object{{"threads", 1}});
                               ::usleep(510'000);  // progress is written twice a second
                               trainer::progress(3, 10);
                               trainer::progress(4, 10);
                           });
                       }),
              0);
    const NumericArray array = parse_npy(folder.text("predictions.npy"));
    EXPECT_EQ(array, array_of<double>(NumericType::float64, {3, 2}, probabilities));
    EXPECT_EQ(integers_of(parse_npy(folder.text("labels.npy"))), (std::vector<std::int64_t>{1, 0, 1}));
    EXPECT_EQ(folder.text("weights.safetensors"), "tensors");
    EXPECT_EQ(folder.text("metrics.json"), R"({"accuracy":0.5})");
    EXPECT_EQ(folder.text("versions.json"), R"({"mine":"1.2"})");
    EXPECT_EQ(folder.text("effective.json"), R"({"hardware":{"threads":1}})");
    EXPECT_EQ(folder.text("run_id"), "013");
    EXPECT_FALSE(folder.has("failure"));
    EXPECT_FALSE(folder.has("predictions.npy.tmp"));
}

struct Mistake {
    const char* name;
    std::function<void()> make;
    int exit;
    const char* failure;  // a part of what stands in the file
};

TEST(Trainer, MistakesAreNamedAndLeaveAReason) {
    const Mistake mistakes[] = {
        {"sizes",
         [] {
             trainer::save_predictions(std::vector<float>{1, 0, 1}, 2, 2);
         },
         2, "3 values for 2 inputs x 2"},
        {"classes", [] { trainer::save_predictions(std::vector<float>{}, 1, 0); }, 2, "0 values for 1 input x 0"},
        {"product", [] { trainer::save_predictions(std::vector<float>{}, std::size_t{1} << 62, 4); }, 2, "0 values"},
        {"whole", [] { trainer::param("lr", 1); }, 2, "parameter lr is 0.5, expected a whole number"},
        {"number", [] { trainer::param("optimizer", 0.1); }, 2, "parameter optimizer is \"sgd\", expected a number"},
        {"bool", [] { trainer::param("epochs", true); }, 2, "parameter epochs is 3, expected true or false"},
        {"versions", [] { trainer::save_versions(Json(1)); }, 2, "versions.json must be an object, got 1"},
        {"effective", [] { trainer::save_effective(Json(1)); }, 2, "save_effective: expected an object"},
        {"theirs", [] { throw std::runtime_error("the loss\nis gone"); }, 1, "the loss\n"},
        {"nothing to say", [] { throw std::runtime_error(""); }, 1, "an error"},
    };
    for (const Mistake& mistake : mistakes) {
        const Folder folder;
        EXPECT_EQ(in_child(&folder, [&] { return trainer::run(mistake.make); }), mistake.exit) << mistake.name;
        EXPECT_NE(folder.text("failure").find(mistake.failure), std::string::npos)
            << mistake.name << ": " << folder.text("failure");
        EXPECT_FALSE(folder.has("predictions.npy")) << mistake.name;
    }
}

TEST(Trainer, ARunFileThatIsNoneEndsIt) {
    const Folder folder;
    write_file_atomic(folder.config, R"({"protocol":2})");
    EXPECT_EQ(in_child(&folder, [] { return trainer::run([] {}); }), 2);
    write_file_atomic(folder.config, "{");
    EXPECT_EQ(in_child(&folder, [] { return trainer::run([] {}); }), 74);
    fs::remove(folder.config);
    EXPECT_EQ(in_child(&folder, [] { return trainer::run([] {}); }), 74);
}

}  // namespace
}  // namespace assay
