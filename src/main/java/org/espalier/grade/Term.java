package org.espalier.grade;

/** A rational coefficient times a monomial. */
record Term(Rational coefficient, Monomial monomial) {

    Term times(Term other, Work work) {
        work.spend(coefficient.bits() + other.coefficient.bits());
        Term product = monomial.times(other.monomial, work);
        return new Term(coefficient.times(other.coefficient).times(product.coefficient), product.monomial);
    }

    /** The reciprocal; the coefficient must not be zero. */
    Term inverse(Work work) {
        Term reciprocal = monomial.pow(Rational.MINUS_ONE, work);
        return new Term(reciprocal.coefficient.dividedBy(coefficient), reciprocal.monomial);
    }
}
