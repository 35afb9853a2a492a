package org.espalier.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.junit.jupiter.api.Test;

class KnockoutTest {
    private static final Pattern REPLIES =
            Pattern.compile("Reply 1:\\ngood (\\d+)\\n\\nReply 2:\\ngood (\\d+)\\n\\nWhich");

    private final List<String> pairs = new ArrayList<>();

    /** It says of the first place that it is better by three, and of a reply by its number. */
    private CompletableFuture<List<List<Double>>> likelihoods(List<Problem> prompts, List<String> texts, Meter meter) {
        List<List<Double>> all = new ArrayList<>();
        for (Problem prompt : prompts) {
            Matcher matcher = REPLIES.matcher(prompt.text());
            assertThat(matcher.find()).as(prompt.text()).isTrue();
            pairs.add(matcher.group(1) + matcher.group(2));
            all.add(List.of(Double.parseDouble(matcher.group(1)) + 3, Double.parseDouble(matcher.group(2))));
        }
        return CompletableFuture.completedFuture(all);
    }

    private Knockout.Result of(String... replies) {
        return new Knockout(this::likelihoods)
                .start("Which?", List.of(replies), new Meter(Budget.UNLIMITED))
                .join();
    }

    @Test
    void theBestIsLeftWhereverItStands() {
        assertThat(of("good 1", "good 3", "good 2", "good 5", "good 4").winner())
                .isEqualTo(3);
        assertThat(of("good 5", "good 1", "good 2").winner()).isZero();
        assertThat(of("good 1", "good 2", "good 5").winner()).isEqualTo(2);
    }

    @Test
    void twoAreComparedInBothOrders() {
        Knockout.Result result = of("good 1", "good 3");

        assertThat(pairs).containsExactly("13", "31");
        assertThat(result.comparisons()).isEqualTo(1);
        // 1 + 3 against 3, and 3 + 3 against 1.
        assertThat(result.firstPlace()).isCloseTo((1 / (1 + Math.exp(-1)) + 1 / (1 + Math.exp(-5))) / 2, within(1e-12));
    }

    @Test
    void oneReplyNeedsNoComparison() {
        Knockout.Result result = of("good 1");

        assertThat(result).isEqualTo(new Knockout.Result(0, 0, Double.NaN));
    }

    @Test
    void repliesThatDoNotFitAreEqual() {
        Knockout knockout = new Knockout((prompts, texts, meter) -> CompletableFuture.completedFuture(
                List.of(List.of(Double.NaN, Double.NaN), List.of(Double.NaN, Double.NaN))));
        Knockout.Result result = knockout.start("?", List.of("a", "b"), new Meter(Budget.UNLIMITED))
                .join();

        assertThat(result).isEqualTo(new Knockout.Result(0, 1, 0.5));
    }
}
