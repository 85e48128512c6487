#!/usr/bin/env bash
# Builds the fuzzers beside the package, with libFuzzer and AddressSanitizer, and runs each for so many seconds.
#   fuzz.sh SECONDS [SEEDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=$1
seeds=${2:-}
out=.build/fuzz
mkdir -p $out/modules
# Debug checks stay on: an overflow or an index out of bounds is a finding.
flags=(-O -g -swift-version 6 -sanitize=fuzzer,address -parse-as-library -I $out/modules -L $out/modules
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility -I Sources/CExpat)
for module in CivilTime TextEncodings ICalendar Mail Transport XML CalDAV; do
  mapfile -t sources < <(find Sources/$module -name '*.swift')
  swiftc "${flags[@]}" -wmo -enable-testing -emit-module -emit-module-path $out/modules/$module.swiftmodule -emit-library -static \
    -module-name $module "${sources[@]}" -o $out/modules/lib$module.a
done
export SWIFT_BACKTRACE=enable=no
for fuzzer in Reader Recurrence CalDAV MIME; do
  swiftc "${flags[@]}" -module-name Fuzzer -use-ld=lld -lCalDAV -lXML -lTransport -lMail -lICalendar -lTextEncodings -lCivilTime Tests/Fuzzing/${fuzzer}Fuzzer.swift -o $out/$fuzzer
  mkdir -p $out/corpus/$fuzzer
  folders=($out/corpus/$fuzzer Tests/Fuzzing/Seeds/$fuzzer)
  [ "$fuzzer" = Reader ] && [ -n "$seeds" ] && folders+=("$seeds")
  dictionary=Tests/Fuzzing/calendar.dict
  [ "$fuzzer" = MIME ] && dictionary=Tests/Fuzzing/mail.dict
  echo "$fuzzer, $seconds seconds …"
  $out/$fuzzer -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1500 -max_len=20000 -artifact_prefix=$out/ \
    -dict=$dictionary -print_final_stats=1 "${folders[@]}" 2>&1 | tee $out/$fuzzer.log |
    grep -E 'ERROR|Fatal|SUMMARY|Test unit written|stat::number_of_executed_units|stat::peak_rss' || true
  grep -q 'stat::number_of_executed_units' $out/$fuzzer.log && ! grep -qE 'ERROR|SUMMARY' $out/$fuzzer.log
done
