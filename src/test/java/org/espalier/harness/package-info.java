/** What tests need besides doubles: other processes, servers that lie, and waiting. */
@NullMarked
package org.espalier.harness;

import org.jspecify.annotations.NullMarked;
