// Milliseconds of a decode step over a tree, with llama.cpp's attention and with tree attention: one shared prefix, then
// branches with tokens of their own. The cache is filled with random keys and values, cell by cell as a search fills it.
// The ways take turns, a step each. Prints one JSON object.
//
//   espalier-attention MODEL BRANCHES PREFIX OWN THREADS STEPS WAY...
//   espalier-attention MODEL prefill TOKENS THREADS RUNS WAY...
//
// Ways: stock and tree over a unified cache, streams (stock, a cache for each branch), floor (tree, over an empty cache).
// $ESPALIER_LLAMA_LIB names the backends' directory.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "attention/hook.h"
#include "attention/tree_attention.h"
#include "ggml-backend.h"
#include "llama.h"
#include "llama_batch.h"
#include "logging.h"
#include "worker_pool.h"

namespace {

using espalier::LlamaBatch;
using espalier::TreeAttention;
using espalier::attention::Taker;
using Clock = std::chrono::steady_clock;

constexpr int batch_tokens = 512;

[[noreturn]] void fail(const std::string &what) {
    std::fprintf(stderr, "espalier-attention: %s\n%s", what.c_str(), espalier::message().c_str());
    std::exit(1);
}

// Other programs share the processors, so that a clock on the wall says less.
double processor_milliseconds() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// Notes where the caches are, and passes on what is offered.
struct Spy {
    std::vector<ggml_tensor *> caches;
    Taker inner{};

    static bool offer(void *self, const ggml_tensor *node) {
        auto &spy = *static_cast<Spy *>(self);
        for (int i = 1; i <= 2; ++i) {
            ggml_tensor *root = node->src[i]->view_src;
            if (root != nullptr && std::find(spy.caches.begin(), spy.caches.end(), root) == spy.caches.end()) {
                spy.caches.push_back(root);
            }
        }
        return spy.inner.offer != nullptr && spy.inner.offer(spy.inner.self, node);
    }
};

struct Shape {
    int branches;
    int prefix;
    int own;
    int threads;
    int steps;
};

class Run {
   public:
    Run(llama_model *model, const std::string &way, const Shape &shape, std::shared_ptr<espalier::WorkerPool> pool)
        : way(way), shape_(shape), pool_(std::move(pool)), batch_(std::max(batch_tokens, shape.branches)) {
        const bool streams = way == "streams";
        if (way == "tree" || way == "floor") {
            attention_ = TreeAttention::create();
            if (attention_ == nullptr) {
                fail("this machine has no tree attention");
            }
        }
        if (way == "floor") {
            shape_.prefix = shape_.own = 0;
        }
        const int own = shape_.own + shape_.steps + 1;
        llama_context_params params = llama_context_default_params();
        params.n_ctx = streams ? shape.branches * ((shape_.prefix + own + 255) / 256 * 256) : shape_.prefix + shape.branches * own;
        params.n_batch = params.n_ubatch = std::max(batch_tokens, shape.branches);
        params.n_seq_max = shape.branches;
        params.n_outputs_max = shape.branches;
        params.n_threads = params.n_threads_batch = shape.threads;
        params.kv_unified = !streams;
        params.swa_full = true;
        params.no_perf = true;
        params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
        // Ends a graph after its first node while the cache is filled: its cells are taken, but nothing is computed.
        params.cb_eval = [](ggml_tensor *, bool ask, void *self) { return static_cast<Run *>(self)->filling_ ? ask : !ask; };
        params.cb_eval_user_data = this;
        offered([&] { context_ = llama_init_from_model(model, params); });
        if (context_ == nullptr) {
            fail("cannot open a context");
        }
        llama_attach_threadpool(context_, pool_->handle(shape.threads), pool_->handle(shape.threads));
        vocabulary_ = llama_vocab_n_tokens(llama_model_get_vocab(model));
    }

    ~Run() {
        llama_detach_threadpool(context_);
        llama_free(context_);
    }
    Run(const Run &) = delete;

    void fill() {
        filling_ = true;
        for (int i = 0; i < shape_.prefix; ++i) {
            add(i, 0, false, batch_tokens);
        }
        decode();
        for (int b = 1; b < shape_.branches && shape_.prefix > 0; ++b) {
            llama_memory_seq_cp(llama_get_memory(context_), 0, b, -1, -1);
        }
        for (int t = 0; t < shape_.own; ++t) {
            for (int b = 0; b < shape_.branches; ++b) {
                add(shape_.prefix + t, b, false, batch_tokens);
            }
            if (way == "streams") {
                decode();
            }
        }
        decode();
        filling_ = false;
        randomise();
    }

