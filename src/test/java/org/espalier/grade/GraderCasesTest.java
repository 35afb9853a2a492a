package org.espalier.grade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.espalier.grade.GraderCases.Completion;
import org.espalier.grade.GraderCases.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GraderCasesTest {

    static List<Pair> pairs() {
        return GraderCases.pairs();
    }

    static List<Completion> completions() {
        return GraderCases.completions();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void gradesThePair(Pair pair) {
        Answer first = Answer.parse(pair.first());
        Answer second = Answer.parse(pair.second());
        assertThat(first.equivalentTo(second))
                .as("%s (%s, %s)", pair, first.canonicalKey(), second.canonicalKey())
                .isEqualTo(pair.equal());
        assertThat(first.canonicalKey().equals(second.canonicalKey()))
                .as("same vote")
                .isEqualTo(pair.equal());
    }

    @ParameterizedTest
    @MethodSource("completions")
    void findsTheAnswer(Completion completion) {
        Optional<String> found = AnswerExtractor.extract(completion.text());
        if (completion.answer().equals("-")) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).isPresent();
            assertThat(Equivalence.equivalent(found.get(), completion.answer()))
                    .as("%s for %s", found.get(), completion.answer())
                    .isTrue();
        }
    }

    /** What votes together is equivalent and the other way round, so equivalence is symmetric and transitive. */
    @Test
    void equivalenceIsThatOfVotes() {
        TreeSet<String> texts = new TreeSet<>();
        for (Pair pair : pairs()) {
            texts.add(pair.first());
            texts.add(pair.second());
        }
        List<Answer> answers = new ArrayList<>();
        texts.forEach(text -> answers.add(Answer.parse(text)));
        assertThat(answers).hasSizeGreaterThan(1000);
        for (Answer a : answers) {
            for (Answer b : answers) {
                boolean together = a.canonicalKey().equals(b.canonicalKey());
                if (a.equivalentTo(b) != together || b.equivalentTo(a) != together) {
                    assertThat(a.equivalentTo(b)).as("%s and %s", a, b).isEqualTo(together);
                }
            }
        }
    }
}
