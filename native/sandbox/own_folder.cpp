#include "own_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "confine.h"

namespace espalier {
namespace {

// As many as bubblewrap's temporary folder of this size is meant for.
constexpr int MOST_FILES = 4096;
constexpr int MOST_LEVELS = 32;

bool is_link_to_itself(const char* name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

/** Calls `each(folder's descriptor, name)` for what is in a folder. */
template <typename Each>
void for_each(int parent, const char* name, Each each) {
    int place = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* folder = place < 0 ? nullptr : fdopendir(place);
    if (folder == nullptr) {
        if (place >= 0) {
            close(place);
        }
        return;
    }
    while (dirent* entry = readdir(folder)) {
        if (!is_link_to_itself(entry->d_name)) {
            each(place, entry->d_name);
        }
    }
    closedir(folder);
}

struct Use {
    long long bytes, most;
    int files;

    bool is_too_much() const { return bytes > most || files > MOST_FILES; }
};

void add(int parent, const char* name, int levels, Use& use) {
    struct stat kind;
    if (use.is_too_much() || fstatat(parent, name, &kind, AT_SYMLINK_NOFOLLOW) != 0) {
        return;
    }
    use.files++;
    use.bytes += 512LL * kind.st_blocks;
    if (S_ISDIR(kind.st_mode)) {
        if (levels == MOST_LEVELS) {
            use.files = MOST_FILES + 1;
            return;
        }
        for_each(parent, name, [&](int folder, const char* entry) { add(folder, entry, levels + 1, use); });
    }
}

/** Gives this user the rights to a folder that are needed to delete and to move it; root has them. */
void open_up(int parent, const char* name) {
    if (geteuid() != 0) {
        fchmodat(parent, name, 0700, 0);
    }
}

constexpr const char* ALL = "/tmp";
constexpr const char* PREFIX = "espalier-run-";
constexpr time_t NEW_SECONDS = 60;

/** Whether nobody held the folder; this process does from now on. */
bool lock(int parent, const char* name) {
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool free = folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0;
    if (!free && folder >= 0) {
        close(folder);
    }
    return free;
}

/** Deletes what is left of processes that were killed. */
void sweep() {
    for_each(AT_FDCWD, ALL, [](int place, const char* name) {
        struct stat kind;
        if (strncmp(name, PREFIX, strlen(PREFIX)) == 0 && fstatat(place, name, &kind, AT_SYMLINK_NOFOLLOW) == 0 &&
            kind.st_mtime + NEW_SECONDS < time(nullptr) && lock(place, name)) {
            delete_folder(std::string(ALL) + "/" + name);
        }
    });
}

}  // namespace

std::string make_own_folder() {
    sweep();
    char place[] = "/tmp/espalier-run-XXXXXX";
    if (mkdtemp(place) == nullptr || !lock(AT_FDCWD, place)) {
        fail("no folder can be made in /tmp", errno);
    }
    return place;
}

long long used_bytes(const std::string& folder, long long most) {
    Use use{0, most, 0};
    for_each(AT_FDCWD, folder.c_str(), [&](int place, const char* entry) { add(place, entry, 0, use); });
    return use.is_too_much() ? most + 1 : use.bytes;
}

void delete_folder(const std::string& folder) {
    int root = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (root < 0) {
        return;
    }
    int raised = 0;
    int left;
    do {
        left = 0;
        for_each(root, ".", [&](int place, const char* name) {
            if (unlinkat(place, name, 0) == 0) {
                return;
            }
            // A folder: what folders it has come up here, so that no depth is too deep.
            open_up(place, name);
            for_each(place, name, [&](int inner, const char* entry) {
                if (unlinkat(inner, entry, 0) != 0) {
                    open_up(inner, entry);
                    char up[32];
                    snprintf(up, sizeof up, ".up-%d", raised++);
                    renameat(inner, entry, root, up);
                }
            });
            if (unlinkat(place, name, AT_REMOVEDIR) == 0) {
                left++;
            }
        });
    } while (left > 0);
    close(root);
    rmdir(folder.c_str());
}

}  // namespace espalier