    // One step of all branches.
    void step(bool counts) {
        const int position = shape_.prefix + shape_.own + taken_++;
        for (int b = 0; b < shape_.branches; ++b) {
            add(position, b, true, shape_.branches + 1);
        }
        const double processor = processor_milliseconds();
        const auto wall = Clock::now();
        decode();
        if (counts) {
            milliseconds.push_back(processor_milliseconds() - processor);
            wall_milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - wall).count());
        }
    }

    void prefill(int tokens) {
        llama_memory_clear(llama_get_memory(context_), false);
        const double processor = processor_milliseconds();
        for (int i = 0; i < tokens; ++i) {
            add(i, 0, i == tokens - 1, batch_tokens);
        }
        decode();
        milliseconds.push_back(processor_milliseconds() - processor);
    }

    int64_t operations() const { return attention_ == nullptr ? 0 : attention_->computed(); }

    const std::string way;
    std::vector<double> milliseconds;
    std::vector<double> wall_milliseconds;

   private:
    void add(int position, int branch, bool output, int full) {
        const auto hash = static_cast<uint32_t>(position) * 7919u + static_cast<uint32_t>(branch) * 104729u + 11u;
        batch_.add(static_cast<int>(hash % vocabulary_), position, branch, output);
        if (batch_.get().n_tokens == full) {
            decode();
        }
    }

    void decode() {
        if (batch_.get().n_tokens == 0) {
            return;
        }
        offered([&] {
            if (llama_decode(context_, batch_.get()) != 0) {
                fail("a step cannot be decoded");
            }
            llama_synchronize(context_);
        });
        batch_.clear();
    }

    template <typename Act>
    void offered(Act act) {
        const TreeAttention::Scope scope(attention_.get());
        spy_.inner = espalier::attention::exchange_taker({Spy::offer, &spy_});
        act();
        espalier::attention::exchange_taker(spy_.inner);
    }

    // Of ordinary size, the same for each way.
    void randomise() {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        std::vector<ggml_fp16_t> noise(1 << 16);
        for (ggml_fp16_t &x : noise) {
            x = ggml_fp32_to_fp16(normal(random));
        }
        for (size_t c = 0; c < spy_.caches.size(); ++c) {
            const int64_t count = ggml_nelements(spy_.caches[c]);
            auto *numbers = static_cast<ggml_fp16_t *>(spy_.caches[c]->data);
            for (int64_t i = 0; i < count; ++i) {
                numbers[i] = noise[(i * 2654435761u + c * 977 + i / 65536 * 31) & 0xFFFF];
            }
        }
    }

    Shape shape_;
    std::shared_ptr<espalier::WorkerPool> pool_;
    LlamaBatch batch_;
    std::unique_ptr<TreeAttention> attention_;
    Spy spy_;
    llama_context *context_ = nullptr;
    int vocabulary_ = 0;
    int taken_ = 0;
    bool filling_ = false;
};

void print(const std::vector<std::unique_ptr<Run>> &runs, int threads) {
    std::printf("{\"threads\":%d", threads);
    for (const auto &run : runs) {
        std::printf(
            ",\"%s\":{\"milliseconds\":%.3f,\"operations\":%lld", run->way.c_str(), median(run->milliseconds),
            static_cast<long long>(run->operations()));
        if (!run->wall_milliseconds.empty()) {
            std::printf(",\"wallMilliseconds\":%.3f", median(run->wall_milliseconds));
        }
        std::printf("}");
    }
    std::printf("}\n");
}

}  // namespace

int main(int argc, char **argv) {
    const char *libraries = std::getenv("ESPALIER_LLAMA_LIB");
    const bool prefill = argc > 2 && std::strcmp(argv[2], "prefill") == 0;
    const int first_way = prefill ? 6 : 7;
    if (argc <= first_way || libraries == nullptr) {
        std::fprintf(
            stderr,
            "usage: ESPALIER_LLAMA_LIB=DIR espalier-attention MODEL BRANCHES PREFIX OWN THREADS STEPS WAY...\n"
            "       ESPALIER_LLAMA_LIB=DIR espalier-attention MODEL prefill TOKENS THREADS RUNS WAY...\n");
        return 2;
    }
    const auto number = [&](int i) { return std::atoi(argv[i]); };
    const Shape shape = prefill ? Shape{1, number(3), 0, number(4), number(5)}
                                : Shape{number(2), number(3), number(4), number(5), number(6)};
    espalier::capture_log();
    ggml_backend_load_all_from_path(libraries);
    llama_backend_init();
    if (!espalier::attention::install_hook()) {
        fail("this build has no hook into llama.cpp");
    }
    llama_model *model = llama_model_load_from_file(argv[1], llama_model_default_params());
    if (model == nullptr) {
        fail("cannot load the model");
    }
    {
        const auto pool = espalier::WorkerPool::acquire(shape.threads);
        std::vector<std::unique_ptr<Run>> runs;
        for (int i = first_way; i < argc; ++i) {
            runs.push_back(std::make_unique<Run>(model, argv[i], shape, pool));
            if (!prefill) {
                runs.back()->fill();
            }
        }
        // The first step of each builds its graph and is not counted.
        for (int step = prefill ? 1 : 0; step <= shape.steps; ++step) {
            for (const auto &run : runs) {
                if (prefill) {
                    run->prefill(shape.prefix);
                } else {
                    run->step(step > 0);
                }
            }
        }
        print(runs, shape.threads);
    }
    llama_model_free(model);
    return 0;
}
