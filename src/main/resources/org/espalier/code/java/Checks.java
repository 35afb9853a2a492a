package espalier;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What tests say, and how it is told. Values are of Java's own types here, or stand for what the program holds. */
public final class Checks {
    private static final int MOST_SHOWN = 300;
    private static final Map<Throwable, String> DESCRIPTIONS = new IdentityHashMap<>();

    private static Worker worker;
    private static int told;

    private Checks() {}

    /** Something that is to throw. */
    public interface Code {
        void run() throws Throwable;
    }

    /** Marks a method that is a test. */
    @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.SOURCE)
    public @interface Test {}

    static void begin(Worker of) {
        worker = of;
        told = 0;
    }

    static int told() {
        return told;
    }

    static void describe(Throwable thrown, String text) {
        DESCRIPTIONS.put(thrown, text);
    }

    static String described(Throwable thrown) {
        String known = DESCRIPTIONS.get(thrown);
        if (known != null) {
            return shortened(known, 4 * MOST_SHOWN);
        }
        String message = String.valueOf(thrown.getMessage());
        boolean plain = thrown instanceof AssertionError || thrown instanceof Remote.Ended;
        return shortened(plain ? message : thrown.getClass().getSimpleName() + ": " + message, 4 * MOST_SHOWN);
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }

    /** A test has passed. */
    public static void pass() {
        tell(null, null);
    }

    /** A test has failed. */
    public static void fail(Throwable thrown) {
        tell(described(thrown), null);
    }

    /** A test cannot be run with this program. */
    public static void unfit(String why) {
        tell(why, null);
    }

    /** What an expression gives. */
    public static void value(Object value) {
        tell(null, Values.canonical(value));
    }

    private static void tell(String why, String value) {
        told++;
        Map<String, Object> message = new HashMap<>();
        message.put("passed", why == null);
        message.put("why", why);
        message.put("value", value);
        worker.send('R', message);
    }

    private static String shown(Object value) {
        String text = value instanceof String ? "\"" + value + "\"" : plain(value);
        return shortened(text, MOST_SHOWN);
    }

    private static String plain(Object value) {
        if (value == null || !value.getClass().isArray()) {
            return String.valueOf(value);
        }
        String nested = Arrays.deepToString(new Object[] {value});
        return nested.substring(1, nested.length() - 1);
    }

    /** Whether values are equal, whatever holds them: arrays by what they have, numbers by what they are. */
    static boolean equal(Object one, Object other) {
        if (one instanceof Character c && other instanceof Number) {
            return equal((int) c, other);
        }
        if (other instanceof Character c && one instanceof Number) {
            return equal(one, (int) c);
        }
        if (isPlain(one) && isPlain(other)) {
            boolean whole = isWhole(one) && isWhole(other);
            Number a = (Number) one;
            Number b = (Number) other;
            return whole ? a.longValue() == b.longValue() : a.doubleValue() == b.doubleValue() || a.equals(b);
        }
        if (one != null && other != null && one.getClass().isArray() && other.getClass().isArray()) {
            boolean same = Array.getLength(one) == Array.getLength(other);
            for (int i = 0; same && i < Array.getLength(one); i++) {
                same = equal(Array.get(one, i), Array.get(other, i));
            }
            return same;
        }
        if (one instanceof List<?> a && other instanceof List<?> b) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = equal(a.get(i), b.get(i));
            }
            return same;
        }
        return Objects.equals(one, other);
    }

    private static boolean isPlain(Object value) {
        return isWhole(value) || value instanceof Double || value instanceof Float;
    }

    private static boolean isWhole(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }

    /** True, or it throws. */
    public static boolean same(Object got, Object wanted) {
        if (!equal(got, wanted)) {
            throw new AssertionError(shown(got) + " is not " + shown(wanted));
        }
        return true;
    }

    public static void check(boolean holds) {
        check(holds, "it does not hold");
    }

    public static void check(boolean holds, Object otherwise) {
        if (!holds) {
            throw new AssertionError(String.valueOf(otherwise));
        }
    }

    public static void assertTrue(boolean holds) {
        check(holds);
    }

    public static void assertTrue(boolean holds, String otherwise) {
        check(holds, otherwise);
    }

    public static void assertFalse(boolean holds) {
        check(!holds, "it holds");
    }

    public static void assertFalse(boolean holds, String otherwise) {
        check(!holds, otherwise);
    }

    public static void assertEquals(Object wanted, Object got) {
        same(got, wanted);
    }

    public static void assertEquals(Object wanted, Object got, String otherwise) {
        same(got, wanted);
    }

    public static void assertEquals(double wanted, double got, double delta) {
        check(Math.abs(wanted - got) <= delta, shown(got) + " is not " + shown(wanted));
    }

    public static void assertNotEquals(Object other, Object got) {
        check(!equal(other, got), shown(got) + " is what it should not be");
    }

    public static void assertArrayEquals(Object wanted, Object got) {
        same(got, wanted);
    }

    public static void assertNull(Object got) {
        same(got, null);
    }

    public static void assertNotNull(Object got) {
        check(got != null, "it is null");
    }

    /** Returns what is thrown. */
    public static <T extends Throwable> T assertThrows(Class<T> type, Code code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            if (thrown instanceof Remote.Ended ended) {
                throw ended;
            }
            check(type.isInstance(thrown), described(thrown) + ", where a " + type.getSimpleName() + " was due");
            return type.cast(thrown);
        }
        throw new AssertionError("no " + type.getSimpleName() + " is thrown");
    }
}
