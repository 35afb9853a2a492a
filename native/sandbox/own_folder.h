#pragma once

#include <sys/types.h>

#include <string>

namespace espalier {

/**
 * Makes an empty folder that nobody else reads, and holds a lock on it. Deletes those that were left by processes that were
 * killed, as far as they are this user's.
 */
std::string make_own_folder();

/** What lies in a folder, in bytes on the disk; `most` + 1 if that is more, or if there are too many files or levels. */
long long used_bytes(const std::string& folder, long long most);

/** Deletes a folder and all in it, however deep. Nothing may run that writes there. */
void delete_folder(const std::string& folder);

}  // namespace espalier
