#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "ggml.h"
#include "row_workers.h"
#include "thread_tuner.h"

namespace espalier {

// The compute threads that all contexts with the same number of threads share: pools of their own would run against
// each other, since the policy's and the PRM's steps alternate. One context computes at a time, which lock() sees to.
class WorkerPool {
   public:
    // The pool of this size; null if the CPU backend is missing.
    static std::shared_ptr<WorkerPool> acquire(int threads);

    ~WorkerPool();
    WorkerPool(const WorkerPool &) = delete;
    WorkerPool &operator=(const WorkerPool &) = delete;

    // For llama.cpp, to compute with so many threads, at most the pool's size: a pool wakes all of its threads for every
    // graph, so one thread has a pool of its own.
    ggml_threadpool_t handle(int threads) const { return threads == 1 ? single_ : pool_; }

    // Of the contexts that leave the number of threads to it, under the lock.
    ThreadTuner &tuner() { return tuner_; }

    // For our own work between llama.cpp's, under the lock.
    RowWorkers &rows() { return rows_; }

    // Waits for the pool; gives up when stop() says so, and the lock is then not held.
    std::unique_lock<std::timed_mutex> lock(const std::function<bool()> &stop);

   private:
    explicit WorkerPool(int threads) : rows_(threads), tuner_(threads) {}
    bool start(int threads);

    std::timed_mutex mutex_;
    ggml_threadpool_t pool_ = nullptr;
    // The same where the pool has one thread.
    ggml_threadpool_t single_ = nullptr;
    void (*free_pool_)(ggml_threadpool_t) = nullptr;
    RowWorkers rows_;
    ThreadTuner tuner_;
};

}  // namespace espalier
