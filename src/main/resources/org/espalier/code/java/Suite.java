package espalier;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.lang.model.element.Modifier;
import javax.tools.Diagnostic;

/**
 * The tests in a text: assert statements and calls of check… or assert… among other statements; or classes and methods, of which
 * those that are called test…, are marked {@code @Test}, or are main are run.
 */
final class Suite {
    private static final int MOST_SHOWN = 600;
    private static final String CHECKS = "espalier.Checks.";

    private final String imports;
    private final List<String> units = new ArrayList<>();
    private final Set<String> ownNames = new LinkedHashSet<>();
    /** The text in parts: units, and what is between them. */
    private final List<Part> parts = new ArrayList<>();
    private String members = "";
    private String broken;

    /** @param unit which one it is; -1 for what is between */
    private record Part(int unit, String code) {}

    /** Where a unit is in a source. */
    private record Range(int unit, int begin, int end) {}

    /** What stands in the place of the text up to an end. */
    private record Edit(int end, String code) {}

    /**
     * A source of tests.
     *
     * @param ranges of the units in it
     */
    record Text(String source, List<Range> ranges) {
        int unitAt(long position) {
            for (Range range : ranges) {
                if (position >= range.begin() && position <= range.end()) {
                    return range.unit();
                }
            }
            return -1;
        }
    }

    private Suite(String imports) {
        this.imports = imports;
    }

    /** A parsed source, with the places of its parts. */
    private static final class Parsed {
        private final String text;
        private final CompilationUnitTree unit;
        private final SourcePositions places;
        private final List<? extends Diagnostic<?>> errors;

        Parsed(String text) {
            this.text = text;
            Compile.Run run = Compile.parsing(text);
            unit = run.parsed();
            places = Trees.instance(run.task).getSourcePositions();
            errors = run.errors();
        }

        int begin(Tree tree) {
            return (int) places.getStartPosition(unit, tree);
        }

        int end(Tree tree) {
            return (int) places.getEndPosition(unit, tree);
        }

        String of(Tree tree) {
            return text.substring(begin(tree), end(tree));
        }

        ClassTree type() {
            return (ClassTree) unit.getTypeDecls().get(0);
        }
    }

    static Suite read(String text, String imports, boolean values) {
        Suite suite = new Suite(imports);
        if (values) {
            text.lines().filter(line -> !line.isBlank()).forEach(line -> {
                String expression = line.strip().replaceFirst(";$", "");
                suite.parts.add(new Part(suite.units.size(), CHECKS + "value(" + expression + ");"));
                suite.units.add(expression);
            });
            return suite;
        }
        Parsed members = new Parsed("class EspalierTests { " + text + "\n}");
        boolean declares = members.errors.isEmpty()
                && members.type().getMembers().stream().anyMatch(one -> one instanceof ClassTree || one instanceof MethodTree);
        if (declares) {
            suite.readMembers(members);
        } else {
            suite.readStatements(new Parsed("class EspalierTests { static void espalierAll() { " + text + "\n}}"));
        }
        return suite;
    }

    private void readStatements(Parsed parsed) {
        if (!parsed.errors.isEmpty()) {
            broken = Compile.message(parsed.errors.get(0));
            return;
        }
        MethodTree method = (MethodTree) parsed.type().getMembers().get(0);
        BlockTree body = method.getBody();
        int at = parsed.begin(body) + 1;
        for (StatementTree statement : body.getStatements()) {
            parts.add(new Part(-1, parsed.text.substring(at, parsed.begin(statement))));
            String code = rewritten(parsed, statement);
            if (statement instanceof ClassTree type) {
                ownNames.add(type.getSimpleName().toString());
            }
            if (isUnit(statement)) {
                parts.add(new Part(units.size(), code));
                units.add(shown(parsed.of(statement)));
            } else {
                parts.add(new Part(-1, code));
            }
            at = parsed.end(statement);
        }
    }

