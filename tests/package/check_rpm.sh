#!/usr/bin/env bash
# What is in an RPM package, and what it asks for: this machine is no Fedora, so it is unpacked, not installed; the program in
# it runs here. Needs rpm and tar.
#
#   tests/package/check_rpm.sh PACKAGE.rpm
set -euo pipefail
package=$(realpath "${1:?Say which package: tests/package/check_rpm.sh PACKAGE.rpm}")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
rpm2archive --nocompression - <"$package" | tar --extract --directory "$place"
passed=0 failed=0

# check SENTENCE COMMAND...
check() {
  local sentence=$1
  shift
  if "$@" >"$place.log" 2>&1; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$sentence"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$sentence"
    tail -20 "$place.log"
  fi
  rm -f "$place.log"
}

names_its_version() {
  [ "$("$place/usr/bin/datashare" --version)" = "datashare $(rpm --query --queryformat '%{VERSION}' --package "$package")" ]
}

# opens TYPE: the menu entry takes it.
opens() {
  grep --quiet "^MimeType=.*$1;" "$place/usr/share/applications/Datashare.desktop"
}

has_icons() {
  local size
  for size in 32x32 128x128 256x256@2; do
    [ -s "$place/usr/share/icons/hicolor/$size/apps/datashare.png" ] || { echo "There is none of $size."; return 1; }
  done
}

# knows TYPE GLOB: the desktop learns what such a file is.
knows() {
  grep --quiet "type=\"$1\"" "$place/usr/share/mime/packages/datashare.xml" && grep --quiet "pattern=\"$2\"" "$place/usr/share/mime/packages/datashare.xml"
}

# needs NAME: dnf brings it.
needs() {
  rpm --query --requires --package "$package" | grep --quiet "$1"
}

check "the program names its version" names_its_version
check "links are its own" opens x-scheme-handler/datashare
check "invitations are opened by it" opens application/x-datashare
check "approvals are opened by it" opens application/x-datashare-approval
check "a .datashare file is an invitation" knows application/x-datashare '\*.datashare'
check "a .datashare-approval file is an approval" knows application/x-datashare-approval '\*.datashare-approval'
check "it has its icons" has_icons
check "it has its manual" test -s "$place/usr/share/man/man1/datashare.1"
check "it has its completions" test -s "$place/usr/share/bash-completion/completions/datashare"
check "it brings the web view" needs webkit2gtk
check "it brings the tray" needs appindicator
printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
