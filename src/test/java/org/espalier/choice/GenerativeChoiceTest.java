package org.espalier.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.choice.GenerativeChoice.Result;
import org.espalier.choice.GenerativeChoice.Way;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token is a word. */
class GenerativeChoiceTest {
    private static final Pattern REPLY = Pattern.compile("(?s)Reply \\d+:\\n(.*?)\\n\\n");

    private final List<List<String>> shown = new ArrayList<>();
    private final Meter meter = new Meter(Budget.UNLIMITED);

    private Result of(Way way, int room, long seed, Function<List<String>, String> written, List<String> replies) {
        GenerativeChoice choice = new GenerativeChoice(
                way,
                (prompt, paidBy) -> {
                    assertThat(paidBy).isSameAs(meter);
                    assertThat(prompt.text()).contains("Which is it?");
                    List<String> group = REPLY.matcher(prompt.text())
                            .results()
                            .map(found -> found.group(1))
                            .toList();
                    shown.add(group);
                    String text = written.apply(group);
                    return CompletableFuture.completedFuture(
                            text == null
                                    ? Optional.empty()
                                    : Optional.of(new Completion(text, null, List.of(), Double.NaN, true, 3, -1)));
                },
                GenerativeChoiceTest::words,
                room);
        assertThat(choice.hasRoom()).isTrue();
        return choice.start("Which is it?", replies, seed, meter).join();
    }

    private static int words(String text) {
        return text.strip().split("\\s+").length;
    }

    private static List<String> numbers(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> "good " + i).toList();
    }

    /** It knows the best of those that it sees. */
    private static String best(List<String> group) {
        int best = IntStream.range(0, group.size())
                .reduce((a, b) -> value(group.get(b)) > value(group.get(a)) ? b : a)
                .orElseThrow();
        return "Some are worse than others.\nBest: " + (best + 1);
    }

    private static int value(String reply) {
        return Integer.parseInt(reply.substring(5));
    }

    @Test
    void theBestIsLeftWhereverItStands() {
        for (int n : List.of(2, 3, 8, 9, 20, 70)) {
            for (long seed = 0; seed < 5; seed++) {
                shown.clear();
                Result result = of(Way.GENSELECT, 200, seed, GenerativeChoiceTest::best, numbers(n));
                assertThat(result.winner()).isEqualTo(n - 1);
                assertThat(result.merged()).isNull();
                assertThat(result.unread()).isZero();
                assertThat(result.prompts()).isEqualTo(shown.size());
                assertThat(shown).allMatch(group -> group.size() >= 2 && group.size() <= 8);
                assertThat(shown.stream().mapToInt(group -> group.size() - 1).sum())
                        .as("each prompt leaves one of its replies")
                        .isEqualTo(n - 1);
            }
        }
    }

    @Test
    void theOrderIsOfTheSeed() {
        List<List<String>> orders = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2, 3, 4}) {
            shown.clear();
            of(Way.GENSELECT, 200, seed, GenerativeChoiceTest::best, numbers(5));
            orders.add(shown.get(0));
        }
        assertThat(orders.get(0)).isEqualTo(orders.get(1)).containsExactlyInAnyOrderElementsOf(numbers(5));
        assertThat(new HashSet<>(orders).size()).isGreaterThan(2);
    }

    @Test
    void promptsStayWithinTheRoom() {
        String end = "the answer is ";
        List<String> replies = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            replies.add("begin " + "word ".repeat(10 * i * i) + end + i);
        }
        Result result = of(Way.GENSELECT, 150, 7, group -> "Best: 2", replies);

        assertThat(shown)
                .allSatisfy(group -> assertThat(group.stream()
                                .mapToInt(GenerativeChoiceTest::words)
                                .sum())
                        .isLessThanOrEqualTo(150));
        assertThat(result.cut()).isPositive();
        String longest = shown.stream()
                .flatMap(List::stream)
                .filter(reply -> reply.endsWith(end + 8))
                .findFirst()
                .orElseThrow();
        assertThat(longest).startsWith("begin word").contains(" […] ");
    }

    @Test
    void whereNoNumberIsValidThePreferredReplyStays() {
        for (String said : Arrays.asList("I like them all", "Best: 9", "Best: 0", null)) {
            Result result = of(Way.GENSELECT, 200, 3, group -> said, numbers(6));
            assertThat(result).as(said).isEqualTo(new Result(0, null, 1, 1, 0));
        }
    }

    @Test
    void severalAreMergedRoundByRound() {
        Result result = of(
                Way.GENSYNTHESIS,
                200,
                1,
                group -> group.stream().collect(Collectors.joining("+", "(", ")")),
                List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));

        assertThat(result.prompts()).isEqualTo(3);
        assertThat(result.winner()).isZero();
        Completion merged = Objects.requireNonNull(result.merged());
        assertThat(merged.text().replaceAll("[^a-j]", "").chars().sorted().toArray())
                .as("all are in it, once")
                .isEqualTo("abcdefghij".chars().toArray());
    }

    @Test
    void whereNothingIsWrittenNothingIsMerged() {
        assertThat(of(Way.GENSYNTHESIS, 200, 1, group -> " \n", numbers(3))).isEqualTo(new Result(0, null, 1, 1, 0));
        assertThat(of(Way.GENSYNTHESIS, 200, 1, group -> null, numbers(3))).isEqualTo(new Result(0, null, 1, 1, 0));
    }

    @Test
    void oneReplyIsNotAskedAbout() {
        assertThat(of(Way.GENSELECT, 200, 1, group -> "Best: 1", numbers(1))).isEqualTo(new Result(0, null, 0, 0, 0));
    }

    @Test
    void aBudgetThatIsSpentEndsIt() {
        meter.cancel();
        assertThat(of(Way.GENSELECT, 200, 1, GenerativeChoiceTest::best, numbers(5)))
                .isEqualTo(new Result(0, null, 0, 0, 0));
    }

    @Test
    void aContextForLessThanTwoRepliesIsKnown() {
        assertThat(new GenerativeChoice(
                                Way.GENSELECT,
                                (prompt, paidBy) -> CompletableFuture.completedFuture(Optional.empty()),
                                GenerativeChoiceTest::words,
                                51)
                        .hasRoom())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Best: 2 | 2",
                "Reply 1 is short, reply 3 is long. **Best: 3** | 3",
                "The best reply is Reply 2. | 2",
                "The best one is number 4 | 4",
                "Best: reply 1, no: best: reply 2 | 2",
                "3 | 3",
                "(Reply 3) | 3",
                "I take reply 2, for reply 2 is true. | 2",
                "Reply 1 or reply 2 | 0",
                "Best: 5 | 0",
                "Best: 1234 | 0",
                "There are 3 good ones | 0",
            })
    void theNumberIsReadWhereItIsSaid(String text, int number) {
        assertThat(GenerativeChoice.number(text, 4))
                .isEqualTo(number == 0 ? OptionalInt.empty() : OptionalInt.of(number));
    }
}
