package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.Budget;
import org.espalier.model.DrawnToken;
import org.espalier.model.LogitChanges;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.UsageException;
import org.espalier.model.Warning;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.server.Drafts.Draft;
import org.espalier.server.SolveRequest.Search;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SearchCheckTest {
    private static final long LONG = 3_600_000;

    private final ScriptedBackend backend = new ScriptedBackend();
    private final ModelPool models = new ModelPool(backend, RequestReaderTest.SETTINGS);
    private final List<String> told = new ArrayList<>();

    /** Writes down when it is accepted, and that it waits. */
    private final SearchClient client = new SearchClient() {
        @Override
        public boolean wantsEvents() {
            return false;
        }

        @Override
        public boolean wantsDrafts() {
            return false;
        }

        @Override
        public boolean wantsText() {
            return false;
        }

        @Override
        public int likeliestTokens() {
            return -1;
        }

        @Override
        public void accepted() {
            told.add("accepted");
        }

        @Override
        public void event(SearchEvent event) {}

        @Override
        public void warned(Warning warning) {}

        @Override
        public void drafts(List<Draft> drafts) {}

        @Override
        public void settled(String text, List<DrawnToken> tokens) {}

        @Override
        public void stillQueued() {
            told.add("queued");
        }

        @Override
        public void stillSearching() {}
    };

    @AfterEach
    void close() {
        backend.close();
    }

    private static Search search(int biasedToken) {
        LogitChanges changes = new LogitChanges(null, null, null, null, Map.of(biasedToken, 1.0));
        SearchConfig config = SearchConfig.builder()
                .n(2)
                .sampling(new SamplingParams(1, 0, 1, 0, changes))
                .build();
        return new Search(
                Problem.of("one two"), PromptOptions.NONE, SearchMethod.MAJORITY, config, Budget.UNLIMITED, 1, null);
    }

    private SearchCheck check(int biasedToken, long mostSilentMillis) {
        return new SearchCheck(search(biasedToken), client, mostSilentMillis);
    }

    @Test
    void whereTheModelIsThereTheAnswerBeginsInTheQueue() throws IOException {
        SearchCheck check = check(1, LONG);
        check.ifLoaded(models.held(""));
        assertThat(told).isEmpty();
        check.queued();
        check.stillWaiting();
        check.begins(backend);
        assertThat(told).containsExactly("accepted", "queued");
    }

    @Test
    void whereTheModelIsThereWhatIsWrongIsSaidAtOnce() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> check(ScriptedBackend.VOCABULARY, LONG).ifLoaded(models.held("")));
        assertThat(told).isEmpty();
    }

    @Test
    void otherwiseTheAnswerBeginsWhenItIs() throws IOException {
        SearchCheck check = check(1, LONG);
        check.ifLoaded(Optional.empty());
        check.queued();
        check.stillWaiting();
        assertThat(told).isEmpty();
        check.begins(backend);
        assertThat(told).containsExactly("accepted");
        SearchCheck wrong = check(ScriptedBackend.VOCABULARY, LONG);
        wrong.queued();
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> wrong.begins(backend));
        assertThat(told).containsExactly("accepted");
    }

    @Test
    void aModelThatIsLoadedForLongKeepsNoAnswerFromBeginning() throws IOException {
        SearchCheck check = check(1, 0);
        check.queued();
        assertThat(told).isEmpty();
        check.stillWaiting();
        check.stillWaiting();
        check.begins(backend);
        assertThat(told).containsExactly("accepted", "queued");
    }

    @Test
    void anEngineThatIsBusyForLongKeepsNoAnswerFromBeginning() throws IOException {
        CompletableFuture<Void> busy = new CompletableFuture<>();
        backend.rehearseWhen(busy);
        SearchCheck check = check(1, 0);
        check.ifLoaded(models.held(""));
        check.queued();
        assertThat(told).containsExactly("accepted");
        busy.complete(null);
    }
}
