package org.espalier.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Particle filtering (Puri et al. 2025, "Rollout roulette", arXiv 2502.01618; its_hub {@code particle_gibbs.py}): N
 * particles are partial solutions of equal weight. After every step all of them, the finished ones included, are drawn anew
 * by the softmax of the logits of their scores. The PRM is taken for a noisy measurement: a bad step rarely survives, but it
 * can, where beam search would always cut it.
 *
 * <p>Three deviations from the reference's code. Particles are drawn by systematic resampling, which has less variance than
 * independent draws. Once all have ended they are not drawn once more: the vote weighs their scores instead, and a second
 * weighing by the same scores would count them twice. And they vote, a completion as often as particles have come to it,
 * where the reference shows the particle of the greatest weight ({@link Selection#NAIVE}). After {@code maxIterations} - 1
 * steps the particles are sampled to the end.
 */
final class ParticleFilter implements SearchAlgorithm {
    private static final double TEMPERATURE = 1;
    /** Scores so near to 0 and 1 are not told apart: the reference's limit of the logit. */
    private static final double EDGE = 1e-7;

    private final SearchContext search;
    private final SearchConfig config;
    private final double temperature;

    ParticleFilter(SearchContext search) {
        this.search = search;
        config = search.config();
        temperature = config.params().scoreTemperatureOr(TEMPERATURE);
    }

    @Override
    public CompletableFuture<List<Ending>> run() {
        List<SearchNode> particles = new ArrayList<>();
        for (int i = 0; i < config.n(); i++) {
            particles.add(search.root());
        }
        return propagate(particles, 1);
    }

    private CompletableFuture<List<Ending>> propagate(List<SearchNode> particles, int iteration) {
        boolean last = iteration == config.maxIterations();
        Map<SearchNode, Integer> children = new LinkedHashMap<>();
        List<CompletableFuture<SearchNode>> moved = new ArrayList<>();
        for (SearchNode particle : particles) {
            if (particle == search.root() || search.paths().goesOn(particle)) {
                int child = children.merge(particle, 1, Integer::sum) - 1;
                moved.add(
                        last
                                ? search.expansion().extendToEnd(particle, child)
                                : search.expansion().extendStep(particle, child, true));
            } else {
                moved.add(CompletableFuture.completedFuture(particle));
            }
        }
        children.keySet().forEach(SearchNode::retire);
        return SearchContext.all(moved).thenCompose(judged -> {
            if (judged.stream().noneMatch(search::mayGrow)) {
                return CompletableFuture.completedFuture(end(judged));
            }
            return propagate(resample(judged, iteration), iteration + 1);
        });
    }

    private List<SearchNode> resample(List<SearchNode> particles, int iteration) {
        double[] logits = particles.stream().mapToDouble(this::logit).toArray();
        double offset = Seeds.uniform(search.root().seed(), iteration);
        int[] copies = Apportionment.systematic(Apportionment.exponentials(logits, temperature), config.n(), offset);
        List<SearchNode> firsts = firstsOfOpen(particles);
        List<SearchNode> drawn = new ArrayList<>();
        for (int i = 0; i < copies.length; i++) {
            for (int copy = 0; copy < copies[i]; copy++) {
                drawn.add(firsts.get(i));
            }
        }
        LinkedHashSet<SearchNode> survivors = new LinkedHashSet<>(drawn);
        for (SearchNode particle : new LinkedHashSet<>(particles)) {
            if (!survivors.contains(particle)) {
                search.prune(particle);
            } else if (search.paths().goesOn(particle)) {
                search.keep(particle);
            }
        }
        return drawn;
    }

    /** Duplicate siblings that have ended stay apart: nothing is asked of them any more. */
    private List<SearchNode> firstsOfOpen(List<SearchNode> particles) {
        List<SearchNode> firsts = new ArrayList<>(DuplicateSiblings.firsts(particles));
        for (int i = 0; i < firsts.size(); i++) {
            if (!search.paths().goesOn(particles.get(i)) || !search.paths().goesOn(firsts.get(i))) {
                firsts.set(i, particles.get(i));
            }
        }
        return firsts;
    }

    private double logit(SearchNode node) {
        double score = Math.min(Math.max(search.value(node), EDGE), 1 - EDGE);
        return Math.log(score / (1 - score));
    }

    private List<Ending> end(List<SearchNode> particles) {
        new LinkedHashSet<>(particles).forEach(search::end);
        List<Ending> endings = new ArrayList<>();
        particles.forEach(particle -> endings.add(new Ending(particle, endings.size())));
        return endings;
    }
}
