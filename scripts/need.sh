#!/usr/bin/env bash
# Installs programs that the demo and the tests need and this machine lacks: Debian packages where that is allowed, ffmpeg
# from the Python package imageio-ffmpeg otherwise.
set -euo pipefail
cache="$(cd "$(dirname "$0")/.." && pwd)/.cache/earshot"

have() {
  case "$1" in
    ffmpeg) command -v ffmpeg >/dev/null || [ -x "$cache/bin/ffmpeg" ] ;;
    chromium) [ -x /usr/bin/chromium ] ;;
    postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1; fi
}

ffmpeg_from_python() {
  tmp=$(mktemp -d)
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$tmp" imageio-ffmpeg==0.6.0
  mkdir -p "$cache/bin"
  python3 - "$tmp" "$cache/bin/ffmpeg" <<'PY'
import glob, os, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
name = next(n for n in wheel.namelist() if "/binaries/ffmpeg" in n)
with open(sys.argv[2], "wb") as f:
    f.write(wheel.read(name))
os.chmod(sys.argv[2], 0o755)
PY
  rm -rf "$tmp"
}

missing=()
for program in "$@"; do have "$program" || missing+=("$program"); done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "installing: ${missing[*]}"
if command -v apt-get >/dev/null && as_root true; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
for program in "${missing[@]}"; do
  if ! have "$program" && [ "$program" = ffmpeg ]; then ffmpeg_from_python; fi
  have "$program" || { echo "$program is missing and could not be installed; install the package $program and run this again" >&2; exit 1; }
done
