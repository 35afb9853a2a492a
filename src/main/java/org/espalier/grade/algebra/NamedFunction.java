package org.espalier.grade.algebra;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The named functions that can appear in an answer. */
public enum NamedFunction {
    SIN,
    COS,
    TAN,
    COT,
    SEC,
    CSC,
    ARCSIN,
    ARCCOS,
    ARCTAN,
    SINH,
    COSH,
    TANH,
    EXP,
    LN,
    /** Arguments: base, operand. */
    LOG,
    ABS,
    FLOOR,
    CEILING,
    FACTORIAL,
    /** Arguments: n, k. */
    BINOMIAL;

    private static final Map<String, NamedFunction> BY_NAME = new HashMap<>();

    static {
        for (NamedFunction function : values()) {
            BY_NAME.put(function.name().toLowerCase(Locale.ROOT), function);
        }
        BY_NAME.keySet()
                .removeIf(name -> name.equals("factorial") || name.equals("ceiling") || name.equals("binomial"));
        BY_NAME.put("lg", LOG);
        BY_NAME.put("tg", TAN);
        BY_NAME.put("ctg", COT);
        BY_NAME.put("arctg", ARCTAN);
        BY_NAME.put("cosec", CSC);
        BY_NAME.put("ceil", CEILING);
        BY_NAME.put("asin", ARCSIN);
        BY_NAME.put("acos", ARCCOS);
        BY_NAME.put("atan", ARCTAN);
    }

    /** The function of one argument that is written with this name, as in {@code \sin} or {@code sin}. */
    public static Optional<NamedFunction> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public boolean isTrigonometric() {
        return compareTo(SIN) >= 0 && compareTo(CSC) <= 0;
    }

    /** What {@code f^{-1}} means for this function. */
    public Optional<NamedFunction> inverse() {
        return switch (this) {
            case SIN -> Optional.of(ARCSIN);
            case COS -> Optional.of(ARCCOS);
            case TAN -> Optional.of(ARCTAN);
            default -> Optional.empty();
        };
    }
}
