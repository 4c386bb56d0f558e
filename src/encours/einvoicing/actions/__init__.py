"""What is done with electronic documents that leave: declared, reported, billed, handed over."""
