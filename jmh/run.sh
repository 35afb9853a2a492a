#!/usr/bin/env bash
# Builds the benchmarks when their sources or Espalier's are newer, and runs them. README.md says what they mean.
set -euo pipefail

usage() {
    cat >&2 <<'TEXT'
usage: run.sh [OPTION…]            the parts, under JMH; results in jmh/target/results.json
       run.sh --search OPTION…     whole searches; prints a line of JSON for each
       run.sh --sampler [ROWS]     the fused sampler against llama.cpp's chain (no JVM); prints a line of JSON for each

Parts: JMH's own options, such as a name (StepText), -f 1 -wi 2 -i 3 (shorter), -h (all of them).

Searches: --peer engine|javallama|llama-server|node-llama-cpp [--method best-of-n|beam|dvts -n N] [--problems K]
          [--threads T] [--max-tokens T] [--seed S] [--time-out SECONDS] [--json]; without --method best-of-n 16, beam 16,
          dvts 16 and dvts 64.
TEXT
    exit 2
}

readonly here=$(cd "$(dirname "$0")" && pwd)
readonly root=$(cd "$here/.." && pwd)
readonly built=$here/target/built

[ "${1:-}" != --help ] || usage
"$root/espalier" --version >/dev/null
if [ ! -f "$built" ] || [ -n "$(find "$here/src" "$here/pom.xml" "$root/target/espalier.jar" -newer "$built" -print -quit)" ]; then
    mkdir -p "$here/target"
    echo "run.sh: building the benchmarks (log: $here/target/build.log)" >&2
    rm -rf "$here/target/classes"
    if ! mvn -q -B -Dstyle.color=never -f "$here/pom.xml" process-classes </dev/null >"$here/target/build.log" 2>&1; then
        tail -n 20 "$here/target/build.log" >&2
        exit 1
    fi
    touch "$built"
fi
java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
readonly classpath=$here/target/classes:$here/target/lib/*:$root/target/espalier.jar

if [ "${1:-}" = --search ]; then
    shift
    programs=()
    if [[ " $* " == *[\ =]"llama-server "* ]]; then
        programs=(--server "$("$here/build-llama-server")")
    elif [[ " $* " == *[\ =]"node-llama-cpp "* ]]; then
        programs=(--node-program "$here/node-llama/model.mjs" --node-folder "$("$here/fetch-node-llama")")
    fi
    # The launcher's options.
    exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$classpath" org.espalier.bench.SearchBench --launcher "$root/espalier" \
        ${programs[@]+"${programs[@]}"} "$@"
fi
if [ "${1:-}" = --sampler ]; then
    shift
    build=$root/target/native-bench
    java_home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')
    "$root/scripts/build-native" "$build" "$java_home" ON
    exec "$build/sampler-bench" "$@"
fi
exec "$java" -cp "$classpath" org.openjdk.jmh.Main -rf json -rff "$here/target/results.json" "$@"
