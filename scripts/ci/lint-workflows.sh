#!/usr/bin/env bash
# actionlint, at the version that its go.mod pins, over the workflows; with shellcheck, over their scripts too.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
go -C packages/testbed/tools/actionlint build -mod=readonly -o "$bin/" github.com/rhysd/actionlint/cmd/actionlint
"$bin/actionlint" -color
shellcheck scripts/ci/*.sh
