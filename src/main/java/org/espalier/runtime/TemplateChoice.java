package org.espalier.runtime;

/** Where a policy's chat template comes from. */
public enum TemplateChoice {
    /** The file's own, else ChatML. */
    AUTO,
    /** ChatML, whatever the file says. */
    CHATML,
    /** None: the problem is continued as plain text, as base models need it. */
    NONE
}
