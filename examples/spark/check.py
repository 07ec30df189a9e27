"""Compares what Spark finds with what one process finds. Started by check.sh."""

import json
import os
import subprocess
import sys

from pyspark.sql import SparkSession

import validate

ARGUMENTS = [*validate.VALIDATE, "--key", "/id"]


def spark_finds_what_one_process_finds(spark, drs, folder):
    alone = subprocess.run([drs, "validate", folder, *ARGUMENTS[2:]], check=True, capture_output=True, text=True)
    expected = [json.loads(line) for line in alone.stdout.splitlines()]
    for finding in expected:
        # They count from the start of a file, which no partition knows.
        del finding["line"], finding["offset"]
    lines = validate.findings(spark, folder, ARGUMENTS)
    assert lines.rdd.getNumPartitions() > 4, "one partition proves nothing"
    found = [json.loads(row.value) for row in lines.collect()]
    assert len({finding["code"] for finding in expected}) > 5, "the corpus has too few kinds of findings"
    assert all("key" in finding for finding in found), "a finding has lost the key of its record"
    assert len({finding["source"] for finding in found}) > 1, "all findings are said to be in one file"
    differences = set(map(comparable, expected)) ^ set(map(comparable, found))
    assert not differences, "only one of the two has found:\n" + "\n".join(sorted(differences))
    assert len(expected) == len(found), f"{len(expected)} findings of one process, {len(found)} of Spark"
    return f"{len(found)} findings in {lines.rdd.getNumPartitions()} partitions"


def comparable(finding):
    """A finding as text, by key; one of the two names files by URL, the other one by path."""
    source = os.path.basename(finding["source"])
    return json.dumps([finding["key"], {**finding, "source": source}], sort_keys=True)


def a_drs_that_fails_fails_the_job(spark, _drs, folder):
    try:
        validate.findings(spark, folder, ["validate", "--no-such-option"]).collect()
    except Exception as error:
        assert "drs ended with exit code 2" in str(error), error
        assert "--no-such-option" in str(error), error
        return "with the words of drs"
    raise AssertionError("the job has succeeded, and its empty result looks like a clean data set")


def main():
    spark = SparkSession.builder.getOrCreate()
    checks = [spark_finds_what_one_process_finds, a_drs_that_fails_fails_the_job]
    failed = 0
    for check in checks:
        try:
            print(f"ok      {check.__name__}: {check(spark, *sys.argv[1:])}")
        except AssertionError as error:
            failed += 1
            print(f"FAILED  {check.__name__}: {error}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(failed)


if __name__ == "__main__":
    main()
