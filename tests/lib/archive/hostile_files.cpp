// How the hostile files were made. Each is one lie in a file that is right in all else, as a forger would make it:
// sums, checksums, digests and ids around it fit, wherever the lie itself does not touch them.
#include "hostile_files.hpp"

#include <functional>

#include "archive/checkpoint.hpp"
#include "archive/dsse.hpp"
#include "archive/packed.hpp"
#include "archive/run_archive.hpp"
#include "archive/transfer.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "made_run.hpp"
#include "made_tensors.hpp"
#include "support/test_keys.hpp"

namespace assay::testing {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;
using Edit = std::function<void(Members&)>;

std::string tar_of(const Members& members, bool with_sums = true) {
    std::vector<std::pair<std::string, std::string>> sums;
    for (const auto& [name, data] : members) sums.emplace_back(name, sha256_hex(data));
    return bytes_written([&](const auto& sink) {
        TarWriter tar(sink);
        for (const auto& [name, data] : members) tar.add(name, std::string_view(data));
        if (with_sums) tar.add("SHA256SUMS", std::string_view(sums_text(sums)));
        tar.finish();
    });
}

// A run with one member, a log; its manifest is 1 to 2 kB.
Members small_run() {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    RunRecord record = made_record("hostile");
    record.members["log.txt"] = store.put_object("a log\n");
    const std::string id = store.put_run(record);
    const std::string bytes = bytes_written([&](const auto& sink) { export_run(store, id, sink); });
    Members members;
    for (const TarMember& member : read_tar(memory_window(bytes), "r")) {
        if (member.name != "SHA256SUMS")
            members.emplace_back(member.name, bytes.substr(member.offset, member.size_bytes));
    }
    return members;
}

void replace(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw Error("TEST", Exit::bug, "no '" + from + "' in " + text);
    text.replace(at, from.size(), to);
}

Edit in_manifest(const std::string& from, const std::string& to) {
    return [=](Members& members) { replace(members[0].second, from, to); };
}

Edit log_is(const std::string& stored) {
    return [=](Members& members) { members[1].second = stored; };
}

// A header with its checksum made right again.
std::string lied_header(const std::string& name, std::size_t at, const std::string& what, std::uint64_t size = 0) {
    const auto header = tar_header(name, size);
    std::string text(header.data(), header.size());
    text.replace(at, what.size(), what);
    unsigned sum = 8 * ' ';
    for (std::size_t i = 0; i < text.size(); ++i) sum += i >= 148 && i < 156 ? 0U : static_cast<unsigned char>(text[i]);
    for (std::size_t i = 154; i-- > 148; sum >>= 3) text[i] = static_cast<char>('0' + (sum & 7));
    return text;
}

void add_tars(std::map<std::string, std::string>& files) {
    const std::string good = tar_of(small_run());
    // A second header behind the manifest, so that the file is known for an archive.
    const std::size_t behind =
        good.find("log.txt.zst") == std::string::npos ? 0 : good.find(std::string("log.txt.zst") + '\0');
    const auto with = [&](const std::string& header) {
        std::string bytes = good;
        return bytes.insert(behind, header);
    };
    const std::tuple<const char*, std::size_t, std::string> lies[] = {
        {"hard_link", 156, "1"},
        {"symbolic_link", 156, "2"},
        {"folder", 156, "5"},
        {"pax", 156, "x"},
        {"global_pax", 156, "g"},
        {"gnu_long_name", 156, "L"},
        {"sparse", 156, "S"},
        {"set_user_id", 103, "4755"},
        {"owner", 108, "0001750"},
        {"time", 136, "14000000000"},
        {"link_target", 157, "/etc/passwd"},
        {"prefix", 345, "/etc"},
        {"gnu_magic", 257, "ustar  "},
        {"base_256", 124, "\x80"},
        {"absolute", 0, "/etc/passwd"},
        {"parent", 0, "../a"},
        {"hidden_name", 2, "hidden"},
        {"negative_size", 124, "-0000000001"},
    };
    for (const auto& [name, at, what] : lies)
        files[std::string("tar_") + name + ".tar"] = with(lied_header("a", at, what));
    files["tar_huge_member.tar"] = with(lied_header("a", 0, "a", k_tar_member_bytes - 1));
    files["tar_cut.tar"] = good.substr(0, good.size() - 512);
    files["tar_extended.tar"] = good + std::string(512, '\0');
    files["tar_odd_size.tar"] = good + "x";
    files["tar_behind_the_end.tar"] = good + good;
    std::string padding = good;
    padding[padding.find("SHA256SUMS", behind) - 1] = 'x';
    files["tar_padding.tar"] = padding;
    Members twice = small_run();
    twice.push_back(twice[1]);
    files["tar_twice.tar"] = tar_of(twice);
}

void add_runs(std::map<std::string, std::string>& files) {
    const auto with = [&](const char* name, const Edit& edit) {
        Members members = small_run();
        edit(members);
        files[std::string("run_") + name + ".tar"] = tar_of(members);
    };
    with("without_member", [](Members& m) { m.erase(m.begin() + 1); });
    with("unlisted_member", [](Members& m) { m.emplace_back("zzz", "x"); });
    with("swapped", [](Members& m) { std::swap(m[0], m[1]); });
    with("signature_name", [](Members& m) { m.emplace_back("sig-01234567.dsse.json.zst", "x"); });
    files["run_no_sums.tar"] = tar_of(small_run(), false);
    with("manifest_blank", [](Members& m) { m[0].second += "\n"; });
    with("manifest_not_json", [](Members& m) { m[0].second.resize(m[0].second.size() / 2); });
    with("manifest_twice_a_key", in_manifest("{\"env\":", "{\"env\":{},\"env\":"));
    with("manifest_deep", [](Members& m) { m[0].second = std::string(2000, '[') + std::string(2000, ']'); });
    with("manifest_number", in_manifest("\"size\":6", "\"size\":6.0"));
    with("manifest_large_number", in_manifest("\"size\":6", "\"size\":1e400"));
    with("manifest_negative_size", in_manifest("\"size\":6", "\"size\":-6"));
    with("manifest_huge_size", in_manifest("\"size\":6", "\"size\":9007199254740993"));
    with("manifest_other_size", in_manifest("\"size\":6", "\"size\":7"));
    with("manifest_path", in_manifest("\"name\":\"log.txt\"", "\"name\":\"../../l\""));
    with("manifest_slash", in_manifest("\"name\":\"log.txt\"", "\"name\":\"l/g.txt\""));
    with("manifest_no_digest", in_manifest("\"sha256\":\"", "\"sha256\":\"Z"));
    with("manifest_unknown_key", in_manifest("\"format\":", "\"exec\":\"rm\",\"format\":"));
    with("manifest_newer", in_manifest("assay-run/1", "assay-run/9"));
    with("manifest_other_id", [](Members& m) {
        const std::size_t at = m[0].second.find("\"recipe_id\":\"") + 13;
        m[0].second[at] = m[0].second[at] == '0' ? '1' : '0';
    });
    with("manifest_not_utf8", in_manifest("\"host\":\"host\"",
                                          "\"host\":\"h\xff"
                                          "st\""));
    with("manifest_surrogate", in_manifest("\"host\":\"host\"", "\"host\":\"\\ud800\""));
}

void add_objects(std::map<std::string, std::string>& files) {
    const MadeFrame whole = frames_of(pack_plain("a log\n")).front();
    const std::string other = pack_plain("a lOg\n");
    const auto with = [&](const char* name, const std::string& stored) {
        Members members = small_run();
        log_is(stored)(members);
        files[std::string("object_") + name + ".tar"] = tar_of(members);
    };
    const auto changed = [&](std::size_t at, char value) {
        std::string bytes = whole.bytes;
        bytes[at] = value;
        return made_object({{bytes, whole.content_bytes}});
    };
    with("other_content", other);
    with("empty", "");
    with("not_zstd", made_object({{"hello!", 6}}));
    with("plain_zstd", whole.bytes);
    with("longer", made_object({{whole.bytes, 7}}));
    with("too_long", made_object({{whole.bytes, k_frame_limit + 1}}));
    with("dictionary", changed(4, static_cast<char>(whole.bytes[4] | 1)));
    with("reserved_bit", changed(4, static_cast<char>(whole.bytes[4] | 8)));
    with("no_checksum", changed(4, static_cast<char>(whole.bytes[4] & ~4)));
    with("wide_window",
         made_object({{std::string("\x28\xB5\x2F\xFD\x44\x58\x10\x27", 8) + whole.bytes.substr(7), 10256}}));
    with("two_frames_as_one", made_object({{whole.bytes + whole.bytes, whole.content_bytes}}));
    with("skippable", made_object({{std::string("\x50\x2A\x4D\x18\4\0\0\0abcd", 12), 6}}));
    std::string many = made_object({whole});
    many.replace(many.size() - 9, 4, "\xff\xff\xff\xff");
    with("many_frames", many);
    // 2 MiB of zeros in 100 bytes, where six bytes were promised.
    const MadeFrame zeros = frames_of(pack_plain(std::string(k_frame_limit, '\0'))).front();
    with("bomb", made_object({zeros, zeros}));
}

void add_signatures(std::map<std::string, std::string>& files) {
    const PrivateKey key = PrivateKey::from_bytes(k_test_key, "key.pem");
    const std::string run = sha256_hex("a run"), good = sign_statement(run_seal({run}), key);
    const auto with = [&](const char* name, const std::string& from, const std::string& to) {
        std::string text = good;
        replace(text, from, to);
        files[std::string("signature_") + name + ".dsse.json"] = text;
    };
    const auto signed_text = [&](const char* name, const std::string& payload) {
        files[std::string("signature_") + name + ".dsse.json"] = dsse_envelope(payload, key);
    };
    files["signature_cut.dsse.json"] = good.substr(0, good.size() - 1);
    files["signature_empty.dsse.json"] = "{}";
    with("no_base64", "\"payload\":\"", "\"payload\":\"***");
    with("second_payload", "{\"payload\":", "{\"payload\":\"\",\"payload\":");
    with("no_signature", "\"signatures\":[", "\"signatures\":[],\"x\":[");
    with("other_alphabet", "\"sig\":\"", "\"sig\":\"!");
    const std::string head =
        R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"p","predicate":{},"subject":)";
    signed_text("no_subject", head + "[]}");
    signed_text("no_digest", head + R"([{"name":"m","digest":{"sha256":"12"}}]})");
    signed_text("deep", std::string(3000, '['));
    signed_text("not_json", "hello");
}

