#include "attention/plan.h"

#include <algorithm>

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace espalier::attention {

namespace {

constexpr uint16_t minus_infinity = 0xFC00;
constexpr uint32_t no_group = UINT32_MAX;

// What a block costs beside its rows times cells: gathering the cells and packing them.
constexpr int block_overhead = 48;

#if defined(__x86_64__)
uint64_t visible_of_64(const uint16_t *row) {
    const __m128i hidden = _mm_set1_epi16(static_cast<short>(minus_infinity));
    uint64_t word = 0;
    for (int i = 0; i < 64; i += 16) {
        const __m128i a = _mm_cmpeq_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(row + i)), hidden);
        const __m128i b = _mm_cmpeq_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(row + i + 8)), hidden);
        const auto bits = static_cast<uint16_t>(~_mm_movemask_epi8(_mm_packs_epi16(a, b)));
        word |= uint64_t{bits} << i;
    }
    return word;
}
#elif defined(__aarch64__)
uint64_t visible_of_64(const uint16_t *row) {
    const uint16x8_t hidden = vdupq_n_u16(minus_infinity);
    const uint16x8_t lane = {1, 2, 4, 8, 16, 32, 64, 128};
    uint64_t word = 0;
    for (int i = 0; i < 64; i += 8) {
        const uint16x8_t seen = vmvnq_u16(vceqq_u16(vld1q_u16(row + i), hidden));
        word |= uint64_t{vaddvq_u16(vandq_u16(seen, lane))} << i;
    }
    return word;
}
#else
uint64_t visible_of_64(const uint16_t *row) {
    uint64_t word = 0;
    for (int i = 0; i < 64; ++i) {
        word |= uint64_t{row[i] != minus_infinity} << i;
    }
    return word;
}
#endif

int count(uint64_t bits) { return __builtin_popcountll(bits); }

// Calls visit(i) for each bit i that is set, the lowest first.
template <typename Visit>
void each_bit(uint64_t bits, Visit visit) {
    for (; bits != 0; bits &= bits - 1) {
        visit(__builtin_ctzll(bits));
    }
}

int64_t cost(uint64_t rows, uint32_t cells) { return block_overhead + int64_t{count(rows)} * ((cells + 15) / 16 * 16); }

}  // namespace

void TilePlan::build(int first_row, int rows, const uint8_t *mask, size_t stride, int cells, int parts) {
    first_row_ = first_row;
    rows_ = rows;
    blocks_.clear();
    cells_.clear();
    masks_.clear();
    read_mask(mask, stride, cells);
    sort_cells((cells + 63) / 64);
    if (!cells_.empty()) {
        add_blocks(0, static_cast<uint32_t>(cells_.size()), rows == 64 ? ~uint64_t{0} : (uint64_t{1} << rows) - 1, -1);
    }
    group_rest();
    add_groups();
    divide(parts);
}

void TilePlan::read_mask(const uint8_t *mask, size_t stride, int cells) {
    const int words = (cells + 63) / 64;
    bits_.resize(static_cast<size_t>(words) * rows_);
    for (int r = 0; r < rows_; ++r) {
        const auto *row = reinterpret_cast<const uint16_t *>(mask + static_cast<size_t>(first_row_ + r) * stride);
        uint64_t *bits = bits_.data() + static_cast<size_t>(r) * words;
        int i = 0;
        for (; i + 64 <= cells; i += 64) {
            bits[i / 64] = visible_of_64(row + i);
        }
        if (i < cells) {
            uint64_t word = 0;
            for (int j = i; j < cells; ++j) {
                word |= uint64_t{row[j] != minus_infinity} << (j - i);
            }
            bits[i / 64] = word;
        }
    }
}

// Cells that all rows see go first; of the others the set of rows that see each is found.
void TilePlan::sort_cells(int words) {
    rest_.clear();
    rest_rows_.clear();
    for (int w = 0; w < words; ++w) {
        uint64_t any = 0;
        uint64_t all = ~uint64_t{0};
        for (int r = 0; r < rows_; ++r) {
            const uint64_t bits = bits_[static_cast<size_t>(r) * words + w];
            any |= bits;
            all &= bits;
        }
        const auto first = static_cast<uint32_t>(w) * 64;
        each_bit(all, [&](int bit) { cells_.push_back(first + bit); });
        const uint64_t rest = any & ~all;
        if (rest == 0) {
            continue;
        }
        const size_t from = rest_.size();
        uint8_t place[64];
        each_bit(rest, [&](int bit) {
            place[bit] = static_cast<uint8_t>(rest_.size() - from);
            rest_.push_back(first + bit);
            rest_rows_.push_back(0);
        });
        for (int r = 0; r < rows_; ++r) {
            each_bit(bits_[static_cast<size_t>(r) * words + w] & rest, [&](int bit) {
                rest_rows_[from + place[bit]] |= uint64_t{1} << r;
            });
        }
    }
}

