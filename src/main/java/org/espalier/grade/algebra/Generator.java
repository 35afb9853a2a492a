package org.espalier.grade.algebra;

import java.util.Comparator;

/**
 * What monomials are built from. A prime stands for its fractional powers (roots), the imaginary unit for
 * {@code sqrt(-1)}; constants (pi, e) and variables are algebraically independent of everything else.
 */
public record Generator(Kind kind, String name) implements Comparable<Generator> {

    public enum Kind {
        VARIABLE,
        CONSTANT,
        IMAGINARY,
        PRIME
    }

    static final Generator I = new Generator(Kind.IMAGINARY, "i");
    static final Generator PI = new Generator(Kind.CONSTANT, "pi");
    static final Generator E = new Generator(Kind.CONSTANT, "e");

    private static final Comparator<Generator> ORDER = Comparator.comparing(Generator::kind)
            .thenComparing(g -> g.name.length())
            .thenComparing(Generator::name);

    /** Whether a power of this generator is a number that satisfies a polynomial equation over the rationals. */
    boolean isAlgebraic() {
        return kind == Kind.PRIME || kind == Kind.IMAGINARY;
    }

    @Override
    public int compareTo(Generator other) {
        return ORDER.compare(this, other);
    }
}
