#!/usr/bin/env bash
# Posts the preview that a run of 'ci' left behind, as the one comment of its pull request that starts with
# the marker: later runs update it. Needs GH_TOKEN, GH_REPO, RUN_ID, HEAD_OWNER, HEAD_BRANCH and HEAD_SHA.
# The preview was written by the pull request's own code. It is text here and nothing else, is never unpacked
# to a file of its choosing, and does not say where it goes: that is asked of GitHub.
set -euo pipefail
: "${GH_REPO:?}" "${RUN_ID:?}" "${HEAD_OWNER:?}" "${HEAD_BRANCH:?}" "${HEAD_SHA:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pull=$(gh api --method GET "repos/$GH_REPO/pulls" -f state=open -f head="$HEAD_OWNER:$HEAD_BRANCH" \
  --jq '[.[] | select(.head.sha == env.HEAD_SHA)] | .[0].number // empty')
if [[ -z $pull ]]; then
  echo "no open pull request has $HEAD_SHA as its head: a newer run will comment"
  exit 0
fi
artifact=$(gh api "repos/$GH_REPO/actions/runs/$RUN_ID/artifacts?name=preview" --jq '.artifacts[0].id // empty')
if [[ -z $artifact ]]; then
  echo "run $RUN_ID left no preview"
  exit 0
fi

gh api "repos/$GH_REPO/actions/artifacts/$artifact/zip" >"$work/preview.zip"
# At most 256 KiB of whatever it unpacks to; GitHub takes comments of 65,536 characters.
head -c 262144 < <(unzip -p "$work/preview.zip" comment.md) >"$work/text"
RUN_URL="${GITHUB_SERVER_URL:-https://github.com}/$GH_REPO/actions/runs/$RUN_ID" \
  jq --raw-input --slurp '{body: ("<!-- sluice: preview -->\n"
    + "_Written by the code of this pull request at \(env.HEAD_SHA), in [this run](\(env.RUN_URL))._\n\n"
    + if length > 60000 then .[0:60000] + "\n\n_Cut: the summary of the run has all of it._" else . end)}' \
  "$work/text" >"$work/comment.json"

mine='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- sluice: preview -->"))) | .id'
ids=$(gh api --paginate "repos/$GH_REPO/issues/$pull/comments?per_page=100" --jq "$mine")
if [[ -n $ids ]]; then
  gh api --silent --method PATCH "repos/$GH_REPO/issues/comments/${ids%%$'\n'*}" --input "$work/comment.json"
else
  gh api --silent --method POST "repos/$GH_REPO/issues/$pull/comments" --input "$work/comment.json"
fi
