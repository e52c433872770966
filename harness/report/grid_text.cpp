#include "report/grid_text.hpp"

namespace assay {
namespace {

std::string centered(const std::string& text, std::size_t width) {
    const std::size_t have = display_width(text);
    const std::size_t left = have < width ? (width - have) / 2 : 0;
    return pad_right(std::string(left, ' ') + text, width);
}

}  // namespace

std::size_t settings_per_table(const Writer& w, std::size_t column_width) {
    return std::max<std::size_t>(1, (w.width() - k_name_width) / column_width);
}

void grid_row(Writer& w, const std::string& name, const std::vector<std::vector<std::string>>& cells,
              std::size_t column_width) {
    std::size_t height = 1;
    for (const auto& lines : cells) height = std::max(height, lines.size());
    for (std::size_t i = 0; i < height; ++i) {
        std::string text = pad_right(i == 0 ? elide("  " + name, k_name_width - 1) : "", k_name_width);
        for (const auto& lines : cells) {
            text += centered(i < lines.size() ? elide(lines[i], column_width - 1) : "", column_width);
        }
        w.line(text);
    }
}

}  // namespace assay
