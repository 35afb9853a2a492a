package org.espalier.choice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Has a policy read replies together, numbered, in groups that fit into its context, until one is left. GenSelect (Toshniwal et
 * al. 2025, arXiv 2507.17797): it names the best of a group, which goes on to the next round. GenSynthesis (of NeMo-Skills): it
 * writes a new reply that is made of them.
 *
 * <p>Which replies stand together, and in which order, is drawn anew in each round. A group in whose stead nothing can be read
 * is represented by the reply that the caller prefers.
 */
public final class GenerativeChoice {
    /** What the policy is asked for. */
    public enum Way {
        /** The number of the best reply. */
        GENSELECT,
        /** A reply of all of them. */
        GENSYNTHESIS;

        /** Its name on the command line. */
        public String cliName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What writes a reply to a prompt. */
    @FunctionalInterface
    public interface Writer {
        /** @return empty if it was not finished */
        CompletableFuture<Optional<Completion>> write(Problem prompt, Meter meter);
    }

    /**
     * What came of it.
     *
     * @param winner the number of the reply, from 0, that is left, or that stands first among those that were merged
     * @param merged what was written of several; null where one of them is left as it was
     * @param prompts that were read
     * @param unread of these, those to which no valid reply was written
     * @param cut replies that were shortened to fit, each time
     */
    public record Result(int winner, @Nullable Completion merged, int prompts, int unread, int cut) {}

    /** Replies in a prompt at most: NeMo-Skills' window. */
    private static final int MOST = 8;

    /** Of a reply there have to be so many tokens at least; its heading takes some as well. */
    private static final int LEAST_TOKENS = 16;

    private static final int HEADING_TOKENS = 10;
    private static final String CUT = " […] ";

    private static final String ASKED = """
            Here are a question and %d replies to it.

            Question:
            %s

            %s%s""";
    private static final String SELECT =
            "Which reply is the best? Compare them in a few sentences. Then write a last line:"
                    + " Best: and the number of the reply.";
    private static final String MERGE =
            "Write a better reply to the question. Take over what is right and good in these"
                    + " replies, and leave out what is wrong. Write the reply itself, and nothing about it.";

    private static final Pattern BEST = Pattern.compile(
            "(?i)\\bbest(?:\\s+(?:reply|one|answer|solution))?\\W*(?:is\\W*)?(?:reply|number|no)?\\W*(\\d{1,3})\\b");
    private static final Pattern ALONE = Pattern.compile("(?i)^\\W*(?:reply|number)?\\W*(\\d{1,3})\\W*$");
    private static final Pattern NAMED = Pattern.compile("(?i)\\breply\\W{0,3}(\\d{1,3})\\b");

    private final Way way;
    private final Writer writer;
    private final ToIntFunction<String> tokens;
    private final int room;

    /**
     * @param tokens counts those of a text
     * @param room tokens that all replies of a prompt may have together
     */
    public GenerativeChoice(Way way, Writer writer, ToIntFunction<String> tokens, int room) {
        this.way = way;
        this.writer = writer;
        this.tokens = tokens;
        this.room = room;
    }

    /** A reply that is still in it, by the number of the preferred one that is in it. */
    private record Candidate(
            int number, String text, @Nullable Completion merged) {}

    /** What one run counts. */
    private static final class Run {
        private final String question;
        private final long seed;
        private final Meter meter;
        private int rounds;
        private int prompts;
        private int unread;
        private int cut;

        Run(String question, long seed, Meter meter) {
            this.question = question;
            this.seed = seed;
            this.meter = meter;
        }

        Result result(Candidate last) {
            return new Result(last.number, last.merged, prompts, unread, cut);
        }
    }

    /** A question and replies as the policy is asked about them; without replies it is what the rest of the prompt takes. */
    public static Problem prompt(Way way, String question, List<String> replies) {
        StringBuilder numbered = new StringBuilder();
        for (int i = 0; i < replies.size(); i++) {
            numbered.append("Reply ")
                    .append(i + 1)
                    .append(":\n")
                    .append(replies.get(i).strip())
                    .append("\n\n");
        }
        String asked = way == Way.GENSELECT ? SELECT : MERGE;
        return Problem.of(ASKED.formatted(replies.size(), question.strip(), numbered, asked));
    }

    /** Whether at least two replies fit into a prompt. */
    public boolean hasRoom() {
        return room >= 2 * (LEAST_TOKENS + HEADING_TOKENS);
    }

