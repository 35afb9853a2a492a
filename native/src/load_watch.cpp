#include "load_watch.h"

#include <unistd.h>

#include <cstdio>

namespace espalier {

namespace {

// Below this, what else grows meanwhile cannot be told from weights.
constexpr int64_t least_copied = 32 << 20;
// Of all weights, between two times that pages are given back: each reads a list of the process's maps.
constexpr double release_step = 1.0 / 64;

// Bytes of this process that are no file's; -1 where the system does not say.
int64_t own_bytes() {
    std::FILE *statm = std::fopen("/proc/self/statm", "re");
    if (statm == nullptr) {
        return -1;
    }
    long long resident = 0;
    long long shared = 0;
    const int read = std::fscanf(statm, "%*d %lld %lld", &resident, &shared);
    std::fclose(statm);
    return read == 2 ? (resident - shared) * sysconf(_SC_PAGESIZE) : -1;
}

}  // namespace

LoadWatch::LoadWatch(MappedFiles *files) : files_(files) {}

bool LoadWatch::on_progress(float done, void *self) {
    auto *watch = static_cast<LoadWatch *>(self);
    if (watch->files_ != nullptr) {
        watch->follow(done);
    }
    return true;
}

void LoadWatch::follow(double done) {
    if (own_before_ < 0) {
        own_before_ = own_bytes();
        return;
    }
    const bool ends = done >= 1;
    if (!ends && done < released_at_ + release_step) {
        return;
    }
    const int64_t copied = own_bytes() - own_before_;
    if (copied < least_copied || copied < done * files_->bytes() / 2) {
        return;
    }
    files_->release_pages();
    released_at_ = done;
    if (ends) {
        files_->set_copied_bytes(copied);
    }
}

}  // namespace espalier
