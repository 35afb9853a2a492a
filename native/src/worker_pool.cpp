#include "worker_pool.h"

#include <chrono>
#include <map>

#include "ggml-backend.h"
#include "ggml-cpu.h"

namespace espalier {

namespace {

// Workers go to sleep when a graph ends. Spinning (ggml's default keeps every core busy for a quarter of a second) made
// no step faster, but takes the cores from whatever runs between two steps.
constexpr uint32_t poll_level = 0;

constexpr std::chrono::milliseconds lock_slice{5};

template <typename Function>
Function backend_function(const char *name) {
    ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    return device == nullptr
        ? nullptr
        : reinterpret_cast<Function>(ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name));
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
    // The CPU backend is a plug-in: its functions are looked up, not linked.
    const auto new_pool = backend_function<decltype(&ggml_threadpool_new)>("ggml_threadpool_new");
    free_pool_ = backend_function<decltype(&ggml_threadpool_free)>("ggml_threadpool_free");
    if (new_pool == nullptr || free_pool_ == nullptr) {
        return false;
    }
    ggml_threadpool_params params = ggml_threadpool_params_default(threads);
    params.poll = poll_level;
    pool_ = new_pool(&params);
    return pool_ != nullptr;
}

WorkerPool::~WorkerPool() {
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
