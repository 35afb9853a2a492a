// Real decodes with several threads: they sleep while they wait, their number changes no bit, and it falls when they have no
// processors.
#include <atomic>
#include <ctime>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

#include "check.h"
#include "compute_barrier.h"
#include "context.h"
#include "context_fixture.h"
#include "row_workers.h"
#include "single_row_attention.h"
#include "thread_clock.h"

namespace {

using namespace espalier;

// More cells than from where on llama.cpp shares out the cells of a batch of one token among the threads.
constexpr int prefix = 600;

std::vector<int> tokens_from(int seed, int count) {
    std::vector<int> tokens;
    for (int i = 0; i < count; ++i) {
        tokens.push_back(tiny_first_byte + (seed * 37 + i * 11) % 200);
    }
    return tokens;
}

// Log-probabilities after a prompt, after one token more and after four more.
std::vector<float> decoded(const Model &model, bool unified, bool flash_attention, int threads) {
    Session session(model, unified, 1024, 1, threads, flash_attention);
    std::vector<float> all;
    int position = 0;
    for (const int count : {60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 1, 1, 4, 1}) {
        const std::vector<float> step = session.decode(0, tokens_from(position, count), position);
        position += count;
        if (position >= prefix) {
            all.insert(all.end(), step.begin(), step.end());
        }
    }
    return all;
}

void the_number_of_threads_changes_no_bit(TinyModel kind) {
    const Model model(kind);
    for (const bool unified : {true, false}) {
        for (const bool flash_attention : {true, false}) {
            const std::vector<float> alone = decoded(model, unified, flash_attention, 1);
            for (const int threads : {2, 3, 5}) {
                CHECK(decoded(model, unified, flash_attention, threads) == alone);
            }
        }
    }
}

// Beside other programs a thread more waits for a processor with the item that it took, and the caller for it.
void work_over_rows_has_no_more_threads_than_are_chosen() {
    RowWorkers workers(4);
    for (const int threads : {1, 2, 4}) {
        for (int round = 0; round < 50; ++round) {
            std::vector<std::atomic<int>> calls(64);
            std::atomic<bool> others{false};
            workers.run(64, threads, [&](int item, int thread) {
                ++calls[item];
                if (thread >= threads) {
                    others = true;
                }
            });
            CHECK(!others);
            for (const std::atomic<int> &count : calls) {
                CHECK(count == 1);
            }
        }
    }
}

#ifdef __linux__

// Threads that are started meanwhile have one processor together.
class OneProcessor {
   public:
    OneProcessor() {
        CHECK(sched_getaffinity(0, sizeof before_, &before_) == 0);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int i = 0; CPU_COUNT(&one) == 0; ++i) {
            if (CPU_ISSET(i, &before_)) {
                CPU_SET(i, &one);
            }
        }
        CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    }
    ~OneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }

   private:
    cpu_set_t before_;
};

double process_seconds() {
    timespec time;
    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
    return static_cast<double>(time.tv_sec) + time.tv_nsec * 1e-9;
}

// With llama.cpp's barrier, whoever waits spends its time slice: 12 seconds of a processor on the machine this was
// written on, 0.1 with ours.
void threads_that_wait_sleep() {
    const OneProcessor one;
    const Model model(TinyModel::llama);
    Session session(model, true, 1024, 4, 7);
    const double before = process_seconds();
    for (int i = 0; i < 30; ++i) {
        session.decode(0, {tiny_space}, i);
    }
    CHECK(process_seconds() - before < 2);
}

void threads_without_processors_are_given_up() {
    const OneProcessor one;
    const Model model(TinyModel::llama);
    Step step(test_batch);
    ContextParams params{1024, 4, true, 6, GGML_TYPE_F16, test_batch};
    params.adapt_threads = true;
    const std::unique_ptr<Context> context = Context::open(model.get(), params, step.words());
    CHECK(context != nullptr);
    const double end = clock_seconds() + 60;
    int alone = 0;
    for (int i = 0; alone < 20; ++i) {
        CHECK(clock_seconds() < end);
        step.clear().remove(0, 0).token(tiny_space, 0, 0).token(tiny_space, 1, 0).row(1, target_row, tiny_space);
        CHECK(context->run(INT64_MAX) == Status::done);
        CHECK(step.words()[threads_word] >= 1 && step.words()[threads_word] <= 6);
        alone += step.words()[threads_word] == 1 ? 1 : 0;
    }
}

#endif

}  // namespace

int main() {
    load_backends();
#ifdef __linux__
    CHECK(install_compute_barrier());
    CHECK(install_single_row_attention());
    threads_that_wait_sleep();
    threads_without_processors_are_given_up();
#endif
    work_over_rows_has_no_more_threads_than_are_chosen();
    the_number_of_threads_changes_no_bit(TinyModel::llama);
    the_number_of_threads_changes_no_bit(TinyModel::qwen2);
    the_number_of_threads_changes_no_bit(TinyModel::lfm2);
}
