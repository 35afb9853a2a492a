import org.espalier.Espalier;
import org.espalier.EspalierOptions;

/** Solves a problem with the models that come with Espalier. */
public final class Solve {
    private Solve() {}

    /** Prints the answer. */
    public static void main(String[] args) {
        String problem = "Start with 12, then multiply by 7, then subtract 5. What is the result?";
        try (Espalier espalier = Espalier.open(EspalierOptions.defaults())) {
            System.out.println(espalier.solve(problem).answer());
        }
    }
}
