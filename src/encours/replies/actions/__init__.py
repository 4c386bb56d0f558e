"""What is done with replies: taken in, held for, decided, answered; and their mailboxes."""
