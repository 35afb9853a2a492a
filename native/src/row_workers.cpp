#include "row_workers.h"

namespace espalier {

RowWorkers::RowWorkers(int threads) {
    for (int thread = 1; thread < threads; ++thread) {
        helpers_.emplace_back([this, thread] { help(thread); });
    }
}

RowWorkers::~RowWorkers() {
    {
        std::lock_guard<std::mutex> lock(mutex_);
        closed_ = true;
    }
    wake_.notify_all();
    for (std::thread &helper : helpers_) {
        helper.join();
    }
}

void RowWorkers::run(int count, int threads, const std::function<void(int item, int thread)> &work) {
    if (helpers_.empty() || count < 2 || threads < 2) {
        for (int item = 0; item < count; ++item) {
            work(item, 0);
        }
        return;
    }
    {
        std::lock_guard<std::mutex> lock(mutex_);
        work_ = &work;
        count_ = count;
        threads_ = threads;
        next_.store(0);
    }
    wake_.notify_all();
    drain(work, count, 0);
    std::unique_lock<std::mutex> lock(mutex_);
    work_ = nullptr;
    idle_.wait(lock, [this] { return helping_ == 0; });
}

void RowWorkers::help(int thread) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
        wake_.wait(lock, [this, thread] { return closed_ || (work_ != nullptr && thread < threads_ && next_.load() < count_); });
        if (closed_) {
            return;
        }
        ++helping_;
        // The caller may clear these as soon as it has drained the rest itself.
        const std::function<void(int, int)> &work = *work_;
        const int count = count_;
        lock.unlock();
        drain(work, count, thread);
        lock.lock();
        if (--helping_ == 0) {
            idle_.notify_one();
        }
    }
}

void RowWorkers::drain(const std::function<void(int, int)> &work, int count, int thread) {
    int item;
    while ((item = next_.fetch_add(1)) < count) {
        work(item, thread);
    }
}

}  // namespace espalier
