package org.espalier.eval;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.espalier.choice.Choice;
import org.espalier.choice.ChoiceMethod;
import org.espalier.model.Limit;
import org.espalier.model.Meter;

/**
 * A run over questions with options in its folder, as {@link EvalRun} is one over answers: {@code run.json}, {@code
 * records.jsonl}, one writer, and what is done is not done again. One thread.
 */
public final class ChoiceRun implements AutoCloseable {
    private final ChoiceDataset dataset;
    private final RunLock lock;
    private final RecordFile records;
    private final Map<String, ChoiceRecord> done = new LinkedHashMap<>();

    /** What came of a question, and what it cost. */
    public record Outcome(Choice choice, Meter meter) {}

    /** Chooses in one way. */
    public interface Chooser {
        /** Starts a question. */
        CompletableFuture<Choice> start(ChoiceItem item, Meter meter);
    }

    /**
     * Opens a folder that is there.
     *
     * @throws org.espalier.model.UsageException if the run there is of another configuration
     */
    public ChoiceRun(
            Path folder, ChoiceDataset dataset, Map<String, Object> configuration, Map<String, Object> environment) {
        this.dataset = dataset;
        Path file = folder.resolve(RunFolder.RECORDS);
        Set<String> ids = dataset.items().stream().map(ChoiceItem::id).collect(Collectors.toSet());
        lock = RunLock.ofFolder(folder);
        try {
            RunFile.claim(folder.resolve(RunFolder.RUN), file, configuration, environment);
            records = RecordFile.open(file, line -> {
                ChoiceRecord record = Json.LINES.treeToValue(line, ChoiceRecord.class);
                if (ids.contains(record.id())) {
                    done.put(key(record.id(), record.way()), record);
                }
            });
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static String key(String id, String way) {
        return way + " " + id;
    }

    /** The questions that are left for a way to choose. */
    public List<ChoiceItem> missing(ChoiceMethod way) {
        return dataset.items().stream()
                .filter(item -> !done.containsKey(key(item.id(), way.cliName())))
                .toList();
    }

    /** How many choices were made. */
    public int done() {
        return done.size();
    }

    /** Has a question answered, with what that costs. */
    public static CompletableFuture<Outcome> start(ChoiceItem item, Chooser chooser, Meter meter) {
        return chooser.start(item, meter).thenApply(choice -> new Outcome(choice, meter));
    }

    /**
     * Answers what is left, and records each as it is done.
     *
     * @param each is told whether the choice was right
     * @return whether all are done; false if the stream was stopped
     */
    public boolean solve(ProblemStream<ChoiceItem, Outcome> stream, Consumer<Boolean> each) {
        return stream.forEach((item, outcome) -> {
            if (outcome.meter.exceeded().filter(Limit.CANCELLED::equals).isEmpty()) {
                ChoiceRecord record = ChoiceRecord.of(dataset, item, outcome.choice, outcome.meter);
                records.append(record);
                done.put(key(item.id(), record.way()), record);
                each.accept(record.chosen() != null && record.chosen() == item.answer());
            }
        });
    }

    /**
     * What the records say so far.
     *
     * @param sizes of the votes that are asked for
     */
    public ChoiceResults results(List<Integer> sizes) {
        return ChoiceResults.of(dataset, sizes, done.values());
    }

    @Override
    public void close() {
        records.close();
        lock.close();
    }
}
