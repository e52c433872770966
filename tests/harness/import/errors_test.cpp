// The texts of errors in a table of runs, as golden files: a person reads them.
#include <gtest/gtest.h>

#include "support/golden.hpp"
#include "tables.hpp"

namespace assay {
namespace {

struct Case {
    const char* name;
    const char* text;
    Exit exit = Exit::usage;
};

const Case k_cases[] = {
    {"no_csv", "seed,predictions\n1,\"a.npy\n2,b.npy\n"},
    {"not_utf8", "seed,predictions\n1,caf\xe9.npy\n"},
    {"semicolons", "seed;predictions\n1;a.npy\n"},
    {"no_runs", "seed,predictions\n"},
    {"no_table", ""},
    {"kinds", "hyperparamter.lr,sead.init,response,optimizer.lr,predictions\n1,2,3,4,a.npy\n"},
    {"names", "learning rate,hardware.,1st,,predictions\n1,2,3,4,a.npy\n"},
    {"words", "sed,prediction,outcom,accuracy,seed.intt\n1,a.npy,completed,0.5,3\n"},
    {"repeated",
     "lr,seed,hyperparameter.lr,seed.init,architecture.lr,predictions,predictions\n1,2,3,4,5,a.npy,b.npy\n"},
    {"no_answers", "seed,lr\n1,0.1\n2,0.1\n"},
    {"no_factors", "predictions,response.loss\na.npy,1\nb.npy,2\n"},
    {"width", "seed,lr,predictions\n1,0.1\n2,0,1,b.npy\n3,0.1,c.npy\n"},
    {"values",
     "seed,lr,replicate,outcome,predictions,response.loss\n-1,0.1,0,,a.npy,1\n2,,one,compleet,b.npy,2\n"
     "3,0.1,-1,diverged,,many\n"},
    {"numbers", "seed,response.loss,outcome\n1,nan,\n2,,completed\n3,inf,diverged\n4,0.5,\n"},
    {"outcomes", "seed,predictions,outcome\n1,,\n2,b.npy,failed\n3,,failed\n4,d.npy,\n"},
    {"files", "seed,predictions\n1,nowhere.npy\n2,a_folder\n3,damaged.npy\n4,a.npy\n", Exit::unreadable},
    {"answers", "seed,predictions\n1,a.npy\n2,short.npy\n3,logits.npy\n4,labels.npy\n"},
    {"labels",
     "seed,predictions,labels\n1,a.npy,labels.npy\n2,b.npy,other_labels.npy\n3,c.npy,labels_19.npy\n"
     "4,d.npy,labels_to_7.npy\n5,d.npy,a.npy\n"},
    {"csv_files",
     "seed,predictions,labels\n1,a.csv,labels.csv\n2,word.csv,\n3,ragged.csv,\n4,open.csv,\n5,head.csv,two.csv\n",
     Exit::unreadable},
    {"weights", "seed,predictions,weights\n1,a.npy,damaged.npy\n2,b.npy,b.npy\n3,c.npy,damaged.safetensors\n",
     Exit::unreadable},
    {"repeats", "seed,replicate,predictions\n1,0,a.npy\n1,0,b.npy\n2,1,c.npy\n2,2,d.npy\n3,0,d.npy\n"},
    {"nothing_varies", "seed,lr,predictions\n1,0.1,a.npy\n1,0.10,b.npy\n"},
    {"two_places", "seed,lr,predictions\n1,0.1,a.npy\n\n\"2\",\"0.1\n0.2\",\"gone, away.npy\"\nx,0.1,c.npy\n",
     Exit::unreadable},
};

class TableErrors : public ::testing::TestWithParam<Case> {};

TEST_P(TableErrors, ReadAsTheGoldenFileSays) {
    const testing::Tables tables;
    tables.write("a.csv", "0.5,0.5\n0.25,0.75\n");
    tables.write("labels.csv", "label\n0\n0.5\n");
    tables.write("word.csv", "p0,p1\n0.5,0.5\n0.25,x\n");
    tables.write("ragged.csv", "0.5,0.5\n0.5\n");
    tables.write("open.csv", "\"0.5,0.5\n");
    tables.write("head.csv", "p0,p1\n");
    tables.write("two.csv", "0,1\n");
    tables.write("damaged.safetensors", "short");
    try {
        tables.import(GetParam().text);
        FAIL() << "no error";
    } catch (const TableError& error) {
        EXPECT_EQ(error.exit(), GetParam().exit);
        std::string text = error.what();
        const std::string folder = tables.folder.path().string() + "/";
        for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
            text.erase(at, folder.size());
        testing::expect_golden(text, std::string("import/") + GetParam().name + ".txt");
    }
}

INSTANTIATE_TEST_SUITE_P(All, TableErrors, ::testing::ValuesIn(k_cases),
                         [](const auto& which) { return which.param.name; });

// 25 errors: 20 are shown, and how many more there are.
TEST(ManyErrors, AreCounted) {
    const testing::Tables tables;
    std::string text = "seed,predictions\n";
    for (int i = 0; i < 25; ++i) text += "x,a.npy\n";
    try {
        tables.import(text);
        FAIL() << "no error";
    } catch (const TableError& error) {
        const std::string said = error.what();
        EXPECT_NE(said.find("runs.csv:21:1"), std::string::npos) << said;
        EXPECT_EQ(said.find("runs.csv:22:1"), std::string::npos) << said;
        EXPECT_NE(said.find("and 5 more errors"), std::string::npos) << said;
    }
}

TEST(ManyRuns, AreRefusedAboveTheLimit) {
    const testing::Tables tables;
    std::string text = "seed,response.loss\n";
    for (std::size_t i = 0; i < k_import_runs_max; ++i) text += std::to_string(i) + ",1\n";
    EXPECT_EQ(tables.import(text).plan.runs.size(), k_import_runs_max);
    try {
        tables.import(text + "10000,1\n");
        FAIL() << "no error";
    } catch (const TableError& error) {
        EXPECT_NE(std::string(error.what()).find("10001 runs; at most 10000"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace assay
