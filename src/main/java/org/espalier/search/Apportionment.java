package org.espalier.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Divides a whole number among candidates by their weights. Of equals, the first comes first. */
final class Apportionment {
    private Apportionment() {}

    /** e^(value / temperature), scaled so that the greatest is 1; all 1 if no value is finite. */
    static double[] exponentials(double[] values, double temperature) {
        double greatest = Arrays.stream(values).max().orElseThrow();
        if (Double.isInfinite(greatest)) {
            return Arrays.stream(values).map(value -> 1).toArray();
        }
        return Arrays.stream(values)
                .map(value -> Math.exp((value - greatest) / temperature))
                .toArray();
    }

    /**
     * Each gets its share of what is left, rounded up, the greatest first; of equals the last first. A share is that of the
     * weights which are left, too, so that what was rounded up for one is missing to all behind it alike.
     */
    static int[] roundedUp(double[] weights, int total) {
        double sum = Arrays.stream(weights).sum();
        int[] shares = new int[weights.length];
        int left = total;
        List<Integer> order = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> weights[i]))
                .toList();
        for (int k = order.size() - 1; k >= 0 && left > 0; k--) {
            int i = order.get(k);
            // What is whole but for the last digits of the division is not rounded up.
            int share = sum > 0 ? (int) Math.ceil(left * weights[i] / sum - 1e-9) : left;
            shares[i] = Math.min(left, k == 0 ? left : share);
            left -= shares[i];
            sum -= weights[i];
        }
        return shares;
    }

    /** Each gets its share rounded down, and what is left goes to the greatest remainders. */
    static int[] byRemainder(double[] weights, int total) {
        double sum = Arrays.stream(weights).sum();
        int[] shares = new int[weights.length];
        double[] remainders = new double[weights.length];
        int left = total;
        for (int i = 0; i < weights.length; i++) {
            double share = total * weights[i] / sum;
            shares[i] = (int) Math.floor(share + 1e-9);
            remainders[i] = share - shares[i];
            left -= shares[i];
        }
        for (int i : byGreatest(remainders).subList(0, left)) {
            shares[i]++;
        }
        return shares;
    }

    /**
     * Systematic resampling: one offset for all of the equally spaced pointers, so that each gets its share rounded up or
     * down.
     *
     * @param offset 0 to 1
     */
    static int[] systematic(double[] weights, int total, double offset) {
        double sum = Arrays.stream(weights).sum();
        int[] shares = new int[weights.length];
        double reached = 0;
        int pointer = 0;
        for (int i = 0; i < weights.length; i++) {
            reached += total * weights[i] / sum;
            while (pointer < total && (pointer + offset < reached || i == weights.length - 1)) {
                shares[i]++;
                pointer++;
            }
        }
        return shares;
    }

    private static List<Integer> byGreatest(double[] weights) {
        return IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> weights[i]).reversed())
                .toList();
    }
}
