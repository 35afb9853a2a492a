package espalier;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stands for what the program holds. Equal only to itself, whatever the program says. */
public class Remote {
    /** The number of what is held. */
    public record Held(long number) {}

    /** The program has ended, so that there is nothing left to call. */
    static final class Ended extends ThreadDeath {
        private static final long serialVersionUID = 1L;

        private final String why;

        Ended(String why) {
            this.why = why;
        }

        @Override
        public String getMessage() {
            return why;
        }
    }

    /** What the program threw, where its own type is not known here. */
    public static final class RemoteException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RemoteException(String message) {
            super(message);
        }
    }

    private static Worker worker;
    private static Values values;

    private final long number;

    protected Remote(Held held) {
        number = held.number();
    }

    static void begin(Worker of, Values with) {
        worker = of;
        values = with;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Remote remote && remote.number == number;
    }

    @Override
    public final int hashCode() {
        return Long.hashCode(number);
    }

    final long number() {
        return number;
    }

    /** The number of a new object of the program's. */
    public static Held make(String type, String signature, Object... arguments) {
        return ((Remote) call(null, type, "new", signature, arguments)).held();
    }

    private Held held() {
        return new Held(number);
    }

    /**
     * Has the program call a function.
     *
     * @param on what; null for a static method, or for a new object of a class without arguments
     */
    public static Object call(Object on, String type, String name, String signature, Object... arguments) {
        Map<String, Object> request = new LinkedHashMap<>();
        List<Object> given = new ArrayList<>();
        for (Object argument : arguments) {
            given.add(values.encode(argument));
        }
        request.put("on", values.encode(on));
        request.put("type", type);
        request.put("name", name);
        request.put("signature", signature);
        request.put("arguments", given);
        worker.send('R', Map.of("call", request));
        Map<String, Object> answer = worker.hear();
        if (answer == null || answer.containsKey("ended")) {
            throw new Ended(answer == null ? "the program has ended" : String.valueOf(answer.get("ended")));
        }
        if (answer.containsKey("error")) {
            Throwable thrown = thrown(answer);
            Remote.<RuntimeException>raise(thrown);
        }
        try {
            if (answer.get("arguments") instanceof List<?> changed) {
                for (int i = 0; i < changed.size(); i++) {
                    if (changed.get(i) != null) {
                        Values.copy(values.decode(changed.get(i)), arguments[i]);
                    }
                }
            }
            return values.decode(answer.get("value"));
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new RemoteException("the program gives what is no value: " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** An exception of Java's own where it was one, so that tests can catch it; else one that says what it was. */
    private static Throwable thrown(Map<String, Object> answer) {
        String type = String.valueOf(answer.get("type"));
        String text = answer.get("error") + ": " + answer.get("message");
        Throwable thrown = new RemoteException(text);
        try {
            Class<?> known = Class.forName(type, false, values.types());
            if (Exception.class.isAssignableFrom(known)) {
                thrown = (Throwable) known.getConstructor(String.class).newInstance(String.valueOf(answer.get("message")));
            }
        } catch (ReflectiveOperationException | LinkageError other) {
            thrown = new RemoteException(text);
        }
        Object trace = answer.get("trace");
        Checks.describe(thrown, text + (trace == null || trace.equals("") ? "" : "\n" + trace));
        return thrown;
    }
}
