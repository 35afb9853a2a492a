package org.espalier.search;

/**
 * What the completions with one answer say together.
 *
 * @param answer as the first of them states it
 * @param key that all of them share
 * @param count of completions
 * @param weight sum of their scores; completions without a score add nothing
 */
public record Vote(String answer, String key, int count, double weight) {}
