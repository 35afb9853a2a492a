// The kernel, compiled once for each instruction set: the including file defines, in an unnamed namespace within
// espalier::attention, what it is made of:
//
//   Lanes      a vector of `lanes` floats, with zero, all, load, store, fma, add, sub, mul, div, max_of, min_of,
//              largest, sum, keep, nearest (whole number), times_power (of 2, p * 2^whole) and sums_of
//   load_half, load_bytes, half_to_float, transpose
//   wide_columns     vectors of the register tile of a product
//
// NaN: max_of(a, b) is NaN where b is; a score that is not a number makes the whole row none, as in llama.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "attention/kernel.h"

namespace espalier::attention {
namespace {

// Queries of the register tile of a product.
constexpr int tile_queries = 6;
constexpr float lowest = -std::numeric_limits<float>::infinity();
// Of a weight, which is at most 1: what is less counts as this, so that its products are no subnormal numbers, which some
// processors take a hundred times as long for.
constexpr float least_power = -100;
// With fewer queries than these, packing a block's cells costs more than it saves.
constexpr int packed_from = 9;
constexpr int most_unpacked = 4;

// How a type of cache is read: the vector that begins at number i of a row of cells.
struct Half {
    static Lanes load(const uint8_t *row, int i) { return load_half(reinterpret_cast<const uint16_t *>(row) + i); }
    static int bytes(int numbers) { return 2 * numbers; }
};

struct Single {
    static Lanes load(const uint8_t *row, int i) { return attention::load(reinterpret_cast<const float *>(row) + i); }
    static int bytes(int numbers) { return 4 * numbers; }
};

// Blocks of a scale in half precision and 32 bytes.
struct Q8 {
    static Lanes load(const uint8_t *row, int i) {
        const uint8_t *block = row + i / 32 * 34;
        uint16_t scale;
        std::memcpy(&scale, block, sizeof scale);
        return mul(load_bytes(reinterpret_cast<const int8_t *>(block + 2 + i % 32)), all(half_to_float(scale)));
    }
    static int bytes(int numbers) { return numbers / 32 * 34; }
};

// Into the second level: what is fetched for a block ahead would not stay in the first.
inline void prefetch_bytes(const uint8_t *row, int bytes) {
    for (int i = 0; i < bytes; i += 64) {
        __builtin_prefetch(row + i, 0, 2);
    }
}

// 2^x for -126 <= x <= 126: the whole part as exponent, a polynomial for the rest (error below 2e-7).
inline Lanes exp2_of(Lanes x) {
    const Lanes whole = nearest(x);
    const Lanes rest = sub(x, whole);
    Lanes p = all(1.5403530393381606e-4f);
    p = fma(p, rest, all(1.3333558146428443e-3f));
    p = fma(p, rest, all(9.6181291076284772e-3f));
    p = fma(p, rest, all(5.5504108664821580e-2f));
    p = fma(p, rest, all(2.4022650695910072e-1f));
    p = fma(p, rest, all(6.9314718055994531e-1f));
    p = fma(p, rest, all(1.0f));
    return times_power(p, whole);
}

// c[i][0..columns * lanes) (+)= the sum over k of a[i][k] * b[k * stride + 0..columns * lanes)
template <int queries, int columns, bool adds>
inline void multiply_tile(const float *const *a, int n, const float *b, int stride, float *const *c) {
    Lanes sums[queries][columns];
    for (int i = 0; i < queries; ++i) {
        for (int j = 0; j < columns; ++j) {
            sums[i][j] = adds ? load(c[i] + j * lanes) : zero();
        }
    }
    for (int k = 0; k < n; ++k) {
        Lanes row[columns];
        for (int j = 0; j < columns; ++j) {
            row[j] = load(b + static_cast<size_t>(k) * stride + j * lanes);
        }
        for (int i = 0; i < queries; ++i) {
            const Lanes factor = all(a[i][k]);
            for (int j = 0; j < columns; ++j) {
                sums[i][j] = fma(factor, row[j], sums[i][j]);
            }
        }
    }
    for (int i = 0; i < queries; ++i) {
        for (int j = 0; j < columns; ++j) {
            store(c[i] + j * lanes, sums[i][j]);
        }
    }
}

template <int columns, bool adds>
inline void multiply_rows(const float *const *a, int rows, int n, const float *b, int stride, float *const *c) {
    static_assert(tile_queries <= 6, "a case for each number of rows");
    switch (rows) {
        case 1: return multiply_tile<1, columns, adds>(a, n, b, stride, c);
        case 2: return multiply_tile<2, columns, adds>(a, n, b, stride, c);
        case 3: return multiply_tile<3, columns, adds>(a, n, b, stride, c);
        case 4: return multiply_tile<4, columns, adds>(a, n, b, stride, c);
        case 5: return multiply_tile<5, columns, adds>(a, n, b, stride, c);
        default: return multiply_tile<tile_queries, columns, adds>(a, n, b, stride, c);
    }
}

// c, m rows of `width` (a multiple of lanes), (+)= a, m x n, times b, n x width.
template <bool adds>
inline void multiply(const float *const *a, int m, int n, const float *b, int stride, float *const *c, int width) {
    for (int i = 0; i < m; i += tile_queries) {
        const int rows = std::min(tile_queries, m - i);
        int column = 0;
        const auto strip = [&](auto columns) {
            float *shifted[tile_queries] = {};
            for (int r = 0; r < rows; ++r) {
                shifted[r] = c[i + r] + column;
            }
            multiply_rows<decltype(columns)::value, adds>(a + i, rows, n, b + column, stride, shifted);
            column += decltype(columns)::value * lanes;
        };
        while (width - column >= wide_columns * lanes) {
            strip(std::integral_constant<int, wide_columns>());
        }
        if (width - column >= 2 * lanes) {
            strip(std::integral_constant<int, 2>());
        }
        while (width - column >= lanes) {
            strip(std::integral_constant<int, 1>());
        }
    }
}

// packed[d * block_cells + c] = number d of cell c; what is missing of the last lanes is zero.
template <typename Cell>
inline void pack_keys(const uint8_t *const *keys, int n, int size, float *packed) {
    for (int c = 0; c < n; c += lanes) {
        for (int d = 0; d < size; d += lanes) {
            Lanes square[lanes];
            for (int j = 0; j < lanes; ++j) {
                square[j] = c + j < n ? Cell::load(keys[c + j], d) : zero();
            }
            transpose(square);
            for (int j = 0; j < lanes; ++j) {
                store(packed + static_cast<size_t>(d + j) * block_cells + c, square[j]);
            }
        }
    }
}

// The rows of memory that are read soon: the cells of a path lie far apart, where no processor looks ahead.
struct Ahead {
    const uint8_t *const *rows;
    int bytes;
};

// Scores of a few queries against n cells as they are: dot products, of which so many sums are made at a time.
template <typename Cell, int queries>
inline void score_few(
    const float *const *q, int size, const uint8_t *const *keys, int n, float *const *scores, Ahead ahead) {
    alignas(64) float products[lanes][queries][lanes];
    for (int first = 0; first < n; first += lanes) {
        const int cells = std::min(lanes, n - first);
        for (int c = 0; c < lanes; ++c) {
            Lanes sums[queries];
            for (int i = 0; i < queries; ++i) {
                sums[i] = zero();
            }
            if (c < cells) {
                prefetch_bytes(ahead.rows[first + c], ahead.bytes);
                for (int d = 0; d < size; d += lanes) {
                    const Lanes key = Cell::load(keys[first + c], d);
                    for (int i = 0; i < queries; ++i) {
                        sums[i] = fma(key, load(q[i] + d), sums[i]);
                    }
                }
            }
            for (int i = 0; i < queries; ++i) {
                store(products[c][i], sums[i]);
            }
        }
        for (int i = 0; i < queries; ++i) {
            store(scores[i] + first, sums_of(&products[0][i][0], queries * lanes));
        }
    }
}

// out[i] += the sum over cells of weights[i][c] * values[c], `columns` vectors from number `first` on.
template <typename Cell, int queries, int columns>
inline void add_few_columns(
    const float *const *weights, int n, const uint8_t *const *values, int first, float *const *out, Ahead ahead) {
    // Sums that do not wait for each other: an addition takes longer than the next can be begun.
    constexpr int ways = queries * columns >= 8 ? 1 : queries * columns >= 4 ? 2 : 4;
    Lanes sums[ways][queries][columns];
    for (int i = 0; i < queries; ++i) {
        for (int j = 0; j < columns; ++j) {
            sums[0][i][j] = load(out[i] + first + j * lanes);
            for (int way = 1; way < ways; ++way) {
                sums[way][i][j] = zero();
            }
        }
    }
    const auto take = [&](int c, Lanes(*into)[columns]) {
        prefetch_bytes(ahead.rows[c], ahead.bytes);
        Lanes value[columns];
        for (int j = 0; j < columns; ++j) {
            value[j] = Cell::load(values[c], first + j * lanes);
        }
        for (int i = 0; i < queries; ++i) {
            const Lanes weight = all(weights[i][c]);
            for (int j = 0; j < columns; ++j) {
                into[i][j] = fma(weight, value[j], into[i][j]);
            }
        }
    };
    int c = 0;
    for (; c + ways <= n; c += ways) {
        for (int way = 0; way < ways; ++way) {
            take(c + way, sums[way]);
        }
    }
    for (; c < n; ++c) {
        take(c, sums[0]);
    }
    for (int i = 0; i < queries; ++i) {
        for (int j = 0; j < columns; ++j) {
            Lanes total = sums[0][i][j];
            for (int way = 1; way < ways; ++way) {
                total = add(total, sums[way][i][j]);
            }
            store(out[i] + first + j * lanes, total);
        }
    }
}

template <typename Cell, int queries>
inline void add_few(
    const float *const *weights, int n, const uint8_t *const *values, int size, float *const *out, Ahead ahead) {
    constexpr int wide = wide_columns < 4 ? wide_columns : 4;
    int d = 0;
    const auto strip = [&](auto columns) {
        constexpr int count = decltype(columns)::value;
        add_few_columns<Cell, queries, count>(weights, n, values, d, out, {ahead.rows, d == 0 ? ahead.bytes : 0});
        d += count * lanes;
    };
    while (size - d >= wide * lanes) {
        strip(std::integral_constant<int, wide>());
    }
    if (size - d >= 2 * lanes) {
        strip(std::integral_constant<int, 2>());
    }
    while (size - d >= lanes) {
        strip(std::integral_constant<int, 1>());
    }
}

// Calls act(first, count as a constant) for up to most_unpacked of m queries at a time.
template <typename Act>
inline void in_fours(int m, Act act) {
    int i = 0;
    for (; i + most_unpacked <= m; i += most_unpacked) {
        act(i, std::integral_constant<int, most_unpacked>());
    }
    switch (m - i) {
        case 1: return act(i, std::integral_constant<int, 1>());
        case 2: return act(i, std::integral_constant<int, 2>());
        case 3: return act(i, std::integral_constant<int, 3>());
        default: return;
    }
}

inline Lanes tanh_of(Lanes x) {
    // 1 - 2 / (exp(2x) + 1)
    const Lanes power = min_of(all(126.0f), max_of(all(-126.0f), mul(x, all(2 * log2_e))));
    return sub(all(1.0f), div(all(2.0f), add(exp2_of(power), all(1.0f))));
}

// A query's scores become weights, and what it has so far is scaled to the new maximum.
inline void soften(float *scores, int n, uint64_t visible, float softcap, float &max, float &sum, float *values, int size) {
    const int vectors = (n + lanes - 1) / lanes;
    Lanes top = all(lowest);
    for (int j = 0; j < vectors; ++j) {
        Lanes x = load(scores + j * lanes);
        if (softcap != 0) {
            x = mul(tanh_of(x), all(softcap * log2_e));
        }
        x = keep(x, visible >> (j * lanes), all(lowest));
        store(scores + j * lanes, x);
        top = max_of(x, top);
    }
    if (visible == 0) {
        std::memset(scores, 0, static_cast<size_t>(vectors) * lanes * sizeof(float));
        return;
    }
    const float highest = largest(top);
    if (highest > max) {
        if (sum != 0) {
            const float shrink = std::exp2(max - highest);
            sum *= shrink;
            for (int d = 0; d < size; d += lanes) {
                store(values + d, mul(load(values + d), all(shrink)));
            }
        }
        max = highest;
    }
    Lanes total = zero();
    for (int j = 0; j < vectors; ++j) {
        const Lanes x = sub(load(scores + j * lanes), all(max));
        const Lanes weight = keep(exp2_of(max_of(all(least_power), x)), visible >> (j * lanes), zero());
        store(scores + j * lanes, weight);
        total = add(total, weight);
    }
    sum += attention::sum(total);
}

// Attends to the blocks of a part, one after the other.
template <typename Cell>
class Tile {
   public:
    Tile(const Problem &problem, const TilePlan &plan, int kv_head, float *scratch, const Partial &out)
        : problem_(problem),
          plan_(plan),
          out_(out),
          heads_(problem.heads / problem.kv_heads),
          queries_(plan.rows() * heads_),
          keys_(problem.k + static_cast<size_t>(kv_head) * problem.k_head),
          values_(problem.v + static_cast<size_t>(kv_head) * problem.v_head) {
        packed_keys_ = scratch;
        packed_values_ = packed_keys_ + static_cast<size_t>(block_cells) * problem.key_size;
        q_ = packed_values_ + static_cast<size_t>(block_cells) * problem.value_size;
        scores_ = q_ + static_cast<size_t>(queries_) * problem.key_size;
        a_ = reinterpret_cast<const float **>(scores_ + static_cast<size_t>(queries_) * block_cells);
        c_ = const_cast<float **>(a_ + queries_);
        weights_ = const_cast<const float **>(c_ + queries_);
        sums_ = const_cast<float **>(weights_ + queries_);
        scale_queries(kv_head);
        std::memset(out.values, 0, static_cast<size_t>(queries_) * problem.value_size * sizeof(float));
        std::fill_n(out.max, queries_, lowest);
        std::fill_n(out.sum, queries_, 0.0f);
    }

