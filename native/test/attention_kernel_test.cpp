// Attention over random trees against the same in double precision, with every kernel that this processor has.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "attention/kernel.h"
#include "attention/pass.h"
#include "check.h"
#include "ggml.h"

namespace {

using namespace espalier::attention;

constexpr double tolerance = 1e-5;
constexpr uint16_t hidden = 0xFC00;

std::vector<const Kernel *> kernels() {
#if defined(__x86_64__)
    std::vector<const Kernel *> found;
    const Kernel *best = best_kernel();
    CHECK(best != nullptr);
    found.push_back(best);
    if (best == &avx512_kernel) {
        found.push_back(&avx2_kernel);
    }
    return found;
#else
    CHECK(best_kernel() != nullptr);
    return {best_kernel()};
#endif
}

// Who sees a cell behind the prefix that all see.
enum class Sharing { one_row, run_of_rows, anyone, triangle };

struct Case {
    int key_size, value_size;
    int heads, kv_heads;
    int rows, cells;
    int prefix;
    Sharing sharing;
    CellType type;
    float softcap;
    bool sinks;
};

// Numbers as a cache stores them, and what they are read as.
struct Stored {
    std::vector<uint8_t> bytes;
    std::vector<float> numbers;
    size_t row_bytes;
};

size_t row_bytes(CellType type, int numbers) {
    return type == CellType::half ? 2 * numbers : type == CellType::single ? 4 * numbers : numbers / 32 * 34;
}

Stored store_rows(CellType type, int rows, int size, std::mt19937 &random) {
    std::normal_distribution<float> normal;
    Stored stored;
    stored.row_bytes = row_bytes(type, size);
    stored.bytes.resize(rows * stored.row_bytes);
    stored.numbers.resize(static_cast<size_t>(rows) * size);
    for (float &x : stored.numbers) {
        x = normal(random);
    }
    for (int r = 0; r < rows; ++r) {
        float *from = stored.numbers.data() + static_cast<size_t>(r) * size;
        uint8_t *to = stored.bytes.data() + r * stored.row_bytes;
        if (type == CellType::single) {
            std::memcpy(to, from, stored.row_bytes);
        } else if (type == CellType::half) {
            ggml_fp32_to_fp16_row(from, reinterpret_cast<ggml_fp16_t *>(to), size);
            ggml_fp16_to_fp32_row(reinterpret_cast<ggml_fp16_t *>(to), from, size);
        } else {
            ggml_quantize_chunk(GGML_TYPE_Q8_0, from, to, 0, 1, size, nullptr);
            ggml_get_type_traits(GGML_TYPE_Q8_0)->to_float(to, from, size);
        }
    }
    return stored;
}

std::vector<uint16_t> mask_of(const Case &c, std::mt19937 &random) {
    std::vector<uint16_t> mask(static_cast<size_t>(c.rows) * c.cells);
    for (int cell = 0; cell < c.cells; ++cell) {
        const int owner = static_cast<int>(random() % c.rows);
        const int last = owner + static_cast<int>(random() % 5);
        for (int row = 0; row < c.rows; ++row) {
            bool sees = cell < c.prefix;
            switch (c.sharing) {
                case Sharing::one_row: sees = sees || row == owner; break;
                case Sharing::run_of_rows: sees = sees || (row >= owner && row <= last); break;
                case Sharing::anyone: sees = (sees && random() % 97 != 0) || random() % 2 == 0; break;
                case Sharing::triangle: sees = sees || cell - c.prefix <= row; break;
            }
            mask[static_cast<size_t>(row) * c.cells + cell] = sees ? 0 : hidden;
        }
    }
    return mask;
}

struct Example {
    Case shape;
    std::vector<float> q;
    std::vector<float> sinks;
    Stored k, v;
    std::vector<uint16_t> mask;

