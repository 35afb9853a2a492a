package org.espalier.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures how fast this machine can read its memory: all processors copy more than their caches hold, and the quickest copy
 * of each counts, so that what else runs here for a moment does not.
 */
final class MemoryBandwidth {
    private static final int BLOCK = 48 << 20;
    private static final long NANOS = 250_000_000;
    private static final int MOST_THREADS = 4;

    private MemoryBandwidth() {}

    /** Bytes a second; takes about a third of a second and 96 MiB for each of at most 4 processors. */
    static double measure() {
        int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        double[] rates = new double[threads];
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int self = i;
            Thread thread = new Thread(() -> rates[self] = rate(), "bandwidth-" + i);
            thread.start();
            all.add(thread);
        }
        all.forEach(MemoryBandwidth::join);
        return Arrays.stream(rates).sum();
    }

    private static double rate() {
        byte[] from = new byte[BLOCK];
        byte[] to = new byte[BLOCK];
        long quickest = Long.MAX_VALUE;
        long begin = System.nanoTime();
        for (long now = begin; now - begin < NANOS; ) {
            System.arraycopy(from, 0, to, 0, BLOCK);
            long after = System.nanoTime();
            quickest = Math.min(quickest, after - now);
            now = after;
        }
        // Each byte is read once and written once.
        return 2e9 * BLOCK / quickest;
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
