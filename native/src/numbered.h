#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace espalier {

// Things by their numbers, from 1. The number of one that was closed is given again.
template <typename T>
class Numbered {
   public:
    explicit Numbered(size_t most) : most_(most) {}

    // What the next one is to be put at; 0 if there are too many.
    int free_number() const {
        size_t number = 1;
        while (number < things_.size() && things_[number] != nullptr) {
            ++number;
        }
        return number > most_ ? 0 : static_cast<int>(number);
    }

    void put(int number, std::unique_ptr<T> thing) {
        things_.resize(std::max(things_.size(), static_cast<size_t>(number) + 1));
        things_[number] = std::move(thing);
    }

    void close(int number) {
        if (at(number) != nullptr) {
            things_[number] = nullptr;
        }
    }

    // Null if there is none with this number.
    T *at(int number) const {
        return number > 0 && static_cast<size_t>(number) < things_.size() ? things_[number].get() : nullptr;
    }

   private:
    size_t most_;
    std::vector<std::unique_ptr<T>> things_;
};

}  // namespace espalier
