"""What is read before anything leaves: the catalogue, a person, what is past its time."""
