import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.scoring.ScoringModel;
import org.espalier.Espalier;
import org.espalier.EspalierOptions;
import org.espalier.langchain4j.EspalierChatModel;
import org.espalier.langchain4j.EspalierScoringModel;

/** Uses one Espalier as langchain4j's chat model and as its scoring model. */
public final class Chat {
    private Chat() {}

    /** Prints a solution, and the reward model's scores of a right and a wrong one. */
    public static void main(String[] args) {
        String problem = "Start with 12, then multiply by 7, then subtract 5. What is the result?";
        try (Espalier espalier = Espalier.open(EspalierOptions.defaults())) {
            ChatModel chat = new EspalierChatModel(espalier);
            System.out.println(chat.chat(problem));

            ScoringModel scoring = new EspalierScoringModel(espalier);
            double right = scoring.score("## Step 1: Multiply by 7: 12 * 7 = 84", problem).content();
            double wrong = scoring.score("## Step 1: Multiply by 7: 12 * 7 = 85", problem).content();
            System.out.printf("right %.3f, wrong %.3f%n", right, wrong);
        }
    }
}
