package org.espalier.spark;

import java.io.Serializable;
import java.util.ArrayList;

/**
 * What became of a problem.
 *
 * @param lines of its records; none if it failed
 * @param error why it failed; null if it did not
 * @param host where it was tried
 */
record Solved(String id, ArrayList<String> lines, String error, String host) implements Serializable {}
