#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the test with the line that did not hold.
#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition)) {                                                      \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(1);                                                        \
        }                                                                        \
    } while (false)

#define CHECK_NEAR(a, b, tolerance)                                                                           \
    do {                                                                                                      \
        const double left_ = (a);                                                                             \
        const double right_ = (b);                                                                            \
        if (!(left_ - right_ <= (tolerance) && right_ - left_ <= (tolerance))) {                              \
            std::fprintf(stderr, "%s:%d: %s = %.9g, %s = %.9g\n", __FILE__, __LINE__, #a, left_, #b, right_); \
            std::exit(1);                                                                                     \
        }                                                                                                     \
    } while (false)
