"""One script for each number that we promise, each beside its limit measured in the same run."""
