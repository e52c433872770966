// Runs of levels x crossed seeds: the audit of crossed_seeds_reference.py.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

namespace assay {

inline std::vector<double> crossed_point(std::size_t level, std::size_t init, std::size_t shuffle) {
    const auto l = static_cast<double>(level), i = static_cast<double>(init), s = static_cast<double>(shuffle);
    std::vector<double> point;
    for (double k = 0; k < 6; ++k)
        point.push_back(std::sin(1.7 * l + 2.3 * i * i + 3.1 * s + 0.9 * k + 0.77 * i * s * k) +
                        (k == 0 ? 0.3 * l : 0));
    return point;
}

// 4 x 5 combinations, of which two were lost.
inline std::vector<std::pair<std::size_t, std::size_t>> crossed_seeds() {
    std::vector<std::pair<std::size_t, std::size_t>> seeds;
    for (std::size_t init = 0; init < 4; ++init) {
        for (std::size_t shuffle = 0; shuffle < 5; ++shuffle) {
            const bool lost = (init == 1 && shuffle == 2) || (init == 3 && shuffle == 0);
            if (!lost) seeds.emplace_back(init, shuffle);
        }
    }
    return seeds;
}

}  // namespace assay
