"""Pure rules of tone: words as they mean (`plain`), concepts, what they make together."""