    Example(const Case &c, std::mt19937 &random)
        : shape(c),
          q(static_cast<size_t>(c.key_size) * c.heads * c.rows),
          sinks(c.heads),
          k(store_rows(c.type, c.cells * c.kv_heads, c.key_size, random)),
          v(store_rows(c.type, c.cells * c.kv_heads, c.value_size, random)),
          mask(mask_of(c, random)) {
        std::normal_distribution<float> normal;
        for (float &x : q) {
            x = 2 * normal(random);
        }
        for (float &x : sinks) {
            x = normal(random);
        }
    }

    Operation operation(std::vector<float> &out) const {
        out.assign(static_cast<size_t>(shape.value_size) * shape.heads * shape.rows, NAN);
        Operation o{};
        Problem &p = o.problem;
        p.q = reinterpret_cast<const uint8_t *>(q.data());
        p.q_row = sizeof(float) * shape.key_size * shape.heads;
        p.q_head = sizeof(float) * shape.key_size;
        p.k = k.bytes.data();
        p.k_head = k.row_bytes;
        p.k_cell = k.row_bytes * shape.kv_heads;
        p.v = v.bytes.data();
        p.v_head = v.row_bytes;
        p.v_cell = v.row_bytes * shape.kv_heads;
        p.type = shape.type;
        p.out = out.data();
        p.sinks = shape.sinks ? sinks.data() : nullptr;
        p.key_size = shape.key_size;
        p.value_size = shape.value_size;
        p.heads = shape.heads;
        p.kv_heads = shape.kv_heads;
        p.rows = shape.rows;
        p.scale = 1 / std::sqrt(static_cast<float>(shape.key_size));
        p.softcap = shape.softcap;
        o.cells = shape.cells;
        o.mask = reinterpret_cast<const uint8_t *>(mask.data());
        o.mask_stride = sizeof(uint16_t) * shape.cells;
        o.mask_id = o.mask;
        o.cache_id = o.problem.k;
        return o;
    }

    std::vector<double> expected() const {
        const Case &c = shape;
        const int per = c.heads / c.kv_heads;
        const double scale = 1 / std::sqrt(static_cast<double>(c.key_size));
        std::vector<double> out(static_cast<size_t>(c.value_size) * c.heads * c.rows, 0);
        std::vector<double> scores(c.cells);
        for (int i = 0; i < c.rows * c.heads; ++i) {
            const int row = i / c.heads;
            const int head = i % c.heads;
            double top = c.sinks ? sinks[head] : -INFINITY;
            for (int cell = 0; cell < c.cells; ++cell) {
                scores[cell] = -INFINITY;
                if (mask[static_cast<size_t>(row) * c.cells + cell] == 0) {
                    const float *key = k.numbers.data() + (static_cast<size_t>(cell) * c.kv_heads + head / per) * c.key_size;
                    double x = 0;
                    for (int d = 0; d < c.key_size; ++d) {
                        x += static_cast<double>(q[static_cast<size_t>(i) * c.key_size + d]) * key[d];
                    }
                    x *= scale;
                    scores[cell] = c.softcap == 0 ? x : c.softcap * std::tanh(x / c.softcap);
                    top = std::max(top, scores[cell]);
                }
            }
            double sum = c.sinks ? std::exp(sinks[head] - top) : 0;
            double *to = out.data() + static_cast<size_t>(i) * c.value_size;
            for (int cell = 0; cell < c.cells; ++cell) {
                if (scores[cell] > -INFINITY) {
                    const float *value =
                        v.numbers.data() + (static_cast<size_t>(cell) * c.kv_heads + head / per) * c.value_size;
                    const double weight = std::exp(scores[cell] - top);
                    sum += weight;
                    for (int d = 0; d < c.value_size; ++d) {
                        to[d] += weight * value[d];
                    }
                }
            }
            for (int d = 0; d < c.value_size; ++d) {
                to[d] = sum == 0 ? 0 : to[d] / sum;
            }
        }
        return out;
    }
};

void run(Pass &pass, const Operation &operation, int threads) {
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) {
        others.emplace_back([&, i] { pass.run(operation, i, threads); });
    }
    pass.run(operation, 0, threads);
    for (std::thread &other : others) {
        other.join();
    }
}

