package org.espalier.engine;

import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Wording;

/**
 * The sizes of the contexts of a policy and its PRM, such that both fit into the memory they are given.
 *
 * @param policyCells cells of the policy's cache
 * @param prmCells cells of the PRM's cache; 0 without one
 * @param sequences sequence ids of each context
 */
public record MemoryPlan(int policyCells, int prmCells, int sequences) {
    private static final int CELL_GRANULE = 256;
    /** More is not planned for: attention over so many cells costs more than computing parked ones again. */
    private static final int MOST_CELLS = 65_536;

    /** For the question that a policy judging itself is asked after a path. */
    private static final int JUDGE_TOKENS = 64;

    private static final int MOST_STREAM_CELLS = 2 * MOST_CELLS;
    private static final int SPARE_STREAMS = 8;
    /** Enough for every kind of model. */
    private static final int LEAST_STREAMS = KvCache.LEAST_WHOLE_SEQUENCES;
    /** A PRM's template adds its own tokens to each step, and its vocabulary may write the same text in more. */
    private static final double PRM_TOKENS_PER_POLICY_TOKEN = 1.5;

    /**
     * The memory that a model takes.
     *
     * @param weightBytes of its file, and of buffers that do not depend on its cells
     * @param cellBytes of one token's keys and values
     * @param vocabulary whose logits are kept for each sequence of a batch
     * @param trainedContext tokens that a path can have; 0 if the model does not say
     * @param ownTokens that it writes or is told beside a path's
     * @param workBytes of buffers for each cell that a sequence of a batch may look at; 0 if they are not counted
     */
    public record ModelShape(
            long weightBytes, long cellBytes, int vocabulary, int trainedContext, int ownTokens, long workBytes) {
        /** One whose buffers are not counted. */
        public ModelShape(long weightBytes, long cellBytes, int vocabulary, int trainedContext, int ownTokens) {
            this(weightBytes, cellBytes, vocabulary, trainedContext, ownTokens, 0);
        }

        /** A model that reads or writes a path's tokens and no others. */
        public ModelShape(long weightBytes, long cellBytes, int vocabulary, int trainedContext) {
            this(weightBytes, cellBytes, vocabulary, trainedContext, 0);
        }

        /** Two models that read the same, each in a cache of as many cells. */
        public ModelShape and(ModelShape other) {
            int context = trainedContext == 0 || other.trainedContext == 0
                    ? Math.max(trainedContext, other.trainedContext)
                    : Math.min(trainedContext, other.trainedContext);
            return new ModelShape(
                    weightBytes + other.weightBytes,
                    cellBytes + other.cellBytes,
                    vocabulary + other.vocabulary,
                    context,
                    Math.max(ownTokens, other.ownTokens),
                    workBytes + other.workBytes);
        }

        /** Bytes that one more cell takes: where sequences share the cache, each may look at it. */
        private long bytesOfCell(boolean unified) {
            return cellBytes + (unified ? workBytes : 0);
        }
    }

    /**
     * The demands of a search.
     *
     * @param n completions
     * @param promptTokens of the policy's prompt
     * @param maxTokens of one completion
     * @param contextCells that the user asks for in each cache, instead of an estimate
     * @param unified whether the policy's sequences share cells; otherwise each id has cells for a whole path of its own
     */
    public record Demand(int n, int promptTokens, int maxTokens, Optional<Integer> contextCells, boolean unified) {}

    /**
     * The memory that weights, caches and logits may take together.
     *
     * @param bytes that may be taken
     * @param ofGpu whether that is what a GPU has free, and not what the user allows
     * @param besideBytes of them that the process takes for everything else
     * @param unsureBytes that it may take beside these where they are estimates: they are not asked for, but advised
     * @param name what the limit is called
     * @param instead is asked what else can be done where too little fits, as a part of a sentence; empty for nothing
     */
    public record Limit(
            long bytes,
            boolean ofGpu,
            long besideBytes,
            long unsureBytes,
            Wording name,
            Supplier<Optional<Wording>> instead) {
        /** One that the user gives. */
        public Limit(long bytes, boolean ofGpu, long besideBytes) {
            this(bytes, ofGpu, besideBytes, 0, Wording.of("%s is too small", Parameter.of("memory")), Optional::empty);
        }

        /** Nothing else is counted. */
        public Limit(long bytes, boolean ofGpu) {
            this(bytes, ofGpu, 0);
        }
    }

