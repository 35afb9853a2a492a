package org.espalier.runtime;

/** Where a policy's chat template comes from. */
public enum TemplateChoice {
    /** The file's own; ChatML where it is not known; questions and answers as plain text where the file has none. */
    AUTO,
    /** ChatML, whatever the file says. */
    CHATML,
    /** None: the problem is continued as plain text. */
    NONE
}
