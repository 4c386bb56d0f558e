"""What a message is before any network: its words, its MIME bytes, its references, its retries.

Pure: no clock, no database, no settings; dates and identifiers are arguments.
"""
