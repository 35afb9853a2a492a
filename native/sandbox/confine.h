#pragma once

#include <string>
#include <vector>

namespace espalier {

/** Says what is wrong in one line, and ends. */
[[noreturn]] void fail(const char* what, int error = 0);

/** The version of Landlock that this kernel has; 0 if it has none. */
int landlock_version();

/** The version that has all that is needed: it bounds signals too. */
constexpr int LANDLOCK_NEEDED = 6;

/**
 * Gives up the files of this process and of all that it starts, but for the system's programs, what is in `readable`, and what
 * it does in `own`; with them network over TCP and signals to processes outside.
 */
void confine_files(const std::vector<std::string>& readable, const std::string& own);

/**
 * Gives up system calls that Landlock says nothing about: sockets, namespaces, mounts, other processes' memory and limits,
 * changes of a file's owner, rights and times, what outlives a process, and what the kernel is attacked through.
 */
void confine_calls();

}  // namespace espalier
