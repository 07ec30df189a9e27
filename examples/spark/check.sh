#!/usr/bin/env bash
# Checks on a small corpus that Spark and one process have the same findings. Installs what is missing; needs the network once.
set -euo pipefail
cd "$(dirname "$0")/../.."

source .ci/install.sh

command -v java >/dev/null || [ -n "${JAVA_HOME:-}" ] || install default-jre-headless
python3 -c 'import ensurepip' 2>/dev/null || install python3-venv

export PYTHONDONTWRITEBYTECODE=1
work=target/spark
python3 -m venv "$work/venv"
# spark-submit searches for python3 and for itself there.
export PATH="$PWD/$work/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check -r examples/spark/requirements.txt

# With the features of the tests, so that nothing is compiled twice.
cargo build --quiet --locked --workspace --all-features --all-targets
rm -rf "$work/captures"
mkdir -p "$work/captures"
target/debug/drs-bench captures --size 10 | split --lines=1500 --additional-suffix=.ndjson - "$work/captures/"

spark-submit --master 'local[2]' \
    --conf spark.ui.enabled=false --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 \
    --conf spark.sql.files.maxPartitionBytes=1m \
    --files target/debug/drs --py-files examples/spark/validate.py \
    examples/spark/check.py target/debug/drs "$work/captures" 2>"$work/log" || { tail -n 40 "$work/log" >&2; exit 1; }
