#include "attention/pass.h"

#include <algorithm>
#include <cmath>
#include <thread>

namespace espalier::attention {

namespace {

// Rows of a tile: enough for the product of queries and keys to be worth packing the keys, few enough for queries, scores
// and a block of the cache to stay in the second-level cache.
constexpr int most_tile_rows = 16;
constexpr int most_tile_queries = 128;

// With fewer items than these the cells of a tile are divided, for the sake of many threads, though not below a size.
constexpr int wanted_items = 32;
constexpr int least_part_cells = 512;

constexpr int spins_before_yield = 100;

inline void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield" ::: "memory");
#endif
}

// Where threads are more than processors, the one that is waited for needs this one's.
template <typename Done>
void wait_until(Done done) {
    for (int spins = 0; !done(); ++spins) {
        if (spins < spins_before_yield) {
            pause();
        } else {
            std::this_thread::yield();
        }
    }
}

int divided_up(int a, int b) { return (a + b - 1) / b; }

size_t partial_floats(int queries, int value_size) { return static_cast<size_t>(queries) * (value_size + 2); }

Partial partial_at(float *floats, int queries, int value_size) {
    float *max = floats + static_cast<size_t>(queries) * value_size;
    return {floats, max, max + queries};
}

int tile_rows_of(const Problem &problem) {
    return std::clamp(most_tile_queries / (problem.heads / problem.kv_heads), 1, most_tile_rows);
}

int queries_of(const Problem &problem, int rows) { return rows * (problem.heads / problem.kv_heads); }

}  // namespace

void Pass::begin() {
    for (const auto &plans : plans_) {
        plans->valid = false;
    }
}

void Pass::run(const Operation &operation, int thread, int threads) {
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == 0) {
        prepare(operation, threads);
        prepared_.store(true, std::memory_order_release);
    } else {
        wait_until([this] { return prepared_.load(std::memory_order_acquire); });
    }
    plan_tiles(operation);
    const int items = static_cast<int>(current_->tiles) * operation.problem.kv_heads * current_->parts;
    int item;
    while ((item = next_item_.fetch_add(1, std::memory_order_relaxed)) < items) {
        attend(operation, item, scratch_[thread]);
    }
    if (left_.fetch_add(1, std::memory_order_acq_rel) == threads - 1) {
        left_.store(0, std::memory_order_relaxed);
        arrived_.store(0, std::memory_order_relaxed);
        prepared_.store(false, std::memory_order_release);
    }
}

void Pass::prepare(const Operation &operation, int threads) {
    const Problem &problem = operation.problem;
    const int tile_rows = tile_rows_of(problem);
    const int tiles = divided_up(problem.rows, tile_rows);
    const int whole = tiles * problem.kv_heads;
    const int parts = std::max(1, std::min(divided_up(wanted_items, whole), operation.cells / least_part_cells));
    current_ = &plans_for(operation, tile_rows, parts);
    if (static_cast<int>(scratch_.size()) < threads) {
        scratch_.resize(threads);
    }
    if (parts > 1) {
        const size_t floats =
            whole * parts * partial_floats(queries_of(problem, tile_rows), problem.value_size);
        partials_.resize(std::max(partials_.size(), floats));
        if (static_cast<int>(done_parts_.size()) < whole) {
            done_parts_ = std::vector<std::atomic<int>>(whole);
        }
        for (int i = 0; i < whole; ++i) {
            done_parts_[i].store(0, std::memory_order_relaxed);
        }
    }
    next_item_.store(0, std::memory_order_relaxed);
    operations_.fetch_add(1, std::memory_order_relaxed);
}

Pass::Plans &Pass::plans_for(const Operation &operation, int tile_rows, int parts) {
    Plans *found = nullptr;
    for (const auto &plans : plans_) {
        if (plans->valid && plans->mask_id == operation.mask_id && plans->mask == operation.mask) {
            found = plans.get();
        }
    }
    const bool holds = found != nullptr && found->rows == operation.problem.rows && found->cells == operation.cells &&
        found->parts == parts && found->tile_rows == tile_rows &&
        std::find(found->caches.begin(), found->caches.end(), operation.cache_id) == found->caches.end();
    if (holds) {
        found->caches.push_back(operation.cache_id);
        next_tile_.store(found->tiles, std::memory_order_relaxed);
        return *found;
    }
    if (found == nullptr) {
        const auto unused = std::find_if(plans_.begin(), plans_.end(), [](const auto &plans) { return !plans->valid; });
        found = unused == plans_.end() ? plans_.emplace_back(std::make_unique<Plans>()).get() : unused->get();
    }
    found->valid = true;
    found->mask_id = operation.mask_id;
    found->mask = operation.mask;
    found->rows = operation.problem.rows;
    found->cells = operation.cells;
    found->parts = parts;
    found->tile_rows = tile_rows;
    found->caches.assign(1, operation.cache_id);
    found->tiles = divided_up(operation.problem.rows, tile_rows);
    while (found->storage.size() < found->tiles) {
        found->storage.push_back(std::make_unique<Tile>());
    }
    for (const auto &tile : found->storage) {
        tile->ready.store(false, std::memory_order_relaxed);
    }
    next_tile_.store(0, std::memory_order_relaxed);
    return *found;
}

