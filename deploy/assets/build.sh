#!/bin/sh
# Builds templates/web/static/app.css and puts govuk-frontend's script beside it; `--check` builds elsewhere and compares.
# Needs npm; installing infogov does not, for the built files are committed.
set -eu
cd "$(dirname "$0")"
target=../../templates/web/static
if [ "${1:-}" = "--check" ]; then
    target=$(mktemp -d)
    trap 'rm -rf "$target"' EXIT
fi
npm ci --silent --ignore-scripts
npx --no-install sass --load-path=node_modules --style=compressed --no-source-map --quiet-deps app.scss "$target/app.css"
# The script's last line names a map that we don't ship.
sed '/^\/\/# sourceMappingURL=/d' node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js > "$target/govuk-frontend.min.js"
if [ "${1:-}" = "--check" ]; then
    for file in app.css govuk-frontend.min.js; do
        cmp "$target/$file" "../../templates/web/static/$file"
    done
    echo "The committed assets are what these sources give."
fi
