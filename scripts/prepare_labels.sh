#!/usr/bin/env bash
# The public data and our annotated articles → the label files that configs/train-*.yaml name.
#
#     scripts/prepare_labels.sh ../shared/data labels
set -euo pipefail
data=$1 out=$2
here=$(dirname "$0")
mkdir -p "$out"

ours=$data/stancewire
annotations=$here/../models/annotations
python "$here/real_annotations.py" join "$data" "$out/real.articles.jsonl"
python "$here/prepare_stancewire.py" "$annotations/written.jsonl" "$ours/real_train.jsonl" "$out/real.articles.jsonl" \
    --pairs "$out/stancewire-train.pairs.jsonl" --spans "$out/stancewire-train.spans.jsonl"
# The articles that were annotated first, from which the readers learn; of their pairs nothing does.
python "$here/prepare_stancewire.py" "$ours/written_train.jsonl" "$ours/real_train.jsonl" \
    --pairs /dev/null --spans "$out/stancewire-first.spans.jsonl"
for kind in written real; do
    python "$here/prepare_stancewire.py" "$ours/${kind}_dev.jsonl" \
        --pairs "$out/stancewire-$kind-dev.pairs.jsonl" --spans "$out/stancewire-$kind-dev.spans.jsonl"
done
python "$here/prepare_polnear.py" "$data/polnear/train" "$out/polnear-train.jsonl" --held-out "$ours/real_dev.jsonl"
python "$here/prepare_polnear.py" "$data/polnear/dev" "$out/polnear-dev.jsonl"
dse=$data/dse
python "$here/prepare_dse.py" "$dse/train.jsonl" "$out/dse-train.jsonl" --held-out "$dse/valid.jsonl"
python "$here/prepare_dse.py" "$dse/valid.jsonl" "$out/dse-dev.jsonl"
mtsc=$data/newsmtsc
python "$here/prepare_newsmtsc.py" "$mtsc/train.jsonl" "$out/newsmtsc-train.jsonl" \
    --held-out "$mtsc/dev_mt.jsonl" --held-out "$mtsc/dev_rw.jsonl"
for kind in mt rw; do
    python "$here/prepare_newsmtsc.py" "$mtsc/dev_$kind.jsonl" "$out/newsmtsc-dev-$kind.jsonl"
done
python "$here/prepare_plover.py" "$data/plover/train.jsonl" "$out/plover.jsonl" \
    --held-out "$ours/real_train.jsonl" --held-out "$out/real.articles.jsonl"
