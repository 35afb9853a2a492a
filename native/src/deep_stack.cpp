#include "deep_stack.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace espalier {

namespace {

#ifdef MAP_NORESERVE
constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#else
constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif

// A mapping whose lowest page can be neither read nor written: a stack that overflows ends there.
class Mapping {
   public:
    explicit Mapping(size_t bytes) {
        const size_t page = page_size();
        size_ = (bytes + page - 1) / page * page + page;
        start_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (start_ == MAP_FAILED) {
            return;
        }
#ifdef MADV_NOHUGEPAGE
        // Otherwise the first touch could clear two megabytes.
        madvise(start_, size_, MADV_NOHUGEPAGE);
#endif
        if (mprotect(start_, page, PROT_NONE) != 0) {
            munmap(start_, size_);
            start_ = MAP_FAILED;
        }
    }

    ~Mapping() {
        if (mapped()) {
            munmap(start_, size_);
        }
    }

    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;

    bool mapped() const { return start_ != MAP_FAILED; }
    void *stack() const { return static_cast<char *>(start_) + page_size(); }
    size_t stack_size() const { return size_ - page_size(); }

   private:
    static size_t page_size() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

    void *start_ = MAP_FAILED;
    size_t size_ = 0;
};

struct Call {
    void (*function)(void *);
    void *argument;
};

void *run(void *call) {
    static_cast<Call *>(call)->function(static_cast<Call *>(call)->argument);
    return nullptr;
}

}  // namespace

bool run_on_deep_stack(size_t bytes, void (*function)(void *), void *argument) {
    const Mapping mapping(std::max(bytes, static_cast<size_t>(PTHREAD_STACK_MIN)));
    pthread_attr_t attributes;
    if (!mapping.mapped() || pthread_attr_init(&attributes) != 0) {
        return false;
    }
    Call call{function, argument};
    pthread_t thread;
    const bool started = pthread_attr_setstack(&attributes, mapping.stack(), mapping.stack_size()) == 0 &&
                         pthread_create(&thread, &attributes, run, &call) == 0;
    pthread_attr_destroy(&attributes);
    if (started) {
        pthread_join(thread, nullptr);
    }
    return started;
}

}  // namespace espalier
