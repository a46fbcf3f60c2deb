#!/usr/bin/env bash
# A Debian package on a computer that has never seen Datashare: a fresh root made with debootstrap from this machine's own
# package source. Installs it with its dependencies, asks the desktop what it knows about it, starts the window on a display
# in memory, and removes it again. Needs root and debootstrap; takes some minutes, so it is not part of ./dev test.
#
#   tests/package/check.sh PACKAGE.deb [PICTURE.png]
set -euo pipefail
package=${1:?Say which package: tests/package/check.sh PACKAGE.deb}
picture=${2:-}
[ "$(id -u)" -eq 0 ] || { echo "This needs root." >&2; exit 1; }

place=$(mktemp -d)
root=$place/root
passed=0 failed=0

finish() {
  for mounted in dev/shm dev/pts proc; do
    ! mountpoint --quiet "$root/$mounted" || umount "$root/$mounted"
  done
  rm -rf --one-file-system "$place"
}
trap finish EXIT

# The release and the source of the packages that this machine itself is made of.
make_root() {
  # shellcheck source=/dev/null
  . /etc/os-release
  local source
  source=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk -v release="$VERSION_CODENAME" '$2 == release { source = $1 } END { print source }')
  debootstrap --variant=minbase "$VERSION_CODENAME" "$root" "$source" >"$place/debootstrap.log" 2>&1 || { tail -20 "$place/debootstrap.log"; exit 1; }
  rm -f "$root/etc/apt/sources.list"
  cp -r /etc/apt/apt.conf.d /etc/apt/sources.list* "$root/etc/apt/"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs shm "$root/dev/shm"
  mount -t devpts devpts "$root/dev/pts"
}

inside() {
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

install() {
  inside apt-get install --quiet --quiet --yes --no-install-recommends "$@" >"$place/install.log" 2>&1 || { tail -20 "$place/install.log"; return 1; }
}

# check SENTENCE COMMAND...
check() {
  local sentence=$1
  shift
  if "$@" >"$place/check.log" 2>&1; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$sentence"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$sentence"
    tail -20 "$place/check.log"
  fi
}

# says WORDS COMMAND...: the command's output is exactly these words, inside.
says() {
  local wanted=$1 said
  shift
  said=$(inside "$@")
  [ "$said" = "$wanted" ] || { echo "It says: $said"; return 1; }
}

# is_of_type TYPE FILE: what the desktop takes it for.
is_of_type() {
  local found
  found=$(inside gio info --attributes=standard::content-type "$2" | sed -n 's/^ *standard::content-type: //p')
  [ "$found" = "$1" ] || { echo "It is of type: $found"; return 1; }
}

has_icons() {
  local size
  for size in 32x32 128x128 256x256@2; do
    [ -s "$root/usr/share/icons/hicolor/$size/apps/datashare.png" ] || { echo "There is none of $size."; ls "$root/usr/share/icons/hicolor"; return 1; }
  done
}

# A window of that name on a display in memory, while the program goes on.
window_opens() {
  inside sh -c 'printf "%s" "$1" >/srv/window.sh' sh '
    datashare --home /srv/workspace & program=$!
    for try in $(seq 300); do
      kill -0 $program || exit 1
      xwininfo -root -tree | grep -q "\"Datashare\": (\"datashare" && found=yes && break
      sleep 0.1
    done
    [ -n "$PICTURE" ] && sleep 5 && import -window root /srv/window.png
    kill $program
    [ "$found" = yes ]'
  inside PICTURE="$picture" xvfb-run --auto-servernum --server-args="-screen 0 1280x900x24" dbus-run-session sh /srv/window.sh
  [ -z "$picture" ] || cp "$root/srv/window.png" "$picture"
}

nothing_left() {
  inside apt-get purge --quiet --quiet --yes datashare
  ! find "$root/usr" "$root/etc" -iname '*datashare*' | grep .
}

make_root
install ca-certificates || true
inside apt-get update --quiet --quiet
cp "$package" "$root/root/datashare.deb"
echo "any text" >"$root/root/a.datashare"
echo "any text" >"$root/root/a.datashare-approval"

check "it installs with its dependencies" install /root/datashare.deb
check "it names its version" says "datashare $(dpkg-deb --field "$package" Version)" datashare --version
check "it shows its help" inside datashare --help
# What looks at it; a desktop has these, and dependencies that it lacks must not come with them.
install desktop-file-utils xdg-utils xvfb xauth x11-utils dbus dbus-x11 libglib2.0-bin shared-mime-info fonts-dejavu-core ${picture:+imagemagick}
check "the menu entry is valid" inside desktop-file-validate /usr/share/applications/Datashare.desktop
check "it has its icons" has_icons
check "links are its own" says Datashare.desktop xdg-mime query default x-scheme-handler/datashare
check "a .datashare file is an invitation" is_of_type application/x-datashare /root/a.datashare
check "invitations are opened by it" says Datashare.desktop xdg-mime query default application/x-datashare
check "a .datashare-approval file is an approval" is_of_type application/x-datashare-approval /root/a.datashare-approval
check "approvals are opened by it" says Datashare.desktop xdg-mime query default application/x-datashare-approval
check "the window opens" window_opens
check "nothing of it is left after it was removed" nothing_left
printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
