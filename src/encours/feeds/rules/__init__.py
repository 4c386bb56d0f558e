"""Pure rules of feeds: when a source runs, which files are taken, how fresh the data is."""
