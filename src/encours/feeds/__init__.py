"""What comes in by itself: watched folders, SFTP, mailboxes, pushes, software asked on schedule.

A source brings files, or the rows of an accounting software; both go in through the same actions
as a file that a person drops. `actions.running` is one run of one source, `actions.handing` the
rule of what is applied without anybody.
"""
