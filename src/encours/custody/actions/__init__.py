"""What is done with what the house holds: exports, access, erasure, the end of retention."""