    private void readMembers(Parsed parsed) {
        StringBuilder all = new StringBuilder();
        int at = parsed.begin(parsed.type()) + "class EspalierTests {".length();
        for (Tree member : parsed.type().getMembers()) {
            if (member instanceof MethodTree method && method.getReturnType() == null) {
                continue;
            }
            all.append(parsed.text, at, parsed.begin(member));
            String code = rewritten(parsed, member);
            ModifiersTree modifiers = modifiers(member);
            all.append(modifiers == null || isStatic(modifiers) ? "" : "static ").append(code);
            at = parsed.end(member);
            if (member instanceof ClassTree type) {
                readClass(parsed, type);
            } else if (member instanceof MethodTree method) {
                ownNames.add(method.getName() + "()");
                if (isTest(method)) {
                    add(parsed, method, method.getName() + call(method));
                }
            }
        }
        members = all.toString();
    }

    /** Of what may be static; null for a block. */
    private static ModifiersTree modifiers(Tree member) {
        if (member instanceof ClassTree type) {
            return type.getModifiers();
        }
        if (member instanceof MethodTree method) {
            return method.getModifiers();
        }
        return member instanceof VariableTree field ? field.getModifiers() : null;
    }

    private static boolean isStatic(ModifiersTree modifiers) {
        return modifiers.getFlags().contains(Modifier.STATIC);
    }