    void attend(uint32_t begin, uint32_t end) {
        uint64_t rows = 0;
        int members = 0;
        for (uint32_t i = begin; i < end; ++i) {
            const Block &block = plan_.blocks()[i];
            if (i == begin) {
                find_rows(block, 0);
            }
            if (block.rows != rows) {
                rows = block.rows;
                members = gather(rows);
            }
            const int now = (i - begin) % 2;
            if (i + 1 < end) {
                find_rows(plan_.blocks()[i + 1], 1 - now);
            }
            attend(block, members, now, i + 1 < end);
        }
    }

   private:
    void scale_queries(int kv_head) {
        const float factor = problem_.softcap != 0 ? problem_.scale / problem_.softcap : problem_.scale * log2_e;
        for (int i = 0; i < queries_; ++i) {
            const size_t row = plan_.first_row() + i / heads_;
            const size_t head = kv_head * heads_ + i % heads_;
            const auto *from = reinterpret_cast<const float *>(problem_.q + row * problem_.q_row + head * problem_.q_head);
            float *to = q_ + static_cast<size_t>(i) * problem_.key_size;
            for (int d = 0; d < problem_.key_size; d += lanes) {
                store(to + d, mul(load(from + d), all(factor)));
            }
        }
    }

    // Collects where the queries of some rows have their numbers, and returns how many they are.
    int gather(uint64_t rows) {
        int m = 0;
        for (; rows != 0; rows &= rows - 1) {
            const int row = __builtin_ctzll(rows);
            for (int head = 0; head < heads_; ++head, ++m) {
                const size_t i = static_cast<size_t>(row) * heads_ + head;
                a_[m] = q_ + i * problem_.key_size;
                c_[m] = scores_ + i * block_cells;
                weights_[m] = c_[m];
                sums_[m] = out_.values + i * problem_.value_size;
            }
        }
        return m;
    }

