package espalier;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.BaseStream;

/**
 * How values travel between a program and its tests: as JSON, never as objects, so that nothing that a program defines (an equals,
 * a readObject) runs on the other side. What is no value is kept at home, and travels as a number.
 */
final class Values {
    private static final int MOST_ITEMS = 100_000;
    private static final int DEEPEST = 200;

    private final List<Object> kept = new ArrayList<>();
    private final Map<Object, Long> numbers = new IdentityHashMap<>();
    private final ClassLoader types;
    private final boolean isProgram;

    /** @param isProgram whether this side has the program, or stand-ins for what it holds */
    Values(ClassLoader types, boolean isProgram) {
        this.types = types;
        this.isProgram = isProgram;
    }

    /** A value that cannot be sent. */
    static final class Unsendable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsendable(String message) {
            super(message);
        }
    }

    ClassLoader types() {
        return types;
    }

    Object encode(Object value) {
        return encode(value, 0);
    }

    private Object encode(Object value, int depth) {
        if (depth > DEEPEST) {
            throw new Unsendable("the value is nested too deeply");
        }
        if (value == null || value instanceof Boolean || value instanceof String) {
            return value;
        }
        Class<?> type = value.getClass();
        if (value instanceof Number && type.getName().startsWith("java.") || value instanceof Character) {
            return List.of(type.getSimpleName(), value.toString());
        }
        if (type.isArray()) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                items.add(encode(Array.get(value, i), depth + 1));
            }
            return List.of("array", type.getComponentType().getName(), items);
        }
        boolean ofSystem = type.getClassLoader() == null;
        if (value instanceof Enum<?> one) {
            return List.of("enum", one.getDeclaringClass().getName(), one.name());
        }
        if (value instanceof Record && !ofSystem) {
            return List.of("record", type.getName(), components((Record) value, depth));
        }
        if (ofSystem && value instanceof Map<?, ?> map) {
            List<Object> entries = new ArrayList<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                entries.add(Arrays.asList(encode(entry.getKey(), depth + 1), encode(entry.getValue(), depth + 1)));
            }
            return List.of(value instanceof SortedMap ? "treemap" : "map", entries);
        }
        if (ofSystem && value instanceof Collection<?> all) {
            String kind = value instanceof List
                    ? "list"
                    : value instanceof SortedSet ? "treeset" : value instanceof Set ? "set" : "deque";
            return List.of(kind, items(all, depth));
        }
        if (value instanceof Optional<?> one) {
            return one.isEmpty() ? List.of("optional") : List.of("optional", encode(one.get(), depth + 1));
        }
        if (ofSystem && value instanceof CharSequence text) {
            return List.of(type.getSimpleName(), text.toString());
        }
        if (ofSystem && value instanceof BaseStream<?, ?>) {
            throw new Unsendable("a stream cannot be sent: collect it");
        }
        if (isProgram) {
            Long number = numbers.computeIfAbsent(value, one -> {
                kept.add(one);
                return (long) kept.size() - 1;
            });
            return List.of("object", number, named(type));
        }
        if (value instanceof Remote remote) {
            return List.of("object", remote.number(), type.getName());
        }
        throw new Unsendable("a %s cannot be given to the program".formatted(type.getSimpleName()));
    }

    /** The nearest type that tests know. */
    private static String named(Class<?> type) {
        Class<?> known = type;
        while (known.getName().contains("$") && known.getSuperclass() != null && known.getSuperclass() != Object.class) {
            known = known.getSuperclass();
        }
        return known.getName();
    }

    private List<Object> items(Collection<?> all, int depth) {
        List<Object> items = new ArrayList<>();
        for (Object item : all) {
            if (items.size() == MOST_ITEMS) {
                throw new Unsendable("the collection does not end");
            }
            items.add(encode(item, depth + 1));
        }
        return items;
    }

    private List<Object> components(Record record, int depth) {
        List<Object> values = new ArrayList<>();
        try {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                values.add(encode(component.getAccessor().invoke(record), depth + 1));
            }
        } catch (ReflectiveOperationException e) {
            throw new Unsendable("a %s cannot be sent".formatted(record.getClass().getSimpleName()));
        }
        return values;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    Object decode(Object data) throws ReflectiveOperationException {
        if (!(data instanceof List<?> parts)) {
            return data;
        }
        String text = parts.size() > 1 ? String.valueOf(parts.get(1)) : "";
        switch (String.valueOf(parts.get(0))) {
            case "Integer":
                return Integer.valueOf(text);
            case "Long":
                return Long.valueOf(text);
            case "Short":
                return Short.valueOf(text);
            case "Byte":
                return Byte.valueOf(text);
            case "Double":
                return Double.valueOf(text);
            case "Float":
                return Float.valueOf(text);
            case "Character":
                return text.charAt(0);
            case "BigInteger":
                return new BigInteger(text);
            case "BigDecimal":
                return new BigDecimal(text);
            case "AtomicInteger":
                return new java.util.concurrent.atomic.AtomicInteger(Integer.parseInt(text));
            case "AtomicLong":
                return new java.util.concurrent.atomic.AtomicLong(Long.parseLong(text));
            case "StringBuilder":
                return new StringBuilder(text);
            case "StringBuffer":
                return new StringBuffer(text);
            case "list":
                return all(parts.get(1), new ArrayList<>());
            case "set":
                return all(parts.get(1), new LinkedHashSet<>());
            case "treeset":
                return all(parts.get(1), new TreeSet<>());
            case "deque":
                return all(parts.get(1), new ArrayDeque<>());
            case "map":
                return entries(parts.get(1), new LinkedHashMap<>());
            case "treemap":
                return entries(parts.get(1), new TreeMap<>());
            case "optional":
                return parts.size() == 1 ? Optional.empty() : Optional.of(decode(parts.get(1)));
            case "array": {
                List<?> items = (List<?>) parts.get(2);
                Object array = Array.newInstance(type(text), items.size());
                for (int i = 0; i < items.size(); i++) {
                    Array.set(array, i, decode(items.get(i)));
                }
                return array;
            }
            case "enum":
                return Enum.valueOf((Class) ofProgram(text, Enum.class), String.valueOf(parts.get(2)));
            case "record": {
                List<?> items = (List<?>) parts.get(2);
                Object[] values = new Object[items.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = decode(items.get(i));
                }
                Constructor<?>[] makers = ofProgram(text, Record.class).getDeclaredConstructors();
                Constructor<?> maker = makers[0];
                for (Constructor<?> each : makers) {
                    maker = each.getParameterCount() == values.length ? each : maker;
                }
                maker.setAccessible(true);
                return maker.newInstance(values);
            }
            case "object": {
                int number = ((Long) parts.get(1)).intValue();
                if (isProgram) {
                    return kept.get(number);
                }
                Constructor<?> maker =
                        ofProgram(String.valueOf(parts.get(2)), Remote.class).getDeclaredConstructor(Remote.Held.class);
                maker.setAccessible(true);
                return maker.newInstance(new Remote.Held(number));
            }
            default:
                throw new Unsendable("no value: " + data);
        }
    }

    private Collection<Object> all(Object items, Collection<Object> into) throws ReflectiveOperationException {
        for (Object item : (List<?>) items) {
            into.add(decode(item));
        }
        return into;
    }

    private Map<Object, Object> entries(Object entries, Map<Object, Object> into) throws ReflectiveOperationException {
        for (Object entry : (List<?>) entries) {
            into.put(decode(((List<?>) entry).get(0)), decode(((List<?>) entry).get(1)));
        }
        return into;
    }

    /** A class of the program or its stand-in, whatever else is called so. */
    private Class<?> ofProgram(String name, Class<?> kind) throws ClassNotFoundException {
        Class<?> type = Class.forName(name, false, types);
        if (type.getClassLoader() != types || !kind.isAssignableFrom(type)) {
            throw new Unsendable("a %s of the program's cannot be sent".formatted(name));
        }
        return type;
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        switch (name) {
            case "int":
                return int.class;
            case "long":
                return long.class;
            case "double":
                return double.class;
            case "float":
                return float.class;
            case "boolean":
                return boolean.class;
            case "char":
                return char.class;
            case "byte":
                return byte.class;
            case "short":
                return short.class;
            default:
                return Class.forName(name, false, types);
        }
    }

    /** Makes an array or a list what the other side has made of it. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static void copy(Object from, Object to) {
        if (from == null || to == null || from.getClass() != to.getClass() && !(to instanceof Collection || to instanceof Map)) {
            return;
        }
        if (to.getClass().isArray() && Array.getLength(from) == Array.getLength(to)) {
            System.arraycopy(from, 0, to, 0, Array.getLength(to));
        } else if (to instanceof StringBuilder text) {
            text.setLength(0);
            text.append(from);
        } else if (!from.equals(to) || from instanceof Deque) {
            try {
                if (to instanceof Collection into && from instanceof Collection<?> items) {
                    into.clear();
                    into.addAll(items);
                } else if (to instanceof Map into && from instanceof Map<?, ?> entries) {
                    into.clear();
                    into.putAll(entries);
                }
            } catch (UnsupportedOperationException unmodifiable) {
                return;
            }
        }
    }

    /** A text that is the same for values that are equal; fractions agree in ten digits. */
    static String canonical(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return String.format(java.util.Locale.ROOT, "%.9e", ((Number) value).doubleValue());
        }
        if (value instanceof List<?> || value instanceof Deque<?>) {
            List<String> items = new ArrayList<>();
            ((Collection<?>) value).forEach(item -> items.add(canonical(item)));
            return "list(" + String.join(",", items) + ")";
        }
        if (value instanceof Collection<?> all) {
            TreeSet<String> items = new TreeSet<>();
            all.forEach(item -> items.add(canonical(item)));
            return "set(" + String.join(",", items) + ")";
        }
        if (value instanceof Map<?, ?> map) {
            TreeSet<String> items = new TreeSet<>();
            map.forEach((key, item) -> items.add(canonical(key) + ":" + canonical(item)));
            return "map(" + String.join(",", items) + ")";
        }
        if (value != null && value.getClass().isArray()) {
            List<String> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                items.add(canonical(Array.get(value, i)));
            }
            return "array(" + String.join(",", items) + ")";
        }
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }
}
