#include "archive/checkpoint.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "made_run.hpp"

namespace assay {
namespace {

const std::string k_store = "6f1c2a0e-0000-4000-8000-000000000001";

std::string run(int i) { return sha256_hex("run " + std::to_string(i)); }

// A chain as a store would write it.
struct Chain {
    std::map<std::string, std::string> texts;
    std::optional<std::string> head;
    RunIds runs;

    void add(const RunIds& now, const RunIds& retired = {}) {
        const std::string text = checkpoint_text(next_checkpoint(head, runs, now, retired, k_store));
        head = sha256_hex(text);
        texts[*head] = text;
        runs = now;
    }
    std::function<std::string(std::string_view)> reader() const {
        return [this](std::string_view digest) { return texts.at(std::string(digest)); };
    }
};

using testing::code_of;

TEST(Checkpoint, AChainStandsForItsRuns) {
    Chain chain;
    chain.add({});
    chain.add({run(1), run(2)});
    chain.add({run(1), run(2), run(3)});
    chain.add({run(2), run(3), run(4)}, {run(1)});
    EXPECT_EQ(runs_of_chain(*chain.head, chain.reader()), (RunIds{run(2), run(3), run(4)}));
    for (const auto& [digest, text] : chain.texts) EXPECT_EQ(checkpoint_text(parse_checkpoint(text, "x")), text);
}

TEST(Checkpoint, ARunThatIsGoneIsNamed) {
    Chain chain;
    chain.add({run(1), run(2)});
    try {
        next_checkpoint(chain.head, chain.runs, {run(2)}, {}, k_store);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "A0502");
        EXPECT_EQ(error.exit(), Exit::no);
        EXPECT_NE(std::string(error.what()).find(run(1)), std::string::npos);
    }
}

// `printf '%s' ID... | sort | xxd -r -p | sha256sum`; of no runs it is that of nothing.
TEST(Checkpoint, TheRootIsTheDigestOfTheSortedIds) {
    EXPECT_EQ(run_ids_root({}), sha256_hex(""));
    const std::string zeros(64, '0'), ones = std::string(62, '0') + "0a";
    EXPECT_EQ(run_ids_root({ones, zeros}), sha256_hex(std::string(63, '\0') + '\x0a'));
}

TEST(Checkpoint, AChangedChainIsRefused) {
    Chain chain;
    chain.add({run(1)});
    const std::string first = *chain.head;
    chain.add({run(1), run(2)});
    const auto with = [&](Checkpoint changed) {
        Chain copy = chain;
        const std::string text = checkpoint_text(changed);
        copy.texts[sha256_hex(text)] = text;
        return code_of([&] { runs_of_chain(sha256_hex(text), copy.reader()); });
    };
    const Checkpoint last = parse_checkpoint(chain.texts[*chain.head], "x");
    EXPECT_EQ(with(last), "");
    Checkpoint changed = last;
    changed.count = 3;
    EXPECT_EQ(with(changed), "A0501");
    changed = last;
    changed.added = {run(3)};
    EXPECT_EQ(with(changed), "A0501");
    changed = last;
    changed.retired = {run(9)};
    EXPECT_EQ(with(changed), "A0501");
    changed = last;
    changed.added.insert(run(1));
    EXPECT_EQ(with(changed), "A0501");
    changed = last;
    changed.prev.reset();
    EXPECT_EQ(with(changed), "A0501");
    chain.texts[first] += " ";
    EXPECT_EQ(code_of([&] { runs_of_chain(*chain.head, chain.reader()); }), "A0501");
}

TEST(Checkpoint, EveryFlippedBitIsRefusedOrAnotherDigest) {
    Chain chain;
    chain.add({run(1)});
    chain.add({run(2)}, {run(1)});
    const std::string good = chain.texts[*chain.head];
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        std::string text = good;
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ static_cast<char>(1U << bit % 8));
        Chain damaged = chain;
        damaged.texts[*chain.head] = text;
        EXPECT_EQ(code_of([&] { runs_of_chain(*chain.head, damaged.reader()); }), "A0501");
        try {
            EXPECT_EQ(checkpoint_text(parse_checkpoint(text, "x")), text);
        } catch (const Error& error) {
            EXPECT_TRUE(error.code() == "A0501" || error.code() == "A0503") << error.what();
        }
    }
}

}  // namespace
}  // namespace assay
