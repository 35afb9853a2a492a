#pragma once

#include <array>
#include <cstdint>

namespace espalier {

// What a context's steps cost, by their number of tokens, so that steps of different sizes can be compared: in seconds at
// a pace of 1, whatever that is. What counts is the pace of one step against another's.
class StepCosts {
   public:
    // 0 as long as there was no such step.
    double expected(int tokens) const { return means_[bucket(tokens)] * tokens; }

    // A step took so long at such a pace.
    void ran(int tokens, double seconds, double pace);

   private:
    // One for each number of tokens below 8, then eight for each doubling.
    static constexpr int buckets = 8 * 15;

    static int bucket(int tokens);

    // Of a token.
    std::array<double, buckets> means_{};
    std::array<int, buckets> counts_{};
};

struct TimedStep {
    // The clock when it ended, in seconds.
    double end;
    double seconds;
    // In which the calling thread computed: the rest it waited for a processor, or for threads that did.
    double computing;
    // By StepCosts; 0 if that is not known.
    double expected;
};

// Chooses with how many threads the next step is computed. It begins with the most. When steps wait, it tries fewer for a
// few hundredths of a second, and from time to time more; it keeps what was quicker, of equals the fewer. Trials that fail
// become rarer. A pure function of the steps that it is told of: it reads no clock. Not safe for use by several threads.
class ThreadTuner {
   public:
    // most: 1 or more.
    explicit ThreadTuner(int most) : most_(most), chosen_(most) {}

    // For the next step.
    int threads() const { return trial_ > 0 ? trial_ : chosen_; }

    // Seconds per expected second at the number of threads that holds; 1 at first.
    double pace() const { return usual_.expected > 0 ? usual_.seconds / usual_.expected : 1; }

    // Whether the next step is part of a trial: StepCosts has nothing to learn from it.
    bool trying() const { return trial_ > 0; }

    // A step was computed with threads() threads.
    void ran(const TimedStep &step);

   private:
    struct Sums {
        double seconds = 0;
        double computing = 0;
        double expected = 0;
        int steps = 0;

        void add(const TimedStep &step, double memory);
    };

    // When a kind of trial is next made, and how long it then rests if it fails.
    struct Rest {
        double until = 0;
        double length = 0;
    };

    void begin_trial(double now);
    void end_trial(double now);
    bool is_decided() const;
    int fewer() const;
    int more() const;

    int most_;
    int chosen_;
    int trial_ = 0;
    // With the chosen number, the older the less; and of the trial.
    Sums usual_;
    Sums tried_;
    Rest down_;
    Rest up_;
};

}  // namespace espalier
