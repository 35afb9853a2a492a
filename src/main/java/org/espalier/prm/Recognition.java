package org.espalier.prm;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a model's file says of itself if it is a profile's own.
 *
 * @param names regular expressions, regardless of case, of which one is found in one of the file's names
 * @param architectures in GGUF's words; empty for any
 */
public record Recognition(
        List<String> names,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> architectures) {
    public Recognition {
        names = List.copyOf(names);
        architectures = List.copyOf(architectures);
    }

    /**
     * Returns whether this is such a model.
     *
     * @param called what the file calls the model, and what the file itself is called
     * @param architecture empty if not known
     */
    public boolean matches(List<String> called, String architecture) {
        return (architectures.isEmpty() || architectures.contains(architecture))
                && names.stream()
                        .map(name -> Pattern.compile(name, Pattern.CASE_INSENSITIVE))
                        .anyMatch(pattern -> called.stream()
                                .anyMatch(name -> pattern.matcher(name).find()));
    }
}
