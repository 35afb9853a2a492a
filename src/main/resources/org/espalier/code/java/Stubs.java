package espalier;

import com.sun.source.util.JavacTask;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * Stand-ins for the classes of a program: the same names and signatures, and bodies that ask the program. Records and enums are
 * values, without the program's code; exceptions are what they say.
 */
final class Stubs {
    /** Where classes are that tests know by their simple names. */
    private static final List<String> KNOWN =
            List.of("java.lang.", "java.util.", "java.util.function.", "java.util.stream.", "java.math.", "java.io.");

    /** Functions that judge: a program's cannot take their place. */
    private static final Set<String> JUDGING = Arrays.stream(Checks.class.getDeclaredMethods())
            .map(Method::getName)
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> NEVER = Set.of("equals", "hashCode", "finalize", "clone", "getClass");

    private final Map<String, String> classes = new LinkedHashMap<>();
    private final Map<String, Function> functions = new LinkedHashMap<>();
    /** A method that can be called without an object, as a static one. */
    private record Function(String type, String name, String code) {}

    private Types types;
    private Elements elements;

    /** Adds a class of the program's. */
    void add(TypeElement type, JavacTask task) {
        types = task.getTypes();
        elements = task.getElements();
        String name = type.getSimpleName().toString();
        if (!standsInForAnother(name)) {
            classes.put(name, declared(type, ""));
        }
        boolean made = type.getKind() == ElementKind.CLASS
                && !type.getModifiers().contains(Modifier.ABSTRACT)
                && ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
                        .anyMatch(maker -> maker.getParameters().isEmpty());
        for (ExecutableElement method : methods(type)) {
            boolean isStatic = method.getModifiers().contains(Modifier.STATIC);
            String called = method.getSimpleName().toString();
            if ((isStatic || made) && !called.equals("main") && !JUDGING.contains(called)) {
                String key = called + "(" + signature(method) + ")";
                functions.putIfAbsent(key, new Function(name, called, "static " + head(method) + body(method, name, "null")));
            }
        }
    }

    /** Whether tests would mean something else by the name, that gives values to compare with. */
    private boolean standsInForAnother(String name) {
        if (name.equals("espalier") || name.equals("EspalierTests")) {
            return true;
        }
        for (String folder : KNOWN) {
            TypeElement other = elements.getTypeElement(folder + name);
            boolean gives = other != null
                    && (folder.equals("java.lang.")
                            || ElementFilter.methodsIn(other.getEnclosedElements()).stream()
                                    .anyMatch(method -> method.getModifiers().containsAll(Set.of(Modifier.STATIC, Modifier.PUBLIC))
                                            || method.getModifiers().contains(Modifier.STATIC)
                                                    && other.getKind() == ElementKind.INTERFACE));
            if (gives) {
                return true;
            }
        }
        return false;
    }

    /** All classes, but for those that the tests have of their own. */
    String classes(Set<String> own) {
        return Compile.USUAL_IMPORTS
                + classes.entrySet().stream()
                        .filter(one -> !own.contains(one.getKey()))
                        .map(Map.Entry::getValue)
                        .collect(Collectors.joining("\n"));
    }

    /** The methods that can be called without an object, as static ones. */
    String functions(Set<String> own) {
        return functions.values().stream()
                .filter(one -> !own.contains(one.type()) && !own.contains(one.name() + "()"))
                .map(Function::code)
                .collect(Collectors.joining("\n"));
    }

    private static List<ExecutableElement> methods(TypeElement type) {
        return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
                .filter(method -> !method.getModifiers().contains(Modifier.PRIVATE))
                .filter(method -> !NEVER.contains(method.getSimpleName().toString()))
                .toList();
    }

    private String declared(TypeElement type, String modifiers) {
        String name = type.getSimpleName().toString();
        String binary = elements.getBinaryName(type).toString();
        StringBuilder out = new StringBuilder("\n@SuppressWarnings(\"all\") ").append(modifiers);
        String parameters = parameters(type.getTypeParameters());
        switch (type.getKind()) {
            case RECORD -> {
                String components = type.getRecordComponents().stream()
                        .map(one -> one.asType() + " " + one.getSimpleName())
                        .collect(Collectors.joining(", "));
                out.append("record ").append(name).append(parameters).append('(').append(components).append(')');
                out.append(interfaces(type, "implements")).append(" {\n");
            }
            case ENUM -> {
                out.append("enum ").append(name).append(interfaces(type, "implements")).append(" {\n");
                out.append(type.getEnclosedElements().stream()
                                .filter(one -> one.getKind() == ElementKind.ENUM_CONSTANT)
                                .map(one -> one.getSimpleName().toString())
                                .collect(Collectors.joining(", ")))
                        .append(";\n");
            }
            case INTERFACE -> out.append("interface ").append(name).append(parameters).append(interfaces(type, "extends")).append(" {\n");
            default -> {
                boolean isAbstract = type.getModifiers().contains(Modifier.ABSTRACT);
                boolean thrown = isThrown(type);
                boolean own = isOfProgram(type.getSuperclass());
                out.append(isAbstract ? "abstract " : "").append("class ").append(name).append(parameters);
                out.append(" extends ").append(own || thrown ? type.getSuperclass() : "espalier.Remote");
                boolean plain = own || type.getSuperclass().toString().equals("java.lang.Object");
                out.append(plain && !thrown ? interfaces(type, "implements") : "").append(" {\n");
                out.append(thrown ? thrownMakers(name) : makers(type, name, binary));
            }
        }
        if (!isThrown(type)) {
            Set<String> accessors = type.getRecordComponents().stream()
                    .map(one -> one.getSimpleName().toString())
                    .collect(Collectors.toSet());
            for (ExecutableElement method : methods(type)) {
                boolean given = method.getParameters().isEmpty() && accessors.contains(method.getSimpleName().toString())
                        || type.getKind() == ElementKind.ENUM && isOfEnums(method);
                if (!given) {
                    out.append(member(type, method, binary));
                }
            }
        }
        for (TypeElement inner : ElementFilter.typesIn(type.getEnclosedElements())) {
            if (!inner.getModifiers().contains(Modifier.PRIVATE)) {
                out.append(declared(inner, "public static "));
            }
        }
        return out.append("}\n").toString();
    }

