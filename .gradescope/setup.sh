#!/usr/bin/env bash
# Builds the image of a Gradescope autograder. `pack` makes the archive.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -qy --no-install-recommends python3 python3-dev python3-setuptools gcc libc6-dev
chmod +x "${AUTOGRADER:-/autograder}/source/gilcourse"
