#include "stats/tiles.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <cmath>

#include "base/on_threads.hpp"
#include "stats/blas.hpp"

namespace assay {
namespace {

// Strips are what one thread fills at a time: 100 runs of a strip are 200 kB, which stay in a core's second cache.
constexpr std::size_t k_strip = 256;
constexpr std::size_t k_tile_bytes = std::size_t{32} << 20;
constexpr std::size_t k_tile_width = 16'384;

// Consecutive features of a strip that stay consecutive in the tile.
struct Piece {
    std::size_t begin = 0;  // from the begin of the strip
    std::size_t length = 0;
    std::size_t column = 0;  // of the tile
    double scale = 1;
};

struct Strip {
    std::size_t begin = 0;  // feature
    std::size_t width = 0;
    std::vector<Piece> pieces;
};

struct Layout {
    std::vector<Strip> strips;
    std::vector<std::size_t> lane_begin;  // columns of lane k: lane_begin[k] .. lane_begin[k + 1]
};

std::vector<std::size_t> lane_begins(const Features& f, std::size_t first, std::size_t last) {
    std::vector<std::size_t> begins(f.n_lanes + 1, 0);
    if (f.folds.empty()) {
        for (std::size_t k = 0; k <= f.n_lanes; ++k) begins[k] = k * (last - first) / f.n_lanes;
        return begins;
    }
    for (std::size_t at = first; at < last;) {
        const std::size_t input = at / f.n_classes, end = std::min(last, (input + 1) * f.n_classes);
        begins[f.folds[input] + 1] += end - at;
        at = end;
    }
    for (std::size_t k = 0; k < f.n_lanes; ++k) begins[k + 1] += begins[k];
    return begins;
}

void add_piece(std::vector<Piece>& pieces, const Piece& piece) {
    if (!pieces.empty()) {
        Piece& last = pieces.back();
        if (last.column + last.length == piece.column && last.scale == piece.scale) {
            last.length += piece.length;
            return;
        }
    }
    pieces.push_back(piece);
}

// Columns of the tile are features, sorted by fold where there are folds; memory is read in its own order.
Layout lay_out(const Features& f, std::size_t first, std::size_t last) {
    Layout layout;
    layout.lane_begin = lane_begins(f, first, last);
    std::vector<std::size_t> next = layout.lane_begin;
    for (std::size_t begin = first; begin < last; begin += k_strip) {
        Strip strip{begin, std::min(k_strip, last - begin), {}};
        for (std::size_t at = begin; at < begin + strip.width;) {
            const std::size_t input = at / f.n_classes;
            const std::size_t length = std::min(begin + strip.width, (input + 1) * f.n_classes) - at;
            std::size_t column = at - first;
            if (!f.folds.empty()) {
                column = next[f.folds[input]];
                next[f.folds[input]] += length;
            }
            add_piece(strip.pieces, {at - begin, length, column, std::sqrt(f.weight(input))});
            at += length;
        }
        layout.strips.push_back(std::move(strip));
    }
    return layout;
}

template <class Real>
double root(Real p) {
    return std::sqrt(double{p < 0 ? Real{0} : p});  // keeps NaN, unlike std::max
}

struct Tile {
    std::size_t n_runs = 0, width = 0;
    std::vector<double> values;  // n_runs x width
};

// scratch: n_runs x k_strip.
template <class Real>
void fill(const Strip& strip, std::span<const Real* const> rows, std::vector<double>& scratch, Tile& tile) {
    std::array<double, k_strip> mean{};
    for (std::size_t r = 0; r < tile.n_runs; ++r) {
        const Real* const from = rows[r] + strip.begin;
        double* const roots = &scratch[r * k_strip];
        for (std::size_t j = 0; j < strip.width; ++j) roots[j] = root(from[j]);
        for (std::size_t j = 0; j < strip.width; ++j) mean[j] += roots[j];
    }
    for (double& value : mean) value /= static_cast<double>(tile.n_runs);
    for (std::size_t r = 0; r < tile.n_runs; ++r) {
        for (const Piece& piece : strip.pieces) {
            const double* const roots = &scratch[r * k_strip + piece.begin];
            const double* const centre = &mean[piece.begin];
            double* const to = &tile.values[r * tile.width + piece.column];
            for (std::size_t j = 0; j < piece.length; ++j) to[j] = (roots[j] - centre[j]) * piece.scale;
        }
    }
}

std::size_t tile_width(std::size_t n_runs, std::size_t n_features) {
    return std::min({n_features, k_tile_width, std::max<std::size_t>(k_tile_bytes / (8 * n_runs), 1'024)});
}

}  // namespace

template <class Real>
std::vector<Symmetric> lane_grams(std::span<const Real* const> rows, const Features& features, unsigned threads) {
    const std::size_t n = rows.size(), width = tile_width(n, features.n_features);
    std::vector<Symmetric> grams(features.n_lanes, Symmetric(n));
    Tile tile{n, width, std::vector<double>(n * width)};
    const Blas blas;
    std::atomic<std::size_t> next_strip = 0, next_lane = 0;
    std::barrier all(static_cast<std::ptrdiff_t>(threads), [&]() noexcept { next_strip = next_lane = 0; });
    // All threads fill a tile, then sum its lanes: a lane is summed tile after tile, whoever takes it.
    on_threads(threads, [&](unsigned) {
        std::vector<double> scratch(n * k_strip);
        for (std::size_t first = 0; first < features.n_features; first += width) {
            const Layout layout = lay_out(features, first, std::min(features.n_features, first + width));
            for (std::size_t s = next_strip++; s < layout.strips.size(); s = next_strip++) {
                fill(layout.strips[s], rows, scratch, tile);
            }
            all.arrive_and_wait();
            for (std::size_t k = next_lane++; k < features.n_lanes; k = next_lane++) {
                const std::size_t begin = layout.lane_begin[k], end = layout.lane_begin[k + 1];
                blas.add_products(n, end - begin, tile.values.data() + begin, width, grams[k].values.data());
            }
            all.arrive_and_wait();
        }
    });
    return grams;
}

template <class Real>
std::vector<double> lane_differences(const Real* p, const Real* q, const Features& features) {
    std::vector<double> sums(features.n_lanes, 0.0);
    std::array<double, k_strip> squares;
    for (std::size_t begin = 0; begin < features.n_features; begin += k_strip) {
        const std::size_t end = std::min(features.n_features, begin + k_strip);
        for (std::size_t at = begin; at < end; ++at) {
            const double a = p[at] < 0 ? 0 : double{p[at]}, b = q[at] < 0 ? 0 : double{q[at]};
            const double roots = std::sqrt(a) + std::sqrt(b);
            const double difference = (a - b) / (roots == 0 ? 1 : roots);
            squares[at - begin] = difference * difference;
        }
        for (std::size_t at = begin; at < end;) {
            const std::size_t input = at / features.n_classes, next = std::min(end, (input + 1) * features.n_classes);
            double sum = 0;
            for (; at < next; ++at) sum += squares[at - begin];
            sums[features.folds.empty() ? 0 : features.folds[input]] += features.weight(input) * sum;
        }
    }
    return sums;
}

template std::vector<Symmetric> lane_grams(std::span<const float* const>, const Features&, unsigned);
template std::vector<Symmetric> lane_grams(std::span<const double* const>, const Features&, unsigned);
template std::vector<double> lane_differences(const float*, const float*, const Features&);
template std::vector<double> lane_differences(const double*, const double*, const Features&);

}  // namespace assay
