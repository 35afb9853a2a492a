package org.espalier.spark;

import java.io.Serializable;
import java.util.List;
import org.espalier.eval.Dataset;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.EvalRecord;
import org.espalier.eval.Rollout;
import org.espalier.eval.Rollout.JudgedBy;
import org.espalier.eval.Sweep;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;

/** Makes the lines that a solved problem is recorded as. */
interface Recorder extends Serializable {
    /**
     * @param process the number of the executor, from 0
     * @param seconds that its engine has been open
     */
    List<String> lines(DatasetItem item, Solution solution, int process, double seconds);

    /**
     * A record of a sweep.
     *
     * @param firstProcess what the executors' numbers are added to
     */
    record OfSweep(String dataset, List<SearchMethod> methods, List<Integer> sizes, int firstProcess)
            implements Recorder {
        @Override
        public List<String> lines(DatasetItem item, Solution solution, int process, double seconds) {
            SearchConfig config = solution.config();
            return List.of(EvalRecord.line(
                    new Dataset(dataset, List.of(), List.of()),
                    item,
                    Sweep.of(methods, sizes, config),
                    solution,
                    firstProcess + process,
                    seconds));
        }
    }

    /** The samples of a problem. */
    record OfRollouts(JudgedBy judge) implements Recorder {
        @Override
        public List<String> lines(DatasetItem item, Solution solution, int process, double seconds) {
            return Rollout.of(item, solution, judge).stream().map(Rollout::line).toList();
        }
    }
}
