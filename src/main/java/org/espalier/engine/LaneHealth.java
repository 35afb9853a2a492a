package org.espalier.engine;

import java.util.Optional;

/**
 * The health of a lane: whether it can be relied on.
 *
 * @param lane its name, such as "policy"
 * @param failure why it computes nothing any more; empty while it does
 * @param failedSteps steps that failed since it was made, whether it got over them or not
 */
public record LaneHealth(String lane, Optional<String> failure, long failedSteps) {}
