"""Validates captures on Apache Spark: NDJSON in, NDJSON findings out, one process of `drs` for each partition."""

import argparse
import bisect
import json
import subprocess
import tempfile
from functools import partial

from pyspark import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql.functions import col

# The input is lines even if the first one is broken, and Spark provides the parallelism. Findings and empty partitions
# are results here, so that any exit code but 0 is a failure of the task.
LINES = ["validate", "-", "--format", "ndjson", "--output", "ndjson", "--threads", "1"]
VALIDATE = [*LINES, "--fail-on", "never", "--allow-empty"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", help="file, folder or pattern of NDJSON, on any file system that Spark reads")
    parser.add_argument("output", help="folder for the findings; it must not exist")
    parser.add_argument("--key", default="/id", help="JSON Pointer to the key of a record (default: %(default)s)")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("drs validate").getOrCreate()
    findings(spark, arguments.input, [*VALIDATE, "--key", arguments.key]).write.text(arguments.output)


def findings(spark, path, arguments):
    """Returns the findings in all records of a data set, as lines of JSON."""
    # Binary, because drs validates the original bytes, valid UTF-8 or not; and a carriage return does not end a record.
    records = spark.read.text(path, lineSep="\n").select(col("value").cast("binary"), col("_metadata.file_path"))
    return records.mapInArrow(partial(validate, arguments), "value string")


def validate(arguments, batches):
    """Returns the findings in one partition. Runs on the executors."""
    import pyarrow

    source = Source()
    # Files instead of pipes: neither side waits for the other, and findings do not fill the memory.
    with tempfile.TemporaryFile() as found, tempfile.TemporaryFile() as errors:
        command = [SparkFiles.get("drs"), *arguments]
        complete = False
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=found, stderr=errors) as drs:
            try:
                with drs.stdin as records:
                    for batch in batches:
                        for record, file in zip(*batch.columns):
                            source.record(file.as_py())
                            records.write(record.as_py())
                            records.write(b"\n")
                complete = True
            except BrokenPipeError:
                pass  # It has ended early; its exit code and standard error say why.
        if drs.returncode != 0 or not complete:
            errors.seek(0)
            message = errors.read(10_000).decode(errors="replace")
            raise RuntimeError(f"drs ended with exit code {drs.returncode}: {message}")
        found.seek(0)
        while lines := found.readlines(1 << 20):
            yield pyarrow.RecordBatch.from_pydict({"value": [source.place(line) for line in lines]})


class Source:
    """The file of each line of the partition. It keeps only the line where each file begins."""

    def __init__(self):
        self.lines, self.starts, self.files = 0, [], []

    def record(self, file):
        """Records that the next line comes from this file."""
        self.lines += 1
        if self.files[-1:] != [file]:
            self.starts.append(self.lines)
            self.files.append(file)

    def place(self, line):
        """Returns a finding with the file as its source, without its line and offset in the partition."""
        finding = json.loads(line)
        finding["source"] = self.files[bisect.bisect_right(self.starts, finding.pop("line")) - 1]
        del finding["offset"]
        return json.dumps(finding, ensure_ascii=False)


if __name__ == "__main__":
    main()
