"""What is asked of replies: where a mail belongs, the list, one with its lines, causes counted."""