void TilePlan::group_rest() {
    groups_.clear();
    const size_t rest = rest_.size();
    size_t size = 64;
    while (size < rest * 2) {
        size *= 2;
    }
    table_.assign(size, no_group);
    rest_group_.resize(rest);
    for (size_t i = 0; i < rest; ++i) {
        const uint64_t rows = rest_rows_[i];
        size_t at = (rows * 0x9E3779B97F4A7C15u >> 32) & (size - 1);
        while (table_[at] != no_group && groups_[table_[at]].rows != rows) {
            at = (at + 1) & (size - 1);
        }
        if (table_[at] == no_group) {
            table_[at] = static_cast<uint32_t>(groups_.size());
            groups_.push_back({0, 0, rows});
        }
        rest_group_[i] = table_[at];
        ++groups_[table_[at]].cells;
    }
    uint32_t sum = 0;
    for (Group &group : groups_) {
        group.first = sum;
        sum += group.cells;
        group.cells = 0;
    }
    sorted_.resize(rest);
    for (size_t i = 0; i < rest; ++i) {
        Group &group = groups_[rest_group_[i]];
        sorted_[group.first + group.cells++] = rest_[i];
    }
}

void TilePlan::add_groups() {
    for (size_t i = 0; i < groups_.size();) {
        uint64_t rows = groups_[i].rows;
        uint32_t cells = groups_[i].cells;
        const size_t end = merged_end(i, rows, cells);
        const auto first_cell = static_cast<uint32_t>(cells_.size());
        const auto begin = sorted_.begin() + groups_[i].first;
        cells_.insert(cells_.end(), begin, begin + cells);
        int32_t first_mask = -1;
        if (end > i + 1) {
            first_mask = static_cast<int32_t>(masks_.size());
            add_masks(i, end, rows, cells);
        }
        add_blocks(first_cell, cells, rows, first_mask);
        i = end;
    }
}

// Neighbours that are cheaper together than apart become one with a mask: a prompt's diagonal, for example. Returns the
// group after the last that joins, and adds to rows and cells what they have.
size_t TilePlan::merged_end(size_t first, uint64_t &rows, uint32_t &cells) const {
    int64_t spent = cost(rows, cells);
    size_t next = first + 1;
    for (; next < groups_.size(); ++next) {
        const Group &group = groups_[next];
        const int64_t together = cost(rows | group.rows, cells + group.cells);
        if (together > spent + cost(group.rows, group.cells)) {
            break;
        }
        rows |= group.rows;
        cells += group.cells;
        spent = together;
    }
    return next;
}

void TilePlan::add_masks(size_t first, size_t end, uint64_t rows, uint32_t cells) {
    const int members = count(rows);
    const size_t from = masks_.size();
    masks_.resize(from + static_cast<size_t>((cells + block_cells - 1) / block_cells) * members);
    uint32_t cell = 0;
    for (size_t g = first; g < end; ++g) {
        for (uint32_t i = 0; i < groups_[g].cells; ++i, ++cell) {
            uint64_t *masks = masks_.data() + from + static_cast<size_t>(cell / block_cells) * members;
            int place = 0;
            each_bit(rows, [&](int row) {
                masks[place++] |= (groups_[g].rows >> row & 1) << (cell % block_cells);
            });
        }
    }
}

void TilePlan::add_blocks(uint32_t first_cell, uint32_t cells, uint64_t rows, int32_t first_mask) {
    for (uint32_t done = 0; done < cells; done += block_cells) {
        blocks_.push_back({first_cell + done, std::min<uint32_t>(block_cells, cells - done), rows, first_mask});
        if (first_mask >= 0) {
            first_mask += count(rows);
        }
    }
}

void TilePlan::divide(int parts) {
    int64_t total = 0;
    for (const Block &block : blocks_) {
        total += cost(block.rows, block.cells);
    }
    starts_.assign(1, 0);
    int64_t sum = 0;
    for (uint32_t i = 0; i < blocks_.size(); ++i) {
        const auto part = static_cast<int64_t>(starts_.size());
        if (part < parts && sum >= total * part / parts && i > starts_.back()) {
            starts_.push_back(i);
        }
        sum += cost(blocks_[i].rows, blocks_[i].cells);
    }
    starts_.resize(parts + 1, static_cast<uint32_t>(blocks_.size()));
}

}  // namespace espalier::attention
