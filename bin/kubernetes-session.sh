#!/usr/bin/env bash
# Runs `drey kubernetes-session` under the name of Flink's script.
exec "$(dirname "$0")/flink" kubernetes-session "$@"
