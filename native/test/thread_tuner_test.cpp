// Scripted steps: a machine in numbers, in which a step of so many tokens takes so long with so many threads.
#include "thread_tuner.h"

#include <functional>

#include "check.h"

namespace {

using namespace espalier;

// What a step takes, and for how long of that the calling thread has a processor.
struct Taken {
    double seconds;
    double computing;
};

using Machine = std::function<Taken(int tokens, int threads)>;

// All of the work is shared out among the threads, each with a processor of its own.
Taken idle(int tokens, int threads) {
    const double alone = 0.001 * tokens;
    const double seconds = alone / threads;
    return {seconds, seconds};
}

// One processor of two is another program's every other moment: two threads wait for each other.
Taken busy(int tokens, int threads) {
    const double alone = 0.001 * tokens;
    return threads == 1 ? Taken{alone, alone} : Taken{2 * alone, 0.6 * alone};
}

class Run {
   public:
    explicit Run(int most) : tuner(most) {}

    void step(const Machine &machine, int tokens) {
        const int threads = tuner.threads();
        const Taken taken = machine(tokens, threads);
        now += taken.seconds;
        const double expected = costs.expected(tokens);
        if (!tuner.trying()) {
            costs.ran(tokens, taken.seconds, tuner.pace());
        }
        tuner.ran({now, taken.seconds, taken.computing, expected});
    }

    // Steps until the clock has gone on by so much; returns for how much of it another number of threads was used.
    double steps(const Machine &machine, double seconds, int usual, const std::function<int(int)> &tokens) {
        const double end = now + seconds;
        double other = 0;
        for (int i = 0; now < end; ++i) {
            const double before = now;
            const int threads = tuner.threads();
            step(machine, tokens(i));
            other += threads == usual ? 0 : now - before;
        }
        return other;
    }

    double now = 1000;
    StepCosts costs;
    ThreadTuner tuner;
};

int ten(int) { return 10; }

// Batches as a search has them: of one token, of some, and now and then a prompt.
int mixed(int i) { return i % 40 == 0 ? 300 : i % 3 == 0 ? 1 : 4 + i % 13; }

void an_idle_machine_keeps_them_all() {
    Run run(2);
    CHECK(run.steps(idle, 5, 2, ten) == 0);
    CHECK(run.steps(idle, 5, 2, mixed) == 0);
    CHECK(run.tuner.threads() == 2);
}

// Worked by hand: a step of 10 tokens takes 20 ms with two threads, of which the caller computes 6. The first step has no
// expectation; after the second, third and fourth 60 ms are known, 14 of 20 waited. A trial with one thread takes 10 ms a
// step: three steps make the 30 ms that decide. 30 ms are less than the expected 60.
void a_busy_machine_is_noticed_at_once() {
    Run run(2);
    for (int i = 0; i < 4; ++i) {
        CHECK(run.tuner.threads() == 2 && !run.tuner.trying());
        run.step(busy, 10);
    }
    for (int i = 0; i < 3; ++i) {
        CHECK(run.tuner.threads() == 1 && run.tuner.trying());
        run.step(busy, 10);
    }
    CHECK(run.tuner.threads() == 1 && !run.tuner.trying());
    CHECK_NEAR(run.tuner.pace(), 0.5, 1e-9);
}

void a_busy_machine_is_tried_ever_more_rarely() {
    for (const auto &tokens : {ten, mixed}) {
        Run run(2);
        run.steps(busy, 1, 1, tokens);
        CHECK(run.steps(busy, 30, 1, tokens) < 0.05 * 30);
        CHECK(run.tuner.threads() == 1 || run.tuner.trying());
    }
}

void a_machine_that_falls_idle_is_used_again() {
    for (const auto &tokens : {ten, mixed}) {
        Run run(2);
        run.steps(busy, 20, 1, tokens);
        run.steps(idle, 5, 2, tokens);
        CHECK(run.steps(idle, 5, 2, tokens) == 0);
    }
}

// The waiting is somebody else's, such as a disk's: fewer threads are slower, so they are only tried.
void waiting_alone_is_no_reason() {
    const Machine slow_disk = [](int tokens, int threads) { return Taken{0.002 * tokens / threads, 0.0005 * tokens / threads}; };
    Run run(2);
    CHECK(run.steps(slow_disk, 30, 2, ten) < 0.05 * 30);
}

// Eight processors, three of which are another program's: the slowest thread decides.
void many_threads_become_as_many_as_have_a_processor() {
    const Machine machine = [](int tokens, int threads) {
        const double share = 0.002 * tokens / threads;
        return threads <= 5 ? Taken{share, share} : Taken{2 * share, share};
    };
    Run run(8);
    run.steps(machine, 3, 5, ten);
    CHECK(run.steps(machine, 30, 5, ten) < 0.1 * 30);
}

void one_thread_is_all_there_is() {
    Run run(1);
    CHECK(run.steps(busy, 3, 1, mixed) == 0);
}

void costs_of_sizes_are_apart() {
    StepCosts costs;
    CHECK(costs.expected(1) == 0);
    costs.ran(1, 0.004, 1);
    costs.ran(512, 0.5, 1);
    CHECK_NEAR(costs.expected(1), 0.004, 1e-12);
    CHECK_NEAR(costs.expected(512), 0.5, 1e-12);
    CHECK(costs.expected(256) == 0 && costs.expected(2) == 0);
    // At half the pace.
    costs.ran(1, 0.008, 2);
    CHECK_NEAR(costs.expected(1), 0.004, 1e-12);
    for (int tokens = 1; tokens < 65536; tokens += 7) {
        costs.ran(tokens, 1e-3 * tokens, 1);
        CHECK(costs.expected(tokens) > 0);
    }
}

}  // namespace

int main() {
    an_idle_machine_keeps_them_all();
    a_busy_machine_is_noticed_at_once();
    a_busy_machine_is_tried_ever_more_rarely();
    a_machine_that_falls_idle_is_used_again();
    waiting_alone_is_no_reason();
    many_threads_become_as_many_as_have_a_processor();
    one_thread_is_all_there_is();
    costs_of_sizes_are_apart();
}
