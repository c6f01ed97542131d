#!/usr/bin/env bash
# The step of the action beside it. What a runner sets (GITHUB_*, RUNNER_TEMP)
# and the action's inputs come as variables.
set -euo pipefail

fault() { echo "::error title=gilcourse::$1"; exit "${2-2}"; }

case $INCONCLUSIVE in pass | fail | skip) ;; *) fault "inconclusive is pass, fail or skip, not '${INCONCLUSIVE//[^a-z]/}'" ;; esac
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
args=(check "$CHALLENGE" "$SUBMISSION" --retry-inconclusive "$((TRIES - 1))" --inconclusive "$INCONCLUSIVE"
  -o "junit=$out/junit.xml" -o "json=$out/report.json" -o "classroom=$out/result" -o github)
if [ -n "$COURSE" ]; then
  [ -d "$COURSE/challenges" ] || fault "course is the folder that holds challenges and reference, and ${COURSE//[^A-Za-z0-9._\/-]/} has no challenges"
  args+=(--course "$COURSE")
fi
if [ -n "$PYTHON" ]; then args+=(--python "$PYTHON"); fi
code=0
"$gilcourse" "${args[@]}" || code=$?

verdict=error
if [ "$code" -le 3 ] && [ -e "$out/report.json" ]; then
  verdict=$(sed -n 's/^  "verdict": "\([a-z]*\)",$/\1/p' "$out/report.json")
fi
{
  echo "verdict=$verdict"
  echo "junit=$out/junit.xml"
  echo "json=$out/report.json"
  if [ -e "$out/result" ]; then echo "result=$(cat "$out/result")"; fi
} >>"$GITHUB_OUTPUT"

if [ "$verdict" = inconclusive ]; then
  echo "::warning title=gilcourse::inconclusive: the machine did not allow a decision, $TRIES times at most; run the job again"
  if [ "$INCONCLUSIVE" = skip ]; then exit 0; fi
fi
exit "$code"
