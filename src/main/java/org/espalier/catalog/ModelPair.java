package org.espalier.catalog;

/**
 * A policy and the PRM that suits it.
 *
 * @param tier fast, balanced or best
 * @param policy its name in the catalogue
 * @param prm its name in the catalogue
 */
public record ModelPair(String tier, String policy, String prm) {}
