package org.espalier.grade.algebra;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.numbers.fraction.BigFraction;

/**
 * The parsed form of an answer. The first group of records are scalars, which have a value once their variables have
 * one; the second group are the shapes an answer can have around scalars.
 */
public sealed interface Expr {

    /** The direct subexpressions, in writing order. */
    default List<Expr> children() {
        return List.of();
    }

    /** The names of the variables in this expression. */
    default SortedSet<String> variables() {
        SortedSet<String> names = new TreeSet<>();
        children().forEach(child -> names.addAll(child.variables()));
        return names;
    }

    /** Whether this expression contains no variable. */
    default boolean isConstant() {
        return children().stream().allMatch(Expr::isConstant);
    }

    /** Whether this is a scalar all the way down. */
    default boolean isScalar() {
        return children().stream().allMatch(Expr::isScalar);
    }

    record Num(BigFraction value) implements Expr {}

    record Sym(String name) implements Expr {
        @Override
        public SortedSet<String> variables() {
            return new TreeSet<>(List.of(name));
        }

        @Override
        public boolean isConstant() {
            return false;
        }
    }

    enum Constant implements Expr {
        PI,
        E,
        I,
        INFINITY
    }

    record Sum(List<Expr> children) implements Expr {}

    record Product(List<Expr> children) implements Expr {}

    record Quotient(Expr numerator, Expr denominator) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(numerator, denominator);
        }
    }

    record Power(Expr base, Expr exponent) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(base, exponent);
        }
    }

    /** {@code ±operand}, or {@code ∓operand} when {@code opposite}. */
    record PlusMinus(Expr operand, boolean opposite) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(operand);
        }
    }

    record Call(NamedFunction function, List<Expr> children) implements Expr {}

    /** A measure in degrees. */
    record Degrees(Expr measure) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(measure);
        }
    }

    /** A measure in percent: its number, except where an equation reads it as a hundredth. */
    record Percent(Expr measure) implements Expr {
        @Override
        public List<Expr> children() {
            return List.of(measure);
        }
    }

    /** Shapes: never part of a scalar. */
    sealed interface Shape extends Expr {
        @Override
        default boolean isScalar() {
            return false;
        }
    }

    /** A numeral with its base as subscript, such as {@code 2516_8}. */
    record Based(String digits, int base) implements Shape {}

    record Text(String words) implements Shape {}

    /** Answers separated by commas or "and", without brackets: the order carries no meaning. */
    record Listing(List<Expr> children) implements Shape {}

    record SetOf(List<Expr> children) implements Shape {}

    /** A point, vector or interval; {@code open} and {@code close} are its brackets. */
    record Tuple(char open, List<Expr> children, char close) implements Shape {}

    record Union(List<Expr> children) implements Shape {}

    /** What is in {@code whole} and not in {@code removed}. */
    record Difference(Expr whole, Expr removed) implements Shape {
        @Override
        public List<Expr> children() {
            return List.of(whole, removed);
        }
    }

    record Intersection(List<Expr> children) implements Shape {}

    /** {@code \\{x \\in domain : condition\\}} where the condition is no plain interval; the domain may be empty. */
    record SetBuilder(String domain, Expr condition) implements Shape {
        @Override
        public List<Expr> children() {
            return List.of(condition);
        }
    }

    record Matrix(List<List<Expr>> rows) implements Shape {
        @Override
        public List<Expr> children() {
            return rows.stream().flatMap(List::stream).toList();
        }
    }

    /** {@code children[0] operators[0] children[1] operators[1] …}. */
    record Relation(List<Expr> children, List<Relator> operators) implements Shape {}

    /** {@code a : b : …}. */
    record Proportion(List<Expr> children) implements Shape {}

    /** The signs between the sides of a relation. */
    enum Relator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST,
        APPROXIMATELY,
        IN;

        /** The same relation read from right to left. */
        public Relator flipped() {
            return switch (this) {
                case LESS -> GREATER;
                case AT_MOST -> AT_LEAST;
                case GREATER -> LESS;
                case AT_LEAST -> AT_MOST;
                default -> this;
            };
        }

        public boolean isOrder() {
            return compareTo(LESS) >= 0 && compareTo(AT_LEAST) <= 0;
        }
    }
}
