package org.espalier.model;

import java.util.Arrays;

/**
 * How sure a policy was of a path's tokens, kept while they are drawn (DeepConf, Fu et al. 2025, arXiv 2508.15260, section 3):
 * of all of them, of the last group, and of the group that it was least sure of. A group is so many tokens in a row; each
 * token begins one. A policy that knows puts its tokens in, on its own thread.
 *
 * <p>The paper takes the mean log-probability of the twenty likeliest tokens for the confidence in one. Here it is either the
 * log-probability of the token that was drawn or the entropy of the distribution, both at temperature 1.
 */
public final class TokenConfidence {
    /** Tokens of a group where nobody says how many: a line or two. The paper's 2048 are for thoughts of 50,000. */
    public static final int USUAL_GROUP = 32;

    /** Tokens of a group at most. */
    public static final int MOST_GROUP = 2048;

    private static final int FIRST_ROOM = 32;

    /** What is as sure as the floor is not below it, however often it was put in and taken out of a sum. */
    private static final double ROUNDING = 1e-6;

    /** What is taken for the confidence in a path. */
    public enum Measure {
        /** The geometric mean of the tokens' probabilities: the inverse of the perplexity. */
        MEAN_LOGPROB,
        /** The same of the last group. */
        TAIL_LOGPROB,
        /** The same of the group where it is lowest. */
        LOWEST_LOGPROB,
        /** The exponential of minus the mean entropy: one by the number of tokens that seemed possible. */
        MEAN_ENTROPY,
        /** The same of the last group. */
        TAIL_ENTROPY,
        /** The same of the group where it is lowest. */
        LOWEST_ENTROPY
    }

    /** The certainties of tokens, 0 or less each: log-probabilities, or entropies with their sign changed. */
    private static final class Series {
        private final int size;
        /** Of the last group, from where {@code tokens % size} points; room is made as it is needed. */
        private float[] last;

        private double all;
        private double group;
        private double lowest = Double.POSITIVE_INFINITY;

        Series(int size) {
            this.size = size;
            last = new float[Math.min(size, FIRST_ROOM)];
        }

        Series(Series from) {
            size = from.size;
            last = Arrays.copyOf(from.last, from.last.length);
            all = from.all;
            group = from.group;
            lowest = from.lowest;
        }

        /** @param before tokens that there were */
        void add(float certainty, int before) {
            int place = before % size;
            if (place >= last.length) {
                last = Arrays.copyOf(last, Math.min(size, 2 * last.length));
            }
            if (before >= size) {
                group -= last[place];
            }
            last[place] = certainty;
            group += certainty;
            all += certainty;
            if (before + 1 >= size) {
                lowest = Math.min(lowest, group / size);
            }
        }

        double tail(int tokens) {
            return group / Math.min(tokens, size);
        }

        /** A path that is shorter than a group is one. */
        double lowest(int tokens) {
            return tokens < size ? tail(tokens) : lowest;
        }
    }

    private final Series logProbs;
    private final Series entropies;
    /** Of the mean log-probability of a group; minus infinity for none. */
    private final double floor;

    private int tokens;

    /**
     * That of a path without tokens.
     *
     * @param group tokens of a group: 1 to {@value #MOST_GROUP}
     */
    public TokenConfidence(int group) {
        this(new Series(group), new Series(group), Double.NEGATIVE_INFINITY, 0);
    }

    private TokenConfidence(Series logProbs, Series entropies, double floor, int tokens) {
        this.logProbs = logProbs;
        this.entropies = entropies;
        this.floor = floor;
        this.tokens = tokens;
    }

    /** Returns the same for a path that goes on from here on its own. */
    public TokenConfidence branch() {
        return new TokenConfidence(new Series(logProbs), new Series(entropies), floor, tokens);
    }

    /**
     * Returns the same for a path that is hopeless where a group's confidence is lower.
     *
     * @param lowestLogProb a value of {@link Measure#LOWEST_LOGPROB}
     */
    public TokenConfidence above(double lowestLogProb) {
        return new TokenConfidence(
                new Series(logProbs), new Series(entropies), Math.log(lowestLogProb) - ROUNDING, tokens);
    }

    /**
     * Takes in a token.
     *
     * @param logProb in nats, at temperature 1
     * @param entropy of the distribution that it was drawn from, in nats, at temperature 1
     */
    public void add(float logProb, float entropy) {
        logProbs.add(logProb, tokens);
        entropies.add(-entropy, tokens);
        tokens++;
    }

    /** Returns whether the last group is below the floor. */
    public boolean isHopeless() {
        return tokens >= logProbs.size && logProbs.tail(tokens) < floor;
    }

    /** Returns tokens taken in. */
    public int tokens() {
        return tokens;
    }

    /** Returns the confidence, from 0 (none) to 1; {@link Double#NaN} where no token was taken in. */
    public double of(Measure measure) {
        if (tokens == 0) {
            return Double.NaN;
        }
        return Math.exp(
                switch (measure) {
                    case MEAN_LOGPROB -> logProbs.all / tokens;
                    case TAIL_LOGPROB -> logProbs.tail(tokens);
                    case LOWEST_LOGPROB -> logProbs.lowest(tokens);
                    case MEAN_ENTROPY -> entropies.all / tokens;
                    case TAIL_ENTROPY -> entropies.tail(tokens);
                    case LOWEST_ENTROPY -> entropies.lowest(tokens);
                });
    }
}
