#include "cli/commands.hpp"

#include "cli/options.hpp"

namespace assay {
namespace {

// A question to a training command, from the first look at it to the report.
std::vector<Command> audit_commands() {
    return {
        {"demo", "assay demo [options]", "which of five causes changes a digit reader's answers? (a minute)",
         "  assay demo                  trains small nets on real digits, prints the table\n", true, 0, demo_command},
        {"init", "assay init SCRIPT [options]", "a first spec for your training script, which is read, not run",
         "  assay init train.py                   writes assay.yaml, with comments\n"
         "  assay init train.py -o study.yaml     never replaces a file\n"
         "  assay init --python [-o FOLDER]       only assay.py, a helper of one file:\n"
         "                                        import assay; assay.start()\n"
         "  assay init --ci github                a workflow that gates pull requests by\n"
         "                                        assay.yaml; or gitlab\n",
         false, 1, init_command, false, false, false, false, true},
        {"doctor", "assay doctor [SCRIPT] [options]", "what here or in a script can break repeatability; runs nothing",
         "  assay doctor                the machine, and what its libraries report\n"
         "  assay doctor train.py       and a look at the script for 12 known patterns\n\n"
         "What it finds is to be looked at: the exit code is 0 all the same.\n",
         false, 1, doctor_command},
        {"plan", "assay plan [SPEC] [options]", "what a spec would run and set; refuses what this machine lacks",
         "  assay plan audits/origin_seeds.yaml\n  assay plan --json                of assay.yaml in this folder\n",
         false, 1, plan_command},
        {"run", "assay run [SPEC] [options]   or   assay run [options] -- CMD...",
         "run what is missing, then report; run it again to continue",
         "  assay run audits/origin_learning_rate.yaml\n"
         "  assay run -- python train.py --seed '${seed}' --out '${out}'\n"
         "  assay run study.yaml --budget 20m -o report.json\n"
         "  assay run release.yaml --gate --stop-when-decided\n",
         true, 1, run_command},
        {"replay", "assay replay RUN [options]", "one stored run again, in a fresh process, compared bit for bit",
         "  assay replay 013                 run 013 of the last audit\n"
         "  assay replay origin_seeds/004    of the audit of that name\n",
         false, 1, replay_command},
        {"report", "assay report [AUDIT] [options]", "what is stored of an audit, as text or JSON; runs nothing",
         "  assay report                     the last audit\n  assay report last~1 -o report.json\n", false, 1,
         report_command},
        {"import", "assay import TABLE [options]", "runs of other tools, from a table (CSV); then the same report",
         "  assay import runs.csv                     a row for each run; then report\n"
         "  assay import runs.csv --name may_sweep -o report.json\n"
         "  assay import runs.csv --inputs inputs.csv\n\n"
         "A table: seed,lr,hardware.isa,predictions\n"
         "         1,0.01,avx2,out/1.npy\n"
         "or, with numbers only: seed,lr,response.accuracy\n",
         false, 1, import_command, true},
    };
}

// May it be released?
std::vector<Command> gate_commands() {
    return {
        {"gate", "assay gate [SPEC|AUDIT] [options]",
         "judges stored runs by the spec's rules and the accepted baseline",
         "  assay gate                       assay.yaml here, or the last audit\n"
         "  assay gate audits/gate_release.yaml -o gate.xml -o comment.md\n"
         "  assay gate --format github       in a workflow this is the default\n"
         "  assay gate --sign key.pem        the verdict, signed, beside the baseline:\n"
         "                                   assay.verdict.dsse.json (or -o X.dsse.json)\n\n"
         "exit 0 passes, 1 fails, 3 undecided, 4 runs or the baseline's data are missing.\n"
         "Nothing is trained. -o: .txt .json .md, .xml (JUnit), metrics.txt (OpenMetrics),\n"
         "badge.json (shields.io), codequality.json (GitLab).\n",
         false, 1, gate_command, false, false, false, false, false, true},
        {"accept", "assay accept [SPEC|AUDIT] [options]", "makes stored runs the baseline of later gates",
         "  assay accept                     shows what changes, asks, writes\n"
         "                                   assay.baseline.json beside the spec\n"
         "  assay accept --yes\n\n"
         "Refused where the variable CI is set: a person accepts, and commits the file.\n",
         false, 1, accept_command, false, false, false, false, false, false, true},
        {"explain", "assay explain [CODE|METRIC] [options]", "one page: what it means, how it is computed, what to do",
         "  assay explain S0121              an error code\n"
         "  assay explain flips              what a rule of a gate measures\n"
         "  assay explain                    the list of both\n",
         false, 1, explain_command},
    };
}

// What is there already: files, runs, environments, stores.
std::vector<Command> evidence_commands() {
    return {
        {"diff", "assay diff A B [options]", "what differs in two environments, files or runs, and how far",
         "  assay diff march.json env               environments: a saved one, this one\n"
         "  assay diff a.safetensors b.npz          weights, tensor by tensor: how far\n"
         "  assay diff a/predictions.npy b/predictions.npy\n"
         "  assay diff 013 014                      two runs of the last audit\n"
         "  assay diff last~1 last                  two audits, run by run\n\n"
         "exit 0 the same, 1 they differ. Fields of the class context are shown, but two\n"
         "environments that differ in nothing else are the same.\n",
         false, 2, diff_command},
        {"fingerprint", "assay fingerprint [env|FILE] [options]", "what computes here, or what a file of weights holds",
         "  assay fingerprint                     this environment: CPU, BLAS, threads ...\n"
         "  assay fingerprint env -o march.json   keep it: assay diff march.json env\n"
         "  assay fingerprint env --markdown      to paste into an issue\n"
         "  assay fingerprint model.safetensors   .npz with the same tensors: the same id\n",
         false, 1, fingerprint_command, false, true},
        {"trainer", "assay trainer check [SPEC] [options]   or   assay trainer check -- CMD...",
         "does a training command follow the protocol? a line for each rule",
         "  assay trainer check -- python train.py --seed '${seed}' --out '${out}'\n"
         "  assay trainer check study.yaml        the trainer of a spec\n\n"
         "exit 0 it does, 1 a rule is broken. Nothing is stored.\n",
         false, 2, trainer_command},
        {"verify", "assay verify [PATH] [options]", "is a store, or a file of archived runs, whole?",
         "  assay verify                    the store\n"
         "  assay verify 3f2a91c04d77.run.tar --deep\n"
         "  assay verify --sample 5         every day another 5% of the store\n"
         "  assay verify --sig --key key.pub.pem     and every run signed by that key\n"
         "  assay verify seal.dsse.json --sig --key key.pub.pem\n\n"
         "exit 0 all that was asked for is there and whole; 1 not signed, or by others;\n"
         "4 planned runs are missing; 74 something is damaged: a line for each.\n",
         false, 1, verify_command, false, false, true},
        {"sign", "assay sign RUN|AUDIT|FILE.tar... --key FILE [options]", "says with your key: these runs I kept",
         "  assay sign 013 --key key.pem               a run of the last audit\n"
         "  assay sign origin_seeds --key key.pem      every run of an audit\n"
         "  assay sign 3f2a91c04d77.run.tar --key key.pem            in the file\n"
         "  assay sign origin_seeds --key key.pem -o s.dsse.json     one file, apart\n\n"
         "A key pair, once:  openssl genpkey -algorithm ed25519 -out key.pem\n"
         "                   openssl pkey -in key.pem -pubout -out key.pub.pem\n"
         "Whoever has key.pub.pem can check: assay verify --sig --key key.pub.pem\n\n"
         "With a key of OpenSSH:  assay archive export 013 -o r.tar && tar xf r.tar\n"
         "                        ssh-keygen -Y sign -f KEY -n run manifest.json\n"
         "                        assay sign 013 --attach manifest.json.sig\n",
         false, 1000, sign_command, false, false, false, false, false, false, false, true},
        {"archive", "assay archive [ls|show|export|import|check|checkpoint|gc|repack] ...",
         "runs and audits as files; what the store holds",
         "  assay archive ls                        every stored run, with its ids\n"
         "  assay archive show 013                  one run of the last audit, or an audit\n"
         "  assay archive export 013                one file, 3f2a91c04d77.run.tar\n"
         "  assay archive export origin_seeds -o may.tar\n"
         "  assay archive export 013 --safetensors w.safetensors   its weights\n"
         "  assay archive import may.tar            elsewhere, too; checked, then kept\n"
         "  assay archive checkpoint --key key.pem -o may.dsse.json\n"
         "                                          verify names runs that go after it\n"
         "  assay archive gc --dry-run              what no run needs any more\n"
         "  assay archive repack --delta            the same runs in fewer bytes\n\n"
         "Without assay: tar xf RUN.run.tar && sha256sum -c SHA256SUMS\n",
         false, 1000, archive_command, false, false, true, true},
    };
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> k_commands = [] {
        std::vector<Command> all = audit_commands();
        for (Command& command : gate_commands()) all.push_back(std::move(command));
        for (Command& command : evidence_commands()) all.push_back(std::move(command));
        return all;
    }();
    return k_commands;
}

}  // namespace assay
