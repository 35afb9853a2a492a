package org.espalier.model;

/**
 * Something that whoever reads an answer should know of it.
 *
 * @param code for programs: one of the constants here
 * @param message one line for a person, without a full stop
 */
public record Warning(String code, String message) {
    /** The policy was made for other problems. */
    public static final String OUTSIDE_MODEL = "outside-model";
    /** The policy is a base model, which was never taught to answer. */
    public static final String BASE_MODEL = "base-model";
    /** Little speaks for the answer. */
    public static final String LOW_CONFIDENCE = "low-confidence";
    /** What judges takes every completion for wrong. */
    public static final String NOT_BELIEVED = "not-believed";
    /** Replies of this form have no steps: they were written and judged whole. */
    public static final String WHOLE_REPLIES = "whole-replies";
    /** No reply has the form that was asked for. */
    public static final String NOT_OF_FORM = "not-of-form";
    /** The policy was to choose among replies, and did not. */
    public static final String NOT_CHOSEN = "not-chosen";
    /** A verifier has refuted all paths. */
    public static final String ALL_REFUTED = "all-refuted";
    /** What judges told no completions apart. */
    public static final String PRM_BLIND = "prm-blind";
}
