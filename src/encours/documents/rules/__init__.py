"""Pure rules of kept files: kinds and retention, what a file is, which invoice it proves."""
