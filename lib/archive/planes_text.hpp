// The header of a file of planes as text; shared by its writer and its reader (planes.hpp has the grammar).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/planes.hpp"

namespace assay {

constexpr std::size_t k_planes_rank_limit = 16, k_planes_name_limit = 512, k_planes_tensor_limit = 1'000'000;
constexpr std::string_view k_planes_metadata = "__metadata__";
constexpr std::string_view k_planes_metadata_begin = R"("__metadata__":{"pst":"1")";

std::string escaped_name(std::string_view name);
// Nothing when the text is not what escaped_name gives for some name.
std::optional<std::string> name_from_escaped(std::string_view text);

// `r` for floats, `p` for wider integers, `-` for bytes.
char layout_of(std::string_view dtype);
// Whether a layout may be that of a dtype: the one of layout_of, or `-` for floats too.
bool layout_fits(char layout, std::string_view dtype);

// Sets `elements` from the shape; false when the bytes do not fit 63 bits.
bool count_elements(PlaneTensor& tensor);

// The first 8 + H bytes of the file; tensors in order of their escaped names, of which elements, width, dtype, layout
// and shape are set. Sets each one's offset.
std::string planes_header(std::vector<PlaneTensor>& tensors);

// The header, then each plane.
std::vector<Stretch> stretches_of(std::uint64_t header_bytes, const std::vector<PlaneTensor>& tensors);

}  // namespace assay
