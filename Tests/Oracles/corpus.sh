#!/usr/bin/env bash
# Gets the source packages of others who read calendars into an ignored folder, for the calendars in their tests.
#   corpus.sh FOLDER PYTHON
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
python=$2
debian="libical3 kcalcore libical-parser-perl libdata-ical-perl libcal-dav-perl khal calcurse evolution-data-server
  php-sabre-vobject ruby-icalendar radicale python-vobject vdirsyncer"
pypi="recurring-ical-events icalendar x-wr-timezone python-dateutil vobject icalevents"
mkdir -p "$folder"/apt/{lists,cache/archives}/partial "$folder"/{packages,files}
echo "deb-src http://deb.debian.org/debian $(. /etc/os-release && echo "$VERSION_CODENAME") main" >"$folder/apt/sources.list"
options=(-q -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/apt/lists"
  -o Dir::Cache="$folder/apt/cache")
apt-get "${options[@]}" update >/dev/null
cd "$folder/packages"
for package in $debian; do
  # What a mirror lacks is said and done without; the original archive is what counts.
  apt-get "${options[@]}" source --download-only "$package" >/dev/null 2>&1 || echo "$package could not be had in full"
done
for package in $pypi; do
  "$python" -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d . "$package" >/dev/null 2>&1 ||
    echo "$package could not be had"
done
for archive in *.orig*.tar.* *.tar.gz; do
  case $archive in *.asc | '*'*) ;; *) tar -xf "$archive" -C ../files ;; esac
done