    /**
     * Plans for as many cells as the whole search can use, and for fewer where that is more than the memory holds:
     * parked branches are then computed again when they are needed.
     *
     * @throws EspalierException if not even one branch fits
     */
    public static MemoryPlan of(ModelShape policy, Optional<ModelShape> prm, Demand demand, Limit limit) {
        boolean unified = demand.unified();
        long limitBytes = limit.bytes() - limit.besideBytes();
        int policyPath = path(policy, demand, 1);
        int prmPath = prm.map(shape -> path(shape, demand, PRM_TOKENS_PER_POLICY_TOKEN))
                .orElse(0);
        long branchBytes = policyPath * policy.bytesOfCell(unified)
                + prmPath * prm.map(shape -> shape.bytesOfCell(unified)).orElse(0L);
        long weights = policy.weightBytes() + prm.map(ModelShape::weightBytes).orElse(0L);
        if (!unified) {
            weights += policyPath * policy.workBytes()
                    + prmPath * prm.map(ModelShape::workBytes).orElse(0L);
        }
        long idBytes = logitBytes(policy) + prm.map(MemoryPlan::logitBytes).orElse(0L);
        int wantedIds = demand.unified() ? ids(demand) : streams(demand, Math.max(policyPath, prmPath));
        int leastIds = demand.unified() ? wantedIds : Math.min(LEAST_STREAMS, wantedIds);
        long least = weights + leastIds * idBytes + (demand.unified() ? 1 : leastIds) * branchBytes;
        if (least > limitBytes) {
            throw new EspalierException(Wording.of(
                    "%s: %sweights and logits take %d MiB and the cache of one branch of %d tokens takes %d MiB; "
                            + (limit.ofGpu()
                                    ? "keep layers on the CPU with %7$s, or lower %8$s or %9$s"
                                    : "give at least %6$dm, or lower %8$s or %9$s")
                            + "%10$s",
                    limit.ofGpu()
                            ? "the GPU, with %d MiB to use, is too small".formatted(limitBytes >> 20)
                            : limit.name(),
                    limit.besideBytes() == 0
                            ? ""
                            : "the process takes %d MiB, ".formatted(mebibytes(limit.besideBytes())),
                    mebibytes(weights + leastIds * idBytes),
                    policyPath,
                    mebibytes(branchBytes),
                    mebibytes(least + limit.besideBytes() + limit.unsureBytes()),
                    Parameter.of("gpuLayers"),
                    Parameter.of("maxTokens"),
                    Parameter.of("n"),
                    limit.instead()
                            .get()
                            .<Object>map(other -> Wording.of(", %s", other))
                            .orElse("")));
        }
        if (!demand.unified()) {
            long affordable = (limitBytes - weights) / (idBytes + branchBytes);
            int ids = (int) Math.min(wantedIds, affordable);
            return new MemoryPlan(policyPath * ids, prmPath * ids, ids);
        }
        long policyWanted = wanted(policyPath, demand);
        long prmWanted = prm.isEmpty() ? 0 : wanted(prmPath, demand);
        long moreWanted = (policyWanted - policyPath) * policy.bytesOfCell(true)
                + (prmWanted - prmPath)
                        * prm.map(shape -> shape.bytesOfCell(true)).orElse(0L);
        double share = (double) (limitBytes - least) / Math.max(1, moreWanted);
        return new MemoryPlan(scaled(policyPath, policyWanted, share), scaled(prmPath, prmWanted, share), leastIds);
    }

    /** Every completion can decode at once, its parents can stay, and a few ids are spare. */
    private static int ids(Demand demand) {
        return Math.min(SequenceIds.MAX, demand.n() + demand.n() / 2 + 16);
    }

    /** Fewer than there are completions is no loss once the batch is full: the others follow. */
    private static int streams(Demand demand, int path) {
        int ids = Math.min(SequenceIds.MAX, demand.n() + SPARE_STREAMS);
        return Math.max(Math.min(LEAST_STREAMS, ids), Math.min(ids, MOST_STREAM_CELLS / path));
    }

    /** Logits are where the model computes them, which is one of its buffers, and where they are read. */
    private static long logitBytes(ModelShape shape) {
        return (long) shape.vocabulary() * Float.BYTES * (shape.workBytes() == 0 ? 1 : 2);
    }

    private static int path(ModelShape shape, Demand demand, double factor) {
        double tokens =
                ((double) demand.promptTokens() + demand.maxTokens() + JUDGE_TOKENS) * factor + shape.ownTokens();
        int path = (int) Math.min(tokens, shape.trainedContext() > 0 ? shape.trainedContext() : MOST_CELLS);
        return rounded(demand.contextCells().map(cells -> Math.min(cells, path)).orElse(path));
    }

    private static long wanted(int path, Demand demand) {
        if (demand.contextCells().isPresent()) {
            return rounded(demand.contextCells().get());
        }
        return Math.max(path, Math.min(MOST_CELLS, (long) path * demand.n()));
    }

    private static int scaled(int path, long wanted, double share) {
        int cells = (int) (path + (wanted - path) * Math.min(1, share));
        return Math.max(path, cells / CELL_GRANULE * CELL_GRANULE);
    }

    private static int rounded(int cells) {
        return (cells + CELL_GRANULE - 1) / CELL_GRANULE * CELL_GRANULE;
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
