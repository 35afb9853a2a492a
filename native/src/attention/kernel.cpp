#include "attention/kernel.h"

namespace espalier::attention {

size_t scratch_floats(int queries, int key_size, int value_size) {
    constexpr size_t pointers = 4 * sizeof(void *) / sizeof(float);
    return static_cast<size_t>(queries) * (key_size + block_cells + pointers) +
        static_cast<size_t>(block_cells) * (key_size + value_size) + 64;
}

const Kernel *best_kernel() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw")) {
        return &avx512_kernel;
    }
    // Every processor with AVX2 but VIA's has the other two; GCC 12 cannot ask for F16C by this name.
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return &avx2_kernel;
    }
    return nullptr;
#elif defined(__aarch64__)
    return &neon_kernel;
#else
    return nullptr;
#endif
}

}  // namespace espalier::attention
