#include "archive/run_index.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "archive/manifest_scan.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr int k_version = 1, k_patience_ms = 2000;
constexpr std::size_t k_strangers = 1000;  // rows of other runs that may stay: a copy of a store shares its cache

struct Unusable {
    bool damaged = false;  // else only not to be written, or busy
};

// Ids as 32 bytes; anything else as it is.
std::string packed_id(std::string_view text) {
    if (!is_sha256_hex(text)) return std::string(text);
    std::string bytes;
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    for (std::size_t i = 0; i < text.size(); i += 2)
        bytes += static_cast<char>(digit(text[i]) << 4 | digit(text[i + 1]));
    return bytes;
}
std::string unpacked_id(std::string_view bytes) {
    if (bytes.size() != 32) return std::string(bytes);
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::int64_t checksum_of(const RunRow& row) {
    Xxh3 digest;
    for (const std::string* const part :
         {&row.run_id, &row.state, &row.recipe_id, &row.env_id, &row.result_id, &row.started, &row.host}) {
        const std::uint64_t size = part->size();
        digest.update(&size, sizeof size);
        digest.update(part->data(), part->size());
    }
    return static_cast<std::int64_t>(digest.digest().low);
}

class Statement {
public:
    Statement(sqlite3* database, const char* sql) {
        check(sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr));
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // The bytes must stay where they are until step().
    void bind(int index, std::string_view bytes) {
        check(sqlite3_bind_blob64(statement_, index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                                  SQLITE_STATIC));
    }
    void bind(int index, std::int64_t number) { check(sqlite3_bind_int64(statement_, index, number)); }
    bool step() {
        const int code = sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
        return code == SQLITE_ROW;
    }
    void reset() { sqlite3_reset(statement_); }
    std::string_view bytes(int column) const {
        const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        return {data == nullptr ? "" : data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }

private:
    void check(int code) const {
        if (code == SQLITE_OK) return;
        const bool for_now = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_READONLY ||
                             code == SQLITE_FULL || code == SQLITE_CANTOPEN || code == SQLITE_IOERR;
        throw Unusable{!for_now};
    }
    sqlite3_stmt* statement_ = nullptr;
};

class Index {
public:
    explicit Index(const fs::path& path) {
        const int code = sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
        if (code != SQLITE_OK) {
            sqlite3_close(database_);
            throw Unusable{};
        }
        try {
            prepare();
        } catch (const Unusable&) {
            sqlite3_close(database_);
            throw;
        }
    }
    ~Index() { sqlite3_close(database_); }
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;

    // In the order of ids.
    std::vector<RunRow> read() {
        Statement rows(database_,
                       "SELECT id, state, recipe, env, result, started, host, checksum FROM run ORDER BY id");
        std::vector<RunRow> found;
        while (rows.step()) {
            RunRow row{unpacked_id(rows.bytes(0)), std::string(rows.bytes(1)), unpacked_id(rows.bytes(2)),
                       unpacked_id(rows.bytes(3)), unpacked_id(rows.bytes(4)), std::string(rows.bytes(5)),
                       std::string(rows.bytes(6))};
            if (checksum_of(row) != rows.number(7)) throw Unusable{true};
            if (!found.empty() && found.back().run_id >= row.run_id) throw Unusable{true};
            found.push_back(std::move(row));
        }
        return found;
    }

    void write(const std::vector<const RunRow*>& fresh, bool anew) {
        execute("BEGIN IMMEDIATE");
        if (anew) execute("DELETE FROM run");
        Statement insert(database_, "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        for (const RunRow* const row : fresh) {
            const std::array<std::string, 4> ids = {packed_id(row->run_id), packed_id(row->recipe_id),
                                                    packed_id(row->env_id), packed_id(row->result_id)};
            int index = 0;
            for (const std::string* const part :
                 {&ids[0], &row->state, &ids[1], &ids[2], &ids[3], &row->started, &row->host})
                insert.bind(++index, *part);
            insert.bind(++index, checksum_of(*row));
            insert.step();
            insert.reset();
        }
        execute("COMMIT");
    }

private:
    void execute(const char* sql) { Statement(database_, sql).step(); }

    void prepare() {
        sqlite3_busy_timeout(database_, k_patience_ms);
        execute("PRAGMA synchronous = OFF");  // what a power cut breaks is made anew
        Statement version(database_, "PRAGMA user_version");
        version.step();
        if (version.number(0) == k_version) return;
        if (version.number(0) != 0) throw Unusable{true};
        execute(
            "CREATE TABLE IF NOT EXISTS run (id BLOB PRIMARY KEY, state, recipe, env, result, started, host, "
            "checksum INTEGER) WITHOUT ROWID");
        execute("PRAGMA user_version = 1");
    }

    sqlite3* database_ = nullptr;
};

std::vector<RunRow> read_rows(const Store& store, const std::vector<std::string>& ids) {
    std::vector<RunRow> rows;
    rows.reserve(ids.size());
    for (const std::string& id : ids) rows.push_back(read_row(store, id));
    return rows;
}

// All rows, from the index where it has them; writes what it has not. An Error is of the store.
std::vector<RunRow> rows_by(Index& index, const Store& store, const std::vector<std::string>& ids) {
    std::vector<RunRow> known = index.read();
    std::vector<RunRow> rows;
    std::vector<std::size_t> fresh;
    rows.reserve(ids.size());
    auto next = known.begin();
    for (const std::string& id : ids) {
        while (next != known.end() && next->run_id < id) ++next;
        const bool is_known = next != known.end() && next->run_id == id;
        if (!is_known) fresh.push_back(rows.size());
        rows.push_back(is_known ? std::move(*next++) : read_row(store, id));
    }
    const std::size_t strangers = known.size() + fresh.size() - rows.size();
    const bool anew = strangers > k_strangers + ids.size();
    if (fresh.empty() && !anew) return rows;
    std::vector<const RunRow*> written;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (anew || std::binary_search(fresh.begin(), fresh.end(), i)) written.push_back(&rows[i]);
    }
    try {
        index.write(written, anew);
    } catch (const Unusable& unusable) {
        if (unusable.damaged) throw;  // else somebody else writes it, or another time
    }
    return rows;
}

// The name of the cache of a store, whose uuid may be anything in a store from elsewhere.
std::optional<std::string> file_name(const Store& store) {
    const std::string& uuid = store.uuid();
    const bool plain =
        uuid.size() >= 8 && uuid.size() <= 64 && uuid.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
    return plain ? std::optional(uuid + ".sqlite") : std::nullopt;
}

}  // namespace

