package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.catalog.CatalogEntry.Scope;
import org.espalier.model.EspalierException;
import org.espalier.model.Nearest;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/** The models that are known by name, in the order in which {@code models list} shows them. */
public final class Catalog {
    private static final String BUNDLED = "models.yaml";

    private final List<CatalogEntry> entries;
    private final CatalogEntry defaultPolicy;

    private final Optional<String> hub;

    private final List<ModelPair> pairs;

    private Catalog(
            Optional<String> hub,
            String defaultName,
            List<ModelPair> proposed,
            List<CatalogEntry> models,
            String source) {
        this.hub = hub;
        pairs = List.copyOf(proposed);
        entries = List.copyOf(models);
        Set<String> names = new HashSet<>();
        for (CatalogEntry entry : entries) {
            if (!names.add(entry.name())) {
                throw new EspalierException(source + " has two models named " + entry.name());
            }
        }
        for (CatalogEntry entry : entries) {
            if (entry.prm().isPresent() && companion(entry).isEmpty()) {
                throw new EspalierException("%s: %s, the PRM of %s, is not one of its PRMs"
                        .formatted(source, entry.prm().get(), entry.name()));
            }
        }
        for (ModelPair pair : pairs) {
            if (role(pair.policy()) != Role.POLICY || role(pair.prm()) != Role.PRM) {
                throw new EspalierException(
                        "%s: the pair %s is not a policy and a PRM of it".formatted(source, pair.tier()));
            }
        }
        for (CatalogEntry entry : entries) {
            entry.scope()
                    .map(Scope::instead)
                    .filter(name -> find(name).isEmpty())
                    .ifPresent(name -> {
                        throw new EspalierException(
                                "%s: %s, which %s names for other problems, is not one of its models"
                                        .formatted(source, name, entry.name()));
                    });
        }
        defaultPolicy = find(defaultName)
                .orElseThrow(() -> new EspalierException(source + ": the default policy is not one of its models"));
    }

    private @Nullable Role role(String name) {
        return find(name).map(CatalogEntry::role).orElse(null);
    }

    /** Read when somebody needs it, and once. */
    private static final class Bundled {
        static final Catalog CATALOG = read();

        private Bundled() {}
    }

    /** The catalogue that this build carries. */
    public static Catalog bundled() {
        return Bundled.CATALOG;
    }

    private static Catalog read() {
        try (InputStream yaml = Catalog.class.getResourceAsStream(BUNDLED)) {
            if (yaml == null) {
                throw new EspalierException(BUNDLED + " is missing from this build");
            }
            return read(yaml, BUNDLED);
        } catch (IOException e) {
            throw new EspalierException("cannot read " + BUNDLED + ": " + Reason.of(e), e);
        }
    }

    /**
     * Reads a catalogue.
     *
     * @param source what messages call it
     * @throws EspalierException if the text is not a catalogue
     */
    public static Catalog read(InputStream yaml, String source) {
        try {
            CatalogReader.Document document =
                    CatalogReader.read(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
            String defaultPolicy = document.defaultPolicy()
                    .orElseThrow(() -> new IllegalArgumentException("'defaultPolicy' is missing"));
            return new Catalog(document.hub(), defaultPolicy, document.pairs(), document.models(), source);
        } catch (IllegalArgumentException e) {
            throw new EspalierException(source + " is not a catalogue of models: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new EspalierException("cannot read " + source + ": " + Reason.of(e), e);
        }
    }

    /** These models and those that a user has added; one of the same name as a model of this catalogue is left out. */
    Catalog with(List<CatalogEntry> own) {
        List<CatalogEntry> all = new ArrayList<>(entries);
        own.stream().filter(entry -> find(entry.name()).isEmpty()).forEach(all::add);
        return new Catalog(hub, defaultPolicy.name(), pairs, all, "the models that were added");
    }

    /** Address of the hub whose repositories {@code hub:owner/repository/file} means; empty if this catalogue has none. */
    public Optional<String> hub() {
        return hub;
    }

    public List<CatalogEntry> entries() {
        return entries;
    }

    /** Policies with the PRMs that suit them, by tier; of the same tier the better one first. */
    public List<ModelPair> pairs() {
        return pairs;
    }

    /** The policy that is used when none is named. */
    public CatalogEntry defaultPolicy() {
        return defaultPolicy;
    }

    /** The first bundled policy that was made for a domain, as {@code --domain} names it; empty if there is none. */
    public Optional<CatalogEntry> policyFor(String domain) {
        return entries.stream()
                .filter(entry -> entry.role() == Role.POLICY && entry.isBundled() && entry.isMadeFor(domain))
                .findFirst();
    }

    /** The PRM that was made for a policy. */
    public Optional<CatalogEntry> companion(CatalogEntry policy) {
        return policy.prm().flatMap(this::find).filter(entry -> entry.role() == Role.PRM);
    }

    /** The model of that name, in any case of letters. */
    public Optional<CatalogEntry> find(String name) {
        return entries.stream()
                .filter(entry -> entry.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /**
     * The model of that name, in any case of letters.
     *
     * @throws UsageException if there is none; the message names the most similar one, if any is similar
     */
    public CatalogEntry get(String name) {
        return find(name)
                .orElseThrow(() -> new UsageException("'" + name + "' is neither a file nor a known model"
                        + Nearest.to(
                                        name,
                                        entries.stream().map(CatalogEntry::name).toList())
                                .map(known -> "; did you mean " + known + "?")
                                .orElse(": see `espalier models list`")));
    }
}
