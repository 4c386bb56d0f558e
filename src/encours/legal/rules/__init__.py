"""Pure rules of what courts ask."""
