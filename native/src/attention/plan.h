// Which cells of a cache that many sequences share each row of a batch attends to, recovered from llama.cpp's mask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace espalier::attention {

constexpr int block_cells = 64;
constexpr int max_tile_rows = 64;

// Up to 64 cells that the same rows of a tile see.
struct Block {
    // In TilePlan::cells().
    uint32_t first_cell;
    uint32_t cells;
    // Bit r: row r of the tile sees them.
    uint64_t rows;
    // In TilePlan::masks(), one word for each row of `rows`, bit c for cell c. -1: each of the rows sees all.
    int32_t first_mask;
};

// The cells of a tile, some neighbouring rows of a batch. Cells with the same set of rows lie in the same blocks, so that
// a cell that many rows see is read once for all of them, and one that a single row sees costs that row alone.
class TilePlan {
   public:
    // mask: the whole batch's, a row of 16-bit numbers every `stride` bytes, of which minus infinity means hidden.
    // parts: into which the blocks are divided evenly, by what they cost.
    void build(int first_row, int rows, const uint8_t *mask, size_t stride, int cells, int parts);

    int first_row() const { return first_row_; }
    int rows() const { return rows_; }
    const std::vector<Block> &blocks() const { return blocks_; }
    const std::vector<uint32_t> &cells() const { return cells_; }
    const std::vector<uint64_t> &masks() const { return masks_; }
    // Part p has the blocks starts()[p] to starts()[p + 1].
    const std::vector<uint32_t> &starts() const { return starts_; }

   private:
    struct Group {
        uint32_t first;
        uint32_t cells;
        uint64_t rows;
    };

    void read_mask(const uint8_t *mask, size_t stride, int cells);
    void sort_cells(int words);
    void group_rest();
    void add_groups();
    size_t merged_end(size_t first, uint64_t &rows, uint32_t &cells) const;
    void add_masks(size_t first, size_t end, uint64_t rows, uint32_t cells);
    void add_blocks(uint32_t first_cell, uint32_t cells, uint64_t rows, int32_t first_mask);
    void divide(int parts);

    int first_row_ = 0;
    int rows_ = 0;
    std::vector<Block> blocks_;
    std::vector<uint32_t> cells_;
    std::vector<uint64_t> masks_;
    std::vector<uint32_t> starts_;

    // Kept between two plans for their memory. A bit for each row and cell, then the cells that not all rows see, with
    // the set of rows that see each, the group of each, and the cells in the order of their groups.
    std::vector<uint64_t> bits_;
    std::vector<uint32_t> rest_;
    std::vector<uint64_t> rest_rows_;
    std::vector<uint32_t> rest_group_;
    std::vector<uint32_t> sorted_;
    std::vector<Group> groups_;
    std::vector<uint32_t> table_;
};

}  // namespace espalier::attention
