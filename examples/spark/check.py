"""Compares the findings of Spark with those of one process. check.sh starts it."""

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
        # They count from the start of a file, which a partition does not have.
        del finding["line"], finding["offset"]
    lines = validate.findings(spark, folder, ARGUMENTS)
    assert lines.rdd.getNumPartitions() > 4, "the data needs several partitions"
    found = [json.loads(row.value) for row in lines.collect()]
    assert len({finding["code"] for finding in expected}) > 5, "the corpus has too few kinds of findings"
    assert all("key" in finding for finding in found), "a finding has lost the key of its record"
    assert len({finding["source"] for finding in found}) > 1, "all findings name one file"
    differences = set(map(comparable, expected)) ^ set(map(comparable, found))
    assert not differences, "only one of the two has these findings:\n" + "\n".join(sorted(differences))
    assert len(expected) == len(found), f"{len(expected)} findings of one process, {len(found)} of Spark"
    return f"{len(found)} findings in {lines.rdd.getNumPartitions()} partitions"


def comparable(finding):
    """Renders a finding for comparison; one of the two names files by URL, the other one by path."""
    source = os.path.basename(finding["source"])
    return json.dumps([finding["key"], {**finding, "source": source}], sort_keys=True)


def a_drs_that_fails_fails_the_job(spark, _drs, folder):
    try:
        validate.findings(spark, folder, ["validate", "--no-such-option"]).collect()
    except Exception as error:
        assert "drs ended with exit code 2" in str(error), error
        assert "--no-such-option" in str(error), error
        return "with the message of drs"
    raise AssertionError("the job succeeded, and its empty result looks like a clean data set")


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
