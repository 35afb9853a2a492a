package org.espalier.search;

/**
 * Random streams: every node has a seed that depends on the run's seed, the problem and the node's path alone, so that
 * neither timing nor batching nor other problems change what is drawn.
 *
 * <p>A policy draws the n-th token of a path with (seed, n). A node's first child keeps its seed and so continues its
 * stream: a chain of first children draws the tokens that one long completion would. Every other child gets a stream of
 * its own, from SplitMix64 (Steele, Lea and Flood 2014) over the parent's seed, the child's index and its depth; the depth
 * is needed because a first child shares its parent's seed.
 */
final class Seeds {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private Seeds() {}

    static long root(long runSeed, String problemId) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < problemId.length(); i++) {
            hash = (hash ^ problemId.charAt(i)) * FNV_PRIME;
        }
        return mix(mix(runSeed + GAMMA) ^ hash);
    }

    static long child(long parent, int index, int depth) {
        return index == 0 ? parent : mix(mix(parent + GAMMA * index) + GAMMA * depth);
    }

    /**
     * A number from 0 to 1 of a random stream that no node draws tokens from.
     *
     * @param draw its place in the stream
     */
    static double uniform(long seed, int draw) {
        return (mix(mix(seed ^ FNV_OFFSET) + GAMMA * draw) >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
