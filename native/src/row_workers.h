#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace espalier {

// Helps one thread with its work over rows of logits. The helpers sleep in between, and run() waits for none that has
// not begun: on a busy machine the caller does it all alone. As a node of a ggml graph, whose barriers wait for every
// thread, the same work took a scheduler's time slice, 4 ms instead of 0.7.
class RowWorkers {
   public:
    // threads: the caller's included.
    explicit RowWorkers(int threads);
    ~RowWorkers();
    RowWorkers(const RowWorkers &) = delete;
    RowWorkers &operator=(const RowWorkers &) = delete;

    // Calls work(item, thread) for the items 0..count-1, each once, with so many threads at most, the caller's included;
    // no two calls with the same thread overlap. One caller at a time. work must not throw.
    void run(int count, int threads, const std::function<void(int item, int thread)> &work);

   private:
    void help(int thread);
    void drain(const std::function<void(int, int)> &work, int count, int thread);

    std::vector<std::thread> helpers_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable idle_;
    // Null when there is nothing to join.
    const std::function<void(int, int)> *work_ = nullptr;
    int count_ = 0;
    int threads_ = 0;
    std::atomic<int> next_{0};
    int helping_ = 0;
    bool closed_ = false;
};

}  // namespace espalier
