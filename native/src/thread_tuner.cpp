#include "thread_tuner.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

// Costs drift as contexts fill: a mean over about so many steps.
constexpr int remembered_steps = 20;

// Schedulers hand out processors for some milliseconds: less than this says nothing about what is quicker.
constexpr double shortest_look = 0.03;
constexpr int fewest_steps = 3;
// Of what was measured with the chosen number, this much in seconds counts: the rest is too old.
constexpr double usual_memory = 0.2;
// A trial that goes this badly ends at once.
constexpr double hopeless = 1.5;
constexpr double hopeless_look = 0.01;

// Waking up the threads for a step and letting them go takes some of its time on an idle machine, too.
constexpr double waiting_share = 0.2;
// A share of the time by which more threads have to be quicker; fewer only have not to be slower.
constexpr double worth_more = 0.95;

constexpr double first_rest = 0.25;
constexpr double longest_rest = 4;

}  // namespace

int StepCosts::bucket(int tokens) {
    if (tokens < 8) {
        return std::max(tokens, 0);
    }
    const int exponent = static_cast<int>(std::log2(tokens));
    const int eighth = (tokens >> (exponent - 3)) - 8;
    return std::min(buckets - 1, 8 * (exponent - 2) + eighth);
}

void StepCosts::ran(int tokens, double seconds, double pace) {
    const int at = bucket(tokens);
    counts_[at] = std::min(counts_[at] + 1, remembered_steps);
    means_[at] += (seconds / pace / tokens - means_[at]) / counts_[at];
}

void ThreadTuner::Sums::add(const TimedStep &step, double memory) {
    // What was before fades so that all together is as long as the memory.
    const double kept = seconds + step.seconds <= memory ? 1 : std::max(0.0, memory - step.seconds) / seconds;
    seconds = seconds * kept + step.seconds;
    computing = computing * kept + step.computing;
    expected = expected * kept + step.expected;
    ++steps;
}

int ThreadTuner::fewer() const {
    // As many as had a processor, as far as the waiting of one of them tells.
    const double busy = usual_.computing / usual_.seconds;
    return std::clamp(static_cast<int>(std::lround(chosen_ * busy)), (chosen_ + 1) / 2, chosen_ - 1);
}

int ThreadTuner::more() const { return std::min(most_, chosen_ + std::max(1, chosen_ / 4)); }

void ThreadTuner::ran(const TimedStep &step) {
    if (step.expected <= 0) {
        return;
    }
    if (trial_ > 0) {
        tried_.add(step, INFINITY);
        if (is_decided()) {
            end_trial(step.end);
        }
        return;
    }
    usual_.add(step, usual_memory);
    if (usual_.seconds >= shortest_look && usual_.steps >= fewest_steps) {
        begin_trial(step.end);
    }
}

bool ThreadTuner::is_decided() const {
    return (tried_.seconds >= shortest_look && tried_.steps >= fewest_steps) ||
        (tried_.seconds >= hopeless_look && tried_.seconds > hopeless * pace() * tried_.expected);
}

void ThreadTuner::begin_trial(double now) {
    if (chosen_ > 1 && usual_.seconds - usual_.computing > waiting_share * usual_.seconds && now >= down_.until) {
        trial_ = fewer();
    } else if (chosen_ < most_ && now >= up_.until) {
        trial_ = more();
    }
    tried_ = {};
}

void ThreadTuner::end_trial(double now) {
    const bool was_down = trial_ < chosen_;
    const bool is_better = tried_.seconds <= (was_down ? 1 : worth_more) * pace() * tried_.expected;
    Rest &rest = was_down ? down_ : up_;
    if (is_better) {
        chosen_ = trial_;
        usual_ = tried_;
        rest = {};
        // The way back is not worth a look at once.
        Rest &back = was_down ? up_ : down_;
        back.length = std::max(back.length, first_rest);
        back.until = now + back.length;
    } else {
        rest.length = std::clamp(2 * rest.length, first_rest, longest_rest);
        rest.until = now + rest.length;
    }
    trial_ = 0;
}

}  // namespace espalier
