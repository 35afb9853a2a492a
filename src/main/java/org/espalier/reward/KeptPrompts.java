package org.espalier.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.engine.Lane;
import org.espalier.engine.Sequence;
import org.espalier.engine.Sequence.Role;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.SamplingParams;
import org.espalier.model.StepRequest;
import org.jspecify.annotations.Nullable;

/**
 * Conversations whose cells are kept, so that the next turn computes only what is new. They are sequences that nobody waits
 * for: the cache takes their cells for a search that needs them, and what is taken is computed again where it is asked for.
 * Engine thread only, unless it says otherwise.
 */
public final class KeptPrompts {
    private final Lane lane;
    private final int mostTokens;
    private final int most;
    /** The least recently used first; a piece stands behind the one that it goes on from. */
    private final List<Piece> pieces = new ArrayList<>();

    /** Read by whoever wants to have it cancelled. */
    private volatile @Nullable Meter warming;

    /** A piece of a conversation. */
    private static final class Piece {
        private final Sequence sequence;
        /** The piece that it goes on from; null for none. */
        private final @Nullable Piece before;
        /** The tokens up to its end. */
        private final int[] path;

        Piece(Sequence sequence, @Nullable Piece before, int[] path) {
            this.sequence = sequence;
            this.before = before;
            this.path = path;
        }

        boolean begins(int[] tokens) {
            return path.length < tokens.length && Arrays.mismatch(path, tokens) == path.length;
        }

        int own() {
            return path.length - (before == null ? 0 : before.path.length);
        }
    }

    /**
     * @param mostTokens of all together
     * @param most pieces; a turn of a conversation has two
     */
    public KeptPrompts(Lane lane, int mostTokens, int most) {
        this.lane = lane;
        this.mostTokens = mostTokens;
        this.most = most;
    }

    /**
     * Opens a prompt behind what is kept of it.
     *
     * @param meter of the run
     * @param grammar as {@link Lane#open} has it
     */
    Sequence open(int[] tokens, Meter meter, @Nullable String grammar) {
        Piece found = find(tokens);
        if (found == null) {
            return lane.open(tokens, meter, Role.POLICY, grammar);
        }
        touch(found);
        meter.add(Meter.Count.CACHED_TOKENS, lane.held(found.sequence));
        return lane.open(found.sequence, Arrays.copyOfRange(tokens, found.path.length, tokens.length), meter, grammar);
    }

    /** The longest piece that a prompt begins with and goes on from. */
    private @Nullable Piece find(int[] tokens) {
        return pieces.stream()
                .filter(piece -> piece.begins(tokens)
                        && piece.sequence.meter().exceeded().isEmpty())
                .max(Comparator.comparingInt(piece -> piece.path.length))
                .orElse(null);
    }

    /**
     * What is being computed beforehand is given up for what is asked for now. From any thread.
     *
     * @return whether there was anything
     */
    public boolean makeWay() {
        Meter meter = warming;
        if (meter != null) {
            meter.cancel();
        }
        return meter != null;
    }

    private void touch(Piece piece) {
        if (piece.before != null) {
            touch(piece.before);
        }
        pieces.remove(piece);
        pieces.add(piece);
    }

    /**
     * Computes a conversation up to where its next turn begins, and keeps it.
     *
     * @param tokens up to there
     * @param prompt how many of them are before the last reply: from there it may be written again
     * @return completes when it has been computed, or given up
     */
    public CompletableFuture<?> keep(int[] tokens, int prompt) {
        if (tokens.length > mostTokens || prompt < 1 || prompt >= tokens.length || !lane.fits(tokens.length + 2)) {
            return CompletableFuture.completedFuture(null);
        }
        makeWay();
        Meter meter = new Meter(Budget.UNLIMITED);
        Piece asked = add(Arrays.copyOf(tokens, prompt), meter);
        Piece replied = add(tokens, meter);
        makeRoom(replied);
        warming = meter;
        return lane.generate(replied.sequence, StepRequest.toEnd(SamplingParams.GREEDY, 0, 1))
                .whenComplete((step, thrown) -> {
                    if (step != null) {
                        step.prefix().close();
                    }
                    if (warming == meter) {
                        warming = null;
                    }
                    if (meter.exceeded().isPresent() || thrown != null) {
                        drop(replied, meter);
                        drop(asked, meter);
                    }
                });
    }

    /** The piece that ends there, which is there already or goes on from what is. */
    private Piece add(int[] path, Meter meter) {
        for (Piece piece : pieces) {
            if (Arrays.equals(piece.path, path)) {
                touch(piece);
                return piece;
            }
        }
        Piece before = find(path);
        int from = before == null ? 0 : before.path.length;
        int[] own = Arrays.copyOfRange(path, from, path.length);
        Sequence sequence =
                before == null ? lane.open(own, meter, Role.POLICY) : lane.open(before.sequence, own, meter, null);
        Piece piece = new Piece(sequence, before, path);
        pieces.add(piece);
        return piece;
    }

    /** Lets go of the oldest ends of conversations, but not of this one. */
    private void makeRoom(Piece kept) {
        int tokens = pieces.stream().mapToInt(Piece::own).sum();
        while (pieces.size() > most || tokens > mostTokens) {
            Piece oldest = pieces.stream()
                    .filter(piece -> piece != kept && pieces.stream().noneMatch(other -> other.before == piece))
                    .findFirst()
                    .orElse(null);
            if (oldest == null) {
                return;
            }
            tokens -= oldest.own();
            close(oldest);
        }
    }

    /** Lets go of a piece that was not computed to its end, unless it was there before. */
    private void drop(Piece piece, Meter meter) {
        boolean isEnd = pieces.stream().noneMatch(other -> other.before == piece);
        if (piece.sequence.meter() == meter && isEnd && pieces.contains(piece)) {
            close(piece);
        }
    }

    private void close(Piece piece) {
        pieces.remove(piece);
        piece.sequence.close();
    }

    /** Cells that are kept. */
    public int cells() {
        return pieces.stream().mapToInt(piece -> lane.cells(piece.sequence)).sum();
    }
}
