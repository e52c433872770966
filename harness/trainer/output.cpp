#include "trainer/output.hpp"

#include <fstream>
#include <system_error>

#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;

void write_output(const fs::path& out, const std::string& name, std::string_view bytes) {
    const fs::path temporary = out / (name + ".tmp");
    std::ofstream file(temporary, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    std::error_code error;
    if (file) fs::rename(temporary, out / name, error);
    if (!file || error) throw Error("F0001", Exit::unreadable, "cannot write " + (out / name).string());
}

void ProgressLines::operator()(std::int64_t step, std::int64_t of) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(500)) return;
    last_ = now;
    std::ofstream(path_, std::ios::app) << "{\"step\":" << step << ",\"of\":" << of << "}\n";
}

}  // namespace assay