    /**
     * Starts; there must be room.
     *
     * @param replies one at least, the preferred ones first
     * @param seed of the orders
     */
    public CompletableFuture<Result> start(String question, List<String> replies, long seed, Meter meter) {
        List<Candidate> all = IntStream.range(0, replies.size())
                .mapToObj(i -> new Candidate(i, replies.get(i), null))
                .toList();
        return round(all, new Run(question, seed, meter));
    }

    /** @param left the preferred ones first */
    private CompletableFuture<Result> round(List<Candidate> left, Run run) {
        if (left.size() == 1 || run.meter.exceeded().isPresent()) {
            return CompletableFuture.completedFuture(run.result(left.get(0)));
        }
        List<Candidate> order = new ArrayList<>(left);
        Collections.shuffle(order, new Random(run.seed + run.rounds++));
        List<CompletableFuture<Candidate>> next =
                groups(order, run).stream().map(group -> ofGroup(group, run)).toList();
        return CompletableFuture.allOf(next.toArray(CompletableFuture<?>[]::new))
                .thenCompose(all -> round(
                        next.stream()
                                .map(CompletableFuture::join)
                                .sorted(Comparator.comparingInt(Candidate::number))
                                .toList(),
                        run));
    }

    /** A candidate, and as much of its text as is shown. */
    private record Shown(Candidate of, String text) {}

    /** As many together as there is room for; the last may be alone. */
    private List<List<Shown>> groups(List<Candidate> order, Run run) {
        int most = room / 2 - HEADING_TOKENS;
        List<List<Shown>> groups = new ArrayList<>();
        List<Shown> group = new ArrayList<>();
        int taken = 0;
        for (Candidate candidate : order) {
            String text = within(candidate.text, most);
            if (!text.equals(candidate.text)) {
                run.cut++;
            }
            int size = tokens.applyAsInt(text) + HEADING_TOKENS;
            if (group.size() == MOST || taken + size > room) {
                groups.add(group);
                group = new ArrayList<>();
                taken = 0;
            }
            group.add(new Shown(candidate, text));
            taken += size;
        }
        groups.add(group);
        return groups;
    }

    /** The text, or its beginning and its end, where answers stand. */
    private String within(String text, int most) {
        int size = tokens.applyAsInt(text);
        if (size <= most) {
            return text;
        }
        int[] characters = text.codePoints().toArray();
        int kept = (int) ((long) characters.length * most / size);
        while (true) {
            int begin = kept / 2;
            String shorter = new String(characters, 0, begin)
                    + CUT
                    + new String(characters, characters.length - (kept - begin), kept - begin);
            if (kept == 0 || tokens.applyAsInt(shorter) <= most) {
                return shorter;
            }
            kept = kept * 9 / 10;
        }
    }

    private CompletableFuture<Candidate> ofGroup(List<Shown> group, Run run) {
        if (group.size() == 1) {
            return CompletableFuture.completedFuture(group.get(0).of);
        }
        run.prompts++;
        Problem prompt =
                prompt(way, run.question, group.stream().map(Shown::text).toList());
        return writer.write(prompt, run.meter).thenApply(written -> {
            Candidate preferred = group.stream()
                    .map(Shown::of)
                    .min(Comparator.comparingInt(Candidate::number))
                    .orElseThrow();
            Optional<Candidate> read = written.flatMap(reply -> read(reply, group, preferred));
            if (read.isEmpty()) {
                run.unread++;
            }
            return read.orElse(preferred);
        });
    }

    private Optional<Candidate> read(Completion reply, List<Shown> group, Candidate preferred) {
        if (way == Way.GENSYNTHESIS) {
            return reply.text().isBlank()
                    ? Optional.empty()
                    : Optional.of(new Candidate(preferred.number, reply.text(), reply));
        }
        OptionalInt number = number(reply.text(), group.size());
        return number.isEmpty() ? Optional.empty() : Optional.of(group.get(number.getAsInt() - 1).of);
    }

    /** The number that a reply names: behind "best", alone, or of the only reply that is spoken of. */
    static OptionalInt number(String text, int most) {
        int[] best = numbers(BEST, text);
        int[] alone = numbers(ALONE, text);
        int[] named = numbers(NAMED, text);
        int number = best.length > 0
                ? best[best.length - 1]
                : alone.length > 0 ? alone[0] : IntStream.of(named).distinct().count() == 1 ? named[0] : 0;
        return number >= 1 && number <= most ? OptionalInt.of(number) : OptionalInt.empty();
    }

    private static int[] numbers(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text.strip());
        return matcher.results()
                .mapToInt(result -> Integer.parseInt(result.group(1)))
                .toArray();
    }
}
