#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace espalier {

// The files that a model's weights are mapped from, held open. What is written into such a file is in the weights at once,
// and the process ends (SIGBUS) when it reads a part that has been cut off, so each step asks first. A file that another
// one is renamed over is still what is mapped: that is no change.
class MappedFiles {
   public:
    // Null, with a message, if one of them cannot be opened.
    static std::unique_ptr<MappedFiles> open(const std::vector<std::string> &paths);

    ~MappedFiles();
    MappedFiles(const MappedFiles &) = delete;
    MappedFiles &operator=(const MappedFiles &) = delete;

    // The index of a file whose size or time of change is no longer what it was; -1 if there is none. One system call a
    // file, and no allocation.
    int changed() const;

    // Takes the files' pages out of this process, which has them in memory of its own by now. One that is read again comes
    // back, from the system's cache as a rule. Does nothing but on Linux.
    void release_pages() const;

    // Bytes of all files together.
    int64_t bytes() const;

    // Bytes of the weights that were copied out of the files when they were loaded; 0 if they are read where they lie.
    int64_t copied_bytes() const { return copied_bytes_; }
    void set_copied_bytes(int64_t bytes) { copied_bytes_ = bytes; }

    const std::string &path(int index) const { return files_[index].path; }

   private:
    struct File {
        std::string path;
        int descriptor;
        int64_t size;
        int64_t modified_nanos;
        uint64_t device;
        uint64_t inode;
    };

    MappedFiles() = default;

    std::vector<File> files_;
    int64_t copied_bytes_ = 0;
};

}  // namespace espalier