void add_checkpoints(std::map<std::string, std::string>& files) {
    const std::string run = sha256_hex("a run");
    const Checkpoint checkpoint = next_checkpoint(std::nullopt, {}, {run}, {}, "6f1c2a0e-0000-4000-8000-000000000001");
    const std::string good = checkpoint_text(checkpoint);
    const auto with = [&](const char* name, const std::string& from, const std::string& to) {
        std::string text = good;
        replace(text, from, to);
        files[std::string("checkpoint_") + name + ".json"] = text;
    };
    files["checkpoint_cut.json"] = good.substr(0, good.size() / 2);
    with("negative", "\"count\":1", "\"count\":-1");
    with("huge_count", "\"count\":1", "\"count\":1e300");
    with("no_id", "\"added\":[\"", "\"added\":[\"x\",\"");
    with("newer", "assay-ckpt/1", "assay-ckpt/2");
    with("blank", "{", "{ ");
    with("prev", "\"prev\":null", "\"prev\":\"../x\"");
}

}  // namespace

std::map<std::string, std::string> hostile_files() {
    std::map<std::string, std::string> files;
    add_tars(files);
    add_runs(files);
    add_objects(files);
    add_signatures(files);
    add_checkpoints(files);
    return files;
}

}  // namespace assay::testing
