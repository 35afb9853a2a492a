package org.espalier.domain;

import java.util.Optional;
import org.espalier.grade.AnswerExtractor;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Internal;

/** Reads answers with the grader's rules: what grades equal votes together. */
@Internal
public final class GradeAnswerReader implements AnswerReader {
    @Override
    public Optional<Answer> read(String completion) {
        Optional<String> stated = AnswerExtractor.extractStated(completion);
        return stated.or(() -> AnswerExtractor.extract(completion))
                .map(text ->
                        new Answer(text, org.espalier.grade.Answer.parse(text).canonicalKey(), stated.isPresent()));
    }
}
