#pragma once

#include <cstdint>

#include "mapped_files.h"

namespace espalier {

// Follows a model while it is loaded from mapped files. llama.cpp maps all of a file's pages at once, and then copies most
// weights into the layout of this processor: both together are twice the file. So what was copied is given back on the way.
class LoadWatch {
   public:
    // The files may be null: nothing is mapped then.
    explicit LoadWatch(MappedFiles *files);

    // llama.cpp's callback, on the thread that loads; done is in 0..1.
    static bool on_progress(float done, void *self);

   private:
    void follow(double done);

    MappedFiles *files_;
    int64_t own_before_ = -1;
    double released_at_ = 0;
};

}  // namespace espalier
