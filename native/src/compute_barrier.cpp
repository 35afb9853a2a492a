#include "compute_barrier.h"

#ifdef __linux__

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <ctime>

#include "backend_calls.h"

namespace espalier {

namespace {

// How llama.cpp 0.5.0's ggml_threadpool begins.
struct ComputePool {
    pthread_mutex_t mutex;
    pthread_cond_t work;
    void *graph;
    void *plan;
    // The number of the graph, and in the lower half that of the threads that compute it.
    std::atomic<int> graph_and_threads;
    alignas(64) std::atomic<int> arrived;
    alignas(64) std::atomic<int> passed;
};

constexpr int threads_mask = 0xffff;

// Who waits longer loses at most as much again by sleeping.
constexpr int64_t spin_nanos = 30'000;
constexpr int relaxed_rounds = 16;

// Of all pools together: a wake-up too many does no harm.
std::atomic<int> sleepers{0};

inline void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

int64_t now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
}

void futex(std::atomic<int> &word, int operation, int value) {
    static_assert(sizeof(std::atomic<int>) == sizeof(int32_t), "a futex is a word of 32 bit");
    syscall(SYS_futex, reinterpret_cast<int32_t *>(&word), operation, value, nullptr, nullptr, 0);
}

bool passes_soon(const std::atomic<int> &passed, int before) {
    int64_t end = 0;
    while (true) {
        for (int i = 0; i < relaxed_rounds; ++i) {
            if (passed.load() != before) {
                return true;
            }
            relax();
        }
        const int64_t time = now();
        if (end == 0) {
            end = time + spin_nanos;
        } else if (time >= end) {
            return false;
        }
    }
}

void wait(std::atomic<int> &passed, int before) {
    if (passes_soon(passed, before)) {
        return;
    }
    sleepers.fetch_add(1);
    while (passed.load() == before) {
        futex(passed, FUTEX_WAIT_PRIVATE, before);
    }
    sleepers.fetch_sub(1);
}

// In the place of ggml_barrier.
void barrier(ComputePool *pool) {
    const int threads = pool->graph_and_threads.load(std::memory_order_relaxed) & threads_mask;
    if (threads == 1) {
        return;
    }
    const int before = pool->passed.load();
    if (pool->arrived.fetch_add(1) != threads - 1) {
        wait(pool->passed, before);
        return;
    }
    pool->arrived.store(0, std::memory_order_relaxed);
    pool->passed.fetch_add(1);
    if (sleepers.load() > 0) {
        futex(pool->passed, FUTEX_WAKE_PRIVATE, INT_MAX);
    }
}

}  // namespace

bool install_compute_barrier() {
    static const bool installed = redirect_backend_call("ggml_barrier", reinterpret_cast<void *>(barrier)).done;
    return installed;
}

}  // namespace espalier

#else

namespace espalier {

bool install_compute_barrier() { return false; }

}  // namespace espalier

#endif
