/**
 * Measuring: data sets, many problems through one engine, and records that survive being killed.
 *
 * <pre>
 * DatasetReader ─► Dataset of DatasetItems ─► ProblemStream ─► Solver, a bounded number of problems at a time
 *                                                  │
 *                              Rollout · EvalRecord ─► RecordFile (JSON lines) beside its RunFile (configuration)
 *                                                            │
 *                                                     Measurements ─► Series ─► EvalRow
 *
 * ShardMerge: the runs of all Shards ─► one run
 *
 * RunFolder (read only) ─► Series ─► Report ─► ReportRow ─► ReportFiles, ReportPlots, ReportPage
 *                              └───► Comparison
 * RecordedSearch (read only): one record, to be searched again
 * Trial (read only) ─► Tuning ─► PlanFile, FrontierPlot: plans of auto, tried on records without a model
 *
 * LabelledSolution ─► ProblemStream ─► search.SolutionJudging ─► Calibration ─► ReliabilityPlot
 * </pre>
 *
 * <p>A {@code DatasetReader} reads JSON lines, CSV or Parquet; the last with DuckDB's driver, a jar that {@code cli} finds
 * when it is needed and {@code DuckDb} loads into a class loader of its own.
 *
 * <p>A folder of records, or a file of rollouts, has one writer: a {@code RunLock}, taken before anything is compared or
 * written. What reads does not need it.
 *
 * <p>Called by {@code cli}, which brings the solver. Imports {@code search}, {@code grade}, {@code model}, {@code catalog}
 * for its locks and whole files, Jackson, XChart and the JDK. {@link org.espalier.eval.ProblemStream} and
 * {@link org.espalier.eval.MonteCarloPrm} work on the policy's thread, which runs searches; grading and writing
 * happen on the caller's, so that the engine never waits for them.
 */
@Internal
@NullMarked
package org.espalier.eval;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
