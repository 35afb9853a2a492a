// Attention that reads a shared prefix once for all branches, in place of llama.cpp's over a unified cache.
// docs/tree-attention.md explains it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "attention/hook.h"
#include "attention/pass.h"

struct ggml_tensor;

namespace espalier {

// Of one context: takes the attention operations of its graphs that it can compute, and leaves the others to llama.cpp.
class TreeAttention {
   public:
    // Null where this processor or the build has none.
    static std::unique_ptr<TreeAttention> create();

    // The instruction set of create()'s; empty, with the reason in `why`, where it gives null.
    static std::string target(std::string &why);

    explicit TreeAttention(const attention::Kernel &kernel) : pass_(kernel) {}
    TreeAttention(const TreeAttention &) = delete;

    // While it lives, graphs that llama.cpp builds on this thread are this context's.
    class Scope {
       public:
        // attention: null for none.
        explicit Scope(TreeAttention *attention);
        ~Scope();
        Scope(const Scope &) = delete;

       private:
        bool active_;
        attention::Taker before_{};
    };

    // Operations that it took when graphs were built, and that it left to llama.cpp.
    int64_t taken() const { return taken_; }
    int64_t declined() const { return declined_; }
    // Why it left the latest that it did.
    const std::string &reason() const { return reason_; }

    // Operations that it computed.
    int64_t computed() const { return pass_.operations(); }

   private:
    static bool offer(void *self, const ggml_tensor *node);
    static void compute(ggml_tensor *node, int thread, int threads, void *self);

    attention::Pass pass_;
    int64_t taken_ = 0;
    int64_t declined_ = 0;
    std::string reason_;
};

}  // namespace espalier
