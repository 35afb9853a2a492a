#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "ggml.h"
#include "row_workers.h"

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

    // For llama.cpp.
    ggml_threadpool_t handle() const { return pool_; }

    // For our own work between llama.cpp's, under the lock.
    RowWorkers &rows() { return rows_; }

    // Waits for the pool; gives up when stop() says so, and the lock is then not held.
    std::unique_lock<std::timed_mutex> lock(const std::function<bool()> &stop);

   private:
    explicit WorkerPool(int threads) : rows_(threads) {}
    bool start(int threads);

    std::timed_mutex mutex_;
    ggml_threadpool_t pool_ = nullptr;
    void (*free_pool_)(ggml_threadpool_t) = nullptr;
    RowWorkers rows_;
};

}  // namespace espalier
