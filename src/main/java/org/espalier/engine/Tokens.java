package org.espalier.engine;

/** Token lists. */
final class Tokens {
    private Tokens() {}

    static int[] concat(int[] a, int[] b) {
        int[] all = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
