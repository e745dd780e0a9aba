#!/usr/bin/env bash
# ./run-tests.sh [options of torture run]   the conformance run: cluster up, every suite, verdict, report
# ./run-tests.sh self-test                  the project's own tests: dotnet test Torture.sln
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

command -v dotnet >/dev/null || { echo "run-tests: the .NET 10 SDK is missing: https://dot.net/download" >&2; exit 3; }
case "$(dotnet --version)" in
  10.*) ;;
  *) echo "run-tests: .NET SDK 10 is needed, 'dotnet --version' says $(dotnet --version)" >&2; exit 3 ;;
esac

torture() { dotnet run --project harness/Torture.Cli --configuration Release -- "$@"; }

if [ "${1:-}" = self-test ]; then
  shift
  torture setup --foreign --containers
  torture cluster images
  exec dotnet test Torture.sln --configuration Release \
    --logger "trx;LogFilePrefix=torture" --results-directory out/self-test "$@"
fi
torture run "$@"
