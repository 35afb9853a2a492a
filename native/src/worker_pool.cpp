#include "worker_pool.h"

#include <chrono>
#include <map>

#include "backend_calls.h"
#include "compute_barrier.h"
#include "ggml-cpu.h"
#include "single_row_attention.h"

namespace espalier {

namespace {

// Workers go to sleep when a graph ends. Spinning (ggml's default keeps every core busy for a quarter of a second) made
// no step faster, but takes the cores from whatever runs between two steps.
constexpr uint32_t poll_level = 0;

constexpr std::chrono::milliseconds lock_slice{5};

ggml_threadpool_t new_threads(decltype(&ggml_threadpool_new) create, int threads) {
    ggml_threadpool_params params = ggml_threadpool_params_default(threads);
    params.poll = poll_level;
    return create(&params);
}

}  // namespace

std::shared_ptr<WorkerPool> WorkerPool::acquire(int threads) {
    static std::mutex mutex;
    static std::map<int, std::weak_ptr<WorkerPool>> pools;
    std::lock_guard<std::mutex> guard(mutex);
    std::shared_ptr<WorkerPool> pool = pools[threads].lock();
    if (pool == nullptr) {
        pool.reset(new WorkerPool(threads));
        if (!pool->start(threads)) {
            return nullptr;
        }
        pools[threads] = pool;
    }
    return pool;
}

bool WorkerPool::start(int threads) {
    install_compute_barrier();
    install_single_row_attention();
    // The CPU backend is a plug-in: its functions are looked up, not linked.
    const auto create = reinterpret_cast<decltype(&ggml_threadpool_new)>(backend_function("ggml_threadpool_new"));
    free_pool_ = reinterpret_cast<decltype(&ggml_threadpool_free)>(backend_function("ggml_threadpool_free"));
    if (create == nullptr || free_pool_ == nullptr) {
        return false;
    }
    pool_ = new_threads(create, threads);
    single_ = threads == 1 ? pool_ : new_threads(create, 1);
    return pool_ != nullptr && single_ != nullptr;
}

WorkerPool::~WorkerPool() {
    if (single_ != nullptr && single_ != pool_) {
        free_pool_(single_);
    }
    if (pool_ != nullptr) {
        free_pool_(pool_);
    }
}

std::unique_lock<std::timed_mutex> WorkerPool::lock(const std::function<bool()> &stop) {
    std::unique_lock<std::timed_mutex> lock(mutex_, std::defer_lock);
    while (!lock.try_lock_for(lock_slice) && !stop()) {
    }
    return lock;
}

}  // namespace espalier
