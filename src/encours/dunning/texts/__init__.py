"""What a reminder says: Liquid templates in French and English, and the rules to fill them.

Pure. The shipped templates are data (`fr/`, `en/`); what a user wrote instead is the same kind of
text. Limits of what may be written to a debtor: law-fr 4.6 to 4.10.
"""
