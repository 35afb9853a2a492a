package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.engine.ToyLane.PROMPT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.model.DrawnToken;
import org.espalier.model.DrawnTokens;
import org.espalier.model.LogitChanges;
import org.espalier.model.Meter.Count;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a step tells of its tokens, and what it changes in the logits that they are drawn from. {@link FakeRunner} refuses a row
 * whose changes are not open, or whose reply does not begin where they say.
 */
class DrawnTokensTest {
    private static final LogitChanges CHANGES = changes(1.5);

    private ToyLane toy;

    @AfterEach
    void close() {
        toy.close();
    }

    private static LogitChanges changes(double repeat) {
        return new LogitChanges(1.0, null, repeat, PROMPT.length, null);
    }

    private static StepRequest request(long seed, int tokens, LogitChanges changes) {
        return StepRequest.toEnd(new SamplingParams(1, 0, 1, 0, changes), seed, tokens);
    }

    private List<Step> run(Sequence parent, List<StepRequest> requests) {
        return toy.run(() -> requests.stream()
                .map(request -> toy.lane.generate(parent, request))
                .toList());
    }

    private static List<StepRequest> requests(int n, int tokens, List<DrawnTokens> drawn) {
        List<StepRequest> requests = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            drawn.add(new DrawnTokens(i % 3));
            // Each seed twice: what is drawn alike is computed once, and told to both.
            requests.add(request(i / 2, tokens, CHANGES).withDrawn(drawn.get(i)));
        }
        return requests;
    }

    private static void assertTold(List<Step> steps, List<DrawnTokens> drawn) {
        for (int i = 0; i < steps.size(); i++) {
            List<DrawnToken> told = drawn.get(i).all();
            assertThat(told.stream().map(one -> one.token().text()).collect(Collectors.joining()))
                    .isEqualTo(steps.get(i).text());
            int likeliest = drawn.get(i).likeliest();
            assertThat(told).allSatisfy(one -> {
                assertThat(one.token().logProb()).isEqualTo(-1);
                assertThat(one.likeliest()).hasSize(Math.min(1, likeliest));
                assertThat(one.likeliest())
                        .allMatch(other -> other.id() == one.token().id());
            });
        }
    }

    @Test
    void eachBranchIsToldItsOwnTokens() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        List<DrawnTokens> drawn = new ArrayList<>();
        List<Step> steps = run(toy.open(null), requests(12, 9, drawn));
        assertTold(steps, drawn);
        Step longest =
                steps.stream().filter(step -> step.tokens() == 9).findFirst().orElseThrow();
        List<DrawnTokens> later = new ArrayList<>();
        assertTold(run((Sequence) longest.prefix(), requests(6, 7, later)), later);
    }

    @Test
    void tokensAreToldOnceWhateverBecomesOfTheirCells() {
        // Far too few cells for 24 branches: they are preempted, evicted and computed again.
        toy = new ToyLane(new Capacity(96, 8, 90, 16, true, true));
        List<DrawnTokens> drawn = new ArrayList<>();
        assertTold(run(toy.open(null), requests(24, 12, drawn)), drawn);
    }

    @Test
    void theSameChangesAreOpenOnceAndSomeAreKept() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        Sequence root = toy.open(null);
        run(root, List.of(request(1, 5, CHANGES), request(2, 5, CHANGES), request(3, 5, LogitChanges.NONE)));
        assertThat(toy.runner.openChanges()).isEqualTo(1);
        // A step that fails leaves them too.
        Sequence stuck = toy.open(PROMPT.length + " 0");
        for (int i = 0; i < 40; i++) {
            LogitChanges others = changes(2 + i / 40.0);
            assertThatThrownBy(() -> run(stuck, List.of(request(1, 5, others))))
                    .hasMessageContaining("the grammar allows no token");
        }
        assertThat(toy.runner.openChanges()).isEqualTo(16);
    }

    @Test
    void changesThatAreRefusedHoldNoGrammar() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        LogitChanges refused = new LogitChanges(null, null, null, null, Map.of(new ToyModel().size(), 1.0));
        for (int i = 0; i < 40; i++) {
            Sequence root = toy.open(PROMPT.length + " " + (500 + i));
            assertThatThrownBy(() -> run(root, List.of(request(1, 5, refused))))
                    .hasMessageContaining("not in the vocabulary");
            toy.onEngine(root::close);
        }
        assertThat(toy.runner.openGrammars()).isEqualTo(16);
        assertThat(toy.runner.openChanges()).isZero();
    }

    @Test
    void aStopTextEndsEachBranchAtOnceWhateverItShares() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        Sequence root = toy.open(null);
        List<Step> whole = run(root, requests(24, 40, new ArrayList<>()));
        long before = root.meter().get(Count.POLICY_TOKENS);
        List<DrawnTokens> drawn = new ArrayList<>();
        List<Step> cut = run(
                root,
                requests(24, 40, drawn).stream()
                        .map(request -> request.withStops(new StopTexts(List.of("a", "\nb"), "")))
                        .toList());
        long tokens = 0;
        int stopped = 0;
        for (int i = 0; i < whole.size(); i++) {
            Step step = cut.get(i);
            String text = whole.get(i).text();
            int end = Stream.of("a", "\nb")
                    .mapToInt(text::indexOf)
                    .filter(at -> at >= 0)
                    .min()
                    .orElse(text.length());
            assertThat(step.text()).isEqualTo(text.substring(0, end));
            if (end < text.length()) {
                stopped++;
                assertThat(step.stopReason()).isEqualTo(StopReason.EOS);
                assertThat(step.tokens()).isEqualTo(end + (text.charAt(end) == 'a' ? 1 : 2));
            }
            assertThat(told(drawn.get(i))).startsWith(step.text());
            tokens += step.tokens();
        }
        assertThat(stopped).isGreaterThan(8);
        assertThat(root.meter().get(Count.POLICY_TOKENS) - before).isEqualTo(tokens);
        // The sequence has all of its tokens: what is asked about such a reply goes on behind them.
        Sequence ended = (Sequence) cut.stream()
                .filter(step -> !step.text().isEmpty())
                .findFirst()
                .orElseThrow()
                .prefix();
        assertThat(run(ended, List.of(request(9, 5, LogitChanges.NONE)))).hasSize(1);
    }

    private static String told(DrawnTokens drawn) {
        return drawn.all().stream().map(one -> one.token().text()).collect(Collectors.joining());
    }
}
