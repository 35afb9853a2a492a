// Runs attention operations one after the other with the threads of a graph.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "attention/kernel.h"
#include "attention/plan.h"

namespace espalier::attention {

// An operation and what tells whether a plan that was made earlier in a pass through the model still holds.
struct Operation {
    Problem problem;
    int cells;
    const uint8_t *mask;
    size_t mask_stride;
    // Two layers with the same mask have the same one here, two masks that share memory have not.
    const void *mask_id;
    // A layer's; one that comes again begins another pass.
    const void *cache_id;
};

// The state of one context: plans, which the layers of a pass share, and scratch memory. What is computed does not depend
// on the number of threads: tiles and parts have the same bounds with any, and parts are added in their order.
class Pass {
   public:
    explicit Pass(const Kernel &kernel) : kernel_(kernel) {}

    // To be called before a graph runs over a cache or a mask that changed.
    void begin();

    // Called by each thread of a team for the same operation. They must have met between two operations, as the threads of
    // a graph do; they may be more or fewer at the next.
    void run(const Operation &operation, int thread, int threads);

    // Operations that were run.
    int64_t operations() const { return operations_.load(std::memory_order_relaxed); }

   private:
    struct Tile {
        TilePlan plan;
        std::atomic<bool> ready{false};
    };

    // What was planned for a mask.
    struct Plans {
        bool valid = false;
        const void *mask_id = nullptr;
        const uint8_t *mask = nullptr;
        int rows = 0;
        int cells = 0;
        int parts = 0;
        int tile_rows = 0;
        // The caches that were read with it.
        std::vector<const void *> caches;
        size_t tiles = 0;
        std::vector<std::unique_ptr<Tile>> storage;
    };

    void prepare(const Operation &operation, int threads);
    Plans &plans_for(const Operation &operation, int tile_rows, int parts);
    void plan_tiles(const Operation &operation);
    void attend(const Operation &operation, int item, std::vector<float> &scratch);
    void finish(const Problem &problem, const TilePlan &plan, int kv_head, const float *partials, int parts) const;
    float *aligned_scratch(std::vector<float> &scratch, size_t floats) const;

    const Kernel &kernel_;
    std::vector<std::unique_ptr<Plans>> plans_;
    std::vector<std::vector<float>> scratch_;
    // Of operations in several parts: what each part came to, and how many parts of a tile and head are done.
    std::vector<float> partials_;
    std::vector<std::atomic<int>> done_parts_;

    // The operation that runs.
    Plans *current_ = nullptr;
    std::atomic<int> arrived_{0};
    std::atomic<int> left_{0};
    std::atomic<bool> prepared_{false};
    std::atomic<size_t> next_tile_{0};
    std::atomic<int> next_item_{0};
    std::atomic<int64_t> operations_{0};
};

}  // namespace espalier::attention
