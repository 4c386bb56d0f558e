"""What is asked of the documents that leave."""