void Pass::plan_tiles(const Operation &operation) {
    size_t i;
    while ((i = next_tile_.fetch_add(1, std::memory_order_relaxed)) < current_->tiles) {
        Tile &tile = *current_->storage[i];
        const int first = static_cast<int>(i) * current_->tile_rows;
        const int rows = std::min(current_->tile_rows, operation.problem.rows - first);
        tile.plan.build(first, rows, operation.mask, operation.mask_stride, operation.cells, current_->parts);
        tile.ready.store(true, std::memory_order_release);
    }
}

void Pass::attend(const Operation &operation, int item, std::vector<float> &scratch) {
    const Problem &problem = operation.problem;
    const int parts = current_->parts;
    const int whole = item / parts;
    const int kv_head = whole % problem.kv_heads;
    Tile &tile = *current_->storage[whole / problem.kv_heads];
    wait_until([&tile] { return tile.ready.load(std::memory_order_acquire); });

    const int queries = queries_of(problem, tile.plan.rows());
    const size_t own = partial_floats(queries, problem.value_size);
    const size_t working = (scratch_floats(queries, problem.key_size, problem.value_size) + 15) / 16 * 16;
    float *floats = aligned_scratch(scratch, working + own);
    if (parts == 1) {
        float *sums = floats + working;
        kernel_.attend(problem, tile.plan, 0, kv_head, floats, partial_at(sums, queries, problem.value_size));
        finish(problem, tile.plan, kv_head, sums, 1);
        return;
    }
    const size_t most = partial_floats(queries_of(problem, current_->tile_rows), problem.value_size);
    float *sums = partials_.data() + static_cast<size_t>(whole) * parts * most;
    const int part = item % parts;
    kernel_.attend(
        problem, tile.plan, part, kv_head, floats, partial_at(sums + part * own, queries, problem.value_size));
    if (done_parts_[whole].fetch_add(1, std::memory_order_acq_rel) == parts - 1) {
        finish(problem, tile.plan, kv_head, sums, parts);
    }
}

// Adds what the parts came to and divides it by the sum of the weights.
void Pass::finish(const Problem &problem, const TilePlan &plan, int kv_head, const float *partials, int parts) const {
    const int heads = problem.heads / problem.kv_heads;
    const int queries = plan.rows() * heads;
    const int size = problem.value_size;
    const size_t own = partial_floats(queries, size);
    for (int i = 0; i < queries; ++i) {
        const int head = kv_head * heads + i % heads;
        const float *max = partials + static_cast<size_t>(queries) * size + i;
        float highest = problem.sinks == nullptr ? -INFINITY : problem.sinks[head] * log2_e;
        float sum = problem.sinks == nullptr ? 0.0f : 1.0f;
        for (int part = 0; part < parts; ++part) {
            if (max[part * own] > highest) {
                sum *= std::exp2(highest - max[part * own]);
                highest = max[part * own];
            }
        }
        float *out = problem.out + (static_cast<size_t>(plan.first_row() + i / heads) * problem.heads + head) * size;
        std::fill_n(out, size, 0.0f);
        for (int part = 0; part < parts; ++part) {
            const float part_sum = max[part * own + queries];
            // Nothing is visible there.
            if (part_sum == 0) {
                continue;
            }
            const float weight = std::exp2(max[part * own] - highest);
            const float *values = partials + part * own + static_cast<size_t>(i) * size;
            sum += part_sum * weight;
            for (int d = 0; d < size; ++d) {
                out[d] += values[d] * weight;
            }
        }
        const float share = sum == 0 ? 0.0f : 1 / sum;
        for (int d = 0; d < size; ++d) {
            out[d] *= share;
        }
    }
}

float *Pass::aligned_scratch(std::vector<float> &scratch, size_t floats) const {
    constexpr size_t line = 64;
    if (scratch.size() < floats + line / sizeof(float)) {
        scratch.resize(floats + line / sizeof(float));
    }
    const auto address = reinterpret_cast<uintptr_t>(scratch.data());
    return scratch.data() + ((line - address % line) % line) / sizeof(float);
}

}  // namespace espalier::attention
