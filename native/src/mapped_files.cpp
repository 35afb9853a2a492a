#include "mapped_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "logging.h"

namespace espalier {

namespace {

int64_t modified_nanos(const struct stat &status) {
#ifdef __APPLE__
    const timespec &time = status.st_mtimespec;
#else
    const timespec &time = status.st_mtim;
#endif
    return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

}  // namespace

std::unique_ptr<MappedFiles> MappedFiles::open(const std::vector<std::string> &paths) {
    clear_message();
    std::unique_ptr<MappedFiles> files(new MappedFiles());
    files->files_.reserve(paths.size());
    for (const std::string &path : paths) {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            set_message(std::string(std::strerror(errno)) + ": " + path);
            return nullptr;
        }
        struct stat status;
        if (fstat(descriptor, &status) != 0) {
            set_message(std::string(std::strerror(errno)) + ": " + path);
            ::close(descriptor);
            return nullptr;
        }
        files->files_.push_back({path, descriptor, int64_t{status.st_size}, modified_nanos(status)});
    }
    return files;
}

MappedFiles::~MappedFiles() {
    for (const File &file : files_) {
        ::close(file.descriptor);
    }
}

int MappedFiles::changed() const {
    for (size_t i = 0; i < files_.size(); ++i) {
        struct stat status;
        // Where even this fails, a network file system say, the file cannot be relied on either.
        if (fstat(files_[i].descriptor, &status) != 0 || int64_t{status.st_size} != files_[i].size ||
            modified_nanos(status) != files_[i].modified_nanos) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

}  // namespace espalier
