package org.espalier.puzzle;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.Verifier;

/**
 * Refutes what a puzzle's exact checker refutes: a line that no solution can follow, a stated answer that is wrong, and a reply
 * that ends without a right one. The last line of a reply that goes on is looked at when it is complete.
 */
public final class PuzzleVerifier implements Verifier {
    private static final int KEPT = 64;

    private final PuzzleKind kind;
    private final Map<String, Puzzle> puzzles = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Puzzle> eldest) {
            return size() > KEPT;
        }
    };

    public PuzzleVerifier(PuzzleKind kind) {
        this.kind = kind;
    }

    @Override
    public boolean refutesOnly() {
        return true;
    }

    @Override
    public boolean provesAnswers() {
        return true;
    }

    @Override
    public Cost cost() {
        return Cost.INSTANT;
    }

    /** @throws org.espalier.model.UsageException if the problem is no puzzle of this kind */
    @Override
    public double score(Candidate candidate) {
        Puzzle puzzle = puzzle(candidate.problem().text());
        String text = candidate.text();
        String complete = candidate.ended() ? text : text.substring(0, text.lastIndexOf('\n') + 1);
        Optional<Answer> answer = kind.answers().read(complete);
        boolean right = answer.isPresent() && puzzle.isSolvedBy(answer.get().text());
        if (candidate.ended() || answer.filter(Answer::stated).isPresent()) {
            return right ? 1 : 0;
        }
        return puzzle.mayFollow(complete.lines().toList()) ? 1 : 0;
    }

    private synchronized Puzzle puzzle(String problem) {
        return puzzles.computeIfAbsent(problem, kind::required);
    }
}