Case random_case(std::mt19937 &random) {
    const auto below = [&](int n) { return static_cast<int>(random() % n); };
    const CellType type = std::vector<CellType>{CellType::half, CellType::single, CellType::q8}[below(3)];
    const int unit = type == CellType::q8 ? 32 : 16;
    const int most = 256 / unit;
    Case c{};
    c.type = type;
    c.key_size = unit * (1 + below(most));
    c.value_size = below(3) != 0 ? c.key_size : unit * (1 + below(most));
    c.kv_heads = 1 + below(4);
    c.heads = c.kv_heads * (1 + below(8));
    c.rows = 1 + below(below(2) == 0 ? 5 : 70);
    c.cells = 1 + below(below(4) == 0 ? 3000 : 400);
    c.prefix = below(c.cells + 1);
    c.sharing = static_cast<Sharing>(below(4));
    c.softcap = below(4) == 0 ? 20.0f : 0.0f;
    c.sinks = below(4) == 0;
    return c;
}

double worst_difference(const std::vector<float> &out, const std::vector<double> &expected) {
    double worst = 0;
    for (size_t i = 0; i < out.size(); ++i) {
        const double difference = std::fabs(out[i] - expected[i]);
        worst = difference <= worst ? worst : difference;
        CHECK(std::isfinite(out[i]));
    }
    return worst;
}

// Any kernel, and the same bits with any number of threads.
void agrees_with_doubles(const std::vector<const Kernel *> &found) {
    std::mt19937 random(7);
    for (int round = 0; round < 120; ++round) {
        const Example example(random_case(random), random);
        const std::vector<double> expected = example.expected();
        for (const Kernel *kernel : found) {
            std::vector<float> alone;
            Pass pass(*kernel);
            run(pass, example.operation(alone), 1);
            const double worst = worst_difference(alone, expected);
            if (!(worst < tolerance)) {
                const Case &c = example.shape;
                std::fprintf(
                    stderr, "round %d, %s: %g (sizes %d %d, heads %d/%d, %d rows, %d cells, sharing %d, type %d, cap %g)\n",
                    round, kernel->name, worst, c.key_size, c.value_size, c.heads, c.kv_heads, c.rows, c.cells,
                    static_cast<int>(c.sharing), static_cast<int>(c.type), c.softcap);
            }
            CHECK(worst < tolerance);
            CHECK(pass.operations() == 1);
            // Threads cost time on a busy machine.
            if (round % 4 == 0) {
                std::vector<float> together;
                pass.begin();
                run(pass, example.operation(together), 2 + round / 4 % 3);
                CHECK(std::memcmp(alone.data(), together.data(), alone.size() * sizeof(float)) == 0);
                CHECK(pass.operations() == 2);
            }
        }
    }
}

// As multi-head latent attention has them: one head of keys for all, its values a part of its keys.
void wide_heads_agree(const Kernel &kernel) {
    std::mt19937 random(3);
    const Example example({576, 512, 32, 1, 9, 300, 100, Sharing::run_of_rows, CellType::half, 0, false}, random);
    std::vector<float> out;
    Pass pass(kernel);
    run(pass, example.operation(out), 2);
    CHECK(worst_difference(out, example.expected()) < tolerance);
}

