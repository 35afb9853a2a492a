package org.espalier.picture;

import java.util.Arrays;

/**
 * Places the nodes of an ordered tree across its levels: no two nodes of a level overlap, siblings keep their order, a
 * parent sits in the middle between its first and its last child, equal subtrees look alike, and within that the tree
 * is narrow. In linear time: Buchheim, Jünger and Leipert 2002, "Improving Walker's Algorithm to Run in Linear Time",
 * whose names the fields have, after Reingold and Tilford 1981, "Tidier Drawings of Trees". The walks go over arrays
 * and do not recurse, so a tree may be as deep as it likes.
 */
final class TidyLayout {
    private static final int NONE = -1;

    private final int[] parent;
    private final int[][] children;
    private final int[] number;
    private final double[] breadth;
    private final double siblingGap;
    private final double cousinGap;

    private final double[] prelim;
    private final double[] mod;
    private final double[] shift;
    private final double[] change;
    private final int[] thread;
    private final int[] ancestor;

    private TidyLayout(int[] parent, double[] breadth, double siblingGap, double cousinGap) {
        int nodes = parent.length;
        this.parent = parent;
        this.breadth = breadth;
        this.siblingGap = siblingGap;
        this.cousinGap = cousinGap;
        number = new int[nodes];
        children = childrenOf(parent, number);
        prelim = new double[nodes];
        mod = new double[nodes];
        shift = new double[nodes];
        change = new double[nodes];
        thread = new int[nodes];
        Arrays.fill(thread, NONE);
        ancestor = new int[nodes];
        Arrays.setAll(ancestor, v -> v);
    }

    /**
     * The nodes' centres across the levels; the outermost edge is at 0.
     *
     * @param parent each node's, which comes before it; -1 for the root, the first node. Siblings stand in their order
     * @param breadth each node's extent across the levels
     * @param siblingGap between neighbours with the same parent
     * @param cousinGap between other neighbours
     */
    static double[] centres(int[] parent, double[] breadth, double siblingGap, double cousinGap) {
        return new TidyLayout(parent, breadth, siblingGap, cousinGap).place();
    }

    private static int[][] childrenOf(int[] parent, int[] number) {
        int[] counts = new int[parent.length];
        for (int v = 1; v < parent.length; v++) {
            number[v] = counts[parent[v]]++;
        }
        int[][] children = new int[parent.length][];
        Arrays.setAll(children, v -> new int[counts[v]]);
        for (int v = 1; v < parent.length; v++) {
            children[parent[v]][number[v]] = v;
        }
        return children;
    }

    private double[] place() {
        for (int v = parent.length - 1; v >= 0; v--) {
            placeChildren(v);
        }
        double[] centre = new double[parent.length];
        double[] inherited = new double[parent.length];
        double least = Double.POSITIVE_INFINITY;
        prelim[0] = middle(0);
        for (int v = 0; v < parent.length; v++) {
            inherited[v] = v == 0 ? 0 : inherited[parent[v]] + mod[parent[v]];
            centre[v] = prelim[v] + inherited[v];
            least = Math.min(least, centre[v] - breadth[v] / 2);
        }
        for (int v = 0; v < centre.length; v++) {
            centre[v] -= least;
        }
        return centre;
    }

    /** The paper's FIRSTWALK of the children, whose own children are in their places. */
    private void placeChildren(int v) {
        int[] row = children[v];
        int defaultAncestor = row.length == 0 ? NONE : row[0];
        for (int i = 0; i < row.length; i++) {
            int w = row[i];
            double middle = middle(w);
            prelim[w] = i == 0 ? middle : prelim[row[i - 1]] + distance(row[i - 1], w);
            mod[w] = prelim[w] - middle;
            defaultAncestor = i == 0 ? defaultAncestor : apportion(w, defaultAncestor);
        }
        executeShifts(row);
    }

    private double middle(int v) {
        int[] row = children[v];
        return row.length == 0 ? 0 : (prelim[row[0]] + prelim[row[row.length - 1]]) / 2;
    }

    private double distance(int left, int right) {
        double gap = parent[left] == parent[right] ? siblingGap : cousinGap;
        return (breadth[left] + breadth[right]) / 2 + gap;
    }

    /** Moves the subtree of v away from those to its left, along their contours: inner, outer; plus (v's), minus. */
    private int apportion(int v, int defaultAncestor) {
        int[] siblings = children[parent[v]];
        int innerPlus = v;
        int outerPlus = v;
        int innerMinus = siblings[number[v] - 1];
        int outerMinus = siblings[0];
        double sumInnerPlus = mod[innerPlus];
        double sumOuterPlus = mod[outerPlus];
        double sumInnerMinus = mod[innerMinus];
        double sumOuterMinus = mod[outerMinus];
        while (nextRight(innerMinus) != NONE && nextLeft(innerPlus) != NONE) {
            innerMinus = nextRight(innerMinus);
            innerPlus = nextLeft(innerPlus);
            outerMinus = nextLeft(outerMinus);
            outerPlus = nextRight(outerPlus);
            ancestor[outerPlus] = v;
            double overlap = prelim[innerMinus]
                    + sumInnerMinus
                    - (prelim[innerPlus] + sumInnerPlus)
                    + distance(innerMinus, innerPlus);
            if (overlap > 0) {
                moveSubtree(greatestUncommonAncestor(innerMinus, v, defaultAncestor), v, overlap);
                sumInnerPlus += overlap;
                sumOuterPlus += overlap;
            }
            sumInnerMinus += mod[innerMinus];
            sumInnerPlus += mod[innerPlus];
            sumOuterMinus += mod[outerMinus];
            sumOuterPlus += mod[outerPlus];
        }
        if (nextRight(innerMinus) != NONE && nextRight(outerPlus) == NONE) {
            thread[outerPlus] = nextRight(innerMinus);
            mod[outerPlus] += sumInnerMinus - sumOuterPlus;
        }
        if (nextLeft(innerPlus) != NONE && nextLeft(outerMinus) == NONE) {
            thread[outerMinus] = nextLeft(innerPlus);
            mod[outerMinus] += sumInnerPlus - sumOuterMinus;
            return v;
        }
        return defaultAncestor;
    }

    private int nextLeft(int v) {
        return children[v].length > 0 ? children[v][0] : thread[v];
    }

    private int nextRight(int v) {
        return children[v].length > 0 ? children[v][children[v].length - 1] : thread[v];
    }

    private int greatestUncommonAncestor(int innerMinus, int v, int defaultAncestor) {
        return parent[ancestor[innerMinus]] == parent[v] ? ancestor[innerMinus] : defaultAncestor;
    }

    private void moveSubtree(int minus, int plus, double distance) {
        double each = distance / (number[plus] - number[minus]);
        change[plus] -= each;
        shift[plus] += distance;
        change[minus] += each;
        prelim[plus] += distance;
        mod[plus] += distance;
    }

    private void executeShifts(int[] row) {
        double sumShift = 0;
        double sumChange = 0;
        for (int i = row.length - 1; i >= 0; i--) {
            int w = row[i];
            prelim[w] += sumShift;
            mod[w] += sumShift;
            sumChange += change[w];
            sumShift += shift[w] + sumChange;
        }
    }
}
