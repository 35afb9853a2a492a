package org.espalier.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.espalier.eval.DatasetItem;
import org.espalier.eval.RecordFile;
import org.espalier.search.SearchMethod;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** Has problems solved by the executors of a Spark application, and writes down which failed. One thread. */
final class Job implements AutoCloseable {
    private static final String PLUGINS = "spark.plugins";

    private final SparkSession spark;
    private final int perTask;
    private final Path failures;
    private final RecordFile failed;
    private int count;

    /** @param records that the failures' file lies beside; it begins anew, since what failed is tried again */
    Job(SparkSession spark, int perTask, Path records) {
        this.spark = spark;
        this.perTask = perTask;
        failures = JobOptions.failures(records);
        deleteFailures();
        failed = RecordFile.open(failures, line -> {});
    }

    /** The session, whose executors close their engines as they end. */
    static SparkSession session(String name) {
        SparkSession.Builder builder = SparkSession.builder().appName(name);
        String others = System.getProperty(PLUGINS);
        String own = EnginePlugin.class.getName();
        return builder.config(
                        PLUGINS, others == null || others.isBlank() || others.contains(own) ? own : others + "," + own)
                .getOrCreate();
    }

    /** Of an engine: the processors that Spark counts for a task. */
    static int threads(SparkSession spark) {
        return spark.sparkContext().conf().getInt("spark.task.cpus", 1);
    }

    /** Solves problems, and hands each that did not fail to the caller as soon as its task has ended: each once. */
    void solve(
            List<DatasetItem> items, SearchMethod method, EngineSpec engine, Recorder recorder, Consumer<Solved> each) {
        if (items.isEmpty()) {
            return;
        }
        List<Posed> posed = items.stream().map(Posed::of).toList();
        int tasks = (posed.size() + perTask - 1) / perTask;
        RDD<Posed> problems = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(new ArrayList<>(posed), tasks)
                .rdd();
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            all.add(i);
        }
        ClassTag<Solved[]> tag = ClassTag$.MODULE$.apply(Solved[].class);
        spark.sparkContext()
                .runJob(
                        problems,
                        new SolvingTask(engine, recorder),
                        scala.jdk.javaapi.CollectionConverters.asScala(all).toSeq(),
                        new AbstractFunction2<Object, Solved[], BoxedUnit>() {
                            @Override
                            public BoxedUnit apply(Object task, Solved[] solved) {
                                take(solved, method, engine, each);
                                return BoxedUnit.UNIT;
                            }
                        },
                        tag);
    }

    private void take(Solved[] solved, SearchMethod method, EngineSpec engine, Consumer<Solved> each) {
        for (Solved one : solved) {
            if (one.error() == null) {
                each.accept(one);
            } else {
                count++;
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("id", one.id());
                row.put("method", method.cliName());
                row.put("n", engine.config().n());
                row.put("seed", engine.config().seed());
                row.put("error", one.error());
                row.put("host", one.host());
                failed.append(row);
            }
        }
    }

    int failed() {
        return count;
    }

    /** Says how it went, and writes all rows as Parquet if that is asked for; returns the exit code. */
    int finish(Path records, String parquet) {
        if (parquet != null) {
            List<String> lines = new ArrayList<>();
            for (Path file : List.of(records, failures)) {
                try (Stream<String> some = Files.lines(file, StandardCharsets.UTF_8)) {
                    some.forEach(lines::add);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            spark.read()
                    .json(spark.createDataset(lines, Encoders.STRING()))
                    .write()
                    .mode(SaveMode.Overwrite)
                    .parquet(parquet);
        }
        if (count > 0) {
            System.err.printf(
                    "espalier-spark: %d problems failed; %s says why, and the same command tries them again%n",
                    count, failures);
        }
        return count == 0 ? 0 : 1;
    }

    /** Leaves no file of failures where there are none. */
    @Override
    public void close() {
        failed.close();
        if (count == 0) {
            deleteFailures();
        }
    }

    private void deleteFailures() {
        try {
            Files.deleteIfExists(failures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
