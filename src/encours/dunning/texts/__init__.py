"""What a reminder says: shipped passages in French and English, and the rules to fill them.

Pure. Passages are data (`fr.toml`, `en.toml`, or what a user wrote instead); a passage is kept
when its conditions hold, and its `$names` are replaced by values already written for the reader.
Limits of what may be written to a debtor: law-fr 4.6 to 4.10.
"""
