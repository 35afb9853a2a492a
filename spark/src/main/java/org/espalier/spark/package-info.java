/**
 * Sweeps and rollouts as Spark jobs.
 *
 * <p>The driver has the data set, the run's folder and its records; an executor has one engine, which solves the problems of all
 * its tasks. What a task sends back is lines of the records.
 */
package org.espalier.spark;
