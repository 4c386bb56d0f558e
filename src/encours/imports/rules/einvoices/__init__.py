"""Electronic invoices and their life cycle: values, checks and decisions, without any XML.

A reader fills an `Einvoice` or a `Status`; `checks` says what is wrong in it, `due` when it falls
due, `matching` whose it is, `effects` what its statuses change (EN 16931; XP Z12-012; law-fr 10).
"""
