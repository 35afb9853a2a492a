package org.espalier.grade.algebra;

import org.apache.commons.numbers.fraction.BigFraction;

/** A rational coefficient times a monomial. */
public record Term(BigFraction coefficient, Monomial monomial) {

    Term times(Term other, ArithmeticBudget budget) {
        budget.spend(Fractions.bits(coefficient) + Fractions.bits(other.coefficient));
        Term product = monomial.times(other.monomial, budget);
        return new Term(coefficient.multiply(other.coefficient).multiply(product.coefficient), product.monomial);
    }

    /** The reciprocal; the coefficient must not be zero. */
    Term inverse(ArithmeticBudget budget) {
        Term reciprocal = monomial.pow(Fractions.MINUS_ONE, budget);
        return new Term(reciprocal.coefficient.divide(coefficient), reciprocal.monomial);
    }
}
