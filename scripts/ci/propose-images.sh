#!/usr/bin/env bash
# Proposes the images that environments/images.ts now names, and the dist/ that follows, as the pull request of one
# branch: opened where there is none, else updated. Needs GH_TOKEN, with contents, pull requests and actions.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
branch=release/images
title='Run the images that were just built'

others=$(git status --porcelain -- . ':!environments/images.ts' ':!dist' ':!services/Dockerfile')
if [[ -n $others ]]; then
  printf 'only environments/images.ts, services/Dockerfile and dist/ may change here, not:\n%s\n' "$others" >&2
  exit 1
fi
git add environments/images.ts dist
if [[ -f services/Dockerfile ]]; then git add services/Dockerfile; fi
if git diff --cached --quiet; then
  echo 'environments/images.ts names these images already'
  exit 0
fi

git switch --quiet --force-create "$branch"
git -c user.name='github-actions[bot]' -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit --quiet --message "$title"
gh auth setup-git
git push --quiet --force origin "HEAD:refs/heads/$branch"

body="Built, pushed and signed by the workflow 'images' at $(git rev-parse HEAD^).

\`\`\`diff
$(git show --format= --unified=0 -- environments/images.ts | grep '^[-+] ')
\`\`\`"
pull=$(gh pr list --head "$branch" --state open --json number --jq '.[0].number // empty')
if [[ -n $pull ]]; then
  gh pr edit "$pull" --title "$title" --body "$body"
else
  gh pr create --base main --head "$branch" --title "$title" --body "$body"
fi
# What a workflow's own token pushes starts no workflow, except by asking for it.
gh workflow run ci.yaml --ref "$branch"
