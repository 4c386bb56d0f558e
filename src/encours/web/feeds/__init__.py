"""Sources of data: listed, set up, tried, run."""
