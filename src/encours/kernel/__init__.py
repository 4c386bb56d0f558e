"""What every package speaks: money, dates, problems in data, and a foreseen no.

Standard library only; nothing here knows Django, a database or a file format.
"""
