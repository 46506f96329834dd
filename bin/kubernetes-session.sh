#!/usr/bin/env bash
# Flink's own name of `drey kubernetes-session`.
exec "$(dirname "$0")/flink" kubernetes-session "$@"
