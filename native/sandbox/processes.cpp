#include "processes.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <set>
#include <string>
#include <utility>

namespace espalier {
namespace {

/** Calls `each(number)` for the entries of a folder that are numbers. */
template <typename Each>
void for_each_number(const std::string& path, Each each) {
    DIR* folder = opendir(path.c_str());
    if (folder == nullptr) {
        return;
    }
    while (dirent* entry = readdir(folder)) {
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
            each(atoi(entry->d_name));
        }
    }
    closedir(folder);
}

void add_children(pid_t parent, std::vector<pid_t>& all) {
    std::string threads = "/proc/" + std::to_string(parent) + "/task";
    for_each_number(threads, [&](int thread) {
        FILE* file = fopen((threads + "/" + std::to_string(thread) + "/children").c_str(), "re");
        if (file == nullptr) {
            return;
        }
        int child;
        while (fscanf(file, "%d", &child) == 1) {
            all.push_back(child);
        }
        fclose(file);
    });
}

}  // namespace

std::vector<pid_t> processes_below(pid_t root) {
    std::vector<pid_t> all;
    add_children(root, all);
    for (size_t next = 0; next < all.size(); next++) {
        add_children(all[next], all);
    }
    return all;
}

long long nameless_bytes(const std::vector<pid_t>& processes) {
    std::set<std::pair<dev_t, ino_t>> seen;
    long long bytes = 0;
    for (pid_t process : processes) {
        std::string files = "/proc/" + std::to_string(process) + "/fd";
        for_each_number(files, [&](int file) {
            struct stat kind;
            if (stat((files + "/" + std::to_string(file)).c_str(), &kind) == 0 && S_ISREG(kind.st_mode) && kind.st_nlink == 0 &&
                seen.insert({kind.st_dev, kind.st_ino}).second) {
                bytes += 512LL * kind.st_blocks;
            }
        });
    }
    return bytes;
}

void end_all_below(bool alone) {
    while (true) {
        if (alone) {
            // At once, so that none can fork meanwhile.
            kill(-1, SIGKILL);
        } else {
            for (pid_t process : processes_below(getpid())) {
                kill(process, SIGKILL);
            }
        }
        pid_t gone;
        do {
            gone = waitpid(-1, nullptr, WNOHANG);
        } while (gone > 0);
        if (gone < 0 && errno == ECHILD) {
            return;
        }
        timespec moment{0, 200'000};
        nanosleep(&moment, nullptr);
    }
}

}  // namespace espalier
