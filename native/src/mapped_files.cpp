#include "mapped_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/mman.h>
#include <sys/sysmacros.h>
#endif
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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
        files->files_.push_back({path, descriptor, int64_t{status.st_size}, modified_nanos(status),
                                 static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino)});
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

int64_t MappedFiles::bytes() const {
    int64_t bytes = 0;
    for (const File &file : files_) {
        bytes += file.size;
    }
    return bytes;
}

void MappedFiles::release_pages() const {
#ifdef __linux__
    std::FILE *maps = std::fopen("/proc/self/maps", "re");
    if (maps == nullptr) {
        return;
    }
    char line[512];
    bool begins = true;
    while (std::fgets(line, sizeof line, maps) != nullptr) {
        unsigned long first, last, inode;
        unsigned major, minor;
        // A path may be longer than the line; what follows is not one of its own.
        if (begins && std::sscanf(line, "%lx-%lx %*4s %*x %x:%x %lu", &first, &last, &major, &minor, &inode) == 5) {
            for (const File &file : files_) {
                if (file.inode == inode && file.device == makedev(major, minor)) {
                    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
                }
            }
        }
        begins = std::strchr(line, '\n') != nullptr;
    }
    std::fclose(maps);
#endif
}

}  // namespace espalier