    private void readClass(Parsed parsed, ClassTree type) {
        String name = type.getSimpleName().toString();
        ownNames.add(name);
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree method && isTest(method)) {
                String on = isStatic(method.getModifiers()) ? name : "new " + name + "()";
                add(parsed, method, on + "." + method.getName() + call(method));
            }
        }
    }

    private void add(Parsed parsed, MethodTree method, String call) {
        parts.add(new Part(units.size(), call + ";"));
        units.add(shown(parsed.of(method)));
    }

    private static String call(MethodTree method) {
        return method.getParameters().isEmpty() ? "()" : "(new String[0])";
    }

    private static boolean isTest(MethodTree method) {
        String name = method.getName().toString();
        boolean marked = false;
        for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
            marked |= annotation.getAnnotationType().toString().equals("Test");
        }
        boolean main = name.equals("main") && isStatic(method.getModifiers());
        return main || method.getParameters().isEmpty() && (marked || name.startsWith("test"));
    }

    private static String shown(String text) {
        return text.length() <= MOST_SHOWN ? text.strip() : text.substring(0, MOST_SHOWN).strip() + " ...";
    }

    private static boolean isUnit(StatementTree statement) {
        if (statement instanceof ClassTree || statement instanceof VariableTree) {
            return false;
        }
        boolean[] found = new boolean[1];
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitAssert(AssertTree tree, Void unused) {
                found[0] = true;
                return null;
            }

            @Override
            public Void visitExpressionStatement(ExpressionStatementTree tree, Void unused) {
                found[0] |= checks(tree.getExpression()) != null;
                return super.visitExpressionStatement(tree, unused);
            }
        }.scan(statement, null);
        return found[0];
    }

    /** The call of a function that checks something; null if it is none. */
    private static MethodInvocationTree checks(ExpressionTree expression) {
        if (expression instanceof MethodInvocationTree call) {
            String name = call.getMethodSelect() instanceof MemberSelectTree member
                    ? member.getIdentifier().toString()
                    : call.getMethodSelect().toString();
            return name.equals("check") || name.startsWith("assert") ? call : null;
        }
        return null;
    }

    /** The code, with comparisons in its checks that say what is not equal. */
    private static String rewritten(Parsed parsed, Tree tree) {
        Map<Integer, Edit> edits = new TreeMap<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitAssert(AssertTree one, Void unused) {
                String check = CHECKS + "check(" + condition(parsed, one.getCondition()) + ");";
                edits.put(parsed.begin(one), new Edit(parsed.end(one), check));
                return null;
            }

            @Override
            public Void visitExpressionStatement(ExpressionStatementTree one, Void unused) {
                MethodInvocationTree call = checks(one.getExpression());
                if (call != null && call.getArguments().size() == 1 && call.getMethodSelect() instanceof IdentifierTree) {
                    ExpressionTree only = call.getArguments().get(0);
                    edits.put(parsed.begin(only), new Edit(parsed.end(only), condition(parsed, only)));
                    return null;
                }
                return super.visitExpressionStatement(one, unused);
            }
        }.scan(tree, null);
        StringBuilder code = new StringBuilder();
        int at = parsed.begin(tree);
        for (Map.Entry<Integer, Edit> edit : edits.entrySet()) {
            code.append(parsed.text, at, edit.getKey()).append(edit.getValue().code());
            at = edit.getValue().end();
        }
        return code.append(parsed.text, at, parsed.end(tree)).toString();
    }

    private static String condition(Parsed parsed, ExpressionTree asked) {
        ExpressionTree condition = asked;
        while (condition instanceof ParenthesizedTree inner) {
            condition = inner.getExpression();
        }
        if (condition instanceof BinaryTree both && both.getKind() == Tree.Kind.EQUAL_TO) {
            return same(parsed, both.getLeftOperand(), both.getRightOperand());
        }
        if (condition instanceof MethodInvocationTree call && call.getMethodSelect() instanceof MemberSelectTree member) {
            String on = member.getExpression().toString();
            List<? extends ExpressionTree> given = call.getArguments();
            String name = member.getIdentifier().toString();
            boolean library = on.equals("Arrays") || on.equals("Objects");
            if (name.equals("equals") && given.size() == 1) {
                return same(parsed, member.getExpression(), given.get(0));
            }
            if (library && given.size() == 2 && (name.equals("equals") || name.equals("deepEquals"))) {
                return same(parsed, given.get(0), given.get(1));
            }
        }
        return parsed.of(asked);
    }

    private static String same(Parsed parsed, ExpressionTree one, ExpressionTree other) {
        return CHECKS + "same(" + parsed.of(one) + ", " + parsed.of(other) + ")";
    }

    String broken() {
        return broken;
    }

    List<String> units() {
        return units;
    }

    /** Classes and methods, these with brackets, that the tests declare themselves. */
    Set<String> ownNames() {
        return ownNames;
    }

    /**
     * The source.
     *
     * @param unfit why units do not go with this program, by their number
     * @param whole why none does; null if some may
     * @param functions of the program, as members
     */
    Text text(Map<Integer, String> unfit, String whole, String functions) {
        List<Range> ranges = new ArrayList<>();
        StringBuilder out = new StringBuilder(Compile.USUAL_IMPORTS)
                .append(imports)
                .append("import espalier.Checks.Test; import static espalier.Checks.*; class EspalierTests {")
                .append(whole == null ? members : "")
                .append(" @SuppressWarnings(\"all\") static void espalierAll() throws Throwable { ");
        for (Part part : whole == null ? parts : unitsAlone()) {
            if (part.unit() < 0) {
                out.append(part.code());
                continue;
            }
            String why = whole == null ? unfit.get(part.unit()) : whole;
            String gap = part.code().replaceAll("[^\n]", "");
            if (why != null) {
                out.append(CHECKS).append("unfit(").append(quoted(why)).append(");").append(gap);
                continue;
            }
            int begin = out.length();
            boolean tells = part.code().startsWith(CHECKS + "value(");
            out.append("try { ").append(part.code());
            ranges.add(new Range(part.unit(), begin, out.length()));
            out.append(tells ? "" : " " + CHECKS + "pass();");
            out.append(" } catch (Throwable espalierThrown) { ").append(CHECKS).append("fail(espalierThrown); }");
        }
        return new Text(out.append("\n} ").append(functions).append("\n}").toString(), ranges);
    }

    private List<Part> unitsAlone() {
        return parts.stream().filter(part -> part.unit() >= 0).toList();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> out.append(c == '"' || c == '\\' ? "\\" + (char) c : c < ' ' ? " " : "" + (char) c));
        return out.append('"').toString();
    }
}
