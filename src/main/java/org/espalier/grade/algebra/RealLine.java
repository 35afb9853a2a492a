package org.espalier.grade.algebra;

import java.util.List;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Product;
import org.espalier.grade.algebra.Expr.Tuple;

/** The real numbers as an interval, and its lower end. */
public final class RealLine {
    public static final Expr MINUS_INFINITY = new Product(List.of(new Num(Fractions.MINUS_ONE), Constant.INFINITY));

    public static final Expr WHOLE = new Tuple('(', List.of(MINUS_INFINITY, Constant.INFINITY), ')');

    private RealLine() {}
}
