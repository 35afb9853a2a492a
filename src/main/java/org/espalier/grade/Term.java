package org.espalier.grade;

/** A rational coefficient times a monomial. */
record Term(Rational coefficient, Monomial monomial) {

    Term times(Term other, ArithmeticBudget budget) {
        budget.spend(coefficient.bits() + other.coefficient.bits());
        Term product = monomial.times(other.monomial, budget);
        return new Term(coefficient.times(other.coefficient).times(product.coefficient), product.monomial);
    }

    /** The reciprocal; the coefficient must not be zero. */
    Term inverse(ArithmeticBudget budget) {
        Term reciprocal = monomial.pow(Rational.MINUS_ONE, budget);
        return new Term(reciprocal.coefficient.dividedBy(coefficient), reciprocal.monomial);
    }
}