RunRow read_row(const Store& store, const std::string& run_id) {
    const std::string text = store.get_manifest_text(run_id);
    std::array<SoughtMember, 5> run = {{{"env_id"}, {"occurrence"}, {"recipe_id"}, {"result"}, {"result_id"}}};
    find_members(text, run);
    const auto& [env_id, occurrence, recipe_id, result, result_id] = run;
    std::array<SoughtMember, 2> happened = {{{"host"}, {"started"}}};
    find_members(occurrence.value, happened);
    return {run_id,
            text_in(result.value, "state"),
            plain_text(recipe_id.value),
            plain_text(env_id.value),
            plain_text(result_id.value),
            plain_text(happened[1].value),
            plain_text(happened[0].value)};
}

std::vector<RunRow> run_rows(const Store& store, const fs::path& cache_folder, std::size_t least) {
    const std::vector<std::string> ids = store.list_runs();
    const auto name = file_name(store);
    if (ids.size() < least || cache_folder.empty() || !name) return read_rows(store, ids);
    const fs::path path = cache_folder / *name;
    std::error_code ignored;
    fs::create_directories(cache_folder, ignored);
    for (int attempt = 0; attempt < 2; ++attempt) {
        try {
            Index index(path);
            return rows_by(index, store, ids);
        } catch (const Unusable& unusable) {
            if (!unusable.damaged) break;
            fs::remove(path, ignored);
            fs::remove(fs::path(path) += "-journal", ignored);
        }
    }
    return read_rows(store, ids);
}

}  // namespace assay
