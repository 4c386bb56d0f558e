"""What debtors answer: mails taken in once, threaded, read, proposed to a person.

Intent, date, amount, cause, and the words that say so. `rules.reading` is what a text says,
`actions.intake` how a mail comes in, `actions.outcomes` what one click makes of it.
"""