    // Places after the last cell name it as well: they are fetched ahead, not read.
    void find_rows(const Block &block, int slot) {
        const uint32_t *cells = plan_.cells().data() + block.first_cell;
        for (uint32_t i = 0; i < block_cells; ++i) {
            const size_t cell = cells[std::min(i, block.cells - 1)];
            key_rows_[slot][i] = keys_ + cell * problem_.k_cell;
            value_rows_[slot][i] = values_ + cell * problem_.v_cell;
        }
    }

    // slot: of the block's rows; those of the next one, if there is one, are in the other.
    void attend(const Block &block, int m, int slot, bool has_next) {
        const int n = static_cast<int>(block.cells);
        const uint8_t *const *keys = key_rows_[slot];
        const uint8_t *const *values = value_rows_[slot];
        const Ahead next_keys{key_rows_[1 - slot], has_next ? Cell::bytes(problem_.key_size) : 0};
        const Ahead next_values{value_rows_[1 - slot], has_next ? Cell::bytes(problem_.value_size) : 0};
        const bool packs = m >= packed_from;
        if (packs) {
            for (int c = 0; c < n; ++c) {
                prefetch_bytes(next_keys.rows[c], next_keys.bytes);
            }
            pack_keys<Cell>(keys, n, problem_.key_size, packed_keys_);
            multiply<false>(a_, m, problem_.key_size, packed_keys_, block_cells, c_, (n + lanes - 1) / lanes * lanes);
        } else {
            in_fours(m, [&](int i, auto count) {
                score_few<Cell, decltype(count)::value>(
                    a_ + i, problem_.key_size, keys, n, c_ + i, {next_keys.rows, i == 0 ? next_keys.bytes : 0});
            });
        }
        soften_all(block, m);
        if (packs) {
            for (int c = 0; c < n; ++c) {
                prefetch_bytes(next_values.rows[c], next_values.bytes);
                for (int d = 0; d < problem_.value_size; d += lanes) {
                    store(packed_values_ + static_cast<size_t>(c) * problem_.value_size + d, Cell::load(values[c], d));
                }
            }
            multiply<true>(weights_, m, n, packed_values_, problem_.value_size, sums_, problem_.value_size);
        } else {
            in_fours(m, [&](int i, auto count) {
                add_few<Cell, decltype(count)::value>(
                    weights_ + i, n, values, problem_.value_size, sums_ + i, {next_values.rows, i == 0 ? next_values.bytes : 0});
            });
        }
    }

