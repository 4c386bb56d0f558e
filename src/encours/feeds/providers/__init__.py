"""Where files and rows come from: folder, SFTP, mailbox, software; each one file."""