// One plan serves the layers of a pass; a cache that comes again, another mask or a new pass has it made anew.
void plans_follow_the_mask(const Kernel &kernel) {
    std::mt19937 random(5);
    const Case shape{32, 32, 4, 2, 20, 500, 100, Sharing::one_row, CellType::half, 0, false};
    Example example(shape, random);
    const Example other(shape, random);
    std::vector<float> out;
    Pass pass(kernel);
    run(pass, example.operation(out), 2);
    example.mask = other.mask;
    // The same layer again: another pass.
    run(pass, example.operation(out), 2);
    CHECK(worst_difference(out, example.expected()) < tolerance);
    // The same memory for another mask, read by another layer.
    std::vector<float> second_out;
    std::copy_n(Example(shape, random).mask.begin(), example.mask.size(), example.mask.begin());
    Operation second = example.operation(second_out);
    second.mask_id = &second;
    second.cache_id = &second_out;
    run(pass, second, 2);
    CHECK(worst_difference(second_out, example.expected()) < tolerance);
    // A new pass over the same memory that begins with a layer of which nothing was read yet.
    example.mask = other.mask;
    pass.begin();
    second = example.operation(second_out);
    second.cache_id = &pass;
    run(pass, second, 3);
    CHECK(worst_difference(second_out, example.expected()) < tolerance);
}

// A cell that is no number makes none of the rows that see it, and leaves alone those that do not.
void not_a_number_spreads_to_who_sees_it(const Kernel &kernel, bool in_keys) {
    for (int rows : {1, 20}) {
        std::mt19937 random(11);
        Case shape{64, 64, 4, 2, rows, 200, 40, Sharing::one_row, CellType::half, 0, false};
        Example example(shape, random);
        const int cell = 150;
        for (int row = 0; row < rows; ++row) {
            example.mask[static_cast<size_t>(row) * shape.cells + cell] = row == 0 ? 0 : hidden;
        }
        // Its row has more than a block of cells, so that the cell shares no mask.
        Stored &stored = in_keys ? example.k : example.v;
        auto *numbers = reinterpret_cast<uint16_t *>(stored.bytes.data() + cell * shape.kv_heads * stored.row_bytes);
        std::fill_n(numbers, static_cast<size_t>(shape.kv_heads) * shape.key_size, uint16_t{0x7E00});
        std::vector<float> out;
        Pass pass(kernel);
        run(pass, example.operation(out), 1);
        const size_t row_size = static_cast<size_t>(shape.heads) * shape.value_size;
        for (size_t i = 0; i < out.size(); ++i) {
            CHECK(std::isnan(out[i]) || i >= row_size);
        }
        if (in_keys) {
            for (size_t i = row_size; i < out.size(); ++i) {
                CHECK(std::isfinite(out[i]));
            }
        }
    }
}

// A row that sees nothing at all is zero.
void a_blind_row_is_zero(const Kernel &kernel) {
    std::mt19937 random(13);
    Case shape{64, 64, 4, 2, 20, 200, 40, Sharing::one_row, CellType::half, 0, false};
    Example example(shape, random);
    std::fill_n(example.mask.begin() + 3 * shape.cells, shape.cells, hidden);
    std::vector<float> out;
    Pass pass(kernel);
    run(pass, example.operation(out), 2);
    CHECK(worst_difference(out, example.expected()) < tolerance);
}

// Threads beyond the processors, many operations.
void an_oversubscribed_team_gets_done(const Kernel &kernel) {
    std::mt19937 random(17);
    const Example example({32, 32, 2, 1, 3, 700, 300, Sharing::one_row, CellType::half, 0, false}, random);
    std::vector<float> out;
    Pass pass(kernel);
    for (int i = 0; i < 6; ++i) {
        run(pass, example.operation(out), 16);
    }
    CHECK(worst_difference(out, example.expected()) < tolerance);
}

}  // namespace

int main() {
    const std::vector<const Kernel *> found = kernels();
    agrees_with_doubles(found);
    for (const Kernel *kernel : found) {
        wide_heads_agree(*kernel);
        plans_follow_the_mask(*kernel);
        not_a_number_spreads_to_who_sees_it(*kernel, true);
        not_a_number_spreads_to_who_sees_it(*kernel, false);
        a_blind_row_is_zero(*kernel);
        an_oversubscribed_team_gets_done(*kernel);
    }
    return 0;
}
