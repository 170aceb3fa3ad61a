#!/usr/bin/env bash
# What the checked-out commit changes since BASE, as Markdown: scripts/ci/preview.sh BASE FILE
set -euo pipefail
base=$1 file=$2
{
  npx sluice diff "$base" --format markdown
  printf '\n'
  npx sluice simulate --base "$base" --format markdown
} >"$file"
