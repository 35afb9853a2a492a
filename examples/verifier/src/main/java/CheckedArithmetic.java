import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.Espalier;
import org.espalier.EspalierOptions;
import org.espalier.model.Verifier;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;

/** Steers a beam search with Java code instead of a reward model: a step whose sum is wrong is not continued. */
public final class CheckedArithmetic {
    private static final Pattern SUM = Pattern.compile("(-?\\d+) ([-+*]) (-?\\d+) = (-?\\d+)");

    private CheckedArithmetic() {}

    private static boolean holds(String step) {
        Matcher sum = SUM.matcher(step);
        while (sum.find()) {
            long left = Long.parseLong(sum.group(1));
            long right = Long.parseLong(sum.group(3));
            long result =
                    switch (sum.group(2)) {
                        case "+" -> left + right;
                        case "-" -> left - right;
                        default -> left * right;
                    };
            if (result != Long.parseLong(sum.group(4))) {
                return false;
            }
        }
        return true;
    }

    /** Prints the answer, and how many steps of the tree were refuted. */
    public static void main(String[] args) {
        String problem = "Adam has 28 cherries at home. Adam loses 19 cherries in a game against Mia. Then he donates 4 of them"
                + " to the school. How many cherries are there in the end?";
        EspalierOptions options = EspalierOptions.defaults()
                .withMethod(SearchMethod.BEAM)
                .withSearch(SearchConfig.builder().n(8).beamWidth(4).build())
                .withoutPrm()
                .withVerifier(Verifier.of(candidate -> holds(candidate.step())));
        try (Espalier espalier = Espalier.open(options)) {
            Solution solution = espalier.solve(problem);
            long refuted = solution.tree().nodes().stream()
                    .filter(node -> node.score() == 0)
                    .count();
            System.out.println(solution.answer() + " (" + refuted + " steps refuted)");
        }
    }
}