    void soften_all(const Block &block, int m) {
        const uint64_t every = block.cells == 64 ? ~uint64_t{0} : (uint64_t{1} << block.cells) - 1;
        for (int i = 0; i < m; ++i) {
            const auto query = (c_[i] - scores_) / block_cells;
            const uint64_t visible = block.first_mask < 0 ? every : plan_.masks()[block.first_mask + i / heads_];
            soften(
                c_[i], static_cast<int>(block.cells), visible, problem_.softcap, out_.max[query], out_.sum[query], sums_[i],
                problem_.value_size);
        }
    }

    const Problem &problem_;
    const TilePlan &plan_;
    const Partial &out_;
    const int heads_;
    const int queries_;
    const uint8_t *keys_;
    const uint8_t *values_;

    float *packed_keys_;
    float *packed_values_;
    float *q_;
    float *scores_;
    // Of the queries that see the current block: their numbers, their scores, the same as weights, their sums.
    const float **a_;
    float **c_;
    const float **weights_;
    float **sums_;
    // Of this block and the next.
    const uint8_t *key_rows_[2][block_cells];
    const uint8_t *value_rows_[2][block_cells];
};

template <typename Cell>
void attend_part(
    const Problem &problem, const TilePlan &plan, int part, int kv_head, float *scratch, const Partial &out) {
    Tile<Cell>(problem, plan, kv_head, scratch, out).attend(plan.starts()[part], plan.starts()[part + 1]);
}

void attend_any(
    const Problem &problem, const TilePlan &plan, int part, int kv_head, float *scratch, const Partial &out) {
    switch (problem.type) {
        case CellType::half: return attend_part<Half>(problem, plan, part, kv_head, scratch, out);
        case CellType::single: return attend_part<Single>(problem, plan, part, kv_head, scratch, out);
        case CellType::q8: return attend_part<Q8>(problem, plan, part, kv_head, scratch, out);
    }
}

}  // namespace
}  // namespace espalier::attention
