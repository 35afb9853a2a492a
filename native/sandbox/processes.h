#pragma once

#include <sys/types.h>

#include <vector>

namespace espalier {

/** All processes below one, those that lost their parent as well: they come to this process, which waits for such. */
std::vector<pid_t> processes_below(pid_t root);

/** Bytes on the disk that processes hold in files without a name. */
long long nameless_bytes(const std::vector<pid_t>& processes);

/**
 * Ends all processes below this one and waits until they are gone.
 *
 * @param alone whether all processes of this user but this one are below it
 */
void end_all_below(bool alone);

}  // namespace espalier
