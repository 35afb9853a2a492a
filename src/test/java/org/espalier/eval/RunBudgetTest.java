package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;

class RunBudgetTest {
    private static RunBudget tokens(long whole, int problems) {
        return new RunBudget(new Budget(whole, null), Budget.UNLIMITED, problems, Meter::new);
    }

    private static void spend(RunBudget run, Meter meter, long tokens) {
        meter.add(Count.POLICY_TOKENS, tokens);
        run.done(meter);
    }

    /** 100 for 4: 25; 5 of them are spent, so the next may spend 95 / 3. */
    @Test
    void whatIsLeftOverIsForTheOthers() {
        RunBudget run = tokens(100, 4);
        Meter first = run.next();
        assertThat(first.budget().tokens()).isEqualTo(25);
        spend(run, first, 5);
        assertThat(run.next().budget().tokens()).isEqualTo(31);
    }

    /** What is in flight may still spend all it was given. */
    @Test
    void whatIsInFlightIsReserved() {
        RunBudget run = tokens(100, 4);
        Meter first = run.next();
        Meter second = run.next();
        assertThat(second.budget().tokens()).isEqualTo(25);
        spend(run, first, 0);
        assertThat(run.next().budget().tokens()).isEqualTo(37);
    }

    /** However many are in flight and whatever they spend of what they may. */
    @Test
    void isNeverExceeded() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int problems = 1 + random.nextInt(30);
            long whole = problems + random.nextLong(5000);
            RunBudget run = tokens(whole, problems);
            List<Meter> inFlight = new ArrayList<>();
            long spent = 0;
            for (int started = 0; started < problems || !inFlight.isEmpty(); ) {
                if (started < problems && inFlight.size() < 4) {
                    inFlight.add(run.next());
                    started++;
                } else {
                    Meter meter = inFlight.remove(random.nextInt(inFlight.size()));
                    long used = 1 + random.nextLong(meter.budget().tokens());
                    spent += used;
                    spend(run, meter, used);
                }
            }
            assertThat(spent).as("seed %d", seed).isBetween((long) problems, whole);
        }
    }

    @Test
    void timeIsSharedAmongWhatIsLeft() {
        Budget whole = new Budget(Long.MAX_VALUE, Duration.ofHours(10));
        RunBudget run = new RunBudget(whole, Budget.UNLIMITED, 10, Meter::new);
        assertThat(run.next().budget().deadline()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
        assertThat(run.next().budget().deadline()).isBetween(Duration.ofMinutes(66), Duration.ofMinutes(67));
        Budget each = new Budget(Long.MAX_VALUE, Duration.ofMinutes(1));
        assertThat(new RunBudget(whole, each, 10, Meter::new).next().budget().deadline())
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void lessThanATokenForEachIsRefused() {
        assertThatThrownBy(() -> tokens(9, 10))
                .isInstanceOf(UsageException.class)
                .hasMessage("runBudgetTokens 9 is less than a token for each of 10 problems: raise it, or lower limit");
    }
}
