package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.grade.ReferenceAnswers.Reference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every reference answer of MATH-500 and the GSM8K test set. */
class ReferenceAnswersTest {

    /** Distinct strings in MATH-500 with the same meaning; every other pair must stay apart. */
    private static final Set<Set<String>> SAME_IN_MATH500 = Set.of(
            Set.of("5", "x=5"),
            Set.of("-2,1", "1,-2"),
            Set.of("\\frac14", "\\frac{1}{4}"),
            Set.of("10,\\!080", "10080"),
            Set.of("2 \\sqrt{5}", "2\\sqrt{5}"));

    /** The same number once units are dropped, as every reference grader does: no problem has both as its candidates. */
    private static final Set<Set<String>> SAME_WITHOUT_UNITS = Set.of(
            Set.of("90", "90^\\circ"),
            Set.of("120", "120^\\circ"),
            Set.of("30", "30^\\circ"),
            Set.of("36", "36^\\circ"),
            Set.of("36", "\\$36"),
            Set.of("36^\\circ", "\\$36"),
            Set.of("15", "15\\mbox{ cm}^2"));

    private static List<Reference> math500 = List.of();
    private static List<Reference> gsm8k = List.of();

    @BeforeAll
    static void load() {
        math500 = ReferenceAnswers.math500();
        gsm8k = ReferenceAnswers.gsm8k();
        assertThat(math500).hasSize(500);
        assertThat(gsm8k).hasSize(1319);
    }

    @Test
    void everyAnswerIsRead() {
        List<String> unread = all().stream()
                .map(Reference::answer)
                .filter(answer -> Answer.parse(answer).canonicalKey().startsWith("text:"))
                .filter(answer -> !answer.matches("\\\\text\\{\\w+\\}"))
                .toList();
        assertThat(unread)
                .as("answers compared as text though they are not words")
                .isEmpty();
    }

    @Test
    void everyAnswerEqualsItself() {
        for (Reference reference : all()) {
            Answer answer = Answer.parse(reference.answer());
            assertThat(answer.equivalentTo(Answer.parse(reference.answer())))
                    .as(reference.id())
                    .isTrue();
        }
        print("equal to themselves: %d MATH-500, %d GSM8K".formatted(math500.size(), gsm8k.size()));
    }

    @Test
    void everyAnswerEqualsItsOtherSpellings() {
        List<String> missed = new ArrayList<>();
        int spellings = 0;
        int fewest = Integer.MAX_VALUE;
        for (Reference reference : all()) {
            Answer answer = Answer.parse(reference.answer());
            List<String> others = Spellings.of(reference.answer());
            fewest = Math.min(fewest, others.size());
            for (String other : others) {
                spellings++;
                Answer parsed = Answer.parse(other);
                if (!parsed.equivalentTo(answer) || !parsed.canonicalKey().equals(answer.canonicalKey())) {
                    missed.add(reference.answer() + " / " + other + " (" + parsed.canonicalKey() + ")");
                }
            }
        }
        print("other spellings: %d, at least %d for each answer, missed %d"
                .formatted(spellings, fewest, missed.size()));
        assertThat(missed).isEmpty();
    }

    @Test
    void everyAnswerIsExtractedFromASentence() {
        List<String> missed = new ArrayList<>();
        int sentences = 0;
        for (Reference reference : all()) {
            String answer = reference.answer();
            String formula = answer.replace("\\$", "");
            List<String> completions = List.of(
                    "We add 3 and 4.\n\nTherefore, the final answer is: $\\boxed{" + answer
                            + "}$. I hope it is correct.",
                    "Step 2: so \\(\\boxed{" + answer + "}\\) follows from 17.",
                    "Final Answer: The final answer is $" + formula + "$. I hope it is correct.",
                    "Hence the answer is $" + formula + "$.",
                    "Hence the answer is \\(" + answer + "\\), which is more than 99.",
                    "**Final Answer:** $" + formula + "$",
                    "There are 12 left.\n#### " + answer);
            for (String completion : completions) {
                sentences++;
                String extracted = AnswerExtractor.extractStated(completion).orElse("");
                if (!Equivalence.equivalent(extracted, answer)) {
                    missed.add(answer + " from " + completion + ": " + extracted);
                }
            }
        }
        print("sentences: %d, missed %d".formatted(sentences, missed.size()));
        assertThat(missed).isEmpty();
    }

    @Test
    void everyAnswerIsExtractedFromItsSolution() {
        List<String> missed = new ArrayList<>();
        int verbatim = 0;
        for (Reference reference : all()) {
            String extracted =
                    AnswerExtractor.extractStated(reference.solution()).orElse("");
            verbatim += extracted.equals(reference.answer()) ? 1 : 0;
            if (!Equivalence.equivalent(extracted, reference.answer())) {
                missed.add(reference.id() + ": " + reference.answer() + " / " + extracted);
            }
        }
        print("extracted from solutions: %d, verbatim %d, missed %d".formatted(all().size(), verbatim, missed.size()));
        assertThat(missed).isEmpty();
    }

    @Test
    void differentMathAnswersStayApart() {
        List<String> answers = List.copyOf(distinct(math500));
        Set<Set<String>> merged = new LinkedHashSet<>();
        int pairs = 0;
        for (int i = 0; i < answers.size(); i++) {
            Answer first = Answer.parse(answers.get(i));
            for (int j = i + 1; j < answers.size(); j++) {
                pairs++;
                if (first.equivalentTo(Answer.parse(answers.get(j)))) {
                    merged.add(new TreeSet<>(Set.of(answers.get(i), answers.get(j))));
                }
            }
        }
        print("MATH-500: %d distinct answers, %d pairs, %d merged".formatted(answers.size(), pairs, merged.size()));
        Set<Set<String>> expected = new LinkedHashSet<>(SAME_IN_MATH500);
        expected.addAll(SAME_WITHOUT_UNITS);
        assertThat(merged).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void differentGsm8kNumbersStayApart() {
        List<String> answers = List.copyOf(distinct(gsm8k));
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (String answer : answers) {
            groups.computeIfAbsent(Answer.parse(answer).canonicalKey(), key -> new ArrayList<>())
                    .add(answer);
        }
        List<List<String>> merged =
                groups.values().stream().filter(group -> group.size() > 1).toList();
        print("GSM8K: %d distinct answers, %d groups, merged %s".formatted(answers.size(), groups.size(), merged));
        for (List<String> group : groups.values()) {
            assertThat(group.stream().map(ReferenceAnswersTest::number).distinct())
                    .hasSize(1);
        }
        assertThat(groups).hasSize((int)
                answers.stream().map(ReferenceAnswersTest::number).distinct().count());
    }

    private static BigDecimal number(String answer) {
        return new BigDecimal(answer.replace(",", "")).stripTrailingZeros();
    }

    private static Set<String> distinct(List<Reference> references) {
        Set<String> answers = new LinkedHashSet<>();
        references.forEach(reference -> answers.add(reference.answer()));
        return answers;
    }

    private static List<Reference> all() {
        List<Reference> all = new ArrayList<>(math500);
        all.addAll(gsm8k);
        return all;
    }

    private static void print(String line) {
        System.out.println("ReferenceAnswersTest " + line);
    }
}
