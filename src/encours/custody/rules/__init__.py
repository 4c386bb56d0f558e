"""Pure rules of what may be erased, and what the law keeps."""
