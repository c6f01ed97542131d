#!/usr/bin/env bash
# The step of the action beside it. What a runner sets (GITHUB_*, RUNNER_TEMP)
# and the action's inputs come as variables.
set -euo pipefail

fault() { echo "::error title=gilcourse::$1"; exit "${2-2}"; }

case $INCONCLUSIVE in pass | fail) ;; *) fault "inconclusive is pass or fail, not '${INCONCLUSIVE//[^a-z]/}'" ;; esac
case $TRIES in [1-9]) ;; *) fault "tries is a number from 1 to 9" ;; esac

# Ubuntu 23.10 and later restrict user namespaces, which the sandbox needs.
if [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
  sudo -n sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0 || true
fi

gilcourse=${BINARY:-$RUNNER_TEMP/gilcourse}
if [ -z "$BINARY" ] && [ ! -x "$gilcourse" ]; then
  echo "::group::build gilcourse"
  (cd "$GITHUB_ACTION_PATH/../../.." && CGO_ENABLED=0 go build -trimpath -o "$gilcourse" ./cmd/gilcourse) || fault "gilcourse could not be built; the runner needs Go" 4
  echo "::endgroup::"
fi

out=$(mktemp -d "$RUNNER_TEMP/check.XXXXXX")
args=(check "$CHALLENGE" "$SUBMISSION" --quiet -o "junit=$out/junit.xml" -o "json=$out/report.json" -o "classroom=$out/result" -o "github=$out/log")
if [ -n "$PYTHON" ]; then args+=(--python "$PYTHON"); fi

# Each try writes all reports; only those of the last one count.
for ((try = 1; ; try++)); do
  code=0
  rm -f "$out"/*
  : >"$out/summary.md"
  GITHUB_STEP_SUMMARY=$out/summary.md "$gilcourse" "${args[@]}" 2>"$out/errors" || code=$?
  if [ "$code" -ne 3 ] || [ "$try" -ge "$TRIES" ]; then break; fi
  echo "inconclusive; measuring again"
done
if [ -e "$out/log" ]; then cat "$out/log"; fi
cat "$out/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
if [ -s "$out/errors" ]; then cat "$out/errors" >&2; fi

verdicts=(pass fail fail inconclusive)
{
  echo "verdict=${verdicts[$code]-error}"
  echo "junit=$out/junit.xml"
  echo "json=$out/report.json"
  if [ -e "$out/result" ]; then echo "result=$(cat "$out/result")"; fi
} >>"$GITHUB_OUTPUT"

if [ "$code" -eq 3 ]; then
  echo "::warning title=gilcourse::inconclusive after $try tries: the machine did not allow a decision; run the job again"
  if [ "$INCONCLUSIVE" = pass ]; then exit 0; fi
fi
exit "$code"
