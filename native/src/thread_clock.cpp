#include "thread_clock.h"

#include <ctime>

namespace espalier {

namespace {

double seconds(clockid_t clock) {
    timespec time;
    return clock_gettime(clock, &time) == 0 ? static_cast<double>(time.tv_sec) + time.tv_nsec * 1e-9 : 0;
}

}  // namespace

double clock_seconds() { return seconds(CLOCK_MONOTONIC); }

double computing_seconds() {
#ifdef CLOCK_THREAD_CPUTIME_ID
    return seconds(CLOCK_THREAD_CPUTIME_ID);
#else
    return clock_seconds();
#endif
}

}  // namespace espalier
