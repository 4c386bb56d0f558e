"""What the site's templates may call."""
