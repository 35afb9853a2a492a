package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.espalier.search.Solver;
import org.espalier.server.Drafts.Draft;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;
import org.junit.jupiter.api.Test;

class DraftsTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<List<Draft>> told = new ArrayList<>();
    private final Drafts drafts = new Drafts(told::add, clock::get);

    /** Nodes of a search, which only a search can make. */
    private static List<SearchNode> nodes() {
        List<SearchNode> nodes = new ArrayList<>();
        SearchListener listener = new SearchListener() {
            @Override
            public void proposed(SearchNode node) {
                nodes.add(node);
            }
        };
        EventLoop loop = EventLoop.inOrder();
        loop.await(new Solver(new SeededPolicy(loop), FakePrm.seeded(loop), new BoxedReader())
                .start(
                        Problem.of("how much"),
                        SearchMethod.BEST_OF_N,
                        SearchConfig.builder().n(4).build(),
                        new Meter(Budget.UNLIMITED),
                        listener));
        return nodes;
    }

    @Test
    void tellsWhatHasGatheredNowAndThen() {
        List<SearchNode> nodes = nodes();
        SearchNode one = nodes.get(0);
        SearchNode other = nodes.get(1);
        drafts.write(one, "a");
        drafts.write(other, "x");
        drafts.write(one, "b");
        assertThat(told).isEmpty();
        clock.addAndGet(Drafts.NANOS);
        drafts.write(one, "c");
        assertThat(told).containsExactly(List.of(of(one, "abc"), of(other, "x")));
        drafts.write(one, "d");
        assertThat(told).hasSize(1);
        clock.addAndGet(Drafts.NANOS);
        drafts.write(other, "y");
        assertThat(told.get(1)).containsExactly(of(one, "d"), of(other, "y"));
    }

    @Test
    void whatIsCompleteIsNotToldAgain() {
        List<SearchNode> nodes = nodes();
        drafts.write(nodes.get(0), "a");
        drafts.complete(nodes.get(0));
        clock.addAndGet(Drafts.NANOS);
        drafts.write(nodes.get(1), "b");
        assertThat(told).containsExactly(List.of(of(nodes.get(1), "b")));
    }

    private static Draft of(SearchNode node, String text) {
        return new Draft(node.id(), node.parent().id(), node.depth(), text);
    }
}
