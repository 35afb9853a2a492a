/**
 * The peer on the engine's own llama.cpp: that release's server, linked to the very same libraries, over HTTP.
 */
@NullMarked
package org.espalier.llamaserver;

import org.jspecify.annotations.NullMarked;