    private static boolean isOfEnums(ExecutableElement method) {
        String name = method.getSimpleName().toString();
        return name.equals("values") && method.getParameters().isEmpty()
                || name.equals("valueOf") && method.getParameters().size() == 1;
    }

    private String member(TypeElement type, ExecutableElement method, String binary) {
        boolean isStatic = method.getModifiers().contains(Modifier.STATIC);
        boolean isAbstract = method.getModifiers().contains(Modifier.ABSTRACT);
        if (isAbstract) {
            return "public " + (type.getKind() == ElementKind.INTERFACE ? "" : "abstract ") + head(method) + ";\n";
        }
        String kind = isStatic ? "static " : method.isDefault() ? "default " : "";
        return "public " + kind + head(method) + body(method, binary, isStatic ? "null" : "this");
    }

    private static String thrownMakers(String name) {
        return "public " + name + "(String message) { super(message); }\n";
    }

    private String makers(TypeElement type, String name, String binary) {
        StringBuilder out = new StringBuilder(name + "(espalier.Remote.Held held) { super(held); }\n");
        for (ExecutableElement maker : ElementFilter.constructorsIn(type.getEnclosedElements())) {
            if (!maker.getModifiers().contains(Modifier.PRIVATE)) {
                out.append("public ").append(parameters(maker.getTypeParameters())).append(name);
                out.append('(').append(declaredParameters(maker)).append(')').append(thrown(maker));
                out.append(" { super(espalier.Remote.make(\"%s\", \"%s\", %s)); }\n"
                        .formatted(binary, signature(maker), given(maker)));
            }
        }
        return out.toString();
    }

    private String head(ExecutableElement method) {
        return "%s %s %s(%s)%s"
                .formatted(
                        parameters(method.getTypeParameters()),
                        method.getReturnType(),
                        method.getSimpleName(),
                        declaredParameters(method),
                        thrown(method));
    }

    private String body(ExecutableElement method, String binary, String on) {
        String call = "espalier.Remote.call(%s, \"%s\", \"%s\", \"%s\", %s)"
                .formatted(on, binary, method.getSimpleName(), signature(method), given(method));
        boolean nothing = method.getReturnType().getKind() == TypeKind.VOID;
        return " { " + (nothing ? "" : "return (" + method.getReturnType() + ") ") + call + "; }\n";
    }

    private static String given(ExecutableElement method) {
        return method.getParameters().stream()
                .map(one -> "p_" + one.getSimpleName())
                .collect(Collectors.joining(", ", "new Object[] {", "}"));
    }

    private static String declaredParameters(ExecutableElement method) {
        List<String> all = new ArrayList<>();
        List<? extends VariableElement> parameters = method.getParameters();
        for (int i = 0; i < parameters.size(); i++) {
            String type = parameters.get(i).asType().toString();
            boolean many = method.isVarArgs() && i == parameters.size() - 1 && type.endsWith("[]");
            all.add((many ? type.substring(0, type.length() - 2) + "..." : type) + " p_"
                    + parameters.get(i).getSimpleName());
        }
        return String.join(", ", all);
    }

    private String signature(ExecutableElement method) {
        return method.getParameters().stream()
                .map(one -> types.erasure(one.asType()).toString())
                .collect(Collectors.joining(","));
    }

    private static String thrown(ExecutableElement method) {
        return method.getThrownTypes().isEmpty()
                ? ""
                : method.getThrownTypes().stream().map(TypeMirror::toString).collect(Collectors.joining(", ", " throws ", ""));
    }

    private static String parameters(List<? extends TypeParameterElement> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.stream()
                        .map(one -> one.getSimpleName() + " extends "
                                + one.getBounds().stream().map(TypeMirror::toString).collect(Collectors.joining(" & ")))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String interfaces(TypeElement type, String word) {
        return type.getInterfaces().isEmpty()
                ? ""
                : type.getInterfaces().stream().map(TypeMirror::toString).collect(Collectors.joining(", ", " " + word + " ", ""));
    }

    private boolean isThrown(TypeElement type) {
        TypeMirror throwable = elements.getTypeElement("java.lang.Throwable").asType();
        return types.isSubtype(type.asType(), throwable);
    }

    private boolean isOfProgram(TypeMirror type) {
        Element element = types.asElement(type);
        return element != null && elements.getPackageOf(element).isUnnamed();
    }
}
