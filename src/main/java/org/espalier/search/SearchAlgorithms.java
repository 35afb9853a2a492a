package org.espalier.search;

/** Makes the algorithm of each method. Stateless. */
final class SearchAlgorithms {
    private SearchAlgorithms() {}

    static SearchAlgorithm of(SearchMethod method, SearchContext search) {
        return switch (method) {
            case GREEDY -> new Greedy(search);
            case MAJORITY, BEST_OF_N, DVTS -> new EarlyStoppingWindows(search, parts(method, search));
            case SHORT_M -> new ShortMAtK(search);
            case BEAM -> new BeamSearch(search);
            case REBASE -> new Rebase(search);
            case DORA -> new Dora(search);
            case SPECULATIVE_REJECTION -> new SpeculativeRejection(search);
            case PARTICLE -> new ParticleFilter(search);
            case MCTS -> new Mcts(search);
            case REFINE -> new Refine(search);
            case REVISE -> new Revise(search);
            case AB_MCTS -> new AbMcts(search);
            case AUTO -> new Auto(search);
        };
    }

    /** @throws IllegalStateException if the method is not partitionable */
    static Partitionable parts(SearchMethod method, SearchContext search) {
        return switch (method) {
            case MAJORITY -> new MajorityVote(search);
            case BEST_OF_N -> new BestOfN(search);
            case DVTS -> new Dvts(search);
            default -> throw new IllegalStateException(method.cliName() + " has no parts");
        };
    }
}
