#pragma once

namespace espalier {

// Seconds since some moment, which never go back.
double clock_seconds();

// Seconds for which the calling thread has had a processor; clock_seconds() where the system does not say.
double computing_seconds();

}  // namespace espalier
